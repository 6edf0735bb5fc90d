"""Results on the wire. Exact fractions become numbers here and nowhere before: rounded once, half up."""

from collections.abc import Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import Any, Literal

from pydantic import BaseModel, Field

from app.aggregation.breakdown import Group
from app.aggregation.ranking import Ranking
from app.aggregation.results import Result
from app.aggregation.trend import Step
from app.ikm.index import ElementValue, lowest
from app.ikm.periods import Period
from app.ikm.rounding import printed_ikm, printed_nrr
from app.instruments.model import in_language
from app.responses.schemas import UnitRef
from app.responses.tickets import Asked


class PeriodOut(BaseModel):
    """A half-open interval of dates: `end` is the first day after."""

    code: str
    start: date
    end: date


class ExactOut(BaseModel):
    """The IKM as a reduced fraction."""

    numerator: int
    denominator: int


class CategoryOut(BaseModel):
    """Mutu pelayanan and kinerja unit of the printed IKM."""

    mutu: str
    kinerja: str


class IntervalOut(BaseModel):
    """Confidence interval of the IKM; whether all of it lies in one category."""

    level: float
    low: float
    high: float
    category_certain: bool


class RollupsOut(BaseModel):
    """The IKM under both roll-up rules, and the one that this unit has declared as official."""

    official: str
    pooled: float | None
    mean_of_units: float | None


class ElementOut(BaseModel):
    """One element: answers `n`, how often each option was chosen, NRR, and the same on the scale of the IKM."""

    key: str
    code: str
    name: str
    n: int
    counts: list[int]
    sum: int
    nrr: float | None
    ikm: float | None
    category: str | None


class ResponseRateOut(BaseModel):
    """One-time links issued in the period, those answered, and the response rate in per cent."""

    issued: int
    answered: int
    rate: float


class ResultOut(BaseModel):
    """The IKM of a unit or service in a period. Without answers `ikm` and what hangs on it are null."""

    unit: UnitRef
    service: UnitRef | None
    period: PeriodOut
    instrument: str | None
    weight: str
    rollup: str
    respondents: int
    excluded: int
    flagged: Literal["with", "without"]
    ikm: float | None
    index: float | None
    exact: ExactOut | None
    category: CategoryOut | None
    interval: IntervalOut | None
    rollups: RollupsOut
    elements: list[ElementOut]
    lowest: list[str]
    tickets: ResponseRateOut | None
    as_of: datetime


class ResultsOut(BaseModel):
    """Several instruments were answered in the period: one result each, never mixed."""

    unit: UnitRef
    service: UnitRef | None
    period: PeriodOut
    results: list[ResultOut]
    as_of: datetime


class StepOut(BaseModel):
    """One period of a trend; `broken` says why it does not continue the one before."""

    period: PeriodOut
    broken: str | None
    results: list[ResultOut]


class TrendOut(BaseModel):
    """Consecutive periods, empty ones included."""

    unit: UnitRef
    service: UnitRef | None
    by: str
    points: list[StepOut]
    as_of: datetime


class GroupOut(BaseModel):
    """One group of a breakdown; `key` is null for those who did not say."""

    key: str | None
    name: str | None
    result: ResultOut


class BreakdownOut(BaseModel):
    """A result by who answered, where, or for which service."""

    unit: UnitRef
    service: UnitRef | None
    period: PeriodOut
    by: str
    groups: list[GroupOut]
    as_of: datetime


class RankedOut(ResultOut):
    """A unit's result with its rank among the units with the same instrument."""

    rank: int


class RankingOut(BaseModel):
    """A government's own figure, its units ranked, and the units without answers."""

    under: UnitRef
    period: PeriodOut
    government: list[ResultOut]
    units: list[RankedOut]
    without_answers: list[UnitRef] = Field(description="active units that nobody judged in the period")
    as_of: datetime


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
            results=[self.result(result) for result in step.results],
        )

    def group(self, group: Group) -> GroupOut:
        """One group of a breakdown."""
        name = group.service.name if group.service else None
        return GroupOut(key=group.key, name=name, result=self.result(group.result))

    def ranking(self, ranking: Ranking) -> RankingOut:
        """A ranking with the government's own figure."""
        first = ranking.under[0]
        return RankingOut(
            under=unit_ref(first),
            period=period_out(first.question.period),
            government=[self.result(result) for result in ranking.under],
            units=[RankedOut(rank=one.rank, **self._members(one.result)) for one in ranking.ranked],
            without_answers=[UnitRef(code=unit.code, name=unit.name) for unit in ranking.silent],
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
        return [
            self._element(result, element.key, element.code, in_language(element.name, self.language), value)
            for element in result.instrument.elements
            for value in [values.get(element.key) or ElementValue(element.key, 0, (0,) * size, 0, None)]
        ]

    def _element(self, result: Result, key: str, code: str, name: str, value: ElementValue) -> ElementOut:
        scale = result.instrument.scale if result.instrument else None
        ikm = value.ikm(scale) if scale else None
        table = result.categories.table if result.categories else None
        return ElementOut(
            key=key,
            code=code,
            name=name,
            n=value.n,
            counts=list(value.counts),
            sum=value.total,
            nrr=nrr_number(value.nrr),
            ikm=ikm_number(ikm),
            category=table.classify(ikm).mutu if table and ikm is not None else None,
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
