"""When a target will be reached: weekday patterns, ranges that widen, and honesty where nothing can be said."""

from datetime import date, timedelta

import pytest

from app.plans.forecast import OBSERVED_DAYS, Forecast, Pace, Quota, forecast, observed, pace_of

TODAY = date(2026, 9, 7)  # a Monday
DAY = timedelta(days=1)


def days(number: int, workday: int, weekend: int = 0) -> dict[date, int]:
    """The `number` days before today with as many answers each."""
    before = [TODAY - (one + 1) * DAY for one in range(number)]
    return {day: weekend if day.weekday() >= 5 else workday for day in before}


def told(missing: int, last_day: date, pace: Pace | None, *, today: int = 0) -> Forecast:
    quota = Quota(missing + 100, date(2026, 7, 1), last_day, 100)
    return forecast(quota, pace, TODAY, today)


def test_working_days_have_a_rate_and_weekends_have_none() -> None:
    pace = pace_of(days(28, 10), TODAY - 28 * DAY, TODAY)
    assert pace is not None
    assert pace.rates == (10, 10, 10, 10, 10, 0, 0)
    # The spread is that of a Poisson process at least: 200 answers in 28 days.
    assert pace.variance == pytest.approx(200 / 28)
    assert pace.days == 28


def test_the_day_is_counted_in_working_days() -> None:
    pace = pace_of(days(28, 10), TODAY - 28 * DAY, TODAY)
    # Ten on each working day from today, Monday: 50 on Friday, 60 only on the Monday after.
    assert told(50, date(2026, 9, 30), pace).expected == date(2026, 9, 11)
    assert told(51, date(2026, 9, 30), pace).expected == date(2026, 9, 14)
    # Of today only what usually still comes is expected.
    assert told(50, date(2026, 9, 30), pace, today=4).expected == date(2026, 9, 14)
    assert told(50, date(2026, 9, 30), pace, today=40).expected == date(2026, 9, 14)


def test_the_range_worked_by_hand() -> None:
    pace = Pace((10.0,) * 7, 10.0, 20)
    found = told(100, date(2026, 12, 31), pace)
    # After h days: 10 h +- 1.2816 sqrt(10 (h + h^2 / 20)). Middle: h = 10.
    assert found.expected == TODAY + 9 * DAY
    # h = 8: 80 + 1.2816 sqrt(112) = 93.6; h = 9: 90 + 1.2816 sqrt(130.5) = 104.6.
    assert found.earliest == TODAY + 8 * DAY
    # h = 11: 110 - 1.2816 sqrt(170.5) = 93.3; h = 12: 120 - 1.2816 sqrt(192) = 102.2.
    assert found.latest == TODAY + 11 * DAY


def test_what_becomes_of_the_window() -> None:
    pace = Pace((10.0,) * 7, 10.0, 20)
    assert told(100, TODAY + 11 * DAY, pace).state == "on_course"
    assert told(100, TODAY + 10 * DAY, pace).state == "uncertain"
    assert told(100, TODAY + 9 * DAY, pace).state == "uncertain"
    late = told(100, TODAY + 8 * DAY, pace)
    assert (late.state, late.at_risk) == ("late", True)
    assert late.needed == 12  # 100 on the nine days from today to the last
    assert not told(100, TODAY + 9 * DAY, pace).at_risk


def test_reached_missed_and_not_begun() -> None:
    pace = Pace((1.0,) * 7, 1.0, 28)
    assert forecast(Quota(10, TODAY, TODAY, 10), pace, TODAY).state == "reached"
    assert forecast(Quota(10, TODAY, TODAY, 11), None, TODAY + DAY).state == "reached"
    missed = forecast(Quota(10, TODAY - 9 * DAY, TODAY - DAY, 9), pace, TODAY)
    assert (missed.state, missed.at_risk, missed.expected) == ("missed", False, None)
    upcoming = forecast(Quota(30, TODAY + DAY, TODAY + 10 * DAY, 0), pace, TODAY)
    assert (upcoming.state, upcoming.needed) == ("upcoming", 3)


def test_nobody_answering_is_late_and_has_no_day() -> None:
    pace = pace_of({}, TODAY - 28 * DAY, TODAY)
    found = told(1, date(2026, 9, 30), pace)
    assert (found.state, found.expected, found.latest, found.weekly) == ("late", None, None, 0)


def test_too_few_days_say_nothing() -> None:
    assert pace_of(days(6, 10), TODAY - 6 * DAY, TODAY) is None
    found = told(50, date(2026, 9, 16), None)
    assert (found.state, found.at_risk, found.needed) == ("unknown", False, 5)


def test_a_short_time_has_one_rate_for_all_days() -> None:
    pace = pace_of(days(7, 7, 0), TODAY - 7 * DAY, TODAY)
    assert pace is not None
    assert pace.rates == (5,) * 7  # 35 in seven days
    # Five days at 7 and two at 0 lie 2 and 5 from the mean: (5 * 4 + 2 * 25) / 6.
    assert pace.variance == pytest.approx(70 / 6)


def test_a_pace_known_from_few_days_gives_a_wider_range() -> None:
    few, many = (told(100, date(2026, 12, 31), Pace((10.0,) * 7, 10.0, number)) for number in (7, 28))
    assert few.expected == many.expected
    assert few.earliest is not None
    assert many.latest is not None
    assert few.earliest <= many.earliest  # type: ignore[operator]
    assert few.latest is not None
    assert few.latest > many.latest


@pytest.mark.parametrize(
    ("begun", "first_answer", "expected"),
    [
        (100, None, OBSERVED_DAYS),
        (10, None, 10),
        (3, None, 3),  # nobody answered before: only the window tells
        (3, 20, 20),  # people were answering before the window
        (3, 90, OBSERVED_DAYS),
        (10, 20, 10),  # the window has enough days of its own
        (-5, None, 0),
    ],
)
def test_which_days_are_looked_at(begun: int, first_answer: int | None, expected: int) -> None:
    first = None if first_answer is None else TODAY - first_answer * DAY
    start, end = observed(TODAY - begun * DAY, TODAY, first)
    assert ((end - start).days, end) == (expected, TODAY)
