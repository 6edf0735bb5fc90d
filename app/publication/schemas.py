"""Publications on the wire."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from app.publication.numbers import slug
from app.publication.queries import Listed
from app.publication.service import REASON_CHARACTERS_MAX
from app.publication.signing import pem
from app.publication.tables import SigningKey
from app.responses.schemas import UnitRef
from app.units.tables import Unit


class PublicationIn(BaseModel):
    """What is to be published. `replaces` and `reason` come together: a correction."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"period": "2026-Q3", "service": "nib"}]}
    )

    period: Annotated[str, Field(max_length=40)]
    service: Annotated[str | None, Field(max_length=63)] = None
    instrument: Annotated[str | None, Field(max_length=100)] = None
    replaces: Annotated[str | None, Field(max_length=100)] = None
    reason: Annotated[str | None, Field(max_length=REASON_CHARACTERS_MAX)] = None


class PublicationOut(BaseModel):
    """A publication in a list. `ikm` is the printed text; `document` is where the signed file is."""

    number: str
    unit: UnitRef
    service: UnitRef | None
    period: str
    first: date
    after: date = Field(description="the day after the last")
    instrument: str
    respondents: int
    ikm: str
    mutu: str
    issued_at: datetime
    replaces: str | None
    replaced_by: str | None
    reason: str | None
    key_id: str
    sha256: str
    document: str
    page: str


class PublicationsOut(BaseModel):
    """A page of publications, the newest period first; `next` is the number of the next page."""

    publications: list[PublicationOut]
    next: int | None


class SignatureOut(BaseModel):
    """Ed25519 (RFC 8032) over the canonical bytes of the document; all in hex."""

    algorithm: str
    key_id: str
    public_key: str
    value: str


class SignedPublicationOut(BaseModel):
    """The signed file. `document` is described in docs/api.md."""

    document: dict[str, Any]
    sha256: str
    signature: SignatureOut


class KeyOut(BaseModel):
    """A key that a government signs or signed with."""

    key_id: str
    government: UnitRef
    algorithm: str
    public_key: str
    pem: str
    created_at: datetime
    retired_at: datetime | None


class KeysOut(BaseModel):
    """All keys, retired ones too: what they signed stays valid."""

    keys: list[KeyOut]


def out(one: Listed, public_url: str) -> PublicationOut:
    """A publication as lists show it."""
    row = one.publication
    return PublicationOut(
        number=row.number,
        unit=UnitRef(code=one.unit.code, name=one.unit.name),
        service=UnitRef(code=one.service.code, name=one.service.name) if one.service else None,
        period=row.period,
        first=row.period_start,
        after=row.period_end,
        instrument=row.instrument,
        respondents=row.respondents,
        ikm=row.ikm,
        mutu=row.mutu,
        issued_at=row.issued_at,
        replaces=row.replaces,
        replaced_by=one.replaced_by,
        reason=row.reason,
        key_id=row.key_id,
        sha256=row.sha256,
        document=f"{public_url}{file_path(row.number)}",
        page=f"{public_url}{page_path(one.unit.code, row.number)}",
    )


def key_out(key: SigningKey, government: Unit) -> KeyOut:
    """A public key."""
    return KeyOut(
        key_id=key.key_id,
        government=UnitRef(code=government.code, name=government.name),
        algorithm="Ed25519",
        public_key=key.public_key,
        pem=pem(key.public_key),
        created_at=key.created_at,
        retired_at=key.retired_at,
    )


def file_path(number: str) -> str:
    """Where the signed file of a publication is."""
    return f"/api/v1/publications/{slug(number)}"


def page_path(unit: str, number: str) -> str:
    """The page of one publication, whether it still counts or not."""
    return f"/ikm/{unit}/terbitan/{slug(number)}"
