"""Period codes, local dates, whole months and broken edges."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.ikm.periods import By, Period, PeriodError, local_date, parse, previous, sequence, split


@pytest.mark.parametrize(
    ("code", "start", "end", "days"),
    [
        ("2026", date(2026, 1, 1), date(2027, 1, 1), 365),
        ("2024", date(2024, 1, 1), date(2025, 1, 1), 366),
        ("2026-S1", date(2026, 1, 1), date(2026, 7, 1), 181),
        ("2026-S2", date(2026, 7, 1), date(2027, 1, 1), 184),
        ("2026-Q1", date(2026, 1, 1), date(2026, 4, 1), 90),
        ("2026-Q4", date(2026, 10, 1), date(2027, 1, 1), 92),
        ("2026-02", date(2026, 2, 1), date(2026, 3, 1), 28),
        ("2026-12", date(2026, 12, 1), date(2027, 1, 1), 31),
        ("2026-07-17..2026-09-15", date(2026, 7, 17), date(2026, 9, 16), 61),
        ("2026-07-17..2026-07-17", date(2026, 7, 17), date(2026, 7, 18), 1),
        ("2100-12-31..2100-12-31", date(2100, 12, 31), date(2101, 1, 1), 1),
    ],
)
def test_codes(code: str, start: date, end: date, days: int) -> None:
    period = parse(code)
    assert (period.code, period.start, period.end, period.days) == (code, start, end, days)


@pytest.mark.parametrize(
    "code",
    [
        *("", " ", "2026 ", " 2026", "2026\n", "26", "02026", "1999", "2101", "٢٠٢٦"),
        *("2026-", "2026-S0", "2026-S3", "2026-s1", "2026-Q0", "2026-Q5", "2026-q3", "2026Q3", "2026-TW3"),
        *("2026-00", "2026-13", "2026-9", "2026-009", "2026-09-01"),
        *("2026-09-15..2026-07-17", "2026-02-29..2026-03-01", "2026-07-17..", "..2026-07-17"),
        *(
            "2026-07-17...2026-09-15",
            "2026-07-17 .. 2026-09-15",
            "2026-7-17..2026-9-15",
            "20260717..20260915",
        ),
        *("1999-12-31..2000-01-01", "2100-12-31..2101-01-01", "2026-Q3..2026-Q4", "2026-07-17/2026-09-15"),
    ],
)
def test_anything_else_is_no_period(code: str) -> None:
    with pytest.raises(PeriodError):
        parse(code)


def test_the_last_day_is_in_and_the_next_is_not() -> None:
    quarter = parse("2026-Q3")
    assert quarter.contains(date(2026, 7, 1))
    assert quarter.contains(date(2026, 9, 30))
    assert not quarter.contains(date(2026, 10, 1))
    assert not quarter.contains(date(2026, 6, 30))
    assert parse("2026-07-17..2026-09-15").contains(date(2026, 9, 15))


@pytest.mark.parametrize(
    ("zone", "last_moment"),
    [
        ("Asia/Jakarta", "2026-09-30T16:59:59+00:00"),
        ("Asia/Makassar", "2026-09-30T15:59:59+00:00"),
        ("Asia/Jayapura", "2026-09-30T14:59:59+00:00"),
    ],
)
def test_the_day_is_that_of_the_unit(zone: str, last_moment: str) -> None:
    moment = datetime.fromisoformat(last_moment)
    assert local_date(moment, ZoneInfo(zone)) == date(2026, 9, 30)
    assert local_date(moment + timedelta(seconds=1), ZoneInfo(zone)) == date(2026, 10, 1)


def test_the_first_hours_of_a_month_belong_to_it() -> None:
    assert local_date(datetime(2026, 8, 31, 17, 0, tzinfo=UTC), ZoneInfo("Asia/Jakarta")) == date(2026, 9, 1)


def test_an_instant_without_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        local_date(datetime(2026, 9, 1), ZoneInfo("Asia/Jakarta"))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("code", "months", "edges"),
    [
        ("2026-Q3", [7, 8, 9], []),
        ("2026-07-17..2026-09-15", [8], [((7, 17), (8, 1)), ((9, 1), (9, 16))]),
        ("2026-07-01..2026-09-15", [7, 8], [((9, 1), (9, 16))]),
        ("2026-07-17..2026-09-30", [8, 9], [((7, 17), (8, 1))]),
        ("2026-07-02..2026-07-30", [], [((7, 2), (7, 31))]),
        ("2026-07-17..2026-08-15", [], [((7, 17), (8, 16))]),
        ("2026-07-17..2026-07-31", [], [((7, 17), (8, 1))]),
        ("2026-07-01..2026-07-31", [7], []),
    ],
)
def test_whole_months_and_broken_edges(
    code: str, months: list[int], edges: list[tuple[tuple[int, int], tuple[int, int]]]
) -> None:
    expected = tuple((date(2026, *first), date(2026, *end)) for first, end in edges)
    assert split(parse(code)) == (tuple(date(2026, month, 1) for month in months), expected)


def test_months_across_the_turn_of_the_year() -> None:
    months, edges = split(parse("2026-11-30..2027-02-01"))
    assert months == (date(2026, 12, 1), date(2027, 1, 1))
    assert edges == ((date(2026, 11, 30), date(2026, 12, 1)), (date(2027, 2, 1), date(2027, 2, 2)))


@pytest.mark.parametrize(
    ("by", "codes"),
    [
        ("month", ["2026-11", "2026-12", "2027-01"]),
        ("quarter", ["2026-Q4", "2027-Q1"]),
        ("semester", ["2026-S2", "2027-S1"]),
        ("year", ["2026", "2027"]),
    ],
)
def test_every_period_that_a_span_touches(by: By, codes: list[str]) -> None:
    periods = sequence(by, date(2026, 11, 30), date(2027, 1, 1))
    assert [period.code for period in periods] == codes
    assert [*periods] == [parse(code) for code in codes]


def test_a_span_of_one_day_and_one_that_runs_backwards() -> None:
    assert [p.code for p in sequence("month", date(2026, 9, 30), date(2026, 9, 30))] == ["2026-09"]
    with pytest.raises(PeriodError):
        sequence("month", date(2026, 9, 30), date(2026, 9, 29))
    with pytest.raises(PeriodError, match="2000"):
        sequence("year", date(1999, 12, 31), date(2026, 1, 1))


@pytest.mark.parametrize(
    ("code", "before"),
    [
        ("2026", "2025"),
        ("2026-S1", "2025-S2"),
        ("2026-Q3", "2026-Q2"),
        ("2026-Q1", "2025-Q4"),
        ("2026-01", "2025-12"),
        ("2026-07-17..2026-09-15", "2026-05-17..2026-07-16"),
    ],
)
def test_the_period_before(code: str, before: str) -> None:
    assert previous(parse(code)) == parse(before)


@pytest.mark.parametrize("code", ["2000", "2000-01", "2000-01-01..2000-01-02"])
def test_nothing_lies_before_the_first_year(code: str) -> None:
    with pytest.raises(PeriodError):
        previous(parse(code))


def test_a_period_has_a_day() -> None:
    with pytest.raises(PeriodError):
        Period("x", date(2026, 1, 1), date(2026, 1, 1))
