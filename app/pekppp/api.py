"""What a unit hands to its evaluators: `/api/v1/units/{code}/pekppp/f01.json`, `f01.pdf` and `evidence.zip`."""

from typing import IO, Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from app.audit.service import record
from app.auth.guards import RawExporter, ResultReader, now
from app.auth.principal import Principal
from app.core.problems import declared
from app.core.session import database
from app.core.streams import Stream, file_stream
from app.files.delivery import storage_of
from app.pekppp import pack, sheet
from app.pekppp.f01 import F01, f01
from app.pekppp.facts import facts_of
from app.pekppp.pack import Place
from app.reports.logo import logo
from app.units.queries import government_of
from app.units.scope import unit_in_scope
from app.web.locale import page_language

router = APIRouter(prefix="/api/v1/units/{code}/pekppp", tags=["pekppp"])
FIRST_YEAR, LAST_YEAR = 2004, 2100
YearParameter = Annotated[
    int, Query(ge=FIRST_YEAR, le=LAST_YEAR, description="Tahun evaluasi", examples=[2026])
]
PDF, ZIP = "application/pdf", "application/zip"


def _file(media_type: str) -> dict[int | str, dict[str, Any]]:
    content = {media_type: {"schema": {"type": "string", "format": "binary"}}}
    return {200: {"description": "File", "content": content}, **declared(401, 403, 404, 422, 503)}


@router.get("/f01.json", summary="Form F-01, fields 6a to 9b", responses=declared(401, 403, 404, 422))
def get_f01(code: str, request: Request, principal: ResultReader, year: YearParameter) -> F01:
    """The fields that a survey fills in; proposed levels of indicators 6 to 9, why, and what is missing."""
    with database(request).read() as session:
        unit = unit_in_scope(session, principal, code)
        facts = facts_of(session, request.app.state.catalog, unit, year)
        form, unit_id = f01(facts, now(request), page_language(request)), unit.id
    _note(request, principal, unit_id, "f01.json", year)
    return form


@router.get("/f01.pdf", summary="Form F-01 as a sheet", response_class=Response, responses=_file(PDF))
def get_sheet(code: str, request: Request, principal: ResultReader, year: YearParameter) -> Response:
    """The same on paper, in Indonesian. Accessible (PDF/UA-1)."""
    with database(request).read() as session:
        unit = unit_in_scope(session, principal, code)
        form = f01(facts_of(session, request.app.state.catalog, unit, year), now(request))
        government, zone, unit_id = government_of(session, unit.id or 0).name, unit.timezone, unit.id
    content = sheet.pdf(form, government, zone, now(request))
    _note(request, principal, unit_id, "f01.pdf", year)
    return Response(content, media_type=PDF, headers=_attached(f"f01-{form.unit}-{year}.pdf"))


@router.get(
    "/evidence.zip",
    summary="The evidence of a year",
    response_class=Stream,
    responses=_file(ZIP),
)
def get_evidence(code: str, request: Request, principal: RawExporter, year: YearParameter) -> Stream:
    """One ZIP: contents, form F-01, reports, follow-up plans with evidence, questionnaires, publications, media.

    `manifest.json` names every file with its size and SHA-256.
    """
    content = _made(request, principal, code, year)
    return file_stream(content, media_type=ZIP, headers=_attached(f"bukti-pekppp-{code}-{year}.zip"))


def _made(request: Request, principal: Principal, code: str, year: int) -> IO[bytes]:
    """Rows in one state, then documents without a connection; recorded before the first byte leaves."""
    state, at = request.app.state, now(request)
    with database(request).read() as session:
        unit = unit_in_scope(session, principal, code)
        facts = facts_of(session, state.catalog, unit, year)
        evidence = pack.read(session, state.catalog, facts)
        government, unit_id = government_of(session, unit.id or 0).name, unit.id
        session.expunge_all()
    place = Place(
        database(request),
        storage_of(request),
        state.catalog,
        state.settings.public_url,
        logo(state.settings.logo_file),
    )
    content = pack.write(place, facts, f01(facts, at), evidence, government, at)
    _note(request, principal, unit_id, "evidence.zip", year, files=len(evidence.files))
    return content


def _note(
    request: Request, principal: Principal, unit_id: int | None, what: str, year: int, **more: int
) -> None:
    """Who takes what away, durable before its first byte leaves."""
    details = {"what": what, "year": year, **more}
    with database(request).write() as session:
        record(session, principal.actor, "pekppp.exported", now(request), unit_id=unit_id, details=details)


def _attached(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
