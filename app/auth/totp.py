"""Time-based codes (RFC 6238): six digits, half a minute, one step of drift either way."""

import hmac
from datetime import datetime
from urllib.parse import urlsplit

import pyotp

STEP_SECONDS = 30
DIGITS = 6
DRIFT = 1


def new_secret() -> str:
    """A fresh key of 160 bits in base 32, as authenticator apps take it."""
    return pyotp.random_base32()


def step_of(secret: str, code: str, now: datetime, after: int | None) -> int | None:
    """The time step whose code this is, later than step `after`; None when the code is wrong, old or spent."""
    present = int(now.timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(secret, digits=DIGITS, interval=STEP_SECONDS)
    found = None
    for step in range(present - DRIFT, present + DRIFT + 1):
        fits = hmac.compare_digest(totp.generate_otp(step).encode(), code.encode())
        if fits and (after is None or step > after):
            found = step
    return found


def address(secret: str, name: str, public_url: str) -> str:
    """What the QR says: `otpauth://totp/…`, with this installation as the issuer."""
    host = urlsplit(public_url).hostname or "e-SKM"
    return pyotp.TOTP(secret, digits=DIGITS, interval=STEP_SECONDS).provisioning_uri(
        name=name, issuer_name=f"e-SKM {host}"
    )


def spaced(secret: str) -> str:
    """The key in groups of four, to be typed."""
    return " ".join(secret[place : place + 4] for place in range(0, len(secret), 4))
