"""Comments on the wire."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.aggregation.schemas import PeriodOut
from app.comments.service import NOTE_MAX, REPLY_MAX
from app.responses.schemas import UnitRef

State = Literal["new", "reviewed", "acted_on", "done"]
Kind = Literal["information", "complaint", "supervision"]

COMMENT_EXAMPLE: dict[str, Any] = {
    "id": "0197f3a2-6f0c-7cc1-9d55-1a2b3c4d5e6f",
    "unit": {"code": "disdukcapil", "name": "Dinas Kependudukan dan Pencatatan Sipil"},
    "service": {"code": "ktp-el", "name": "KTP Elektronik"},
    "date": "2026-09-30",
    "channel": "qr",
    "text": "Antreannya terlalu lama, padahal datang pagi.",
    "state": "reviewed",
    "topic": {"key": "antrean-dan-waktu-tunggu", "name": "Antrean dan waktu tunggu", "by_hand": False},
    "lowest": {
        "score": 1,
        "of": 4,
        "all_alike": False,
        "elements": [{"key": "waktu", "code": "U3", "name": "Waktu Penyelesaian"}],
    },
    "reply": None,
    "handover": None,
    "version": 1,
}
CHANGE_EXAMPLES: Any = [
    {"version": 1, "state": "acted_on", "note": "Loket ketiga dibuka mulai Senin."},
    {
        "version": 2,
        "reply": {
            "text": "Terima kasih. Sejak Oktober loket ketiga dibuka pada jam sibuk.",
            "published": True,
        },
    },
    {
        "version": 3,
        "handover": {"lapor_number": "8123456", "kind": "complaint", "handed_over_on": "2026-10-02"},
    },
]


class TopicOut(BaseModel):
    """What a comment is about; `by_hand` when somebody chose it."""

    key: str
    name: str
    by_hand: bool


class ElementRef(BaseModel):
    """An element by key, code and name."""

    key: str
    code: str
    name: str


class LowestOut(BaseModel):
    """The lowest score that the same answer gave, and to which elements; `all_alike` when to all."""

    score: int
    of: int
    all_alike: bool
    elements: list[ElementRef]


class ReplyOut(BaseModel):
    """The unit's reply; `published_at` is null while only staff see it."""

    text: str
    published_at: datetime | None


class StepOut(BaseModel):
    """A step of the complaint's clock, counted in working days; public holidays are not known."""

    name: Literal["verified", "answered", "finished"]
    working_days: int
    due: date
    done_on: date | None
    late: bool


class HandoverOut(BaseModel):
    """A hand-over to SP4N-LAPOR!, with its clock."""

    lapor_number: str
    kind: Kind
    handed_over_on: date
    status: Literal["handed_over", "verified", "answered", "finished"]
    steps: list[StepOut]


class CommentOut(BaseModel):
    """A comment; `id` is that of its answer. Nothing in it tells who wrote it, except perhaps its words."""

    model_config = ConfigDict(json_schema_extra={"examples": [COMMENT_EXAMPLE]})

    id: UUID
    unit: UnitRef
    service: UnitRef
    date: date
    channel: str
    text: str
    state: State
    topic: TopicOut | None
    lowest: LowestOut | None
    reply: ReplyOut | None
    handover: HandoverOut | None
    version: int


class CountsOut(BaseModel):
    """Comments of the period by state, whatever else is asked for."""

    new: int
    reviewed: int
    acted_on: int
    done: int


class CommentsOut(BaseModel):
    """A portion of comments. `next` is the cursor of what follows, null at the end.

    `looked_at_since` is the oldest day that was looked at, where older days of the period were left for later.
    """

    unit: UnitRef
    period: PeriodOut
    counts: CountsOut
    comments: list[CommentOut]
    next: str | None
    looked_at_since: date | None


class ReplyIn(BaseModel):
    """A reply; `office_contact` says that a telephone number or address in it is the office's own."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(max_length=REPLY_MAX)]
    published: bool = False
    office_contact: bool = False


class HandoverIn(BaseModel):
    """What is known of the hand-over; `lapor_number` at first, the days of its steps as they come."""

    model_config = ConfigDict(extra="forbid")

    lapor_number: str | None = None
    kind: Kind | None = None
    handed_over_on: date | None = None
    verified_on: date | None = None
    answered_on: date | None = None
    finished_on: date | None = None


class CommentChange(BaseModel):
    """What to change; what is left out stays. `version` is the one that was read.

    `topic` is a key, null for no topic, "" to let the keywords decide again.
    """

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": CHANGE_EXAMPLES})

    version: Annotated[int, Field(ge=0)]
    state: State | None = None
    note: Annotated[str, Field(max_length=NOTE_MAX)] | None = None
    topic: str | None = None
    reply: ReplyIn | None = None
    handover: HandoverIn | None = None
