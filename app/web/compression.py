"""gzip where the caller takes it. The API's answers are small and never pass through here."""

import gzip
import re

# A page is compressed while somebody waits, a static file once at start.
PAGE_LEVEL = 6
STATIC_LEVEL = 9
_REFUSED = re.compile(r";\s*q=0(\.0*)?\s*$")


def accepts_gzip(accept_encoding: str | None) -> bool:
    """Whether an Accept-Encoding header (RFC 9110, 12.5.3) names gzip without refusing it."""
    for part in (accept_encoding or "").split(","):
        name = part.partition(";")[0].strip().lower()
        if name == "gzip":
            return _REFUSED.search(part) is None
    return False


def compressed(body: bytes, level: int = PAGE_LEVEL) -> bytes:
    """`body` as gzip; equal bodies give equal bytes."""
    return gzip.compress(body, level, mtime=0)
