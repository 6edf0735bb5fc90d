"""Errors as pages, for people with a browser."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response


def wanted(request: Request) -> bool:
    """Whether the caller is a browser on a page, not a program on the API."""
    return not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", "")


def respond(
    request: Request, status: int, code: str, detail: str, headers: Mapping[str, str] | None = None
) -> Response:
    """A page that says what happened."""
    return Response(detail, status, dict(headers or {}), "text/html")
