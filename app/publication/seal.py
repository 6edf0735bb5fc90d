"""The short code that stands on paper and on the page of the same publication."""

from app.core.ids import READABLE_BYTES, readable


def seal_of(sha256: str) -> str:
    """The first 40 bits of the digest as `7F3K-Q2ND`. It compares; it proves nothing: the signature does."""
    return readable(bytes.fromhex(sha256)[:READABLE_BYTES])
