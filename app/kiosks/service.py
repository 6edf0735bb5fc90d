"""Devices: made, recognised, heard from."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select, update

from app.core.tokens import new_token, token_hash
from app.kiosks.tables import Device
from app.units.tables import Point


@dataclass(frozen=True, slots=True)
class DeviceIdentity:
    """A kiosk that showed a valid token, and the code of the point that it is bound to."""

    device_id: int
    point_code: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a device tells about itself. `queue` answers wait on it, the oldest since `oldest`."""

    queue: int | None = None
    oldest: datetime | None = None
    version: str | None = None


def create_device(session: Session, *, point: Point, name: str, now: datetime) -> str:
    """A new device at `point`; the token that is returned is shown once and stored nowhere."""
    if point.id is None:
        raise ValueError("the point must be stored")
    secret = new_token("kiosk")
    session.add(
        Device(
            unit_id=point.unit_id,
            point_id=point.id,
            name=name,
            token_hash=token_hash(secret),
            created_at=now,
        )
    )
    return secret


def recognise(session: Session, secret: str) -> DeviceIdentity | None:
    """The device that holds `secret`, or None when it is unknown or revoked."""
    found = session.exec(
        select(Device.id, Point.code)
        .join(Point, col(Point.id) == Device.point_id)
        .where(Device.token_hash == token_hash(secret), col(Device.revoked_at).is_(None))
    ).one_or_none()
    return DeviceIdentity(found[0], found[1]) if found and found[0] is not None else None


def note_contact(session: Session, device_id: int, report: Report, now: datetime) -> None:
    """Record that a device was heard from, and what it told."""
    session.execute(
        update(Device)
        .where(col(Device.id) == device_id)
        .values(
            last_seen_at=now,
            queue_length=report.queue,
            oldest_waiting_at=report.oldest,
            version=report.version,
        )
    )
