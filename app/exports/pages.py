"""`/kelola/ekspor`: what one can take away, small things at once, large ones made in the background."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Query, Request, Response
from sqlmodel import Session, col, select

from app.aggregation.parameters import parse_period
from app.aggregation.period_picker import current, period_name, picker
from app.auth.forms import faults
from app.auth.guards import RawExporter, now
from app.auth.principal import Principal
from app.auth.staff_pages import page, see_other
from app.core.errors import DomainError, FieldError, NotFound
from app.core.messages import translate
from app.core.session import database
from app.exports import jobs, planning, queries
from app.exports.jobs_api import ExportOrder, cancel_own, download, place, progress, runner_of
from app.exports.recipe import FORMATS
from app.exports.tables import QUEUED, RUNNING, ExportJob
from app.units.scope import unit_in_scope, units_in_scope
from app.units.tables import Unit
from app.web.locale import local_time, page_language

PATH = "/kelola/ekspor"
router = APIRouter(prefix=PATH, include_in_schema=False)
# Up to here a file is there before somebody has found out where to wait for it.
AT_ONCE_ROWS = 20_000
RELOAD_SECONDS = 4
Code = Annotated[str, Form(max_length=63)]


@dataclass(frozen=True, slots=True)
class Line:
    """An export in words."""

    id: str
    unit: str
    unit_name: str
    what: str
    period: str
    state: str
    rows: int
    percent: int
    when: str
    until: str | None
    size: str | None
    reason: str | None
    is_open: bool


@router.get("")
def get_exports(
    request: Request,
    principal: RawExporter,
    unit: Annotated[str | None, Query(max_length=63)] = None,
    period: Annotated[str | None, Query(max_length=40)] = None,
) -> Response:
    """What can be taken away of a unit in a period, and one's own exports."""
    return _page(request, principal, unit, period)


@router.post("")
def post_export(
    request: Request,
    principal: RawExporter,
    unit: Code,
    period: Annotated[str, Form(max_length=40)],
    form: Annotated[str, Form(alias="format", max_length=10)] = "xlsx",
    comments: Annotated[bool, Form()] = False,
) -> Response:
    """A small file at once, a large one in the background."""
    language = page_language(request)
    if form not in FORMATS:
        raise NotFound
    try:
        locale = "id" if language == "id" else "en"
        order = ExportOrder(
            format=form,
            period=parse_period(period).code,
            comments=comments,
            locale=locale,
            lang=language,
        )
        with database(request).write() as session:
            found = unit_in_scope(session, principal, unit)
            covered = queries.extent(session, found, None, parse_period(period))
            if planning.answers_in(session, covered) <= AT_ONCE_ROWS:
                return see_other(_direct(unit, order))
            place(session, request, principal, unit, order)
    except NotFound:
        raise
    except DomainError as error:
        return _page(request, principal, unit, period, error)
    runner_of(request).wake()
    return see_other(f"{PATH}?{urlencode({'unit': unit, 'period': period})}#daftar")


@router.post("/{code}/{job}/batal")
def post_cancel(request: Request, principal: RawExporter, code: str, job: str) -> Response:
    """No longer wanted."""
    with database(request).write() as session:
        cancel_own(session, request, principal, code, job)
    return see_other(f"{PATH}?{urlencode({'unit': code})}#daftar")


@router.get("/{code}/{job}/berkas")
def get_file(request: Request, principal: RawExporter, code: str, job: str) -> Response:
    """The file of a finished export."""
    return download(request, principal, code, job)


def _direct(unit: str, order: ExportOrder) -> str:
    asked = {"period": order.period, "locale": order.locale, "lang": order.lang}
    asked |= {"comments": "true"} if order.comments else {}
    return f"/api/v1/units/{unit}/exports/responses.{order.format}?{urlencode(asked)}"


def _page(
    request: Request,
    principal: Principal,
    unit_code: str | None,
    period_code: str | None,
    error: DomainError | None = None,
) -> Response:
    language = page_language(request)
    with database(request).read() as session:
        units = _units(session, principal)
        if not units:
            raise NotFound
        unit = unit_in_scope(session, principal, unit_code) if unit_code else units[0]
        today = now(request).astimezone(ZoneInfo(unit.timezone)).date()
        period = current("quarter", today)
        if period_code and error is None:
            period = parse_period(period_code)
        covered = queries.extent(session, unit, None, period)
        rows = planning.answers_in(session, covered)
        by_id = {one.id: one for one in units}
        own = jobs.of_actor(session, principal.actor, [one.id for one in units if one.id is not None])
        lines = [_line(job, by_id[job.unit_id], language) for job in own]
        choices = [(one.code, one.name) for one in units]
        shown = {"code": unit.code, "name": unit.name}
    waiting = any(line.is_open for line in lines)
    headers = {"Refresh": str(RELOAD_SECONDS)} if waiting and request.method == "GET" else {}
    return page(
        request,
        "staff/exports.html",
        section="exports",
        status=error.status if error else 200,
        headers=headers,
        units=choices,
        unit=shown,
        picker=picker(period, today, language),
        rows=f"{rows:,}".replace(",", "." if language == "id" else ","),
        at_once=rows <= AT_ONCE_ROWS,
        formats=_formats(language),
        lines=lines,
        waiting=waiting,
        seconds=RELOAD_SECONDS,
        hours=request.app.state.settings.exports_hours,
        errors=_errors(request, error),
    )


def _units(session: Session, principal: Principal) -> Sequence[Unit]:
    wanted = select(Unit).where(col(Unit.id).in_(units_in_scope(session, principal))).order_by(Unit.name)
    return session.exec(wanted).all()


def _errors(request: Request, error: DomainError | None) -> list[dict[str, str]]:
    if error is None:
        return []
    return faults(request, error.errors or (FieldError("/", error.code, error.message, error.params),))


def _line(job: ExportJob, unit: Unit, language: str) -> Line:
    zone = ZoneInfo(unit.timezone)
    name = dict(_formats(language))[job.format]
    if job.comments:
        name = translate("{format}, dengan masukan tertulis", language, {"format": name})
    return Line(
        id=str(job.id),
        unit=unit.code,
        unit_name=unit.name,
        what=name,
        period=period_name(parse_period(job.period), language),
        state=job.state,
        rows=job.rows,
        percent=int(100 * progress(job)),
        when=local_time(job.created_at, zone, language),
        until=local_time(job.expires_at, zone, language) if job.expires_at else None,
        size=_size(job.size, language),
        reason=_reason(job.reason, language),
        is_open=job.state in (QUEUED, RUNNING),
    )


def _size(size: int | None, language: str) -> str | None:
    if size is None:
        return None
    tenths = max(1, -(-size * 10 // 1_000_000))
    mark = "," if language == "id" else "."
    return f"{tenths // 10}{mark}{tenths % 10} MB"


def _formats(language: str) -> list[tuple[str, str]]:
    return [
        ("xlsx", translate("Excel (XLSX)", language)),
        ("csv", translate("Teks berpemisah (CSV)", language)),
        ("sav", translate("SPSS (SAV)", language)),
        ("parquet", translate("Parquet, untuk program analisis", language)),
    ]


def _reason(reason: str | None, language: str) -> str | None:
    if reason is None:
        return None
    if reason == "interrupted":
        return translate("Terputus berkali-kali saat layanan berhenti.", language)
    if reason == "not_found":
        return translate("Unit atau layanannya sudah tidak ada.", language)
    return translate("Prosesnya berhenti sebelum selesai. Rinciannya ada di log layanan.", language)
