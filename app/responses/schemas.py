"""Shapes of collection on the wire, for OpenAPI and for clients."""

from typing import Any

from pydantic import BaseModel, TypeAdapter, with_config

from app.instruments.answers import STRICT, AnswerFields, Code
from app.responses.evidence import PAGE_HEADER, PROOF_HEADER, TRAP_HEADER


@with_config(STRICT)
class ResponseBody(AnswerFields):
    """An answer as a client sends it; `scores` holds every question of the instrument that is asked."""

    point: Code
    scores: dict[str, int]


class Acknowledgement(BaseModel):
    """What became of an answer. `receipt` is for the citizen to keep."""

    id: str
    receipt: str
    status: str


class ServiceOut(BaseModel):
    """A service that can be judged at a point, with the id of its questionnaire."""

    code: str
    name: str
    instrument: str
    questions: list[str]


class UnitRef(BaseModel):
    """A unit by code and name."""

    code: str
    name: str


class PointOut(BaseModel):
    """Where answers are given: unit, services, and the questionnaires with their texts."""

    code: str
    label: str | None
    channel: str
    proof_of_work: bool
    unit: UnitRef
    services: list[ServiceOut]
    instruments: dict[str, dict[str, Any]]


class ChallengeParametersOut(BaseModel):
    """What is computed: `nonce` and `salt` as hex, PBKDF2 rounds as `cost`, the beginning of the key wanted."""

    algorithm: str
    nonce: str
    salt: str
    cost: int
    keyLength: int  # noqa: N815 - ALTCHA's names
    keyPrefix: str  # noqa: N815
    keySignature: str  # noqa: N815
    data: dict[str, str]


class ChallengeOut(BaseModel):
    """A challenge of ALTCHA's version 2, good for the one answer that `data` names."""

    parameters: ChallengeParametersOut
    signature: str


EVIDENCE: list[dict[str, Any]] = [
    {
        "name": name,
        "in": "header",
        "required": False,
        "description": description,
        "schema": {"type": "string"},
    }
    for name, description in (
        (PAGE_HEADER, "The token of the form's page. Without one an answer at a QR code or link is flagged."),
        (
            PROOF_HEADER,
            "The solution of a challenge; without one an answer at a point that asks for it is flagged.",
        ),
        (TRAP_HEADER, "Sent by the form's script when its hidden field was filled in."),
    )
]
"""Headers beside an answer. None is needed, and none changes what becomes of it."""

EXAMPLE: dict[str, Any] = {
    "id": "0197f3a2-6f0c-7cc1-9d55-1a2b3c4d5e6f",
    "point": "dpmptsp-nib-qr",
    "service": "nib",
    "answered_at": "2026-09-30T23:30:00+08:00",
    "scores": {
        "persyaratan": 4,
        "prosedur": 3,
        "waktu": 4,
        "biaya": 4,
        "produk": 3,
        "kompetensi": 4,
        "perilaku": 4,
        "sarana": 3,
        "pengaduan": 4,
    },
    "profile": {"sex": "L", "age": 34, "education": "S1", "occupation": "WIRAUSAHA", "disability": False},
    "comment": "Petugasnya ramah, antreannya lama.",
    "seconds": 48,
}


def body_schema(body: Any, example: Any) -> dict[str, Any]:
    """The `requestBody` of a route that reads its body by itself, from the types that validate it."""
    schema = TypeAdapter(body).json_schema(ref_template="#/components/schemas/{model}")
    definitions = schema.pop("$defs", {})
    return {
        "required": True,
        "content": {"application/json": {"schema": inline(schema, definitions), "example": example}},
    }


def inline(schema: Any, definitions: dict[str, Any]) -> Any:
    """`schema` with every reference replaced by what it refers to."""
    if isinstance(schema, list):
        return [inline(item, definitions) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return inline(definitions[schema["$ref"].rsplit("/", 1)[1]], definitions)
    return {key: inline(value, definitions) for key, value in schema.items()}
