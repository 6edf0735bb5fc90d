"""What other sites and programs take: the badge of a unit, its result as linked data, the catalogue of all."""

import json
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response

from app.aggregation.period_picker import period_name
from app.auth.guards import public
from app.core.errors import NotFound
from app.core.problems import declared
from app.core.session import ReadSession
from app.ikm.periods import parse
from app.publication import caching, queries
from app.publication.badge import badge
from app.publication.linked_data import catalogue, dataset
from app.publication.public_pages import ServiceCode, addressed
from app.units import queries as units

router = APIRouter(tags=["publications"])
SVG, JSON_LD = "image/svg+xml", "application/ld+json"
# A badge stands on pages of other sites: they may show it, and nothing in it can run.
ELSEWHERE = {
    **caching.PUBLIC,
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


def _file_of(media_type: str) -> dict[int | str, dict[str, Any]]:
    return {
        200: {"description": "File", "content": {media_type: {"schema": {"type": "string"}}}},
        304: {"description": "Not changed"},
        **declared(404),
    }


@router.get("/ikm/katalog.jsonld", summary="All publications as DCAT", responses=_file_of(JSON_LD))
@public
def get_catalogue(request: Request, session: ReadSession) -> Response:
    """For portals of open data: every publication that counts, corrected ones left out."""
    listed = queries.listed(session, current_only=True, limit=None)
    return _json(request, catalogue(listed, request.app.state.settings.public_url))


@router.get("/ikm/{code}/badge.svg", summary="A unit's badge", responses=_file_of(SVG))
@public
def get_badge(
    request: Request,
    session: ReadSession,
    code: str,
    service: ServiceCode = None,
    lang: Annotated[Literal["id", "en"], Query(description="language of its words")] = "id",
) -> Response:
    """The latest result as a picture, for pages of other sites; it names itself to screen readers."""
    unit, judged = addressed(session, code, service)
    found = queries.latest(session, unit.id or 0, judged.id if judged else None)
    latest = queries.Listed(found, unit, judged, None) if found else None
    name = f"{unit.name}, {judged.name}" if judged else unit.name
    period = period_name(parse(found.period), lang) if found else None
    return caching.file(request, badge(name, latest, period, lang).encode(), SVG, ELSEWHERE)


@router.get(
    "/ikm/{code}/dataset.jsonld", summary="A unit's result as schema.org", responses=_file_of(JSON_LD)
)
@public
def get_dataset(request: Request, session: ReadSession, code: str, service: ServiceCode = None) -> Response:
    """The latest result as schema.org/Dataset; the page links to it."""
    unit, judged = addressed(session, code, service)
    found = queries.latest(session, unit.id or 0, judged.id if judged else None)
    if found is None:
        raise NotFound
    government = units.government_of(session, found.unit_id)
    url = request.app.state.settings.public_url
    return _json(request, dataset(queries.Listed(found, unit, judged, None), government, url))


def _json(request: Request, document: dict[str, Any]) -> Response:
    # Read as data, and still harmless where somebody pastes it into a page.
    text = json.dumps(document, ensure_ascii=False).replace("<", "\\u003c").replace("&", "\\u0026")
    return caching.file(request, text.encode(), JSON_LD)
