"""Plans on the wire."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from app.ikm.periods import Period
from app.ikm.sampling import MARGIN_LEAST, MARGIN_MOST
from app.plans.drafts import NOTE_MOST, POPULATION_MOST, Wanted
from app.plans.queries import Progress
from app.plans.sizes import sizes_of
from app.responses.schemas import UnitRef

Method = Literal["krejcie_morgan_table", "krejcie_morgan_formula", "cochran", "own_number"]
Margin = Annotated[int, Field(ge=MARGIN_LEAST, le=MARGIN_MOST)]
Confidence = Literal[90, 95, 99]

EXAMPLE_IN: dict[str, JsonValue] = {
    "first_day": "2026-07-01",
    "last_day": "2026-09-15",
    "population": 1105,
    "method": "krejcie_morgan_table",
    "note": "Pengguna triwulan III tahun lalu",
}
EXAMPLE: dict[str, JsonValue] = {
    "id": "0197f3a2-6f0c-7cc1-9d55-1a2b3c4d5e6f",
    "unit": {"code": "dpmptsp", "name": "Dinas Penanaman Modal dan PTSP"},
    "service": {"code": "nib", "name": "Penerbitan NIB"},
    "period": "2026-Q3",
    "first_day": "2026-07-01",
    "last_day": "2026-09-15",
    "population": 1105,
    "population_origin": "stated",
    "method": "krejcie_morgan_table",
    "target": 291,
    "margin": None,
    "confidence": None,
    "note": "Pengguna triwulan III tahun lalu",
    "version": 1,
    "changed_at": "2026-06-20T02:11:00Z",
    "samples": {"krejcie_morgan_table": 291, "krejcie_morgan_formula": 285, "cochran": 286},
    "progress": {
        "answers": 140,
        "by_service": {"nib": 140},
        "state": "late",
        "expected": "2026-10-02",
        "earliest": "2026-09-24",
        "latest": "2026-10-13",
        "needed_a_day": 6,
    },
}


class PlanIn(BaseModel):
    """What a plan should be. What is left out: the whole period, the population of the registry, 5 % and 95 %.

    `margin` in hundredths of a per cent and `confidence` in per cent belong to `cochran`, `target` to `own_number`.
    `version`: which state of the plan was seen; needed to change one.
    """

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE_IN]})

    method: Method
    first_day: date | None = None
    last_day: date | None = None
    population: Annotated[int, Field(ge=1, le=POPULATION_MOST)] | None = None
    target: Annotated[int, Field(ge=1, le=POPULATION_MOST)] | None = None
    margin: Margin | None = None
    confidence: Confidence | None = None
    note: Annotated[str, Field(max_length=NOTE_MOST)] | None = None
    version: int | None = None

    def wanted(self, period: Period) -> Wanted:
        """The same for the rules."""
        return Wanted(
            period,
            self.method,
            self.first_day,
            self.last_day,
            self.population,
            self.target,
            self.margin,
            self.confidence,
            self.note,
        )


class ProgressOut(BaseModel):
    """Answers of the window so far, and the day on which the target is reached at the present pace, with its range.

    `state`: reached, upcoming, missed, unknown (too few days to tell), on_course, uncertain, late (will not be
    reached in the window). A day of null is more than a year away, or none.
    """

    answers: int
    by_service: dict[str, int]
    state: Literal["reached", "upcoming", "missed", "unknown", "on_course", "uncertain", "late"]
    expected: date | None
    earliest: date | None
    latest: date | None
    needed_a_day: int | None


class PlanOut(BaseModel):
    """A plan; without a service it is for the whole unit. `samples`: what each method asks for."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    id: UUID
    unit: UnitRef
    service: UnitRef | None
    period: str
    first_day: date
    last_day: date
    population: int
    population_origin: Literal["registry", "stated"]
    method: Method
    target: int
    margin: int | None
    confidence: int | None
    note: str | None
    version: int
    changed_at: datetime
    samples: dict[str, int]
    progress: ProgressOut


class PlansOut(BaseModel):
    """The plans of a unit whose windows begin in a year."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"unit": EXAMPLE["unit"], "year": 2026, "plans": [EXAMPLE]}]}
    )

    unit: UnitRef
    year: int
    plans: list[PlanOut]


def plan_out(found: Progress, unit: UnitRef, services: dict[int, UnitRef]) -> PlanOut:
    """A plan with its progress; `services` by id."""
    plan, forecast = found.plan, found.forecast
    precision = {"margin": plan.margin, "confidence": plan.confidence}
    sizes = sizes_of(plan.population, **{name: one for name, one in precision.items() if one is not None})
    return PlanOut.model_validate(
        {
            **plan.model_dump(exclude={"unit_id", "service_id"}),
            "unit": unit,
            "service": services.get(plan.service_id) if plan.service_id is not None else None,
            "samples": {size.method: size.sample for size in sizes},
            "progress": ProgressOut(
                answers=found.answers,
                by_service={services[id_].code: n for id_, n in found.by_service.items() if id_ in services},
                state=forecast.state,
                expected=forecast.expected,
                earliest=forecast.earliest,
                latest=forecast.latest,
                needed_a_day=forecast.needed,
            ),
        }
    )
