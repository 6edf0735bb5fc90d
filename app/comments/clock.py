"""The clock of a complaint, in working days (Monday to Friday; public holidays are not known). Pure.

PermenPANRB 62/2018: verified or forwarded within 3, answered within 5, finished within 5, 14 or 60 by its kind.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

VERIFY_DAYS = 3
ANSWER_DAYS = 5
FINISH_DAYS: Mapping[str, int] = {"information": 5, "complaint": 14, "supervision": 60}
SATURDAY = 5

StepName = Literal["verified", "answered", "finished"]


@dataclass(frozen=True, slots=True)
class Step:
    """What must have happened by the end of `due`; `days` are the working days that it may take."""

    name: StepName
    days: int
    due: date
    done_on: date | None
    late: bool


def after_working_days(day: date, number: int) -> date:
    """The working day that lies `number` working days after `day`; `day` itself does not count."""
    if number < 0:
        raise ValueError("a clock does not run backwards")
    while number:
        day += timedelta(days=1)
        number -= day.weekday() < SATURDAY
    return day


def steps(
    kind: str,
    handed_over_on: date,
    done: Mapping[StepName, date | None],
    today: date,
) -> tuple[Step, ...]:
    """The three steps. Late is what was done after its day, or is not done although that day has passed."""
    allowed: tuple[tuple[StepName, int], ...] = (
        ("verified", VERIFY_DAYS),
        ("answered", ANSWER_DAYS),
        ("finished", FINISH_DAYS[kind]),
    )
    found = []
    for name, days in allowed:
        due, done_on = after_working_days(handed_over_on, days), done.get(name)
        found.append(Step(name, days, due, done_on, (done_on or today) > due))
    return tuple(found)


def status(
    done: Mapping[StepName, date | None],
) -> Literal["handed_over", "verified", "answered", "finished"]:
    """How far it has come."""
    order: tuple[StepName, ...] = ("finished", "answered", "verified")
    return next((name for name in order if done.get(name)), "handed_over")
