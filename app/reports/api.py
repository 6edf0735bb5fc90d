"""Posters over HTTP, for programs."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.auth.guards import AnyStaff
from app.core.problems import declared
from app.core.session import database
from app.reports import queries
from app.reports.delivery import PDF, poster_file
from app.reports.posters import PosterFormat
from app.units.scope import unit_in_scope

router = APIRouter(prefix="/api/v1/units/{code}", tags=["posters"])

_FILE = {
    200: {"description": "File", "content": {PDF: {"schema": {"type": "string", "format": "binary"}}}},
    **declared(401, 403, 404, 409, 422, 503),
}


@router.get(
    "/posters.pdf", summary="Posters with QR codes to print", response_class=Response, responses=_FILE
)
def get_posters(
    request: Request,
    principal: AnyStaff,
    code: str,
    form: Annotated[PosterFormat, Query(alias="format", description="Bentuk lembar")] = "a4",
    service: Annotated[str | None, Query(description="Kode layanan unit ini; tanpa ini semuanya")] = None,
    point: Annotated[str | None, Query(description="Kode satu titik survei")] = None,
) -> Response:
    """A sheet for each open survey point of the unit and of all units below it."""
    with database(request).read() as session:
        unit = unit_in_scope(session, principal, code)
        posters, unit_id = queries.of_unit(session, unit, service, point), unit.id
    return poster_file(request, principal, unit_id, posters, form, point or code, None if point else service)
