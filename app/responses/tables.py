"""Answers, their comments, and the sufficient statistics of the index.

The unit is the first column of every key: rows of a unit lie together and can be distributed by it.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    false,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from app.core.tables import Table, one_of

CHANNELS = ("qr", "kiosk", "counter", "link", "import")
SEXES = ("L", "P")
EDUCATIONS = ("SD", "SMP", "SMA", "D1-D4", "S1", "S2", "S3")
OCCUPATIONS = ("PNS", "TNI", "POLRI", "SWASTA", "WIRAUSAHA", "PELAJAR", "PETANI", "IRT", "LAINNYA")
OPTIONS_MAX = 6
STATES = COUNTED, EXCLUDED = "counted", "excluded"
FLAGGED = text("flags IS NOT NULL")
FROM_ZERO = {"server_default": text("0")}
PUBLIC = text("reply_published_at IS NOT NULL")
LEFT_OUT = text("state = 'excluded'")  # literally: only so do databases see that the small index will do
LOWEST_SCORE = 1  # every instrument's scale begins here; its loader sees to it


class Response(Table, table=True):
    """One answered questionnaire. `scores` maps question keys to scores; absent means not answered.

    `respondent_mean` is the mean of the answered elements in units of `ikm.intervals.RESPONDENT_UNIT`.
    `local_date` is the date of `answered_at` in the unit's time zone and decides the period.
    """

    __tablename__ = "response"
    __table_args__ = (
        CheckConstraint(one_of("channel", CHANNELS), name="channel"),
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint(one_of("sex", SEXES), name="sex"),
        CheckConstraint(one_of("education", EDUCATIONS), name="education"),
        CheckConstraint(one_of("occupation", OCCUPATIONS), name="occupation"),
        CheckConstraint("age BETWEEN 0 AND 120", name="age"),
        CheckConstraint("seconds >= 0", name="seconds"),
        Index("ix_response_unit_id_local_date", "unit_id", "local_date"),
        Index("ix_response_flagged", "unit_id", "local_date", sqlite_where=FLAGGED, postgresql_where=FLAGGED),
        Index("ix_response_left_out", "unit_id", "id", sqlite_where=LEFT_OUT, postgresql_where=LEFT_OUT),
    )

    unit_id: int = Field(primary_key=True, foreign_key="unit.id")
    id: UUID = Field(primary_key=True)
    service_id: int = Field(foreign_key="service.id")
    point_id: int | None = Field(default=None, foreign_key="point.id")
    instrument: str
    channel: str
    answered_at: datetime
    local_date: date
    received_at: datetime
    scores: dict[str, int] = Field(
        sa_column=Column(JSON().with_variant(JSONB(), "postgresql"), nullable=False)
    )
    respondent_mean: int
    sex: str | None = None
    age: int | None = None
    education: str | None = None
    occupation: str | None = None
    disability: bool | None = None
    seconds: int | None = None
    digest: bytes = Field(sa_column=Column(LargeBinary(16), nullable=False))
    state: str = COUNTED
    flags: list[str] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))


class Comment(Table, table=True):
    """What a citizen wrote, apart from the answer, so that answers can be exported without it.

    `local_date`, `service_id` and `respondent_mean` are those of the answer, which never change: lists of comments
    read no answers. `sorted_with` is the fingerprint of the keywords by which the topic was found last, 0 before.
    `version` counts the changes; each is a `comment_event` of that number.
    """

    __tablename__ = "comment"
    __table_args__ = (
        ForeignKeyConstraint(["unit_id", "response_id"], ["response.unit_id", "response.id"]),
        CheckConstraint(one_of("state", ("new", "reviewed", "acted_on", "done")), name="state"),
        Index("ix_comment_newest", "unit_id", "local_date", "response_id", "state", "topic"),
        Index("ix_comment_unit_id_sorted_with", "unit_id", "sorted_with"),
        Index(
            "ix_comment_replied",
            "unit_id",
            "reply_published_at",
            sqlite_where=PUBLIC,
            postgresql_where=PUBLIC,
        ),
    )

    unit_id: int = Field(primary_key=True)
    response_id: UUID = Field(primary_key=True)
    service_id: int
    local_date: date
    respondent_mean: int
    text: str
    topic: str | None = None
    topic_by_hand: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    sorted_with: int = Field(default=0, sa_column_kwargs=FROM_ZERO)
    state: str = "new"
    reply: str | None = None
    reply_published_at: datetime | None = None
    version: int = Field(default=0, sa_column_kwargs=FROM_ZERO)


def _count() -> Any:
    return Field(default=0, sa_column_kwargs={"server_default": text("0")})


class Tally(Table, table=True):
    """How often the lowest, next, ... option of a question was chosen, by month of the local date."""

    __tablename__ = "tally"
    __table_args__ = (
        CheckConstraint(" AND ".join(f"c{place} >= 0" for place in range(1, OPTIONS_MAX + 1)), name="counts"),
        {"sqlite_with_rowid": False},
    )

    unit_id: int = Field(primary_key=True, foreign_key="unit.id")
    service_id: int = Field(primary_key=True, foreign_key="service.id")
    month: date = Field(primary_key=True)
    instrument: str = Field(primary_key=True)
    question: str = Field(primary_key=True)
    c1: int = _count()
    c2: int = _count()
    c3: int = _count()
    c4: int = _count()
    c5: int = _count()
    c6: int = _count()


class Total(Table, table=True):
    """Responses, and the sum and sum of squares of `respondent_mean`, by month of the local date.

    `excluded` answers of the same month are in none of the other numbers, nor in the tally.
    """

    __tablename__ = "total"
    __table_args__ = (
        CheckConstraint("responses >= 0", name="responses"),
        CheckConstraint("excluded >= 0", name="excluded"),
        {"sqlite_with_rowid": False},
    )

    unit_id: int = Field(primary_key=True, foreign_key="unit.id")
    service_id: int = Field(primary_key=True, foreign_key="service.id")
    month: date = Field(primary_key=True)
    instrument: str = Field(primary_key=True)
    responses: int
    sum: int = Field(sa_column=Column(BigInteger, nullable=False))
    squares: int = Field(sa_column=Column(BigInteger, nullable=False))
    excluded: int = _count()


class Ticket(Table, table=True):
    """A one-time link to a questionnaire. Its `id` becomes the id of the answer: so there can be only one.

    `issued_on` is the date in the unit's zone on which somebody was asked.
    """

    __tablename__ = "ticket"
    __table_args__ = (Index("ix_ticket_unit_id_issued_on", "unit_id", "issued_on"),)

    unit_id: int = Field(primary_key=True, foreign_key="unit.id")
    id: UUID = Field(primary_key=True)
    point_id: int = Field(foreign_key="point.id")
    service_id: int | None = Field(default=None, foreign_key="service.id")
    issued_at: datetime
    issued_on: date
    expires_at: datetime


class Exclusion(Table, table=True):
    """A line of the ledger: somebody proposes to take an answer out of the count, or back in; another decides.

    Lines are never deleted. `decision` is None while nobody has decided.
    """

    __tablename__ = "exclusion"
    __table_args__ = (
        ForeignKeyConstraint(["unit_id", "response_id"], ["response.unit_id", "response.id"]),
        CheckConstraint(one_of("kind", ("exclude", "include")), name="kind"),
        CheckConstraint(
            f"{one_of('decision', ('approved', 'refused'))} OR decision IS NULL", name="decision"
        ),
        CheckConstraint("decided_by <> proposed_by", name="two_persons"),
        CheckConstraint("(decision IS NULL) = (decided_by IS NULL)", name="decided"),
        Index("ix_exclusion_unit_id_response_id", "unit_id", "response_id"),
    )

    unit_id: int = Field(primary_key=True, foreign_key="unit.id")
    id: UUID = Field(primary_key=True)
    response_id: UUID
    kind: str
    reason: str
    note: str | None = None
    proposed_by: int = Field(foreign_key="user_account.id")
    proposed_at: datetime
    decided_by: int | None = Field(default=None, foreign_key="user_account.id")
    decided_at: datetime | None = None
    decision: str | None = None


class MatrixImport(Table, table=True):
    """A file of answers that was read in once: the same content again is recognised by its digest."""

    __tablename__ = "matrix_import"

    unit_id: int = Field(primary_key=True, foreign_key="unit.id")
    service_id: int = Field(primary_key=True, foreign_key="service.id")
    sha256: str = Field(primary_key=True)
    source: str
    answered_on: date
    imported_at: datetime
