"""Large exports over HTTP: asked for, watched, downloaded in parts if need be, cancelled."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, BackgroundTasks, Request, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field
from sqlmodel import Session

from app.aggregation.parameters import parse_period
from app.audit.service import record
from app.auth.guards import RawExporter, now
from app.auth.principal import Principal
from app.core.errors import NotFound
from app.core.problems import declared
from app.core.session import ReadSession, WriteSession, database
from app.exports import jobs
from app.exports.asking import MEDIA, asked_in, file_headers, note
from app.exports.cells import Locale
from app.exports.jobs import ExportNotReady, Order
from app.exports.queries import extent
from app.exports.recipe import Format
from app.exports.runner import Runner
from app.exports.tables import DONE, ExportJob
from app.units.scope import unit_in_scope

router = APIRouter(prefix="/api/v1/units/{code}/exports", tags=["exports"])


class ExportOrder(BaseModel):
    """What is to be made."""

    format: Format
    period: Annotated[str, Field(max_length=40, examples=["2026-Q3"])]
    service: Annotated[str | None, Field(max_length=63)] = None
    comments: bool = False
    locale: Locale = "en"
    lang: Literal["id", "en"] = "id"


class ExportOut(BaseModel):
    """An export in the background. `rows` is how many answers there were when it was asked for.

    `progress` runs from 0 to 1; `download` is there while there is a file.
    """

    id: UUID
    unit: str
    service: str | None
    period: str
    format: Format
    comments: bool
    state: Literal["queued", "running", "done", "failed", "cancelled", "expired"]
    rows: int
    rows_done: int
    progress: float
    created_at: datetime
    finished_at: datetime | None
    expires_at: datetime | None
    size: int | None
    sha256: str | None
    reason: str | None
    download: str | None


class ExportsOut(BaseModel):
    """One's own exports of a unit, newest first."""

    exports: list[ExportOut]


@router.post("", status_code=202, responses=declared(401, 403, 404, 409, 422))
def post_export(
    request: Request,
    principal: RawExporter,
    code: str,
    order: ExportOrder,
    session: WriteSession,
    later: BackgroundTasks,
) -> ExportOut:
    """Have an export made in the background."""
    job = place(session, request, principal, code, order)
    session.flush()
    later.add_task(runner_of(request).wake)  # when it is committed
    return shown(job, code)


def place(
    session: Session, request: Request, principal: Principal, code: str, order: ExportOrder
) -> ExportJob:
    """A new export, recorded. Raises NotFound, InvalidInput, TooManyExports."""
    period = parse_period(order.period)
    found = asked_in(session, principal, code, order.service, period)
    job = jobs.create(
        session,
        principal.actor,
        Order(
            unit_id=found.covered.unit.id,
            service=order.service,
            period=period.code,
            format=order.format,
            comments=order.comments,
            locale=order.locale,
            language=order.lang,
            rows=found.rows,
        ),
        now(request),
    )
    note(session, request, principal, found, f"responses.{order.format}", comments=order.comments)
    return job


@router.get("", responses=declared(401, 403, 404))
def get_exports(principal: RawExporter, code: str, session: ReadSession) -> ExportsOut:
    """One's own exports of this unit, newest first."""
    unit = unit_in_scope(session, principal, code)
    found = jobs.of_actor(session, principal.actor, [unit.id or 0])
    return ExportsOut(exports=[shown(job, code) for job in found])


@router.get("/{job}", responses=declared(401, 403, 404, 422))
def get_export(principal: RawExporter, code: str, job: str, session: ReadSession) -> ExportOut:
    """How far an export is."""
    return shown(_own(session, principal, code, job), code)


@router.delete("/{job}", status_code=204, responses=declared(401, 403, 404, 422))
def delete_export(
    request: Request, principal: RawExporter, code: str, job: str, session: WriteSession
) -> None:
    """No longer wanted: stopped while it is made, its file removed when it is finished."""
    cancel_own(session, request, principal, code, job)


def cancel_own(session: Session, request: Request, principal: Principal, code: str, job_id: str) -> None:
    """The same for a page. Raises NotFound."""
    found = _own(session, principal, code, job_id)
    jobs.cancel(session, principal.actor, found, now(request))
    runner_of(request).path_of(found).unlink(missing_ok=True)


_BINARY = {"type": "string", "format": "binary"}
_FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "File",
        "content": {one.partition(";")[0]: {"schema": _BINARY} for one in MEDIA.values()},
    },
    206: {"description": "Part of the file (Range, If-Range)"},
    416: {"description": "No such part"},
    **declared(401, 403, 404, 409, 422),
}


@router.get("/{job}/file", response_class=FileResponse, responses=_FILE)
def get_export_file(request: Request, principal: RawExporter, code: str, job: str) -> Response:
    """The file of a finished export; an interrupted download goes on with Range and If-Range."""
    return download(request, principal, code, job)


def download(request: Request, principal: Principal, code: str, job_id: str) -> Response:
    """The file, with its SHA-256 as ETag. Raises NotFound and ExportNotReady."""
    with database(request).write() as session:
        job = _own(session, principal, code, job_id)
        path = runner_of(request).path_of(job)
        if job.state != DONE or not path.is_file():
            raise ExportNotReady
        record(
            session,
            principal.actor,
            "export.fetched",
            now(request),
            unit_id=job.unit_id,
            subject=f"export:{job.id}",
            details={
                "period": job.period,
                "rows": job.rows_done,
                "comments": job.comments,
                "part": "range" in request.headers,
            },
        )
        unit = unit_in_scope(session, principal, code)
        covered = extent(session, unit, job.service, parse_period(job.period))
        headers = {**file_headers("responses", covered, job.format), "ETag": f'"{job.sha256}"'}
        media_type = MEDIA[job.format]
    return FileResponse(path, media_type=media_type, headers=headers)


def runner_of(request: Request) -> Runner:
    """Who makes exports here."""
    return request.app.state.exports  # type: ignore[no-any-return]


def _own(session: Session, principal: Principal, code: str, job_id: str) -> ExportJob:
    unit = unit_in_scope(session, principal, code)
    try:
        wanted = UUID(job_id)
    except ValueError:
        raise NotFound from None
    return jobs.find(session, principal.actor, unit.id or 0, wanted)


def shown(job: ExportJob, code: str) -> ExportOut:
    """An export as the API tells it."""
    done = job.state == DONE
    return ExportOut(
        id=job.id,
        unit=code,
        service=job.service,
        period=job.period,
        format=job.format,
        comments=job.comments,
        state=job.state,
        rows=job.rows,
        rows_done=job.rows_done,
        progress=progress(job),
        created_at=job.created_at,
        finished_at=job.finished_at,
        expires_at=job.expires_at,
        size=job.size,
        sha256=job.sha256,
        reason=job.reason,
        download=f"/api/v1/units/{code}/exports/{job.id}/file" if done else None,
    )


def progress(job: ExportJob) -> float:
    """From 0 to 1; all of it only when the file is there."""
    if job.state == DONE:
        return 1.0
    return min(0.99, round(job.rows_done / job.rows, 2)) if job.rows else 0.0
