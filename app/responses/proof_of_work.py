"""Proof of work by ALTCHA: a phone computes for about a second while its owner answers, a flood for days.

See docs/decisions/0009-proof-of-work.md. Nothing is stored: a challenge names the one answer that it is good for.
"""

import secrets
from typing import Any
from uuid import UUID

from app.auth.keys import Keys
from app.core.late import Late

_ALTCHA = Late("altcha")
ALGORITHM = "PBKDF2/SHA-256"
# Rounds of one try, and how many tries there are: some 150 tries of 2,000 rounds, which browsers compute in native
# code beside the page. A tenth of a second on a computer, a second on a cheap phone.
ROUNDS = 2000
TRIES_LEAST, TRIES_MOST = 50, 250
PAYLOAD_MAX = 2048


class Proofs:
    """Challenges and their solutions, of one installation."""

    def __init__(self, keys: Keys) -> None:
        self._secret = keys.digest("proof of work", "challenge")
        self._key_secret = keys.digest("proof of work", "solution")

    def challenge(self, point: str, answer: UUID) -> dict[str, Any]:
        """A new challenge for one answer at `point`, as JSON has it."""
        made = _ALTCHA.create_challenge(
            ALGORITHM,
            ROUNDS,
            counter=TRIES_LEAST + secrets.randbelow(TRIES_MOST - TRIES_LEAST),
            data=_data(point, answer),
            hmac_secret=self._secret,
            hmac_key_secret=self._key_secret,
        )
        found: dict[str, Any] = made.to_dict()
        return found

    def holds(self, payload: str, point: str, answer: UUID) -> bool:
        """Whether `payload` (Base64 of JSON) solves a challenge that was made for this answer at this point."""
        if not 0 < len(payload) <= PAYLOAD_MAX:
            return False
        try:
            given = _ALTCHA.Payload.from_base64(payload)
            # The solution is compared with its signature in the challenge: nothing is computed anew here.
            found = _ALTCHA.verify_solution(given, self._secret, hmac_key_secret=self._key_secret)
            return bool(found.verified) and given.challenge.parameters.data == _data(point, answer)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return False  # no payload of ALTCHA's at all


def _data(point: str, answer: UUID) -> dict[str, str]:
    return {"answer": str(answer), "point": point}
