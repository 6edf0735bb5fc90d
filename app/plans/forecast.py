"""When a target will be reached, from how answers came in on the last days, with an honest range. Pure.

No index is computed here: floating point is good enough for a guess about days.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

State = Literal["reached", "upcoming", "missed", "unknown", "on_course", "uncertain", "late"]

OBSERVED_DAYS = 28
"""How many days before today are looked at."""
ENOUGH_DAYS = 7
PATTERN_DAYS = 14
"""From here on every weekday was seen twice, so that it may have a rate of its own."""
HORIZON_DAYS = 366
Z_80 = 1.2816
"""Two-sided normal quantile: the day lies within the range in four cases out of five, if nothing changes."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Quota:
    """What is wanted by when: `target` answers from `first_day` to `last_day`, both included; `answers` so far."""

    target: int
    first_day: date
    last_day: date
    answers: int

    @property
    def missing(self) -> int:
        """How many answers are still wanted."""
        return max(0, self.target - self.answers)


@dataclass(frozen=True, slots=True)
class Forecast:
    """`expected` is the day on which the target is reached at the present pace, `earliest` and `latest` its range.

    None is a day beyond the next HORIZON_DAYS, or no day at all. `weekly` is the pace in answers a week, None
    while there are too few days to tell. `needed` are the answers wanted on each day that is left.
    """

    state: State
    expected: date | None = None
    earliest: date | None = None
    latest: date | None = None
    weekly: float | None = None
    needed: int | None = None

    @property
    def at_risk(self) -> bool:
        """Whether the target will probably not be reached in the window."""
        return self.state == "late"


@dataclass(frozen=True, slots=True)
class Pace:
    """Answers to be expected by weekday (Monday first), their spread a day, and of how many days this is known."""

    rates: tuple[float, ...]
    variance: float
    days: int

    def on(self, day: date) -> float:
        """The answers to be expected on a day."""
        return self.rates[day.weekday()]


def observed(quota_from: date, today: date, first_answer: date | None) -> tuple[date, date]:
    """The days whose answers tell the pace: up to OBSERVED_DAYS, the last of them yesterday; half-open.

    Days of the window; while it has too few, also those before it on which people were already answering.
    """
    oldest = today - OBSERVED_DAYS * _DAY
    start = max(oldest, quota_from)
    if (today - start).days < ENOUGH_DAYS and first_answer is not None:
        start = max(oldest, min(start, first_answer))
    return min(start, today), today


def pace_of(counts: Mapping[date, int], first: date, today: date) -> Pace | None:
    """The pace of the days from `first` up to, not including, `today`; None for fewer than ENOUGH_DAYS.

    A day that is not in `counts` had no answers. The spread is never taken to be smaller than that of people who
    come independently of each other (a Poisson process).
    """
    days = [first + number * _DAY for number in range((today - first).days)]
    if len(days) < ENOUGH_DAYS:
        return None
    groups = [[day for day in days if day.weekday() == weekday] for weekday in range(7)]
    has_pattern = len(days) >= PATTERN_DAYS
    mean = _mean(counts, days)
    rates = tuple(_mean(counts, group) if has_pattern else mean for group in groups)
    squares = sum((counts.get(day, 0) - rates[day.weekday()]) ** 2 for day in days)
    free = len(days) - (7 if has_pattern else 1)
    return Pace(rates, max(squares / free, mean), len(days))


def forecast(quota: Quota, pace: Pace | None, today: date, answers_today: int = 0) -> Forecast:
    """What will become of a quota if people go on answering as they did.

    `answers_today` are already in `quota.answers`; of today only what usually still comes is expected.
    """
    if not quota.missing:
        return Forecast("reached", weekly=_weekly(pace))
    if today > quota.last_day:
        return Forecast("missed", weekly=_weekly(pace))
    start = max(today, quota.first_day)
    needed = math.ceil(quota.missing / ((quota.last_day - start).days + 1))
    if today < quota.first_day:
        return Forecast("upcoming", weekly=_weekly(pace), needed=needed)
    if pace is None:
        return Forecast("unknown", needed=needed)
    earliest, expected, latest = _days(quota.missing, pace, today, answers_today)
    state: State = "late"
    if expected is not None and expected <= quota.last_day:
        state = "on_course" if latest is not None and latest <= quota.last_day else "uncertain"
    return Forecast(state, expected, earliest, latest, _weekly(pace), needed)


def _days(missing: int, pace: Pace, today: date, answers_today: int) -> Sequence[date | None]:
    """The first days on which the upper end, the middle and the lower end of what is to come are enough.

    After h days the sum has the variance s^2 (h + h^2 / n): its own spread, and that of a mean known from n days.
    """
    found: list[date | None] = [None, None, None]
    total = 0.0
    for passed in range(HORIZON_DAYS):
        day = today + passed * _DAY
        total += max(0.0, pace.on(day) - answers_today) if passed == 0 else pace.on(day)
        days = passed + 1
        margin = Z_80 * math.sqrt(pace.variance * (days + days * days / pace.days))
        for place, reached in enumerate((total + margin, total, total - margin)):
            if found[place] is None and reached >= missing:
                found[place] = day
        if found[2] is not None:
            break
    return found


def _weekly(pace: Pace | None) -> float | None:
    return None if pace is None else sum(pace.rates)


def _mean(counts: Mapping[date, int], days: Iterable[date]) -> float:
    found = [counts.get(day, 0) for day in days]
    return sum(found) / len(found)
