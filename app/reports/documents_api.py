"""The SKM report over HTTP, for pages and programs: `/api/v1/units/{code}/reports/laporan.{docx,pdf}`."""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.aggregation.parameters import PeriodParameter
from app.audit.service import record
from app.auth.guards import RawExporter, now
from app.auth.principal import Principal
from app.core.errors import NotFound
from app.core.problems import declared
from app.core.session import database
from app.ikm.periods import Period
from app.reports import laporan
from app.reports.delivery import PDF
from app.reports.errors import LayoutUnusable
from app.reports.logo import logo
from app.reports.survey_facts import Facts, facts_of
from app.units.queries import service_by_code
from app.units.scope import unit_in_scope

router = APIRouter(prefix="/api/v1/units/{code}/reports", tags=["reports"])
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ServiceParameter = Annotated[
    str | None, Query(description="Kode satu layanan unit ini; tanpa ini seluruh unit")
]


def _file(media_type: str) -> dict[int | str, dict[str, object]]:
    content = {media_type: {"schema": {"type": "string", "format": "binary"}}}
    return {200: {"description": "File", "content": content}, **declared(401, 403, 404, 422, 503)}


@router.get("/laporan.pdf", summary="The SKM report as PDF", response_class=Response, responses=_file(PDF))
def get_pdf(
    code: str,
    request: Request,
    principal: RawExporter,
    period: PeriodParameter,
    service: ServiceParameter = None,
) -> Response:
    """All chapters, figures, charts and annexes, ready to be signed. Accessible (PDF/UA-1)."""
    facts = _facts(request, principal, code, period, service, "pdf")
    settings = request.app.state.settings
    content = laporan.pdf(facts, settings.public_url, logo(settings.logo_file))
    return _attached(content, PDF, facts, "pdf")


@router.get(
    "/laporan.docx", summary="The SKM report as Word document", response_class=Response, responses=_file(DOCX)
)
def get_docx(
    code: str,
    request: Request,
    principal: RawExporter,
    period: PeriodParameter,
    service: ServiceParameter = None,
) -> Response:
    """The same to be edited, in the installation's own layout where it has one."""
    facts = _facts(request, principal, code, period, service, "docx")
    settings = request.app.state.settings
    own = _layout(settings.report_layout_file)
    content = laporan.docx(facts, settings.public_url, logo(settings.logo_file), own)
    return _attached(content, DOCX, facts, "docx")


def _facts(
    request: Request, principal: Principal, code: str, period: Period, service: str | None, form: str
) -> Facts:
    """What the report says, read in one state; that it was made is recorded before the first byte leaves."""
    with database(request).read() as session:
        unit = unit_in_scope(session, principal, code)
        chosen = service_by_code(session, unit.id or 0, service) if service is not None else None
        if service is not None and chosen is None:
            raise NotFound
        facts = facts_of(session, request.app.state.catalog, unit, period, now(request), chosen)
        unit_id = unit.id
        session.expunge_all()
    details = {"period": period.code, "service": service, "format": form, "respondents": facts.respondents}
    with database(request).write() as session:
        record(session, principal.actor, "report.made", now(request), unit_id=unit_id, details=details)
    return facts


def _layout(path: Path | None) -> bytes | None:
    if path is None:
        return None
    try:
        return path.read_bytes()
    except OSError as error:
        raise LayoutUnusable(reason=error.strerror or "berkas tidak terbaca") from None


def _attached(content: bytes, media_type: str, facts: Facts, form: str) -> Response:
    names = [
        "laporan-skm",
        facts.unit.code,
        *([facts.service.code] if facts.service else []),
        facts.period.code,
    ]
    disposition = f'attachment; filename="{"-".join(names)}.{form}"'
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
    return Response(content, media_type=media_type, headers=headers)
