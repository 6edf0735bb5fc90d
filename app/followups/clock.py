"""The clock of PEKPPP indicators 8 and 9: deadlines in months, levels by speed and by share. Pure."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

LEVEL_MONTHS = ((5, 1), (4, 3), (3, 6), (2, 9), (1, 12))
"""Level of indicator 9, and within how many months after the report everything must be done for it."""
LEVEL_MONTHS_2017 = ((4, 1), (3, 3), (2, 6), (1, 12))
"""The same by the sheet of 2017 (indicator 1.c.B), where level 5 is what was done before the report."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day on which finishing everything still gives this level."""

    level: int
    until: date


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day where it is shorter: 31 January + 1 = 28 February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def deadlines(issued_on: date, steps: Sequence[tuple[int, int]] = LEVEL_MONTHS) -> tuple[Deadline, ...]:
    """The deadlines of a report issued on this day, earliest first. The day itself still counts."""
    return tuple(Deadline(level, add_months(issued_on, months)) for level, months in steps)


def next_deadline(issued_on: date, today: date) -> Deadline | None:
    """The best level that can still be reached, and until when; None after twelve months."""
    return next((one for one in deadlines(issued_on) if today <= one.until), None)


def speed_level(issued_on: date, finished: Sequence[date | None]) -> int:
    """The level of indicator 9, 0..5, from the day on which each recommendation was done; None: not done.

    All must be done; the last one counts; between two steps it is the slower one. Nothing planned, anything
    unfinished, or more than twelve months: 0.
    """
    last = _last_of_all(finished)
    return 0 if last is None else _level(issued_on, last, LEVEL_MONTHS)


def speed_level_2017(issued_on: date, finished: Sequence[date | None]) -> int:
    """The same by the sheet of 2017: 5 for what was all done before the report; nine months are no step."""
    last = _last_of_all(finished)
    if last is None:
        return 0
    return 5 if last < issued_on else _level(issued_on, last, LEVEL_MONTHS_2017)


def _last_of_all(finished: Sequence[date | None]) -> date | None:
    days = [day for day in finished if day is not None]
    return max(days) if days and len(days) == len(finished) else None


def _level(issued_on: date, last: date, steps: Sequence[tuple[int, int]]) -> int:
    return next((one.level for one in deadlines(issued_on, steps) if last <= one.until), 0)


def share_done(planned: int, done: int) -> Fraction | None:
    """Finished of planned actions; None without a plan. Raises ValueError unless 0 <= done <= planned."""
    if not 0 <= done <= planned:
        raise ValueError("no more can be done than was planned")
    return Fraction(done, planned) if planned else None


def completion_level(planned: int, done: int, *, reported: bool = True) -> int:
    """The level of indicator 8, 0..5: 0 without a plan, 1 for a plan that was not carried out.

    30 % and 80 % belong to level 3. Levels above 1 need the report on the plan's execution (`reported`).
    """
    share = share_done(planned, done)
    if share is None:
        return 0
    if not share or not reported:
        return 1
    if share == 1:
        return 5
    if share > Fraction(80, 100):
        return 4
    return 3 if share >= Fraction(30, 100) else 2


def quarter_end(year: int, quarter: int) -> date:
    """The last day of a triwulan. Raises ValueError for a quarter outside 1..4."""
    if not 1 <= quarter <= 4:
        raise ValueError("a year has four quarters")
    month = quarter * 3
    return date(year, month, calendar.monthrange(year, month)[1])


def quarter_of(day: date) -> tuple[int, int]:
    """Year and triwulan in which a day lies."""
    return day.year, (day.month + 2) // 3
