"""Signed page tokens: which point's form was opened, and when. Nothing about anybody, nothing stored."""

import hmac
from datetime import datetime, timedelta

from app.auth.keys import Keys

# A kept page opens without network for as long as this; older than that, its token says nothing any more.
AGE_MAX = timedelta(days=30)
# Clocks of several machines that serve one installation.
AHEAD_MAX = timedelta(minutes=5)
_TIME_DIGITS = 8
# 80 bits: nobody guesses one within the age of a page.
_SIGNATURE_DIGITS = 20
LENGTH = _TIME_DIGITS + _SIGNATURE_DIGITS


class PageTokens:
    """Makes and reads the tokens of one installation: eight hexadecimal digits of Unix time, twenty of HMAC."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def issue(self, point: str, now: datetime) -> str:
        """The token of a form of `point` that is made now."""
        made = f"{int(now.timestamp()):0{_TIME_DIGITS}x}"
        return made + self._signature(point, made)

    def age(self, token: str, point: str, now: datetime) -> timedelta | None:
        """How long ago the form of `point` was made; None for a token not ours, of another point, or too old."""
        made, signature = token[:_TIME_DIGITS], token[_TIME_DIGITS:]
        if len(token) != LENGTH or not token.isascii():
            return None
        if not hmac.compare_digest(signature, self._signature(point, made)):
            return None
        age = now - datetime.fromtimestamp(int(made, 16), now.tzinfo)
        return max(age, timedelta()) if -AHEAD_MAX <= age <= AGE_MAX else None

    def _signature(self, point: str, made: str) -> str:
        return self._keys.digest("form page", point, made)[:_SIGNATURE_DIGITS]
