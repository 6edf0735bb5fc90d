"""Receipt codes: what a citizen keeps. Derived, not stored, and not guessable without the secret key."""

import hashlib
from uuid import UUID

from app.core.ids import READABLE_BYTES, readable


def receipt_code(secret: bytes, unit_id: int, response_id: UUID) -> str:
    """The code of a stored answer, such as `K7Q4-2M9X`; always the same for the same answer."""
    content = unit_id.to_bytes(8, "big") + response_id.bytes
    return readable(hashlib.blake2b(content, key=secret[:64], digest_size=READABLE_BYTES).digest())
