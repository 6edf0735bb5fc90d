"""Follow-ups over HTTP: `/api/v1/units/{code}/follow-ups`. No update is lost: a stale version is refused."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response
from sqlmodel import Session

from app.auth.guards import ResultReader, now
from app.core.errors import FieldError, InvalidInput
from app.core.problems import declared
from app.core.session import ReadSession, WriteSession, database
from app.files.delivery import BODY_BYTES_MOST, keep_all
from app.files.service import FIELD
from app.followups import queries, service
from app.followups.clock import deadlines
from app.followups.elements import element_keys
from app.followups.guards import Editor, Sent
from app.followups.queries import Evidence
from app.followups.schemas import (
    DeadlineOut,
    FileOut,
    FollowUpChange,
    FollowUpIn,
    FollowUpOut,
    FollowUpsOut,
    ReportIn,
    ReportOut,
    State,
    file_out,
    follow_up_out,
    report_out,
)
from app.followups.tables import FollowUp, SurveyReport
from app.units.queries import services_of
from app.units.scope import unit_in_scope
from app.units.tables import Unit

router = APIRouter(prefix="/api/v1/units/{code}", tags=["follow-ups"])

_UPLOAD: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": [FIELD],
                    "properties": {FIELD: {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}


@router.get("/follow-ups", summary="Follow-ups of a unit", responses=declared(401, 403, 404, 422))
def get_follow_ups(
    code: str,
    request: Request,
    principal: ResultReader,
    session: ReadSession,
    state: State | None = None,
    period: Annotated[str | None, Query(max_length=40, examples=["2026-Q3"])] = None,
    element: Annotated[str | None, Query(max_length=63, examples=["waktu"])] = None,
) -> FollowUpsOut:
    """All of them, or those of one state, survey period or element; late ones first."""
    unit = unit_in_scope(session, principal, code)
    states = (state,) if state else ()
    if "\0" in f"{period}{element}":
        rows: list[FollowUp] = []
    else:
        rows = queries.of_unit(session, [unit.id or 0], states=states, period=period, element=element)
    return FollowUpsOut(
        unit=unit.code,
        reports=[_report(one) for one in queries.reports(session, unit.id or 0)],
        follow_ups=_outs(session, request, unit, rows),
    )


@router.post(
    "/follow-ups",
    status_code=201,
    summary="Plan a follow-up",
    responses=declared(400, 401, 403, 404, 413, 422),
)
def post_follow_up(
    code: str,
    wanted: FollowUpIn,
    request: Request,
    response: Response,
    principal: Editor,
    session: WriteSession,
) -> FollowUpOut:
    """A new line of the plan; the answer's `ETag` is its version."""
    unit = unit_in_scope(session, principal, code)
    frame = service.frame_of(session, unit, element_keys(request.app.state.catalog), now(request))
    row = service.create(session, principal.actor, unit, wanted.model_dump(), frame, now(request))
    return _tagged(response, _outs(session, request, unit, [row])[0])


@router.get("/follow-ups/{follow_up}", summary="A follow-up", responses=declared(401, 403, 404, 422))
def get_follow_up(
    code: str,
    follow_up: UUID,
    request: Request,
    response: Response,
    principal: ResultReader,
    session: ReadSession,
) -> FollowUpOut:
    """One follow-up with its evidence."""
    unit = unit_in_scope(session, principal, code)
    row = queries.one(session, unit.id or 0, follow_up)
    return _tagged(response, _outs(session, request, unit, [row])[0])


@router.patch(
    "/follow-ups/{follow_up}",
    summary="Change a follow-up",
    responses=declared(400, 401, 403, 404, 409, 413, 422),
)
def patch_follow_up(
    code: str,
    follow_up: UUID,
    wanted: FollowUpChange,
    request: Request,
    response: Response,
    principal: Editor,
    session: WriteSession,
    if_match: Annotated[str | None, Header(description="The version that was read", examples=['"3"'])] = None,
) -> FollowUpOut:
    """Change plan, progress, end or publication. 409 when somebody else was faster: read it again first."""
    unit = unit_in_scope(session, principal, code)
    frame = service.frame_of(session, unit, element_keys(request.app.state.catalog), now(request))
    values = wanted.model_dump(exclude_unset=True)
    version = _version(if_match, values.pop("version", None))
    row = service.change(session, principal.actor, unit, follow_up, version, values, frame, now(request))
    return _tagged(response, _outs(session, request, unit, [row])[0])


@router.post(
    "/follow-ups/{follow_up}/evidence",
    status_code=201,
    summary="Add evidence",
    max_body_size=BODY_BYTES_MOST,
    openapi_extra=_UPLOAD,
    responses=declared(400, 401, 403, 404, 413, 422, 503),
)
def post_evidence(code: str, follow_up: UUID, request: Request, sent: Sent) -> FileOut:
    """One file in the field `berkas`: PDF, JPEG, PNG, WEBP, DOCX, XLSX. The same content again adds nothing."""
    with database(request).read() as session:
        unit_id = unit_in_scope(session, sent.principal, code).id or 0
        queries.one(session, unit_id, follow_up)
    if len(sent.form.files) != 1:
        raise InvalidInput((FieldError(f"/{FIELD}", "file_missing", "Kirim tepat satu berkas."),))
    (kept,) = keep_all(request, unit_id, sent.form.files)
    with database(request).write() as session:
        unit = unit_in_scope(session, sent.principal, code)
        file = service.attach(session, sent.principal.actor, unit, follow_up, kept, now(request))
        known = queries.evidence(session, [unit_id], [follow_up])[follow_up]
        return file_out(next(one for one in known if one.file.id == file.id), unit.code)


@router.put(
    "/survey-reports/{period}",
    summary="When the report of a survey was issued",
    responses=declared(400, 401, 403, 404, 413, 422),
)
def put_report(
    code: str, period: str, wanted: ReportIn, request: Request, principal: Editor, session: WriteSession
) -> ReportOut:
    """From this day the clock of PEKPPP indicator 9 runs. The same again, or a correction, is fine."""
    unit = unit_in_scope(session, principal, code)
    values = {"period": period, **wanted.model_dump()}
    return _report(service.issue_report(session, principal.actor, unit, values, now(request)))


def _outs(session: Session, request: Request, unit: Unit, rows: list[FollowUp]) -> list[FollowUpOut]:
    today = service.today_of(unit, now(request))
    services: dict[int | None, str] = {one.id: one.code for one in services_of(session, [unit.id or 0])}
    files: dict[UUID, list[Evidence]] = queries.evidence(session, [unit.id or 0], [row.id for row in rows])
    return [
        follow_up_out(one, unit.code, services, files.get(one.row.id, []))
        for one in queries.clocked(session, rows, today)
    ]


def _report(row: SurveyReport) -> ReportOut:
    return report_out(
        row, [DeadlineOut(level=one.level, until=one.until) for one in deadlines(row.issued_on)]
    )


def _tagged(response: Response, out: FollowUpOut) -> FollowUpOut:
    response.headers["ETag"] = f'"{out.version}"'
    return out


def _version(if_match: str | None, given: int | None) -> int:
    text = (if_match or "").removeprefix("W/").strip('"')
    if text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    if given is None:
        message = "Sebutkan versi yang Anda baca: kepala If-Match atau isian version."
        raise InvalidInput((FieldError("/version", "version_missing", message),))
    return given
