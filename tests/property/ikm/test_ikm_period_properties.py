"""What must hold for any period and any population."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import assume, given
from hypothesis import strategies as st

from app.ikm.periods import MONTHS, By, Period, local_date, parse, previous, sequence, split
from app.ikm.sampling import sample_by_formula, sample_by_table

days = st.dates(date(2001, 1, 1), date(2099, 12, 31))
kinds = st.sampled_from(sorted(MONTHS))


@st.composite
def periods(draw: st.DrawFn) -> Period:
    first = draw(days)
    if draw(st.booleans()):
        return sequence(draw(kinds), first, first)[0]
    last = first + timedelta(days=draw(st.integers(0, 800)))
    assume(last.year <= 2099)
    return parse(f"{first}..{last}")


def each_day(start: date, end: date) -> list[date]:
    return [start + timedelta(days=i) for i in range((end - start).days)]


@given(periods())
def test_months_and_edges_are_a_partition(period: Period) -> None:
    months, edges = split(period)
    covered = [day for edge in edges for day in each_day(*edge)]
    for month in months:
        assert month.day == 1
        covered += each_day(month, (month + timedelta(days=32)).replace(day=1))
    assert sorted(covered) == each_day(period.start, period.end)
    assert len(edges) <= 2
    assert all(start < end for start, end in edges)


@given(periods())
def test_edges_hold_no_whole_month(period: Period) -> None:
    for start, end in split(period)[1]:
        inside = [day for day in each_day(start, end) if day.day == 1]
        assert all((day + timedelta(days=32)).replace(day=1) > end for day in inside)


@given(periods())
def test_a_code_names_its_period(period: Period) -> None:
    assert parse(period.code) == period
    assert [period.contains(day) for day in each_day(period.start, period.end)] == [True] * period.days
    assert not period.contains(period.start - timedelta(days=1))
    assert not period.contains(period.end)


@given(periods())
def test_the_period_before_ends_where_this_one_begins(period: Period) -> None:
    assume(period.start.year >= 2004)
    before = previous(period)
    assert before.end == period.start
    if ".." in period.code:
        assert before.days == period.days
    else:
        assert len(before.code) == len(period.code)


@given(kinds, days, st.integers(0, 1500))
def test_a_sequence_covers_its_span_without_gaps(by: By, first: date, length: int) -> None:
    last = first + timedelta(days=length)
    assume(last.year <= 2099)
    found = sequence(by, first, last)
    assert found[0].contains(first)
    assert found[-1].contains(last)
    assert all(one.end == two.start and previous(two) == one for one, two in pairwise(found))


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001
    st.sampled_from([("Asia/Jakarta", 7), ("Asia/Makassar", 8), ("Asia/Jayapura", 9)]),
)
def test_a_local_date_is_the_date_of_the_shifted_clock(moment: datetime, zone: tuple[str, int]) -> None:
    name, hours = zone
    assert local_date(moment.replace(tzinfo=UTC), ZoneInfo(name)) == (moment + timedelta(hours=hours)).date()


@given(st.integers(1, 300_000_000))
def test_a_sample_is_no_larger_than_the_population(population: int) -> None:
    for sample in (sample_by_formula, sample_by_table):
        assert 0 < sample(population) <= 384
        assert sample(population) <= sample(population + 1)
    assert sample_by_formula(population) <= population
    assert sample_by_formula(population) <= sample_by_table(population)
