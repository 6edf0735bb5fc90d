"""Published results as they were frozen, numbers given out, keys that sign, and where results were shown."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
)
from sqlmodel import Field

from app.core.tables import Table, one_of

MEDIA = PRINT, ELECTRONIC, SOCIAL, WEBSITE, APPLICATION, BILLBOARD = (
    "print",
    "electronic",
    "social",
    "website",
    "application",
    "billboard",
)
"""The classes of media of PEKPPP indicator 7."""


class Publication(Table, table=True):
    """A frozen result. The database refuses to change or delete a row: a correction is a new number.

    `document` is the canonical JSON that was signed, `sha256` its digest (hex), `signature` Ed25519 (hex) by
    `key_id`. The other columns repeat what lists need, as printed; `period_end` is not in the period.
    `replaces` names the publication that this one corrects; a publication is corrected at most once.
    """

    __tablename__ = "publication"
    __table_args__ = (
        UniqueConstraint("number"),
        UniqueConstraint("replaces"),
        UniqueConstraint("government_id", "year", "sequence"),
        CheckConstraint("sequence >= 1", name="sequence"),
        CheckConstraint("respondents >= 1", name="respondents"),
        CheckConstraint("period_end > period_start", name="period"),
        CheckConstraint("(replaces IS NULL) = (reason IS NULL)", name="reason"),
        Index("ix_publication_unit_id_period_end", "unit_id", "period_end"),
        Index("ix_publication_issued_at", "issued_at"),
    )

    unit_id: int = Field(primary_key=True, foreign_key="unit.id")
    number: str = Field(primary_key=True)
    service_id: int | None = Field(default=None, foreign_key="service.id")
    government_id: int = Field(foreign_key="unit.id")
    year: int
    sequence: int
    period: str
    period_start: date
    period_end: date
    instrument: str
    categories: str
    respondents: int
    ikm: str
    mutu: str
    issued_at: datetime
    issued_on: date
    replaces: str | None = Field(default=None, foreign_key="publication.number")
    reason: str | None = None
    key_id: str
    sha256: str
    signature: str
    document: str = Field(sa_column=Column(Text, nullable=False))


class PublicationSequence(Table, table=True):
    """The last number that a government gave out in a year; its row is the lock under which the next is taken."""

    __tablename__ = "publication_sequence"

    government_id: int = Field(primary_key=True, foreign_key="unit.id")
    year: int = Field(primary_key=True)
    last: int


class SigningKey(Table, table=True):
    """A government's Ed25519 key. `key_id` is the beginning of the SHA-256 of the public key.

    `private_key` is sealed with the installation's secret and erased when the key is retired; the public key
    (hex) stays, since what it signed stays.
    """

    __tablename__ = "signing_key"
    __table_args__ = (CheckConstraint("retired_at IS NULL OR private_key IS NULL", name="retired"),)

    government_id: int = Field(primary_key=True, foreign_key="unit.id")
    key_id: str = Field(primary_key=True)
    public_key: str
    private_key: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    created_at: datetime
    retired_at: datetime | None = None


class Medium(Table, table=True):
    """An appearance of a publication outside this service, for PEKPPP indicators 6 and 7: evidence, never deleted.

    It has an `address` that can be looked at, a photo, or both. The last look at the address (`checked_at`) found
    an HTTP status, or nothing for a reason (`check_error`, a word of `app.publication.media`).
    """

    __tablename__ = "medium"
    __table_args__ = (
        ForeignKeyConstraint(["unit_id", "number"], ["publication.unit_id", "publication.number"]),
        ForeignKeyConstraint(["unit_id", "photo_id"], ["stored_file.unit_id", "stored_file.id"]),
        CheckConstraint(one_of("kind", MEDIA), name="kind"),
        CheckConstraint("address IS NOT NULL OR photo_id IS NOT NULL", name="evidence"),
        Index("ix_medium_unit_id_number", "unit_id", "number"),
    )

    unit_id: int = Field(primary_key=True, foreign_key="unit.id")
    id: UUID = Field(primary_key=True)
    number: str
    kind: str
    shown_on: date
    place: str
    address: str | None = None
    photo_id: UUID | None = None
    shows_method: bool
    shows_process: bool
    shows_result: bool
    added_at: datetime
    checked_at: datetime | None = None
    check_status: int | None = None
    check_error: str | None = None
    removed_at: datetime | None = None
