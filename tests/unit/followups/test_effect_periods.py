"""Which periods stand before and after an action."""

from datetime import date

import pytest

from app.followups.effect import periods_around


@pytest.mark.parametrize(
    ("survey", "done_on", "before", "after"),
    [
        ("2026-Q1", date(2026, 5, 20), "2026-Q1", "2026-Q3"),
        ("2026-Q1", date(2026, 4, 1), "2026-Q1", "2026-Q3"),  # the quarter in which it happened is neither
        ("2026-Q1", date(2026, 3, 31), "2025-Q4", "2026-Q2"),  # done before the survey's quarter had ended
        ("2025", date(2026, 5, 20), "2025", "2027"),
        ("2026-S1", date(2026, 8, 1), "2026-S1", "2027-S1"),
        ("2026-07", date(2026, 9, 30), "2026-07", "2026-10"),
        ("2026-01-10..2026-02-20", date(2026, 5, 20), "2026-Q1", "2026-Q3"),
    ],
)
def test_whole_periods(survey: str, done_on: date, before: str, after: str) -> None:
    found = periods_around(survey, done_on)
    assert tuple(one.code for one in found) == (before, after)
    assert found[0].end <= done_on < found[1].start
