"""Reading the fleet: which kiosks there are, and which have gone silent."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from app.kiosks.tables import Device
from app.units.tables import Point, Unit

# A kiosk reports while it is switched on; one that did not for a whole day missed an office day.
SILENT_AFTER = timedelta(hours=24)
KIOSKS_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Kiosk:
    """A device that was not revoked, and what it last told about itself."""

    name: str
    point: str
    unit: str
    unit_id: int
    last_seen: datetime | None
    waiting: int | None
    oldest: datetime | None
    version: str | None
    silent: bool


def kiosks(session: Session, unit_ids: Collection[int], now: datetime) -> Sequence[Kiosk]:
    """The kiosks of these units, those silent for longest first; KIOSKS_SHOWN at most."""
    wanted = (
        select(Device, Point.code, Unit.name)
        .join(Point, col(Point.id) == col(Device.point_id))
        .join(Unit, col(Unit.id) == col(Device.unit_id))
        .where(col(Device.unit_id).in_(unit_ids), col(Device.revoked_at).is_(None))
        .order_by(col(Device.last_seen_at).asc().nulls_first(), col(Device.id))
        .limit(KIOSKS_SHOWN)
    )
    return [
        Kiosk(
            name=device.name,
            point=point,
            unit=unit,
            unit_id=device.unit_id,
            last_seen=device.last_seen_at,
            waiting=device.queue_length,
            oldest=device.oldest_waiting_at,
            version=device.version,
            silent=device.last_seen_at is None or now - device.last_seen_at > SILENT_AFTER,
        )
        for device, point, unit in session.exec(wanted)
    ]
