"""The IKM over time: a result per calendar period, with a break where the questionnaire changed."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlmodel import Session

from app.aggregation import statistics, uncounted
from app.aggregation.estimates import basis_of
from app.aggregation.results import Question, Result, collected, parts_of, populations, result, stored_id
from app.aggregation.statistics import Groups, Selection, Statistics
from app.aggregation.uncounted import Uncounted
from app.ikm.comparability import Reason, reasons_of
from app.ikm.periods import FIRST_YEAR, Period, sequence
from app.ikm.weights import Weight
from app.instruments.catalog import Catalog
from app.units import queries
from app.units.tables import Service, Unit

By = Literal["month", "quarter", "semester", "year"]
# How far back a trend looks when nothing is said: two years, or five of them.
STEPS: dict[By, int] = {"month": 24, "quarter": 8, "semester": 4, "year": 5}
MONTHS: dict[By, int] = {"month": 1, "quarter": 3, "semester": 6, "year": 12}
PERIODS_MAX = 240


@dataclass(frozen=True, slots=True)
class Step:
    """One period of a trend. `broken` is set where another questionnaire begins.

    `breaks` names everything that keeps its figures from continuing those of the last period with answers: a line
    through both would mislead.
    """

    period: Period
    results: list[Result]
    broken: str | None
    breaks: tuple[Reason, ...] = ()


def leading(step: Step) -> Result | None:
    """The result that stands for a period in a trend: the one of the questionnaire that most people answered."""
    answered = [one for one in step.results if one.index is not None]
    return max(answered, key=lambda one: one.respondents, default=None)


def default_start(by: By, last: date) -> date:
    """The first day of the default number of periods that end with the one that holds `last`,
    or of the first year that periods know.
    """
    months = last.year * 12 + last.month - 1 - (STEPS[by] - 1) * MONTHS[by]
    return max(date(months // 12, months % 12 + 1, 1), date(FIRST_YEAR, 1, 1))


def trend_of(
    session: Session,
    catalog: Catalog,
    unit: Unit,
    periods: tuple[Period, ...],
    *,
    service: Service | None = None,
    weight: Weight = Weight.EXACT,
    rollup: str | None = None,
) -> list[Step]:
    """Results of consecutive calendar periods, each as the unit's own result shows it; empty ones are kept."""
    unit_ids = (stored_id(unit),) if service else tuple(queries.below(session, stored_id(unit)))
    selection = Selection(unit_ids, service.id if service else None)
    services = [service] if service else queries.services_of(session, unit_ids)
    months = statistics.by_month(session, selection, periods[0].start, periods[-1].end)
    lost = uncounted.by_month(session, selection, periods[0].start, periods[-1].end)
    steps: list[Step] = []
    before: set[str] = set()
    earlier: list[Result] = []
    for period in periods:
        found: Groups = defaultdict(Statistics)
        for (ref, (month, unit_id)), part in months.items():
            if period.contains(month):
                found[ref, unit_id] += part
        question = Question(period, weight, rollup)
        results = [
            result(catalog, unit, question, ref, parts, _excluded(lost, ref, period), service)
            for ref, parts in parts_of(collected(found, populations(services, period)), unit_ids).items()
        ]
        refs = {ref for ref, _ in found}
        broken = "instrument_changed" if before and refs and before != refs else None
        steps.append(Step(period, results, broken, breaks_between(earlier, results)))
        before, earlier = refs or before, results or earlier
    return steps


def breaks_between(before: Sequence[Result], after: Sequence[Result]) -> tuple[Reason, ...]:
    """Why the results of one period do not continue those of another; nothing where one has none."""
    earlier = {basis.instrument: basis for one in before if (basis := basis_of(one))}
    later = {basis.instrument: basis for one in after if (basis := basis_of(one))}
    if not earlier or not later:
        return ()
    found = {Reason.INSTRUMENT} if earlier.keys() != later.keys() else set()
    if {one.categories for one in earlier.values()} != {one.categories for one in later.values()}:
        found.add(Reason.CATEGORIES)
    for ref in earlier.keys() & later.keys():
        found.update(reasons_of(earlier[ref], later[ref]))
    return tuple(reason for reason in Reason if reason in found)


def _excluded(lost: Uncounted, ref: str, period: Period) -> int:
    return sum(
        count for (instrument, month), count in lost.items() if instrument == ref and period.contains(month)
    )


def periods_of(by: By, first: date, last: date) -> tuple[Period, ...]:
    """The calendar periods that touch `first` to `last`. Raises `ValueError` for none, or far too many."""
    if first > last:
        raise ValueError("the first day lies after the last")
    if (last.year - first.year) * 12 // MONTHS[by] > PERIODS_MAX:
        raise ValueError("too many periods")
    return sequence(by, first, last)
