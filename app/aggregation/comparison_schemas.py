"""Comparisons on the wire: of periods, of channels, of elements with each other."""

from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from pydantic import BaseModel, ConfigDict, Field

from app.aggregation.channels import ChannelDifference, ChannelEffect
from app.aggregation.comparison import Comparison, ElementChange
from app.aggregation.priorities import Priorities
from app.aggregation.results import Result
from app.aggregation.schemas import ExactOut, GroupOut, PeriodOut, Printer, ReasonOut, ResultOut, ikm_number
from app.core.messages import translate
from app.ikm.changes import Change
from app.ikm.priority import ElementPriority
from app.ikm.rounding import round_half_up
from app.instruments.model import in_language
from app.responses.schemas import UnitRef


class MarginOut(BaseModel):
    """Confidence interval of a difference in IKM points, of this difference by itself."""

    level: float
    low: float
    high: float


class ChangeOut(BaseModel):
    """A difference in IKM points. `significant` by `adjusted_p`, which allows for all that is tested with it."""

    difference: float
    interval: MarginOut | None
    p: float | None
    adjusted_p: float | None
    significant: bool


class ExactChangeOut(ChangeOut):
    """The same with the difference as a reduced fraction."""

    exact: ExactOut


class ElementChangeOut(BaseModel):
    """An element's IKM before and after; `change` is null unless both have one."""

    key: str
    code: str
    name: str
    before: float | None
    after: float | None
    change: ChangeOut | None


class ComparisonOut(BaseModel):
    """Two results and what lies between them. Nothing is claimed where one of the reasons blocks."""

    before: ResultOut | None
    after: ResultOut | None
    comparable: bool
    reasons: list[ReasonOut]
    change: ExactChangeOut | None
    elements: list[ElementChangeOut]


class ComparisonsOut(BaseModel):
    """A period against an earlier one, a comparison for each instrument."""

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True)

    unit: UnitRef
    service: UnitRef | None
    period: PeriodOut
    with_period: PeriodOut = Field(alias="with")
    comparisons: list[ComparisonOut]
    as_of: datetime


class ChannelDifferenceOut(BaseModel):
    """How much higher `channel` is judged than `other`: of all answers, and within the services that have both."""

    channel: str
    other: str
    crude: ChangeOut
    within: ChangeOut | None
    services: int


class MixOut(BaseModel):
    """Chi-square test of homogeneity, and Cramer's V as the size of the effect (0 to 1)."""

    p: float
    effect: float


class ChannelEffectOut(BaseModel):
    """The channels of one instrument. `confounded`: they serve different services, as `caution` says in words."""

    instrument: str
    groups: list[GroupOut]
    differences: list[ChannelDifferenceOut]
    mix: MixOut | None
    confounded: bool
    caution: str | None


class ChannelsOut(BaseModel):
    """What the way of answering does to the figure."""

    unit: UnitRef
    service: UnitRef | None
    period: PeriodOut
    results: list[ChannelEffectOut]
    as_of: datetime


class ElementPriorityOut(BaseModel):
    """An element from every side; ranks count from 1, the most pressing. Null: not known."""

    key: str
    code: str
    name: str
    ikm: float
    score_rank: int
    change: ChangeOut | None
    change_rank: int | None
    comments: int
    comment_share: float | None = Field(description="per cent of the comments that are about an element")
    comment_rank: int | None
    importance: float | None
    importance_rank: int | None
    quadrant: str | None = Field(description="concentrate | keep | low | overkill")
    signals: list[str] = Field(
        description="why it asks to be improved: lowest, falling, talked_about, important"
    )


class PrioritiesOut(BaseModel):
    """The elements, lowest IKM first. Importance is from `respondents` answers, of every `every`th day."""

    instrument: str
    elements: list[ElementPriorityOut]
    compared_with: PeriodOut | None
    importance_source: str = Field(
        description="asked: means of answers on the questionnaire's scale; derived: correlations, -1 to 1"
    )
    respondents: int
    every: int


class PrioritiesListOut(BaseModel):
    """What to improve first, for each instrument."""

    unit: UnitRef
    service: UnitRef | None
    period: PeriodOut
    results: list[PrioritiesOut]
    as_of: datetime


class ComparisonPrinter:
    """Turns comparisons into what is sent, with the words of a `Printer`."""

    def __init__(self, printer: Printer) -> None:
        self._printer = printer

    def comparison(self, found: Comparison) -> ComparisonOut:
        """Two periods."""
        either = found.after or found.before
        return ComparisonOut(
            before=self._printer.result(found.before) if found.before else None,
            after=self._printer.result(found.after) if found.after else None,
            comparable=found.comparable,
            reasons=[self._printer.reason(reason) for reason in found.reasons],
            change=_exact(found.change) if found.change else None,
            elements=[self._element(either, one) for one in found.elements] if either else [],
        )

    def channels(self, found: ChannelEffect) -> ChannelEffectOut:
        """The channels of one instrument."""
        caution = translate(
            "Saluran-saluran ini dipakai untuk layanan yang berbeda. Pegang selisih di dalam layanan yang sama.",
            self._printer.language,
        )
        return ChannelEffectOut(
            instrument=found.instrument.ref,
            groups=[self._printer.group(group) for group in found.groups],
            differences=[_difference(one) for one in found.differences],
            mix=MixOut(p=rounded(found.mix.p), effect=rounded(found.mix.effect)) if found.mix else None,
            confounded=found.confounded,
            caution=caution if found.confounded else None,
        )

    def priorities(self, found: Priorities) -> PrioritiesOut:
        """The elements of one instrument."""
        earlier = found.compared_with
        return PrioritiesOut(
            instrument=found.result.instrument.ref if found.result.instrument else "",
            elements=[self._priority(found.result, one) for one in found.elements],
            compared_with=PeriodOut(code=earlier.code, start=earlier.start, end=earlier.end)
            if earlier
            else None,
            importance_source="asked" if found.importance.asked else "derived",
            respondents=found.importance.respondents,
            every=found.importance.every,
        )

    def _element(self, result: Result, one: ElementChange) -> ElementChangeOut:
        code, name = self._names(result, one.key)
        return ElementChangeOut(
            key=one.key,
            code=code,
            name=name,
            before=ikm_number(one.before),
            after=ikm_number(one.after),
            change=change_out(one.change) if one.change else None,
        )

    def _priority(self, result: Result, one: ElementPriority) -> ElementPriorityOut:
        code, name = self._names(result, one.key)
        return ElementPriorityOut(
            key=one.key,
            code=code,
            name=name,
            ikm=rounded(one.performance, 2),
            score_rank=one.score_rank,
            change=change_out(one.change) if one.change else None,
            change_rank=one.change_rank,
            comments=one.topics,
            comment_share=None if one.topic_share is None else rounded(100 * one.topic_share, 2),
            comment_rank=one.topic_rank,
            importance=None if one.importance is None else rounded(one.importance, 3),
            importance_rank=one.importance_rank,
            quadrant=one.quadrant.value if one.quadrant else None,
            signals=[signal.value for signal in one.signals],
        )

    def _names(self, result: Result, key: str) -> tuple[str, str]:
        elements = result.instrument.elements if result.instrument else ()
        found = next((one for one in elements if one.key == key), None)
        return (found.code, in_language(found.name, self._printer.language)) if found else ("", key)


def change_out(found: Change) -> ChangeOut:
    """A difference as it is printed: points with 2 decimals, p values with 4."""
    margin = found.interval
    return ChangeOut(
        difference=rounded(found.difference, 2),
        interval=MarginOut(level=float(margin.level), low=float(margin.low), high=float(margin.high))
        if margin
        else None,
        p=None if found.p is None else rounded(found.p),
        adjusted_p=None if found.adjusted_p is None else rounded(found.adjusted_p),
        significant=found.significant,
    )


def rounded(value: Fraction | Decimal, places: int = 4) -> float:
    """A number as it is printed, half up."""
    return float(round_half_up(Fraction(value), places))


def _exact(found: Change) -> ExactChangeOut:
    exact = ExactOut(numerator=found.difference.numerator, denominator=found.difference.denominator)
    return ExactChangeOut(**change_out(found).model_dump(), exact=exact)


def _difference(one: ChannelDifference) -> ChannelDifferenceOut:
    return ChannelDifferenceOut(
        channel=one.channel,
        other=one.other,
        crude=change_out(one.crude),
        within=change_out(one.within) if one.within else None,
        services=one.services,
    )
