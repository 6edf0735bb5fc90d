"""Topics by keywords, the history of each comment, and what was handed over to LAPOR!."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKeyConstraint, Index
from sqlmodel import Field

from app.core.tables import Table, one_of

DEEDS = ("state", "topic", "reply", "covered", "handover")
KINDS = ("information", "complaint", "supervision")


class CommentTopic(Table, table=True):
    """A topic of a unit and of all units below it, unless one of them has its own under the same key.

    `keywords` are words or phrases, a `*` at the end stands for any ending; `element` is the key of the element
    that such comments are about, if any.
    """

    __tablename__ = "comment_topic"

    unit_id: int = Field(primary_key=True, foreign_key="unit.id")
    key: str = Field(primary_key=True)
    name: str
    keywords: list[str] = Field(sa_column=Column(JSON, nullable=False))
    element: str | None = None


class CommentEvent(Table, table=True):
    """One change of a comment: `number` counts from 1. The database refuses to change a row.

    `before` and `after` are states, topics, what became public, or steps of a hand-over; never texts of citizens.
    It goes when the comment is erased.
    """

    __tablename__ = "comment_event"
    __table_args__ = (
        ForeignKeyConstraint(
            ["unit_id", "response_id"], ["comment.unit_id", "comment.response_id"], ondelete="CASCADE"
        ),
        CheckConstraint(one_of("deed", DEEDS), name="deed"),
        CheckConstraint("number >= 1", name="number"),
    )

    unit_id: int = Field(primary_key=True)
    response_id: UUID = Field(primary_key=True)
    number: int = Field(primary_key=True)
    at: datetime
    actor_kind: str
    actor_id: int | None = None
    actor_name: str
    deed: str
    before: str | None = None
    after: str | None = None
    note: str | None = None


class CommentHandover(Table, table=True):
    """A comment that was taken to LAPOR!, with its number there. It stays, without a text, when the comment goes.

    Days are those of the unit's time zone; a step that has not happened is None.
    """

    __tablename__ = "comment_handover"
    __table_args__ = (
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint("verified_on >= handed_over_on", name="verified_on"),
        CheckConstraint("answered_on >= handed_over_on", name="answered_on"),
        CheckConstraint("finished_on >= handed_over_on", name="finished_on"),
        Index("ix_comment_handover_unit_id_handed_over_on", "unit_id", "handed_over_on"),
    )

    unit_id: int = Field(primary_key=True, foreign_key="unit.id")
    response_id: UUID = Field(primary_key=True)
    lapor_number: str
    kind: str
    handed_over_on: date
    verified_on: date | None = None
    answered_on: date | None = None
    finished_on: date | None = None
