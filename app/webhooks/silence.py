"""Points and kiosks that used to send and have stopped: nobody misses answers that do not come."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func
from sqlmodel import Session, col, select

from app.kiosks.tables import Device
from app.responses.tables import Response
from app.units.tables import Point, Unit

# "Used to send": on so many days of the four weeks up to its last answer.
WINDOW = timedelta(days=28)
DAYS_LEAST = 8
# "Has stopped": so many working days without any, and no answer is looked for further back than this.
WORKING_DAYS = 5
LOOK_BACK = timedelta(days=70)
KIOSK_HOURS = 24
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Silence:
    """A point without answers since the day `last`, or its kiosk `device`, last heard at `heard_at`."""

    unit_id: int
    point: str
    channel: str
    last: date
    device: str | None = None
    heard_at: datetime | None = None


def silent(session: Session, unit_ids: Collection[int], now: datetime) -> list[Silence]:
    """All silent points and kiosks of these units, in order of their codes."""
    units = session.exec(select(Unit).where(col(Unit.id).in_(unit_ids))).all()
    found = [one for unit in units for one in _points(session, unit, now)]
    found += _kiosks(session, unit_ids, now)
    return sorted(found, key=lambda one: (one.point, one.device or ""))


def _points(session: Session, unit: Unit, now: datetime) -> list[Silence]:
    today = now.astimezone(ZoneInfo(unit.timezone)).date()
    points = session.exec(select(Point).where(Point.unit_id == unit.id, col(Point.active))).all()
    days = _days(session, unit, today)
    return [
        Silence(point.unit_id, point.code, point.channel, max(days[point.id]))
        for point in points
        if point.id is not None and _has_stopped(days[point.id], today)
    ]


def _days(session: Session, unit: Unit, today: date) -> dict[int, set[date]]:
    """By point, the days with answers; by index, a few weeks of one unit."""
    wanted = (
        select(col(Response.point_id), col(Response.local_date))
        .where(Response.unit_id == unit.id, Response.local_date >= today - LOOK_BACK)
        .group_by(col(Response.point_id), col(Response.local_date))
    )
    found: dict[int, set[date]] = defaultdict(set)
    for point_id, day in session.exec(wanted):
        if point_id is not None:
            found[point_id].add(day)
    return found


def _has_stopped(days: Collection[date], today: date) -> bool:
    if not days:
        return False
    last = max(days)
    regular = sum(1 for day in days if day > last - WINDOW) >= DAYS_LEAST
    return regular and working_days(last, today) >= WORKING_DAYS


def working_days(after: date, before: date) -> int:
    """Days from Monday to Friday between two days, neither of them counted. Holidays are not known here."""
    span = (after + timedelta(days=number) for number in range(1, (before - after).days))
    return sum(1 for day in span if day.weekday() < _SATURDAY)


def _kiosks(session: Session, unit_ids: Collection[int], now: datetime) -> list[Silence]:
    wanted = (
        select(Device, Point.code, Unit.timezone)
        .join(Point, col(Point.id) == col(Device.point_id))
        .join(Unit, col(Unit.id) == col(Device.unit_id))
        .where(
            col(Device.unit_id).in_(unit_ids),
            col(Device.revoked_at).is_(None),
            func.coalesce(Device.last_seen_at, now) < now - timedelta(hours=KIOSK_HOURS),
        )
    )
    found = []
    for device, code, timezone in session.exec(wanted):
        if device.last_seen_at is not None:
            last = device.last_seen_at.astimezone(ZoneInfo(timezone)).date()
            found.append(Silence(device.unit_id, code, "kiosk", last, device.name, device.last_seen_at))
    return found
