"""Plans of surveys: how many answers a unit wants in which days, and the reminders that were mailed about them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from app.core.tables import Table, one_of

METHODS = TABLE, FORMULA, COCHRAN, OWN = (
    "krejcie_morgan_table",
    "krejcie_morgan_formula",
    "cochran",
    "own_number",
)
ORIGINS = REGISTRY, STATED = ("registry", "stated")
WHOLE_UNIT = text("service_id IS NULL")


class Plan(Table, table=True):
    """What a survey of a unit, or of one of its services, should reach in a period.

    Answers from `first_day` to `last_day`, both included, count towards `target`. `population` is the number of
    users behind it; `population_origin` says whether it was derived from the registry or stated by a person.
    `margin` (hundredths of a per cent) and `confidence` (per cent) belong to Cochran's method only. `version`
    counts the plan's changes: whoever changes it says which one they saw.
    """

    __tablename__ = "survey_plan"
    __table_args__ = (
        UniqueConstraint("unit_id", "service_id", "period"),
        # NULL equals nothing in a unique constraint: a plan for the whole unit needs one of its own.
        Index(
            "uq_survey_plan_whole_unit",
            "unit_id",
            "period",
            unique=True,
            sqlite_where=WHOLE_UNIT,
            postgresql_where=WHOLE_UNIT,
        ),
        CheckConstraint(one_of("method", METHODS), name="method"),
        CheckConstraint(one_of("population_origin", ORIGINS), name="population_origin"),
        CheckConstraint("first_day <= last_day", name="window"),
        CheckConstraint("population > 0", name="population"),
        CheckConstraint("target > 0", name="target"),
        CheckConstraint("(margin IS NULL) = (confidence IS NULL)", name="precision"),
        CheckConstraint("(method = 'cochran') = (margin IS NOT NULL)", name="cochran"),
    )

    unit_id: int = Field(primary_key=True, foreign_key="unit.id")
    id: UUID = Field(primary_key=True)
    service_id: int | None = Field(default=None, foreign_key="service.id")
    period: str
    first_day: date
    last_day: date
    population: int
    population_origin: str
    method: str
    target: int
    margin: int | None = None
    confidence: int | None = None
    note: str | None = None
    version: int = 1
    changed_at: datetime


class PlanReminder(Table, table=True):
    """That a plan's people were told by mail, in the week that begins on the Monday `week`, that it runs late."""

    __tablename__ = "survey_plan_reminder"
    __table_args__ = (
        ForeignKeyConstraint(["unit_id", "plan_id"], ["survey_plan.unit_id", "survey_plan.id"]),
    )

    unit_id: int = Field(primary_key=True)
    plan_id: UUID = Field(primary_key=True)
    week: date = Field(primary_key=True)
    sent_at: datetime
    recipients: int
