"""`/s/{code}/receipt/{id}`: thanks, the receipt code, and what becomes of answers here."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from app.auth.guards import public
from app.core.errors import NotFound
from app.core.session import database
from app.publication import queries
from app.publication.listing import line
from app.publication.promises import done
from app.responses import tables
from app.responses.api import reception
from app.responses.form_page import LANGUAGE, address, home_address, kept_address
from app.units.tables import Service, Unit
from app.web import error_pages, templating
from app.web.locale import asked_language, local_time, page_language

router = APIRouter(tags=["pages"], default_response_class=HTMLResponse)
PRIVATE = {**templating.NO_STORE, "X-Robots-Tag": "noindex"}
CHANGES_MOST = 3


@router.get(
    "/s/{code}/receipt/{response_id}",
    summary="The receipt",
    responses=error_pages.declared(404, 422),
    openapi_extra=LANGUAGE,
)
@public
def get_receipt(request: Request, code: str, response_id: str) -> Response:
    """Thanks, and the receipt code of a stored answer, even when the point is closed. Never what was answered."""
    desk = reception(request)
    point = desk.directory.find(code)
    key = (point.unit_id, _uuid(response_id))
    with database(request).read() as session:
        stored = session.get(tables.Response, key)
        if stored is None:
            raise NotFound
        service_name = session.get_one(Service, stored.service_id).name
        received_at = stored.received_at
        after = _after(request, session, point.unit_id)
    return templating.page(
        request,
        "citizen/receipt.html",
        headers=PRIVATE,
        point=point,
        service_name=service_name,
        receipt=desk.receipt(*key),
        received=local_time(received_at, point.zone, page_language(request)),
        again=address(request, point) if len(point.services) > 1 else None,
        home=home_address(request),
        kept_here=kept_address(request),
        **after,
    )


def _after(request: Request, session: Session, unit_id: int) -> dict[str, Any]:
    """The unit's latest published result, and what it changed after earlier answers."""
    unit, language = session.get_one(Unit, unit_id), page_language(request)
    found = queries.latest(session, unit_id)
    asked = asked_language(request)
    return {
        "result": line(
            queries.Listed(found, unit, None, None), request.app.state.catalog.categories, language
        )
        if found
        else None,
        "changes": done(session, unit_id, unit.code, language, CHANGES_MOST),
        "results_page": f"/ikm/{unit.code}" + (f"?lang={asked}" if asked else ""),
    }


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None
