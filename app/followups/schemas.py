"""Follow-ups as the API takes and gives them."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from app.followups.queries import Clocked, Evidence
from app.followups.rules import TEXTS
from app.followups.tables import SurveyReport

State = Literal["planned", "in_progress", "done", "cancelled"]
Source = Literal["survey", "comment", "forum"]
Quarter = Annotated[
    str, Field(pattern=r"^\d{4}-Q[1-4]$", description="Triwulan target", examples=["2026-Q4"])
]

_NEW: JsonDict = {
    "period": "2026-Q3",
    "element": "waktu",
    "service": None,
    "source": "survey",
    "recommendation": "Waktu tunggu verifikasi berkas dipersingkat",
    "action": "Buka loket verifikasi kedua pada Senin dan Kamis",
    "due": "2026-Q4",
    "owner": "Kepala Bidang Perizinan",
}
_FINISHED: JsonDict = {
    "version": 1,
    "state": "done",
    "done_on": "2026-10-12",
    "outcome": "Loket kedua dibuka sejak 12 Oktober 2026.",
    "obstacles": None,
}


def _text(name: str) -> object:
    return Field(default=None, max_length=TEXTS[name])


class FollowUpIn(BaseModel):
    """A new line of the follow-up plan; one of earlier years may come with its end."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_NEW]})

    period: Annotated[str, Field(max_length=40)]
    recommendation: Annotated[str, Field(min_length=1, max_length=TEXTS["recommendation"])]
    action: Annotated[str, Field(min_length=1, max_length=TEXTS["action"])]
    due: Quarter
    owner: Annotated[str, Field(min_length=1, max_length=TEXTS["owner"])]
    service: Annotated[str | None, Field(max_length=63)] = None
    element: Annotated[str | None, Field(max_length=63)] = None
    source: Source = "survey"
    forum: UUID | None = None
    comment: UUID | None = None
    state: State = "planned"
    progress: Annotated[int, Field(ge=0, le=100)] = 0
    done_on: date | None = None
    outcome: Annotated[str | None, _text("outcome")] = None
    obstacles: Annotated[str | None, _text("obstacles")] = None
    reason: Annotated[str | None, _text("reason")] = None


class FollowUpChange(BaseModel):
    """What is to change; what is left out stays. `version` is the one that the caller saw, or `If-Match` is."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_FINISHED]})

    version: Annotated[int | None, Field(ge=1, le=2**31 - 1)] = None
    period: Annotated[str, Field(max_length=40)] = ""
    recommendation: Annotated[str, Field(max_length=TEXTS["recommendation"])] = ""
    action: Annotated[str, Field(max_length=TEXTS["action"])] = ""
    due: Quarter = ""
    owner: Annotated[str, Field(max_length=TEXTS["owner"])] = ""
    service: Annotated[str | None, Field(max_length=63)] = None
    element: Annotated[str | None, Field(max_length=63)] = None
    source: Source = "survey"
    forum: UUID | None = None
    state: State = "planned"
    progress: Annotated[int, Field(ge=0, le=100)] = 0
    done_on: date | None = None
    outcome: Annotated[str | None, _text("outcome")] = None
    obstacles: Annotated[str | None, _text("obstacles")] = None
    reason: Annotated[str | None, _text("reason")] = None
    published: bool = False
    public_text: Annotated[str | None, _text("public_text")] = None


class FileOut(BaseModel):
    """A file of evidence; `address` serves it to whoever may read the unit's results."""

    id: UUID
    name: str
    media_type: str
    size: int
    sha256: str
    uploaded_at: datetime
    public: bool
    address: str


class DeadlineOut(BaseModel):
    """Until when finishing everything still gives this level of PEKPPP indicator 9."""

    level: int
    until: date


class FollowUpOut(BaseModel):
    """A follow-up. `late`: open although its quarter is over. `deadline`: the best PEKPPP level still possible."""

    id: UUID
    version: int
    unit: str
    service: str | None
    period: str
    element: str | None
    source: Source
    forum: UUID | None
    comment: UUID | None
    recommendation: str
    action: str
    due: str
    owner: str
    state: State
    progress: int
    reason: str | None
    done_on: date | None
    outcome: str | None
    obstacles: str | None
    published: bool
    public_text: str | None
    late: bool
    report_issued_on: date | None
    deadline: DeadlineOut | None
    evidence: list[FileOut]
    created_at: datetime
    changed_at: datetime


class ReportIn(BaseModel):
    """When the report of a survey was issued, and its number."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"issued_on": "2026-10-12", "number": "045/SKM/X/2026"}]},
    )

    issued_on: date
    number: Annotated[str | None, Field(max_length=100)] = None


class ReportOut(BaseModel):
    """An issued report with the five deadlines of its plan."""

    period: str
    issued_on: date
    number: str | None
    deadlines: list[DeadlineOut]


class FollowUpsOut(BaseModel):
    """The follow-ups of a unit, late ones first, and the issued reports from which their clocks run."""

    unit: str
    reports: list[ReportOut]
    follow_ups: list[FollowUpOut]


def follow_up_out(
    found: Clocked, unit: str, services: dict[int | None, str], files: list[Evidence]
) -> FollowUpOut:
    """A follow-up of the unit with this code."""
    row = found.row
    members = row.model_dump(
        exclude={"unit_id", "service_id", "forum_id", "comment_id", "due_year", "due_quarter"}
    )
    return FollowUpOut(
        **members,
        unit=unit,
        service=services.get(row.service_id),
        forum=row.forum_id,
        comment=row.comment_id,
        due=f"{row.due_year}-Q{row.due_quarter}",
        late=found.late,
        report_issued_on=found.issued_on,
        deadline=(
            DeadlineOut(level=found.deadline.level, until=found.deadline.until) if found.deadline else None
        ),
        evidence=[file_out(one, unit) for one in files],
    )


def file_out(found: Evidence, unit: str) -> FileOut:
    """A file with its address."""
    file = found.file
    return FileOut(
        **file.model_dump(include={"id", "name", "media_type", "size", "sha256", "uploaded_at"}),
        public=found.public,
        address=f"/api/v1/units/{unit}/files/{file.id}",
    )


def report_out(row: SurveyReport, deadlines: list[DeadlineOut]) -> ReportOut:
    """An issued report."""
    return ReportOut(period=row.period, issued_on=row.issued_on, number=row.number, deadlines=deadlines)
