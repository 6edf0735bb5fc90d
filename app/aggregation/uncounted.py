"""How many answers were taken out of the count: whole months from totals, broken edges from raw rows."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from app.aggregation.statistics import GroupKey, Selection, spans
from app.ikm.periods import Period
from app.responses.tables import COUNTED, Response, Total

Uncounted = Counter[tuple[str, GroupKey]]
"""Answers by (instrument, group); a group without any counts zero."""


def by_unit(session: Session, selection: Selection, period: Period) -> Uncounted:
    """Excluded answers by (instrument, unit id)."""
    return _excluded(session, selection, period, "unit_id")


def by_service(session: Session, selection: Selection, period: Period) -> Uncounted:
    """Excluded answers by (instrument, service id)."""
    return _excluded(session, selection, period, "service_id")


def by_month(session: Session, selection: Selection, start: date, end: date) -> Uncounted:
    """Excluded answers by (instrument, first day of the month) for whole months before `end`."""
    return _of_months(session, selection, start, end, "month")


def by_profile(session: Session, selection: Selection, period: Period, group: Any) -> Uncounted:
    """Excluded answers by (instrument, value of `group`), an SQL expression over raw rows."""
    return _of_rows(session, selection, period.start, period.end, group)


def _excluded(session: Session, selection: Selection, period: Period, group: str) -> Uncounted:
    months, edges = spans(period)
    found: Uncounted = Counter()
    if months is not None:
        found += _of_months(session, selection, *months, group)
    for start, end in edges:
        found += _of_rows(session, selection, start, end, getattr(Response, group))
    return found


def _of_months(session: Session, selection: Selection, start: date, end: date, group: str) -> Uncounted:
    columns = (col(Total.instrument), getattr(Total, group))
    statement = (
        select(*columns, func.sum(Total.excluded))
        .where(col(Total.month) >= start, col(Total.month) < end, col(Total.excluded) > 0)
        .group_by(*columns)
    )
    return _counter(session.execute(selection.of(Total, statement)))


def _of_rows(session: Session, selection: Selection, start: date, end: date, group: Any) -> Uncounted:
    statement = (
        select(col(Response.instrument), group, func.count())
        .where(
            col(Response.state) != COUNTED,
            col(Response.local_date) >= start,
            col(Response.local_date) < end,
        )
        .group_by(col(Response.instrument), group)
    )
    return _counter(session.execute(selection.of(Response, statement)))


def _counter(rows: Iterable[Any]) -> Uncounted:
    return Counter({(instrument, key): int(count) for instrument, key, count in rows})
