"""The clock of PEKPPP indicators 8 and 9, against the table of levels worked by hand."""

from datetime import date
from fractions import Fraction

import pytest

from app.followups.clock import (
    Deadline,
    add_months,
    completion_level,
    deadlines,
    next_deadline,
    quarter_end,
    quarter_of,
    share_done,
    speed_level,
)

ISSUED = date(2025, 11, 12)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 8, 31), 1, date(2026, 9, 30)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 7, 14), 0, date(2026, 7, 14)),
    ],
)
def test_months_later(day: date, months: int, expected: date) -> None:
    assert add_months(day, months) == expected


def test_the_five_deadlines() -> None:
    assert deadlines(ISSUED) == (
        Deadline(5, date(2025, 12, 12)),
        Deadline(4, date(2026, 2, 12)),
        Deadline(3, date(2026, 5, 12)),
        Deadline(2, date(2026, 8, 12)),
        Deadline(1, date(2026, 11, 12)),
    )


@pytest.mark.parametrize(
    ("last", "level"),
    [
        (date(2025, 11, 1), 5),  # before the report was even issued
        (date(2025, 12, 12), 5),
        (date(2025, 12, 13), 4),
        (date(2026, 2, 12), 4),
        (date(2026, 2, 13), 3),
        (date(2026, 5, 13), 2),
        (date(2026, 8, 13), 1),
        (date(2026, 11, 12), 1),
        (date(2026, 11, 13), 0),
    ],
)
def test_between_two_steps_it_is_the_slower_one(last: date, level: int) -> None:
    assert speed_level(ISSUED, [date(2025, 11, 20), last]) == level


def test_everything_must_be_done() -> None:
    assert speed_level(ISSUED, [date(2025, 11, 20), None]) == 0
    assert speed_level(ISSUED, []) == 0


def test_what_can_still_be_reached() -> None:
    assert next_deadline(ISSUED, date(2025, 12, 12)) == Deadline(5, date(2025, 12, 12))
    assert next_deadline(ISSUED, date(2025, 12, 13)) == Deadline(4, date(2026, 2, 12))
    assert next_deadline(ISSUED, date(2026, 11, 13)) is None


@pytest.mark.parametrize(
    ("planned", "done", "level"),
    [
        (0, 0, 0),
        (4, 0, 1),
        (10, 2, 2),
        (100, 29, 2),
        (10, 3, 3),  # 30 % belongs to level 3
        (9, 7, 3),
        (10, 8, 3),  # so does 80 %
        (1000, 801, 4),
        (5, 5, 5),
    ],
)
def test_the_share_that_is_done(planned: int, done: int, level: int) -> None:
    assert completion_level(planned, done) == level


def test_without_a_report_on_the_execution_no_level_above_one() -> None:
    assert [completion_level(4, done, reported=False) for done in (0, 2, 4)] == [1, 1, 1]
    assert completion_level(0, 0, reported=False) == 0


def test_the_share_is_exact() -> None:
    assert share_done(9, 7) == Fraction(7, 9)
    assert share_done(0, 0) is None
    with pytest.raises(ValueError, match="planned"):
        share_done(2, 3)


def test_quarters() -> None:
    ends = [quarter_end(2026, number) for number in (1, 2, 3, 4)]
    assert ends == [date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30), date(2026, 12, 31)]
    found = [quarter_of(date(2026, month, 1)) for month in (1, 3, 4, 12)]
    assert found == [(2026, 1), (2026, 1), (2026, 2), (2026, 4)]
    with pytest.raises(ValueError, match="four"):
        quarter_end(2026, 5)
