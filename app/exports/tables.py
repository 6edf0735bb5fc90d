"""Exports made in the background: who asked for what, how far it is, what became of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, false, text
from sqlmodel import Field

from app.core.tables import Table, one_of

FORMATS = ("csv", "xlsx", "parquet", "sav")
STATES = QUEUED, RUNNING, DONE, FAILED, CANCELLED, EXPIRED = (
    "queued",
    "running",
    "done",
    "failed",
    "cancelled",
    "expired",
)


class ExportJob(Table, table=True):
    """One export. `rows` is how many answers there were when it was asked for, `rows_done` how many are written.

    `seen_at` is when the process that makes it last said so; `reason` is a code, for one that failed.
    """

    __tablename__ = "export_job"
    __table_args__ = (
        CheckConstraint(one_of("format", FORMATS), name="format"),
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint("rows >= 0 AND rows_done >= 0 AND attempts >= 0", name="counts"),
        Index("ix_export_job_state", "state"),
        Index("ix_export_job_actor", "actor_kind", "actor_id"),
    )

    unit_id: int = Field(primary_key=True, foreign_key="unit.id")
    id: UUID = Field(primary_key=True)
    actor_kind: str
    actor_id: int | None = None
    service: str | None = None
    period: str
    format: str
    comments: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    locale: str
    language: str
    state: str = QUEUED
    rows: int
    rows_done: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    attempts: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    created_at: datetime
    started_at: datetime | None = None
    seen_at: datetime | None = None
    finished_at: datetime | None = None
    expires_at: datetime | None = None
    size: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    sha256: str | None = None
    reason: str | None = None
