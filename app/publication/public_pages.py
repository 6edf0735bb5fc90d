"""`/ikm/{unit}`: what was published, for everybody. Frozen rows only; nothing is computed here."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from app.auth.guards import public
from app.core.errors import NotFound
from app.core.session import ReadSession
from app.publication import caching, queries
from app.publication.listing import Line, lines
from app.publication.past import past_of
from app.publication.promises import promises
from app.publication.schemas import page_path
from app.publication.tables import Publication
from app.publication.view import View
from app.responses.form_page import LANGUAGE
from app.units import queries as units
from app.units.tables import Service, Unit
from app.web import error_pages, qr, templating
from app.web.locale import asked_language, page_language, switch

router = APIRouter(tags=["pages"], default_response_class=HTMLResponse)
RESPONSES = {304: {"description": "Not changed"}, **error_pages.declared(404)}
ServiceCode = Annotated[str | None, Query(max_length=63, description="code of one of its services")]


@router.get("/ikm/{code}", summary="What a unit published", responses=RESPONSES, openapi_extra=LANGUAGE)
@public
def get_unit(request: Request, session: ReadSession, code: str, service: ServiceCode = None) -> Response:
    """The latest result: method, process and result on one page, earlier ones, what was promised, how to verify."""
    unit, judged = addressed(session, code, service)
    publication = queries.latest(session, unit.id or 0, judged.id if judged else None)
    if publication is None:
        language = page_language(request)
        html = templating.render(
            "publication/empty.html",
            language,
            switch=switch(request),
            unit=unit,
            service=judged,
            government=units.government_of(session, unit.id or 0).name,
            earlier=_lines(request, session, unit, language),
            kept=_kept(request),
        )
        return caching.page(request, html)
    return _page(request, session, unit, publication, newest=True)


@router.get(
    "/ikm/{code}/terbitan/{number}", summary="One publication", responses=RESPONSES, openapi_extra=LANGUAGE
)
@public
def get_publication(request: Request, session: ReadSession, code: str, number: str) -> Response:
    """The same page for any publication; one that was corrected says so first of all."""
    unit, _ = addressed(session, code, None)
    publication = queries.by_number(session, number)
    if publication is None or publication.unit_id != unit.id:
        raise NotFound
    return _page(request, session, unit, publication, newest=False)


def addressed(session: Session, code: str, service: str | None) -> tuple[Unit, Service | None]:
    """The unit and service of an address; closed ones too: what they published stays. Raises `NotFound`."""
    unit = units.unit_by_code(session, code)
    if unit is None or unit.id is None:
        raise NotFound
    if service is None:
        return unit, None
    judged = units.service_by_code(session, unit.id, service)
    if judged is None:
        raise NotFound
    return unit, judged


def _page(
    request: Request, session: Session, unit: Unit, publication: Publication, *, newest: bool
) -> Response:
    language, unit_id = page_language(request), publication.unit_id
    view = View(publication, language, unit.timezone)
    url = request.app.state.settings.public_url
    newer = queries.replacement_of(session, publication.number)
    html = templating.render(
        "publication/unit.html",
        language,
        switch=switch(request),
        view=view,
        unit=unit,
        newest=newest,
        newer=None if newer is None else (newer, page_path(unit.code, newer)),
        earlier=_lines(request, session, unit, language),
        past=past_of(session, publication, language),
        promises=promises(session, unit_id, unit.code, language),
        government=units.government_of(session, unit_id).name,
        key_id=publication.key_id,
        public_url=url,
        code=qr.inline(f"{url}/verifikasi?nomor={publication.number}"),
        kept=_kept(request),
    )
    return caching.page(request, html)


def _lines(request: Request, session: Session, unit: Unit, language: str) -> list[Line]:
    listed = queries.publications_of(session, unit.id or 0)
    return lines(listed, request.app.state.catalog.categories, language)


def _kept(request: Request) -> str:
    language = asked_language(request)
    return f"?lang={language}" if language else ""
