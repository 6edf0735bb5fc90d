"""Domain errors as application/problem+json (RFC 9457), once for all routes."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.responses import Response

from app.core.errors import DomainError, FieldError
from app.core.messages import translate

MEDIA_TYPE = "application/problem+json"


def document(
    status: int, code: str, detail: str, errors: list[dict[str, str]] | None = None
) -> dict[str, Any]:
    """The members of a problem; `code` is stable, `detail` is for people."""
    problem: dict[str, Any] = {
        "type": f"urn:eskm:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
    }
    if errors:
        problem["errors"] = errors
    return problem


def described(errors: tuple[FieldError, ...], language: str) -> list[dict[str, str]]:
    """Field errors as the contract shows them: pointer, code, message."""
    return [
        {
            "pointer": error.pointer,
            "code": error.code,
            "message": translate(error.message, language, error.params),
        }
        for error in errors
    ]


def of_error(error: DomainError, language: str) -> dict[str, Any]:
    """A domain error as a problem in `language`."""
    return document(
        error.status,
        error.code,
        translate(error.message, language, error.params),
        described(error.errors, language),
    )


def respond(problem: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    """A problem as a response with its own status; it is never stored by a cache."""
    return Response(
        json.dumps(problem, ensure_ascii=False),
        status_code=problem["status"],
        media_type=MEDIA_TYPE,
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def declared(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that may answer these problems, for OpenAPI."""
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in statuses
    }


SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457 problem details with a stable code",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "message"],
                "properties": {
                    "pointer": {"type": "string"},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                },
            },
        },
    },
}
