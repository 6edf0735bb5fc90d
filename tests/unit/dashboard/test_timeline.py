"""Imported results in a trend: before the answers, behind a break, never in their place."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from app.aggregation.trend import Step
from app.dashboard.timeline import IMPORTED_MOST, timeline
from app.history.queries import HistoricalPoint
from app.ikm.periods import parse


def step(code: str, *respondents: int) -> Step:
    """A period with a result for each number of respondents; none for none."""
    results: list[Any] = [SimpleNamespace(index=object(), respondents=number) for number in respondents]
    return Step(parse(code), results, None)


def imported(code: str, rule: str = "2014") -> HistoricalPoint:
    return HistoricalPoint(uuid4(), parse(code), None, Decimal("78.50"), rule, "B", 150, "laporan")


def test_old_reports_stand_before_the_answers_behind_a_break() -> None:
    steps = [step("2024"), step("2025", 20), step("2026", 30)]
    found = timeline(steps, [imported("2012", "2004"), imported("2018"), imported("2019")], "year")
    assert [one.period.code for one in found] == ["2012", "2018", "2019", "2024", "2025", "2026"]
    assert [one.imported is not None for one in found] == [True, True, True, False, False, False]
    # Other rules, the same rules, a gap, answers instead of reports, answers again.
    assert [one.changes_source for one in found] == [False, True, False, False, True, False]
    assert [one.has_figure for one in found] == [True, True, True, False, True, True]


def test_answers_count_where_there_are_both() -> None:
    found = timeline([step("2025"), step("2026", 5)], [imported("2025"), imported("2026")], "year")
    assert [(one.period.code, one.imported is not None) for one in found] == [("2025", True), ("2026", False)]
    assert found[1].result is not None


def test_only_periods_of_the_same_kind_and_not_too_many() -> None:
    years = [imported(str(year)) for year in range(2008, 2024)]
    found = timeline([step("2026", 5)], [*years, imported("2020-S1")], "year")
    assert [one.period.code for one in found[:-1]] == [
        str(year) for year in range(2024 - IMPORTED_MOST, 2024)
    ]


def test_leading_gaps_are_left_out_and_the_larger_result_leads() -> None:
    found = timeline([step("2024"), step("2025", 3, 9), step("2026")], [], "year")
    assert [one.period.code for one in found] == ["2025", "2026"]
    assert found[0].result is not None
    assert found[0].result.respondents == 9
    assert timeline([step("2026")], [], "year") == ()
