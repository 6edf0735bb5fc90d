"""Answers as values of Python for formats that know types: dates, moments, truth, whole numbers."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.exports.bulk_sql import Days
from app.exports.reading import Progress, Reading
from app.exports.recipe import Column

Convert = Callable[[Any], Any]
Row = tuple[Any, ...]


def batches(reading: Reading, progress: Progress | None = None) -> Iterator[tuple[Days, Iterator[Row]]]:
    """The rows of some days after another; `progress` is told when the next are asked for."""
    rows = 0
    for days in reading.days():
        yield days, reading.rows(days)
        rows += days.rows
        if progress:
            progress(rows)


def converters(
    columns: tuple[Column, ...], moment: Convert, text: Convert = str
) -> tuple[Convert | None, ...]:
    """What makes a column's values of what SQL gave; None where that is right as it is. Nothing stays nothing."""
    by_kind: dict[str, Convert | None] = {
        "day": date.fromisoformat,
        "instant": moment,
        "truth": "true".__eq__,
        "text": None if text is str else text,
        "group": None if text is str else text,
    }
    return tuple(by_kind.get(column.kind) for column in columns)


def converted(rows: Iterator[Row], convert: tuple[Convert | None, ...]) -> Iterator[list[Any]]:
    """Rows with each value converted."""
    places = [(place, change) for place, change in enumerate(convert) if change is not None]
    for row in rows:
        values = list(row)
        for place, change in places:
            value = values[place]
            if value is not None:
                values[place] = change(value)
        yield values


def local_moment(text: str) -> datetime:
    """A time of the unit without its offset, as a spreadsheet shows it."""
    return datetime.fromisoformat(text)


def utc_moment(zone: ZoneInfo) -> Convert:
    """The instant that a time of the unit is."""

    def moment(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)

    return moment
