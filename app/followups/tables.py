"""Follow-ups, their history and evidence; when the report of a survey was issued; consultation forums."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKeyConstraint, Index, false, text
from sqlmodel import Field

from app.core.tables import Table, one_of

STATES = PLANNED, IN_PROGRESS, DONE, CANCELLED = ("planned", "in_progress", "done", "cancelled")
OPEN = (PLANNED, IN_PROGRESS)
SOURCES = SURVEY, COMMENT, FORUM = ("survey", "comment", "forum")


class SurveyReport(Table, table=True):
    """That the SKM report of a period was issued: from this day the clock of PEKPPP indicator 9 runs."""

    __tablename__ = "survey_report"

    unit_id: int = Field(primary_key=True, foreign_key="unit.id")
    period: str = Field(primary_key=True)
    issued_on: date
    number: str | None = None
    recorded_at: datetime


class ConsultationForum(Table, table=True):
    """A Forum Konsultasi Publik (PermenPANRB 16/2017): its minutes (berita acara), to which actions belong."""

    __tablename__ = "consultation_forum"
    __table_args__ = (CheckConstraint("participants > 0", name="participants"),)

    unit_id: int = Field(primary_key=True, foreign_key="unit.id")
    id: UUID = Field(primary_key=True)
    held_on: date
    number: str
    participants: int | None = None
    recorded_at: datetime


class FollowUp(Table, table=True):
    """One line of the follow-up plan. `period` is the survey's, by its code; `element` the key of an unsur.

    `version` counts its changes: whoever changes it says which one they saw. `comment_id` is the answer whose
    comment led here. `public_text` is what citizens read once it is published.
    """

    __tablename__ = "follow_up"
    __table_args__ = (
        ForeignKeyConstraint(
            ["unit_id", "forum_id"], ["consultation_forum.unit_id", "consultation_forum.id"]
        ),
        CheckConstraint(one_of("source", SOURCES), name="source"),
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint("due_quarter BETWEEN 1 AND 4", name="due_quarter"),
        CheckConstraint("progress BETWEEN 0 AND 100", name="progress"),
        CheckConstraint("(state = 'done') = (done_on IS NOT NULL)", name="done_on"),
        CheckConstraint("state <> 'done' OR outcome IS NOT NULL", name="outcome"),
        CheckConstraint("state <> 'cancelled' OR reason IS NOT NULL", name="reason"),
        CheckConstraint("NOT published OR public_text IS NOT NULL", name="public_text"),
        Index("ix_follow_up_unit_id_period", "unit_id", "period"),
    )

    unit_id: int = Field(primary_key=True, foreign_key="unit.id")
    id: UUID = Field(primary_key=True)
    service_id: int | None = Field(default=None, foreign_key="service.id")
    period: str
    element: str | None = None
    source: str = SURVEY
    forum_id: UUID | None = None
    comment_id: UUID | None = None
    recommendation: str
    action: str
    due_year: int
    due_quarter: int
    owner: str
    progress: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    state: str = PLANNED
    reason: str | None = None
    done_on: date | None = None
    outcome: str | None = None
    obstacles: str | None = None
    published: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    public_text: str | None = None
    version: int = 1
    created_at: datetime
    changed_at: datetime


class FollowUpStep(Table, table=True):
    """What happened to a follow-up. Rows are never changed or deleted: the database refuses it.

    `what` is a word of `app.followups.history`, `changes` the fields with their values before and after.
    """

    __tablename__ = "follow_up_step"
    __table_args__ = (
        ForeignKeyConstraint(["unit_id", "follow_up_id"], ["follow_up.unit_id", "follow_up.id"]),
        Index("ix_follow_up_step_unit_id_follow_up_id", "unit_id", "follow_up_id"),
    )

    unit_id: int = Field(primary_key=True, foreign_key="unit.id")
    id: UUID = Field(primary_key=True)
    follow_up_id: UUID
    at: datetime
    actor_kind: str
    actor_id: int | None = None
    actor_name: str
    what: str
    changes: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class FollowUpEvidence(Table, table=True):
    """A file that shows what was done. `public`: citizens may open it once the follow-up is published."""

    __tablename__ = "follow_up_evidence"
    __table_args__ = (
        ForeignKeyConstraint(["unit_id", "follow_up_id"], ["follow_up.unit_id", "follow_up.id"]),
        ForeignKeyConstraint(["unit_id", "file_id"], ["stored_file.unit_id", "stored_file.id"]),
        Index("ix_follow_up_evidence_unit_id_file_id", "unit_id", "file_id"),
    )

    unit_id: int = Field(primary_key=True, foreign_key="unit.id")
    follow_up_id: UUID = Field(primary_key=True)
    file_id: UUID = Field(primary_key=True)
    public: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
