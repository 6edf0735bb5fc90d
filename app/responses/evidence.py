"""What comes beside an answer and is no part of it: its page, its proof of work, a field that people cannot see.

It decides on flags alone. No answer is refused for it, and the same answer with other evidence is the same answer.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.auth.keys import Keys
from app.instruments.answers import Answer
from app.responses.flags import FAST, TRAPPED, UNPROVEN, UNSIGNED, is_fast
from app.responses.page_token import PageTokens
from app.responses.proof_of_work import Proofs
from app.responses.submission import Target

PAGE_HEADER, PROOF_HEADER, TRAP_HEADER = "X-Eskm-Page", "X-Eskm-Proof", "X-Eskm-Extra"
# Where an answer claims to come from the form on somebody's own phone.
FORM_CHANNELS = frozenset({"qr", "link"})
_PAGE, _PROOF, _TRAP = (name.lower().encode() for name in (PAGE_HEADER, PROOF_HEADER, TRAP_HEADER))


@dataclass(frozen=True, slots=True)
class Evidence:
    """What came beside an answer: its page's token, a proof of work, whether the hidden field was filled in."""

    page: str = ""
    proof: str = ""
    trapped: bool = False


NOTHING = Evidence()


def of_headers(headers: Iterable[tuple[bytes, bytes]]) -> Evidence:
    """The evidence that a program or the form's script puts into headers."""
    found = {name: value for name, value in headers if name in (_PAGE, _PROOF, _TRAP)}
    if not found:
        return NOTHING
    page, proof = (found.get(name, b"").decode("latin-1") for name in (_PAGE, _PROOF))
    return Evidence(page, proof, trapped=bool(found.get(_TRAP)))


class Judge:
    """Reads evidence and says what deserves a look."""

    def __init__(self, keys: Keys) -> None:
        self.pages = PageTokens(keys)
        self.proofs = Proofs(keys)

    def flags(self, answer: Answer, target: Target, evidence: Evidence, now: datetime) -> tuple[str, ...]:
        """What the evidence shows of an answer that arrives now."""
        found: tuple[str, ...] = (TRAPPED,) if evidence.trapped else ()
        age = self.pages.age(evidence.page, target.point_code, now) if evidence.page else None
        if age is None:
            found += (UNSIGNED,) if target.channel in FORM_CHANNELS else ()
        elif answer.answered_at is None and is_fast(age.total_seconds(), len(answer.scores)):
            # By this service's own clock. What was given earlier, without network, is judged by its own seconds.
            found += (FAST,)
        if target.proof_of_work and not self._is_proven(evidence.proof, target.point_code, answer.id):
            found += (UNPROVEN,)
        return found

    def _is_proven(self, proof: str, point: str, answer: UUID) -> bool:
        return bool(proof) and self.proofs.holds(proof, point, answer)
