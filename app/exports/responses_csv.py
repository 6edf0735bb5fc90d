"""Answers as CSV, a row a response, written while it is read."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from app.exports import queries
from app.exports.cells import BOM, Dialect, Value
from app.exports.queries import Extent, Reads, UnitHead
from app.instruments.model import Instrument

BEFORE_SCORES = (
    "unit",
    "unit_name",
    "service",
    "service_name",
    "id",
    "local_date",
    "answered_at",
    "received_at",
    "channel",
    "point",
    "instrument",
)
PROFILE = ("sex", "age", "education", "occupation", "disability", "seconds", "state")


def question_keys(instruments: Iterable[Instrument]) -> tuple[str, ...]:
    """The question keys of all `instruments`, each once, in article order, first seen first."""
    return tuple(dict.fromkeys(key for instrument in instruments for key in instrument.questions))


def stream(
    database: Reads,
    covered: Extent,
    instruments: Sequence[Instrument],
    dialect: Dialect,
    *,
    comments: bool,
    page_rows: int = queries.PAGE_ROWS,
) -> Iterator[bytes]:
    """The file in pieces of one page each, so that memory does not grow with the number of answers."""
    keys = question_keys(instruments)
    last = ("flags", "comment") if comments else ("flags",)
    yield BOM.encode() + dialect.lines([(*BEFORE_SCORES, *keys, *PROFILE, *last)])
    rows = queries.full_rows(covered, comments=comments)
    for unit, page in queries.pages(database, covered, rows, page_rows):
        zone = ZoneInfo(unit.timezone)
        yield dialect.lines(_cells(unit, zone, row, keys, comments=comments) for row in page)


def _cells(
    unit: UnitHead, zone: ZoneInfo, row: Row[Any], keys: Sequence[str], *, comments: bool
) -> Iterator[Value]:
    yield from (unit.code, unit.name, row.service, row.service_name, row.id, row.local_date)
    yield from (_local(row.answered_at, zone), _local(row.received_at, zone))
    yield from (row.channel, row.point, row.instrument)
    yield from (row.scores.get(key) for key in keys)
    yield from (getattr(row, name) for name in PROFILE)
    yield " ".join(row.flags or ())
    if comments:
        yield row.comment


def _local(instant: datetime, zone: ZoneInfo) -> str:
    """RFC 3339 with the offset of the unit."""
    return instant.astimezone(zone).isoformat()
