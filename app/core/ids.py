"""Identifiers: time-ordered UUIDs (RFC 9562, version 7) and readable codes."""

import os
import time
from uuid import UUID

# Crockford's base 32: no I, L, O, U, so a code can be read aloud and typed from paper.
READABLE = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def uuid7() -> UUID:
    """A new version 7 UUID: 48 bits of milliseconds, then 74 random bits (RFC 9562, section 5.7)."""
    value = (time.time_ns() // 1_000_000 & (1 << 48) - 1) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)


def readable(value: bytes, length: int) -> str:
    """The first `length` characters of 5 bits each of `value`, in groups of four: `K7Q4-2M9X`."""
    if len(value) * 8 < length * 5:
        raise ValueError(f"{length} characters need {length * 5} bits")
    number = int.from_bytes(value, "big") >> (len(value) * 8 - length * 5)
    text = "".join(READABLE[number >> 5 * place & 31] for place in reversed(range(length)))
    return "-".join(text[start : start + 4] for start in range(0, length, 4))
