"""Bearer secrets: random, shown once, stored as a hash."""

import hashlib
import secrets


def new_token(prefix: str) -> str:
    """A fresh secret of 256 bits; the prefix lets people and scanners recognise what it is."""
    return f"{prefix}_{secrets.token_urlsafe(32)}"


def token_hash(token: str) -> str:
    """SHA-256 (hex). A slow hash would add nothing: the secret is random and long."""
    return hashlib.sha256(token.encode()).hexdigest()


def bearer(authorization: str | None) -> str | None:
    """The token of an Authorization header (RFC 6750), or None when it is not a bearer token."""
    scheme, _, token = (authorization or "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None
