"""Recounts tallies and totals from raw answers, apart from the way in which they were written."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from app.core.db import Database
from app.ikm.intervals import respondent_mean
from app.ikm.periods import Period
from app.instruments.catalog import Catalog
from app.responses.tables import COUNTED, LOWEST_SCORE, OPTIONS_MAX, Response, Tally, Total

ROWS_AT_ONCE = 5000
COLUMNS = ("service_id", "local_date", "instrument", "scores", "state")

TallyKey = tuple[int, date, str, str]
TotalKey = tuple[int, date, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """What is stored and what the raw answers say of one row. `place` names the row for people."""

    table: str
    place: str
    stored: tuple[int, ...]
    counted: tuple[int, ...]


@dataclass(slots=True)
class Recount:
    """The result for some units: how many raw answers were read, and every difference."""

    responses: int
    differences: list[Difference]


def verify_unit(database: Database, catalog: Catalog, unit_id: int, period: Period | None = None) -> Recount:
    """Recount one unit, in one snapshot; of a period, all months that it touches."""
    with database.read() as session:
        first, after = _months(period)
        tallies, totals, responses = _count(session, catalog, unit_id, first, after)
        differences = [
            *_compare("tally", _stored_tallies(session, unit_id, first, after), tallies),
            *_compare("total", _stored_totals(session, unit_id, first, after), totals),
        ]
    return Recount(responses, differences)


def _months(period: Period | None) -> tuple[date, date]:
    if period is None:
        return date.min, date.max
    first = period.start.replace(day=1)
    if period.end.day == 1:
        return first, period.end
    last = period.end
    return first, date(last.year + last.month // 12, last.month % 12 + 1, 1)


def _count(
    session: Session, catalog: Catalog, unit_id: int, first: date, after: date
) -> tuple[dict[Any, list[int]], dict[Any, list[int]], int]:
    tallies: dict[TallyKey, list[int]] = defaultdict(lambda: [0] * OPTIONS_MAX)
    totals: dict[TotalKey, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    responses = 0
    for service_id, day, ref, scores, state in _rows(session, unit_id, first, after):
        responses += 1
        month = day.replace(day=1)
        total = totals[service_id, month, ref]
        if state != COUNTED:
            total[3] += 1
            continue
        for question, score in scores.items():
            tallies[service_id, month, ref, question][score - LOWEST_SCORE] += 1
        mean = respondent_mean(scores, catalog.get(ref).ikm_elements())
        total[0] += 1
        total[1] += mean or 0
        total[2] += (mean or 0) ** 2
    return tallies, totals, responses


def _rows(session: Session, unit_id: int, first: date, after: date) -> Iterator[Any]:
    statement = (
        select(*(getattr(Response, name) for name in COLUMNS))
        .where(
            Response.unit_id == unit_id,
            col(Response.local_date) >= first,
            col(Response.local_date) < after,
        )
        .execution_options(yield_per=ROWS_AT_ONCE)
    )
    yield from session.exec(statement)


def _stored_tallies(session: Session, unit_id: int, first: date, after: date) -> dict[Any, Sequence[int]]:
    rows = session.exec(
        select(Tally).where(Tally.unit_id == unit_id, col(Tally.month) >= first, col(Tally.month) < after)
    )
    return {
        (row.service_id, row.month, row.instrument, row.question): [
            getattr(row, f"c{place}") for place in range(1, OPTIONS_MAX + 1)
        ]
        for row in rows
    }


def _stored_totals(session: Session, unit_id: int, first: date, after: date) -> dict[Any, Sequence[int]]:
    rows = session.exec(
        select(Total).where(Total.unit_id == unit_id, col(Total.month) >= first, col(Total.month) < after)
    )
    return {
        (row.service_id, row.month, row.instrument): [row.responses, row.sum, row.squares, row.excluded]
        for row in rows
    }


def _compare(
    table: str, stored: dict[Any, Sequence[int]], counted: dict[Any, list[int]]
) -> Iterator[Difference]:
    for key in sorted(stored.keys() | counted.keys()):
        width = len(stored.get(key) or counted[key])
        nothing = (0,) * width
        have, should = tuple(stored.get(key, nothing)), tuple(counted.get(key, nothing))
        if have != should:
            yield Difference(table, " ".join(str(part) for part in key), have, should)
