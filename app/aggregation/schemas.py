"""Results on the wire. Exact fractions become numbers here and nowhere before: rounded once, half up."""

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any

from app.aggregation.breakdown import Group
from app.aggregation.estimates import element_intervals
from app.aggregation.ranking import Ranking
from app.aggregation.reasons import reason_text
from app.aggregation.result_schemas import (
    BreakdownOut as BreakdownOut,
)
from app.aggregation.result_schemas import (
    CategoryOut as CategoryOut,
)
from app.aggregation.result_schemas import (
    ElementIntervalOut as ElementIntervalOut,
)
from app.aggregation.result_schemas import (
    ElementOut as ElementOut,
)
from app.aggregation.result_schemas import (
    ExactOut as ExactOut,
)
from app.aggregation.result_schemas import (
    GroupOut as GroupOut,
)
from app.aggregation.result_schemas import (
    IntervalOut as IntervalOut,
)
from app.aggregation.result_schemas import (
    PageOut as PageOut,
)
from app.aggregation.result_schemas import (
    PeriodOut as PeriodOut,
)
from app.aggregation.result_schemas import (
    RankedOut as RankedOut,
)
from app.aggregation.result_schemas import (
    RankingOut as RankingOut,
)
from app.aggregation.result_schemas import (
    ReasonOut as ReasonOut,
)
from app.aggregation.result_schemas import (
    ResponseRateOut as ResponseRateOut,
)
from app.aggregation.result_schemas import (
    ResultOut as ResultOut,
)
from app.aggregation.result_schemas import (
    ResultsOut as ResultsOut,
)
from app.aggregation.result_schemas import (
    RollupsOut as RollupsOut,
)
from app.aggregation.result_schemas import (
    StepOut as StepOut,
)
from app.aggregation.result_schemas import (
    TrendOut as TrendOut,
)
from app.aggregation.results import Result
from app.aggregation.trend import Step
from app.ikm.comparability import Reason
from app.ikm.element_intervals import ElementInterval
from app.ikm.index import ElementValue, lowest
from app.ikm.periods import Period
from app.ikm.rounding import printed_ikm, printed_nrr
from app.instruments.model import Element, in_language
from app.responses.schemas import UnitRef
from app.responses.tickets import Asked


class Printer:
    """Turns results into what is sent, in one language and as of one instant."""

    def __init__(self, language: str, as_of: datetime) -> None:
        self.language = language
        self.as_of = as_of

    def result(self, result: Result) -> ResultOut:
        """One result."""
        return ResultOut(**self._members(result))

    def answer(self, results: Sequence[Result]) -> ResultOut | ResultsOut:
        """What the contract shows: the result, or one for each instrument under `results`."""
        if len(results) == 1:
            return self.result(results[0])
        first = results[0]
        return ResultsOut(
            unit=unit_ref(first),
            service=service_ref(first),
            period=period_out(first.question.period),
            results=[self.result(result) for result in results],
            as_of=self.as_of,
        )

    def step(self, step: Step) -> StepOut:
        """One period of a trend."""
        return StepOut(
            period=period_out(step.period),
            broken=step.broken,
            breaks=[self.reason(one) for one in step.breaks] or None,
            results=[self.result(result) for result in step.results],
        )

    def reason(self, reason: Reason) -> ReasonOut:
        """A reason in words."""
        return ReasonOut(code=reason.value, message=reason_text(reason, self.language), blocks=reason.blocks)

    def group(self, group: Group) -> GroupOut:
        """One group of a breakdown."""
        name = group.service.name if group.service else None
        return GroupOut(key=group.key, name=name, result=self.result(group.result))

    def ranking(self, ranking: Ranking, limit: int | None = None, page: int = 1) -> RankingOut:
        """A ranking with the government's own figure; `limit` units of it on the page asked for."""
        first = ranking.under[0]
        units = len(ranking.ranked)
        shown = ranking.ranked if limit is None else ranking.ranked[(page - 1) * limit : page * limit]
        return RankingOut(
            under=unit_ref(first),
            period=period_out(first.question.period),
            government=[self.result(result) for result in ranking.under],
            units=[
                RankedOut(rank=one.rank, group=one.group, tied=one.tied, **self._members(one.result))
                for one in shown
            ],
            without_answers=[UnitRef(code=unit.code, name=unit.name) for unit in ranking.silent],
            page=None
            if limit is None
            else PageOut(number=page, limit=limit, units=units, pages=-(-units // limit)),
            as_of=self.as_of,
        )

    def _members(self, result: Result) -> dict[str, Any]:
        index = result.index
        return {
            "unit": unit_ref(result),
            "service": service_ref(result),
            "period": period_out(result.question.period),
            "instrument": result.instrument.ref if result.instrument else None,
            "weight": result.question.weight.value,
            "rollup": result.rollup,
            "respondents": result.respondents,
            "excluded": result.excluded,
            "flagged": "with" if result.question.flagged else "without",
            "ikm": ikm_number(index.ikm if index else None),
            "index": nrr_number(index.index if index else None),
            "exact": ExactOut(numerator=index.ikm.numerator, denominator=index.ikm.denominator)
            if index
            else None,
            "category": self._category(result),
            "interval": _interval(result),
            "rollups": RollupsOut(
                official=result.unit.rollup,
                pooled=ikm_number(result.pooled),
                mean_of_units=ikm_number(result.mean),
            ),
            "elements": self._elements(result),
            "lowest": list(lowest(index)) if index else [],
            "tickets": _tickets(result.asked),
            "as_of": self.as_of,
        }

    def _category(self, result: Result) -> CategoryOut | None:
        if result.index is None or result.categories is None:
            return None
        band = result.categories.table.classify(result.index.ikm, result.index.weight)
        return CategoryOut(
            mutu=band.mutu, kinerja=in_language(result.categories.names[band.mutu], self.language)
        )

    def _elements(self, result: Result) -> list[ElementOut]:
        if result.instrument is None:
            return []
        size = result.instrument.scale.size
        values = {value.key: value for value in result.index.elements} if result.index else {}
        intervals = element_intervals(result)
        return [
            self._element(result, element, value, intervals.get(element.key))
            for element in result.instrument.elements
            for value in [values.get(element.key) or ElementValue(element.key, 0, (0,) * size, 0, None)]
        ]

    def _element(
        self, result: Result, element: Element, value: ElementValue, found: ElementInterval | None
    ) -> ElementOut:
        scale = result.instrument.scale if result.instrument else None
        ikm = value.ikm(scale) if scale else None
        table = result.categories.table if result.categories else None
        return ElementOut(
            key=element.key,
            code=element.code,
            name=in_language(element.name, self.language),
            n=value.n,
            counts=list(value.counts),
            sum=value.total,
            nrr=nrr_number(value.nrr),
            ikm=ikm_number(ikm),
            category=table.classify(ikm).mutu if table and ikm is not None else None,
            interval=_element_interval(found) if found else None,
        )


def _interval(result: Result) -> IntervalOut | None:
    found = result.interval
    if found is None:
        return None
    return IntervalOut(
        level=float(found.level),
        low=float(found.low),
        high=float(found.high),
        category_certain=found.category_certain,
    )


def _element_interval(found: ElementInterval) -> ElementIntervalOut:
    return ElementIntervalOut(
        level=float(found.level),
        low=float(found.low),
        high=float(found.high),
        category_certain=found.category_certain,
        nrr_low=float(found.nrr_low),
        nrr_high=float(found.nrr_high),
        bound=found.bound,
    )


def _tickets(asked: Asked | None) -> ResponseRateOut | None:
    if asked is None:
        return None
    rate = printed_ikm(Fraction(100 * asked.answered, asked.issued))
    return ResponseRateOut(issued=asked.issued, answered=asked.answered, rate=float(rate))


def unit_ref(result: Result) -> UnitRef:
    """The unit of a result."""
    return UnitRef(code=result.unit.code, name=result.unit.name)


def service_ref(result: Result) -> UnitRef | None:
    """The service of a result, if it is about one."""
    return UnitRef(code=result.service.code, name=result.service.name) if result.service else None


def period_out(period: Period) -> PeriodOut:
    """A period with its code."""
    return PeriodOut(code=period.code, start=period.start, end=period.end)


def ikm_number(value: Fraction | None) -> float | None:
    """An IKM as it is printed: two decimals, half up."""
    return None if value is None else float(printed_ikm(value))


def nrr_number(value: Fraction | None) -> float | None:
    """An NRR or index as it is printed: three decimals, half up."""
    return None if value is None else float(printed_nrr(value))
