"""Shapes of the kiosk interface, checked as strictly as answers are."""

from datetime import datetime
from typing import Annotated, Any, NotRequired

from pydantic import BaseModel, Field, StringConstraints, TypeAdapter, with_config
from typing_extensions import TypedDict

from app.instruments.answers import INSTANT, STRICT, AnswerFields
from app.responses.schemas import EXAMPLE

BATCH_MAX = 500
# No control character: a text column of PostgreSQL cannot hold all of them.
PRINTABLE = r"^[^\x00-\x1f\x7f]*$"


@with_config(STRICT)
class ReportBody(TypedDict):
    """What a device tells about itself: answers waiting, the time of the oldest, its program's version."""

    queue: NotRequired[Annotated[int, Field(ge=0, le=2**31 - 1)] | None]
    oldest: NotRequired[
        Annotated[str, Field(pattern=INSTANT, json_schema_extra={"format": "date-time"})] | None
    ]
    version: NotRequired[Annotated[str, StringConstraints(max_length=100, pattern=PRINTABLE)] | None]


@with_config(STRICT)
class BatchBody(ReportBody):
    """Answers in the order in which they were given. Each is judged by itself, so here it may be anything."""

    responses: Annotated[list[Any], Field(max_length=BATCH_MAX)]


@with_config(STRICT)
class KioskResponseBody(AnswerFields):
    """An answer of a batch: as for everyone, without its point, which is the device's."""

    scores: dict[str, int]


@with_config(STRICT)
class DocumentedBatch(ReportBody):
    """The batch as clients should send it, for OpenAPI."""

    responses: Annotated[list[KioskResponseBody], Field(max_length=BATCH_MAX)]


class BatchResult(BaseModel):
    """What became of one answer of a batch."""

    id: str | None
    status: str
    receipt: str | None = None
    problem: dict[str, Any] | None = None


class BatchResults(BaseModel):
    """One result per answer, in order."""

    results: list[BatchResult]


class Heartbeat(BaseModel):
    """The service's time, by which a device can tell how far its clock is off."""

    time: datetime


BATCH: TypeAdapter[BatchBody] = TypeAdapter(BatchBody)
REPORT: TypeAdapter[ReportBody] = TypeAdapter(ReportBody)

_ITEM = {key: value for key, value in EXAMPLE.items() if key != "point"}
REPORT_EXAMPLE = {"queue": 12, "oldest": "2026-09-30T15:30:00+08:00", "version": "1.4.0"}
BATCH_EXAMPLE = {"responses": [_ITEM], **REPORT_EXAMPLE}
