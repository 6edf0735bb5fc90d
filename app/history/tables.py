"""What was published before this service was used: imported, marked as such, never mixed with what is computed."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from app.core.tables import Table, one_of

RULES = ("2004", "2014", "2017")
WHOLE_UNIT = text("service_id IS NULL")


class HistoricalResult(Table, table=True):
    """A result as an earlier document prints it. `ikm` in hundredths: 9177 is 91.77.

    `nrr` maps the element codes of `rule` (U1..U14 under the rule of 2004) to thousandths: 3271 is 3.271; what the
    codes mean stands in `surveys/rules/`. `mutu` is the category as printed, which may not be the rule's.
    """

    __tablename__ = "historical_result"
    __table_args__ = (
        UniqueConstraint("unit_id", "service_id", "period"),
        Index(
            "uq_historical_result_whole_unit",
            "unit_id",
            "period",
            unique=True,
            sqlite_where=WHOLE_UNIT,
            postgresql_where=WHOLE_UNIT,
        ),
        ForeignKeyConstraint(["unit_id", "document_id"], ["stored_file.unit_id", "stored_file.id"]),
        CheckConstraint(one_of("rule", RULES), name="rule"),
        CheckConstraint("ikm BETWEEN 2500 AND 10000", name="ikm"),
        CheckConstraint("respondents > 0", name="respondents"),
    )

    unit_id: int = Field(primary_key=True, foreign_key="unit.id")
    id: UUID = Field(primary_key=True)
    service_id: int | None = Field(default=None, foreign_key="service.id")
    period: str
    rule: str
    ikm: int
    nrr: dict[str, int] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))
    respondents: int | None = None
    mutu: str | None = None
    source: str
    document_id: UUID | None = None
    imported_by: int | None = Field(default=None, foreign_key="user_account.id")
    imported_at: datetime
    version: int = 1


class HistoricalFollowUp(Table, table=True):
    """What became of the follow-up plan of an earlier survey: how many actions, how many finished, and when.

    `report_issued_on` starts the clock of PEKPPP indicator 9, `all_finished_on` stops it.
    """

    __tablename__ = "historical_follow_up"
    __table_args__ = (
        ForeignKeyConstraint(["unit_id", "document_id"], ["stored_file.unit_id", "stored_file.id"]),
        CheckConstraint("planned >= 0", name="planned"),
        CheckConstraint("finished BETWEEN 0 AND planned", name="finished"),
        CheckConstraint("all_finished_on IS NULL OR finished = planned", name="all_finished"),
        CheckConstraint(
            "all_finished_on IS NULL OR report_issued_on IS NULL OR all_finished_on >= report_issued_on",
            name="order",
        ),
    )

    unit_id: int = Field(primary_key=True, foreign_key="unit.id")
    period: str = Field(primary_key=True)
    planned: int
    finished: int
    report_issued_on: date | None = None
    all_finished_on: date | None = None
    source: str
    document_id: UUID | None = None
    imported_by: int | None = Field(default=None, foreign_key="user_account.id")
    imported_at: datetime
    version: int = 1
