"""Results on the wire: the shapes of what is sent. `schemas` fills them."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from app.responses.schemas import UnitRef


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


class ElementIntervalOut(IntervalOut):
    """Confidence interval of an element: IKM in `low` and `high`, NRR beside it.

    `bound`: the widest that the counts of its several questions allow.
    """

    nrr_low: float
    nrr_high: float
    bound: bool


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
    interval: ElementIntervalOut | None


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


class ReasonOut(BaseModel):
    """Why two figures may not be put side by side just so. What `blocks` lets nothing be claimed at all."""

    code: str
    message: str
    blocks: bool


class StepOut(BaseModel):
    """One period of a trend. `break` tells why it does not continue the last one with answers."""

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True)

    period: PeriodOut
    broken: str | None
    breaks: list[ReasonOut] | None = Field(alias="break")
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
    """A unit's result with its rank among the units with the same instrument.

    Units of one `group` cannot be told from its first one; `tied` with the unit above. Null: nothing can be said.
    """

    rank: int
    group: int | None
    tied: bool


class PageOut(BaseModel):
    """Which part of the units is shown: `limit` a page, `units` and `pages` altogether."""

    number: int
    limit: int
    units: int
    pages: int


class RankingOut(BaseModel):
    """A government's own figure, its units ranked, and the units without answers."""

    under: UnitRef
    period: PeriodOut
    government: list[ResultOut]
    units: list[RankedOut]
    without_answers: list[UnitRef] = Field(description="active units that nobody judged in the period")
    page: PageOut | None = Field(description="null: all units are shown")
    as_of: datetime
