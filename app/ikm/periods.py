"""Survey periods: half-open intervals of local dates, and their codes.

`2026`, `2026-S1`, `2026-Q3`, `2026-09`, and `2026-07-17..2026-09-15` with the last day included.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Literal

By = Literal["month", "quarter", "semester", "year"]

MONTHS: dict[By, int] = {"month": 1, "quarter": 3, "semester": 6, "year": 12}
FIRST_YEAR, LAST_YEAR = 2000, 2100

_CALENDAR = re.compile(
    r"(?P<year>[0-9]{4})(?:-(?:S(?P<semester>[12])|Q(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2])))?"
)
_CUSTOM = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})\.\.([0-9]{4}-[0-9]{2}-[0-9]{2})")
_DAY = timedelta(days=1)


class PeriodError(ValueError):
    """A code that names no period, or dates outside 2000..2100."""


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `start` up to, not including, `end`, under the `code` by which they were asked for."""

    code: str
    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise PeriodError("a period has at least one day")

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days

    def contains(self, day: date) -> bool:
        """Whether a local date belongs to it."""
        return self.start <= day < self.end


def parse(code: str) -> Period:
    """The period of a code; PeriodError for anything that is not exactly one of the five forms."""
    if calendar := _CALENDAR.fullmatch(code):
        by, number = _kind(calendar)
        return _nth(by, int(calendar["year"]) * (12 // MONTHS[by]) + number)
    if custom := _CUSTOM.fullmatch(code):
        try:
            first, last = date.fromisoformat(custom[1]), date.fromisoformat(custom[2])
        except ValueError:
            raise PeriodError("a period names a day that does not exist") from None
        return _between(first, last)
    raise PeriodError("a period is written 2026, 2026-S1, 2026-Q3, 2026-09 or 2026-07-17..2026-09-15")


def split(period: Period) -> tuple[tuple[date, ...], tuple[tuple[date, date], ...]]:
    """First days of the whole calendar months inside, and what is left as half-open intervals of dates.

    Months and edges are disjoint and together the period. There are at most two edges; a period without a
    whole month is one edge.
    """
    first, last = _month_start(period.start), _month_start(period.end)
    if first < period.start:
        first = _next_month(first)
    if first >= last:
        return (), ((period.start, period.end),)
    months, month = [], first
    while month < last:
        months.append(month)
        month = _next_month(month)
    edges = ((period.start, first), (last, period.end))
    return tuple(months), tuple(edge for edge in edges if edge[0] < edge[1])


def local_date(instant: datetime, zone: tzinfo) -> date:
    """The calendar day of an instant where the unit is; ValueError for an instant without an offset."""
    if instant.utcoffset() is None:
        raise ValueError("an instant needs an offset from UTC")
    return instant.astimezone(zone).date()


def sequence(by: By, first: date, last: date) -> tuple[Period, ...]:
    """All periods of one kind that touch the days from `first` to `last` inclusive, in order.

    PeriodError when `last` is before `first` or a year is outside 2000..2100.
    """
    if last < first:
        raise PeriodError("the last day is before the first")
    return tuple(_nth(by, ordinal) for ordinal in range(_ordinal(by, first), _ordinal(by, last) + 1))


def previous(period: Period) -> Period:
    """The period of the same kind just before; for a custom one, as many days just before.

    PeriodError when that lies before the year 2000.
    """
    if calendar := _CALENDAR.fullmatch(period.code):
        by, _ = _kind(calendar)
        return _nth(by, _ordinal(by, period.start) - 1)
    return _between(period.start - timedelta(days=period.days), period.start - _DAY)


def _kind(calendar: re.Match[str]) -> tuple[By, int]:
    """The kind of a calendar code and its number in the year, from 0."""
    if calendar["semester"]:
        return "semester", int(calendar["semester"]) - 1
    if calendar["quarter"]:
        return "quarter", int(calendar["quarter"]) - 1
    if calendar["month"]:
        return "month", int(calendar["month"]) - 1
    return "year", 0


def _ordinal(by: By, day: date) -> int:
    """The period of a kind that holds `day`, counted from the year 0."""
    return (day.year * 12 + day.month - 1) // MONTHS[by]


def _nth(by: By, ordinal: int) -> Period:
    year, number = divmod(ordinal, 12 // MONTHS[by])
    _check_year(year)
    start = date(year, number * MONTHS[by] + 1, 1)
    after = (ordinal + 1) * MONTHS[by]
    suffix = {
        "month": f"-{number + 1:02}",
        "quarter": f"-Q{number + 1}",
        "semester": f"-S{number + 1}",
        "year": "",
    }
    return Period(f"{year:04}{suffix[by]}", start, date(after // 12, after % 12 + 1, 1))


def _between(first: date, last: date) -> Period:
    _check_year(first.year)
    _check_year(last.year)
    if last < first:
        raise PeriodError("the last day of a period is before its first")
    return Period(f"{first.isoformat()}..{last.isoformat()}", first, last + _DAY)


def _check_year(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise PeriodError(f"periods lie in the years {FIRST_YEAR} to {LAST_YEAR}")


def _month_start(day: date) -> date:
    return day.replace(day=1)


def _next_month(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)
