"""`/kelola/…/poster.pdf`: posters to print, linked from the pages of a unit and of a survey point."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.auth.guards import AnyStaff
from app.core.errors import NotFound
from app.core.session import database
from app.reports import queries
from app.reports.delivery import poster_file
from app.reports.posters import PosterFormat
from app.units.scope import covers, unit_in_scope
from app.units.tables import Unit

router = APIRouter(include_in_schema=False)

Format = Annotated[PosterFormat, Query(alias="format")]


@router.get("/kelola/titik/{code}/poster.pdf")
def get_point_poster(code: str, request: Request, principal: AnyStaff, form: Format = "a4") -> Response:
    """The poster of one survey point."""
    with database(request).read() as session:
        point = queries.point_by_code(session, code)
        if point is None or not covers(session, principal, point.unit_id):
            raise NotFound
        posters, unit_id = (
            queries.of_point(session, point, session.get_one(Unit, point.unit_id)),
            point.unit_id,
        )
    return poster_file(request, principal, unit_id, posters, form, code)


@router.get("/kelola/unit/{code}/poster.pdf")
def get_unit_posters(
    code: str, request: Request, principal: AnyStaff, form: Format = "a4", service: str | None = None
) -> Response:
    """Posters of all survey points of a unit and the units below it, or of one of its services."""
    with database(request).read() as session:
        unit = unit_in_scope(session, principal, code)
        posters, unit_id = queries.of_unit(session, unit, service), unit.id
    return poster_file(request, principal, unit_id, posters, form, code, service)
