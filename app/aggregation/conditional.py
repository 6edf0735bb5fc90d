"""Results that a client may keep and ask for again: ETag, If-None-Match, 304 (RFC 9110, sections 8.8.3 and 13)."""

import hashlib
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Header, Response
from pydantic import BaseModel

from app.core.problems import declared

_TAG = {"description": "Changes when a figure does, not with the time", "schema": {"type": "string"}}


@dataclass(frozen=True, slots=True)
class Kept:
    """The tags of what the client has already."""

    tags: frozenset[str]

    def answer(self, found: BaseModel) -> Response:
        """`found` as JSON, or 304 without content when the client has these figures in this language.

        The tag is weak and says nothing of `as_of`: the same figures at another moment are the same.
        """
        body = found.model_dump_json(by_alias=True)
        moment = found.model_dump_json(include={"as_of"})[1:-1]
        tag = hashlib.sha256(body.replace(moment, "").encode()).hexdigest()[:32]
        headers = {
            "ETag": f'W/"{tag}"',
            "Cache-Control": "private, no-cache",
            "Vary": "Accept-Language, Authorization, Cookie",
        }
        if "*" in self.tags or tag in self.tags:
            return Response(status_code=304, headers=headers)
        return Response(body, media_type="application/json", headers=headers)


def _kept(
    if_none_match: Annotated[
        str | None, Header(description="The ETag of an earlier answer: 304 where nothing changed")
    ] = None,
) -> Kept:
    found = (if_none_match or "").split(",")
    return Kept(frozenset(one.strip().removeprefix("W/").strip('"') for one in found) - {""})


Conditional = Annotated[Kept, Depends(_kept)]


def figures(*problems: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that answers figures and may refuse with these problems."""
    return {
        200: {"description": "Figures", "headers": {"ETag": _TAG}},
        304: {"description": "The client has these figures already"},
        **declared(*problems),
    }
