"""Answers that may be kept by whoever asked, and are asked for again cheaply: ETag and 304."""

import hashlib
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from app.web import templating

PUBLIC = {"Cache-Control": "public, max-age=300"}
"""What looks alike for everybody may be five minutes old anywhere."""
REVALIDATED = {"Cache-Control": "no-cache"}
"""Pages depend on the reader's language: kept, but asked for each time."""


def page(request: Request, html: str) -> Response:
    """A page that a browser keeps as long as it has not changed."""
    headers = {**REVALIDATED, "ETag": f'W/"{_digest(html.encode())}"'}
    if _is_known(request, headers["ETag"]):
        return Response(status_code=304, headers={**headers, "Vary": "Accept-Encoding, Accept-Language"})
    return templating.respond(request, html, 200, headers)


def file(request: Request, content: bytes, media_type: str, headers: Mapping[str, str] = PUBLIC) -> Response:
    """Bytes that are the same for everybody."""
    sent = {**headers, "ETag": f'"{_digest(content)}"'}
    if _is_known(request, sent["ETag"]):
        return Response(status_code=304, headers=sent)
    return Response(content, headers=sent, media_type=media_type)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]


def _is_known(request: Request, etag: str) -> bool:
    """RFC 9110, 13.1.2: weak comparison."""
    known = request.headers.get("if-none-match", "")
    tags = {tag.strip().removeprefix("W/") for tag in known.split(",")}
    return etag.removeprefix("W/") in tags or known.strip() == "*"
