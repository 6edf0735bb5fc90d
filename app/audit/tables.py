"""The record of who did what, chained by hashes, and the end of each chain."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index
from sqlmodel import Field

from app.core.tables import Table, one_of

ACTOR_KINDS = ("user", "token", "command", "system")


class AuditEntry(Table, table=True):
    """One deed. `chain` is the government's unit id, 0 for the installation itself; `sequence` counts from 1.

    `hash` is SHA-256 (hex) over the entry and the hash before it: see `audit.chain`. The database refuses to
    change or delete a row. `details` never holds an answer, a comment, a secret or a citizen's address.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        CheckConstraint(one_of("actor_kind", ACTOR_KINDS), name="actor_kind"),
        CheckConstraint("sequence >= 1", name="sequence"),
        Index("ix_audit_entry_at", "at"),
        Index("ix_audit_entry_unit_id", "unit_id"),
    )

    chain: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    sequence: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime
    actor_kind: str
    actor_id: int | None = None
    actor_name: str
    action: str
    unit_id: int | None = None
    subject: str | None = None
    details: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    hash: str


class AuditHead(Table, table=True):
    """Where a chain ends. Whoever removes its last lines has to change this too, which those who noted it see."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("sequence >= 0", name="sequence"),)

    chain: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    sequence: int
    hash: str
