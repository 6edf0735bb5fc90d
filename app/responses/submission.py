"""An answer on its way into the database: everything that its row needs, decided before it queues."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from app.ikm.index import Element
from app.ikm.intervals import respondent_mean
from app.ikm.periods import local_date
from app.instruments.answers import Answer
from app.responses.flags import of_answer
from app.responses.screening import screen

Key = tuple[int, str]
"""Unit and hexadecimal id of an answer."""


class Outcome(StrEnum):
    """What became of a submission. Only `STORED` changed anything."""

    STORED = "stored"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Target:
    """Where an answer is filed. `point_id` is None for imported paper; `elements` are those asked.

    With `tickets` only an answer whose id is a valid ticket is taken; with `proof_of_work` one without is flagged.
    """

    unit_id: int
    service_id: int
    service_code: str
    point_id: int | None
    point_code: str
    channel: str
    instrument: str
    elements: tuple[Element, ...]
    zone: ZoneInfo
    tickets: bool = False
    proof_of_work: bool = False


@dataclass(frozen=True, slots=True)
class Submission:
    """One row of `response`, its comment, and what it adds to tally and total."""

    unit_id: int
    id: UUID
    service_id: int
    point_id: int | None
    instrument: str
    channel: str
    answered_at: datetime
    local_date: date
    received_at: datetime
    answer: Answer
    scores_json: str
    respondent_mean: int
    digest: bytes
    key: Key
    """What makes it the same answer when it is sent again."""
    flags_json: str | None = None
    """A JSON list of signs that the answer deserves a look, None without any."""


def submission(
    answer: Answer, target: Target, received_at: datetime, flags: tuple[str, ...] = ()
) -> Submission:
    """`answer` filed at `target`. Without a time of its own it was given when it was received.

    `flags` are what its arrival showed; what the answer itself shows comes first, and each stands once.
    """
    flags = tuple(dict.fromkeys(of_answer(answer, target.elements) + flags))
    answered_at = (answer.answered_at or received_at).astimezone(UTC)
    mean = respondent_mean(answer.scores, target.elements)
    if mean is None:
        raise ValueError("an answer without any answered element does not count")
    scores_json = json_of_scores(answer.scores)
    return Submission(
        unit_id=target.unit_id,
        id=answer.id,
        service_id=target.service_id,
        point_id=target.point_id,
        instrument=target.instrument,
        channel=target.channel,
        answered_at=answered_at,
        local_date=local_date(answered_at, target.zone),
        received_at=received_at,
        answer=_covered(answer),
        scores_json=scores_json,
        respondent_mean=mean,
        digest=content_digest(answer, target, scores_json),
        key=(target.unit_id, answer.id.hex),
        flags_json=json.dumps(flags) if flags else None,
    )


def _covered(answer: Answer) -> Answer:
    """The answer with personal data in its comment covered. Its digest stays that of what was sent."""
    if answer.comment is None:
        return answer
    screened = screen(answer.comment)
    return replace(answer, comment=screened.text) if screened.found else answer


def json_of_scores(scores: Mapping[str, int]) -> str:
    """Scores as a JSON object in order of their keys, which need no escaping: an instrument's own keys."""
    return "{" + ",".join([f'"{key}":{scores[key]}' for key in sorted(scores)]) + "}"


def content_digest(answer: Answer, target: Target, scores_json: str) -> bytes:
    """16 bytes: equal when two bodies say the same, whatever their key order or spelling of the time."""
    content = (
        target.point_code,
        target.service_code,
        answer.answered_at.astimezone(UTC).isoformat() if answer.answered_at else "",
        scores_json,
        answer.sex or "",
        "" if answer.age is None else str(answer.age),
        answer.education or "",
        answer.occupation or "",
        "" if answer.disability is None else str(answer.disability),
        "" if answer.seconds is None else str(answer.seconds),
        answer.comment or "",
    )
    # The separator is a control character: no code, choice or cleaned comment can hold one.
    return hashlib.blake2b("\x1f".join(content).encode(), digest_size=16).digest()
