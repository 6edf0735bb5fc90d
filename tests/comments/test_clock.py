"""Working days counted by hand on the calendar of 2026: 2 October is a Friday, 15 October a Thursday."""

from datetime import date

import pytest

from app.comments import clock

FRIDAY = date(2026, 10, 2)


@pytest.mark.parametrize(
    ("number", "day"),
    [
        (0, FRIDAY),
        (1, date(2026, 10, 5)),
        (3, date(2026, 10, 7)),
        (5, date(2026, 10, 9)),
        (14, date(2026, 10, 22)),
        (60, date(2026, 12, 25)),
    ],
)
def test_working_days_after_a_friday(number: int, day: date) -> None:
    assert clock.after_working_days(FRIDAY, number) == day


@pytest.mark.parametrize("start", [date(2026, 10, 3), date(2026, 10, 4)])
def test_a_weekend_is_no_working_day(start: date) -> None:
    assert clock.after_working_days(start, 1) == date(2026, 10, 5)
    assert clock.after_working_days(start, 5) == date(2026, 10, 9)


def test_a_clock_does_not_run_backwards() -> None:
    with pytest.raises(ValueError, match="backwards"):
        clock.after_working_days(FRIDAY, -1)


def test_a_step_is_late_from_the_day_after_its_last() -> None:
    def late(today: date, **done: date) -> list[bool]:
        found = clock.steps("complaint", FRIDAY, done, today)  # type: ignore[arg-type]
        return [step.late for step in found]

    assert late(date(2026, 10, 7)) == [False, False, False]
    assert late(date(2026, 10, 8)) == [True, False, False]
    assert late(date(2026, 10, 23)) == [True, True, True]
    done = {"verified": date(2026, 10, 7), "answered": date(2026, 10, 12)}
    assert late(date(2026, 10, 13), **done) == [False, True, False]


@pytest.mark.parametrize(
    ("kind", "day"),
    [
        ("information", date(2026, 10, 9)),
        ("complaint", date(2026, 10, 22)),
        ("supervision", date(2026, 12, 25)),
    ],
)
def test_the_kind_decides_when_it_must_be_finished(kind: str, day: date) -> None:
    steps = clock.steps(kind, FRIDAY, {}, FRIDAY)
    assert [step.name for step in steps] == ["verified", "answered", "finished"]
    assert [step.due for step in steps] == [date(2026, 10, 7), date(2026, 10, 9), day]


def test_the_status_is_the_last_step() -> None:
    assert clock.status({}) == "handed_over"
    assert clock.status({"verified": FRIDAY, "answered": None}) == "verified"
    assert clock.status({"answered": FRIDAY}) == "answered"
    assert clock.status({"verified": FRIDAY, "finished": FRIDAY}) == "finished"
