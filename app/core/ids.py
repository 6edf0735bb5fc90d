"""Identifiers: time-ordered UUIDs (RFC 9562, version 7) and readable codes."""

import os
import time
from base64 import b32encode
from uuid import UUID

# Crockford's base 32: no I, L, O, U, so a code can be read aloud and typed from paper.
READABLE = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
READABLE_BYTES = 5
_TO_READABLE = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", READABLE.encode())


def uuid7() -> UUID:
    """A new version 7 UUID: 48 bits of milliseconds, then 74 random bits (RFC 9562, section 5.7)."""
    value = (time.time_ns() // 1_000_000 & (1 << 48) - 1) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)


def readable(value: bytes) -> str:
    """5 bytes as 8 characters in two groups: `K7Q4-2M9X`. Raises `ValueError` for another length."""
    if len(value) != READABLE_BYTES:
        raise ValueError(f"a readable code is made of {READABLE_BYTES} bytes")
    text = b32encode(value).translate(_TO_READABLE).decode()
    return f"{text[:4]}-{text[4:]}"
