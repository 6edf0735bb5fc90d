"""Keys derived from the installation's secret: to recognise what may not be read back, and to seal what must be."""

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12


class Keys:
    """One for the whole installation. Purposes keep apart what could be mistaken for one another."""

    def __init__(self, secret: bytes) -> None:
        self._mac = _derived(secret, b"eskm keyed hash 1")
        self._aead = AESGCM(_derived(secret, b"eskm sealed 1"))

    def digest(self, purpose: str, *parts: object) -> str:
        """A keyed hash (HMAC-SHA-256, hex) of `parts`: equal for equal parts, and of no use without the key."""
        message = "\0".join([purpose, *map(str, parts)])
        return hmac.new(self._mac, message.encode(), hashlib.sha256).hexdigest()

    def seal(self, plain: bytes, context: str) -> bytes:
        """Encrypt with AES-256-GCM. Only the same `context` opens it again: a copy in another row is worthless."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, plain, context.encode())

    def unseal(self, sealed: bytes, context: str) -> bytes | None:
        """What was sealed; None when it was altered, belongs elsewhere, or was sealed with another key."""
        try:
            return self._aead.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context.encode())
        except (InvalidTag, ValueError):
            return None


def _derived(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret)
