"""How many answers a plan has: whole months from totals, broken edges and the last days from raw rows by index."""

from collections import Counter
from collections.abc import Collection
from datetime import date, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, col

from app.aggregation.statistics import spans
from app.ikm.periods import Period
from app.responses.tables import COUNTED, Response, Total

CHANNELS_MOST = 50_000
"""Channels are counted answer by answer; for more answers than these that would hold a page up."""

ByService = Counter[tuple[int, int]]
"""Answers by (unit id, service id)."""
ByDay = Counter[tuple[int, int, date]]
"""Answers by (unit id, service id, local date)."""


def window(first_day: date, last_day: date) -> Period:
    """Days from the first to the last, both included, as a period."""
    return Period(f"{first_day}..{last_day}", first_day, last_day + timedelta(days=1))


def by_service(session: Session, unit_ids: Collection[int], period: Period) -> ByService:
    """Answers that count, by unit and service; the cost grows with months and broken edges, not with answers."""
    months, edges = spans(period)
    found: ByService = Counter()
    if months is not None:
        totals = (
            select(col(Total.unit_id), col(Total.service_id), func.sum(Total.responses))
            .where(
                col(Total.unit_id).in_(unit_ids), col(Total.month) >= months[0], col(Total.month) < months[1]
            )
            .group_by(col(Total.unit_id), col(Total.service_id))
        )
        found.update({(unit, service): int(count) for unit, service, count in session.execute(totals)})
    for first, after in edges:
        rows = (
            select(col(Response.unit_id), col(Response.service_id), func.count())
            .where(*_counted(unit_ids, first, after))
            .group_by(col(Response.unit_id), col(Response.service_id))
        )
        found.update({(unit, service): int(count) for unit, service, count in session.execute(rows)})
    return found


def by_day(session: Session, unit_ids: Collection[int], first: date, after: date) -> ByDay:
    """Answers that count, by unit, service and day, from `first` up to, not including, `after`."""
    rows = (
        select(col(Response.unit_id), col(Response.service_id), col(Response.local_date), func.count())
        .where(*_counted(unit_ids, first, after))
        .group_by(col(Response.unit_id), col(Response.service_id), col(Response.local_date))
    )
    return Counter({(unit, service, day): int(count) for unit, service, day, count in session.execute(rows)})


def by_channel(
    session: Session, unit_ids: Collection[int], service_id: int | None, period: Period, answers: int
) -> dict[str, int] | None:
    """Answers that count, by channel; None where there are more than CHANNELS_MOST `answers` to look at."""
    if answers > CHANNELS_MOST:
        return None
    rows = select(col(Response.channel), func.count()).where(*_counted(unit_ids, period.start, period.end))
    if service_id is not None:
        rows = rows.where(col(Response.service_id) == service_id)
    return {channel: int(count) for channel, count in session.execute(rows.group_by(col(Response.channel)))}


def _counted(unit_ids: Collection[int], first: date, after: date) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Response.unit_id).in_(unit_ids),
        col(Response.state) == COUNTED,
        col(Response.local_date) >= first,
        col(Response.local_date) < after,
    )
