"""Bounds on what stands before a request's content. Content has a bound at its route: see `max_body_size`."""

from starlette.types import Scope

URL_BYTES_MAX = 8 * 1024
HEADERS_MAX = 100
HEADER_BYTES_MAX = 32 * 1024


def excess(scope: Scope) -> int | None:
    """The status that refuses a request whose address (414) or head (431) is too large; None for all others."""
    if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > URL_BYTES_MAX:
        return 414
    headers = scope["headers"]
    if (
        len(headers) > HEADERS_MAX
        or sum(len(name) + len(value) for name, value in headers) > HEADER_BYTES_MAX
    ):
        return 431
    return None
