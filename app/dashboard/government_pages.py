"""Results of a government: `/petugas/pemerintah/{code}`, for any unit with units below it."""

from typing import Annotated
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request, Response

from app.aggregation.results import stored_id
from app.auth.guards import ResultReader, now
from app.auth.staff_pages import page, see_other
from app.core.session import ReadSession
from app.dashboard import government, showing
from app.dashboard.arriving import Arrival, AskedQuery, arrive, way_up
from app.dashboard.government import Own, View
from app.dashboard.unit_pages import numbers
from app.kiosks.queries import Kiosk
from app.units import queries
from app.units.scope import unit_in_scope
from app.units.tables import Unit
from app.web.locale import local_time, page_language

router = APIRouter(include_in_schema=False)


@router.get("/petugas/pemerintah/{code}")
def get_government(
    request: Request,
    code: str,
    principal: ResultReader,
    session: ReadSession,
    query: AskedQuery,
    number: Annotated[int, Query(alias="page", ge=1, le=10_000)] = 1,
) -> Response:
    """The page. A unit with none below it is led to its own page."""
    language = page_language(request)
    unit = unit_in_scope(session, principal, code)
    path = f"/petugas/pemerintah/{quote(unit.code)}"
    arrival = arrive(request, query, unit)
    if arrival.onward is not None:
        return see_other(path + arrival.onward)
    if len(queries.below(session, stored_id(unit))) == 1:
        return see_other(f"/petugas/unit/{quote(unit.code)}{arrival.asked.address()}")
    view = government.view_of(session, request.app.state.catalog, unit, arrival.asked, now(request))
    owns = government.own_figures(view, language)
    return page(
        request,
        "staff/dashboard/government.html",
        section="home",
        status=422 if arrival.faults else 200,
        path=path,
        unit=unit,
        way_up=way_up(session, principal, unit),
        view=view,
        arrival=arrival,
        owns=[(one, showing.moved(one.comparison, language)) for one in owns],
        tables=government.tables(view, number, language),
        number_of_page=number,
        pages=government.pages(view),
        kiosks=[_kiosk(one, unit, language) for one in view.silent_kiosks],
        rulers=_rulers(view, owns, language),
        api=_api(unit, arrival),
        **numbers(language),
    )


def _rulers(view: View, owns: tuple[Own, ...], language: str) -> list[object]:
    return [
        showing.ruler(f"skala-{place}", result, one.figure, language)
        for place, (result, one) in enumerate(zip(view.answered, owns, strict=True), start=1)
    ]


def _kiosk(one: Kiosk, unit: Unit, language: str) -> dict[str, object]:
    zone = ZoneInfo(unit.timezone)
    return {
        "kiosk": one,
        "seen": local_time(one.last_seen, zone, language) if one.last_seen else None,
    }


def _api(unit: Unit, arrival: Arrival) -> tuple[str, ...]:
    return (f"/api/v1/ikm?under={quote(unit.code)}&period={arrival.asked.period.code}",)
