"""Results of a unit and of one of its services: `/petugas/unit/{code}`, `…/layanan/{service}`."""

from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from app.aggregation.period_picker import kind_name
from app.aggregation.results import stored_id
from app.aggregation.trend import By
from app.auth.guards import ResultReader
from app.auth.principal import Principal
from app.auth.roles import EXPORTS_RAW
from app.auth.staff_pages import page, see_other
from app.core.errors import NotFound
from app.core.session import ReadSession
from app.dashboard import panels, showing
from app.dashboard.arriving import Arrival, AskedQuery, arrive, way_up
from app.dashboard.asking import Asked, Query
from app.dashboard.panel_context import Context
from app.dashboard.timeline import timeline
from app.dashboard.unit_view import READ_AT_ONCE, subject_of, view_of
from app.history.queries import HistoricalPoint, history_of
from app.plans.queries import target_of
from app.units import queries
from app.units.scope import covers, unit_in_scope
from app.units.tables import Service, Unit
from app.web.chart_words import number, signed
from app.web.locale import page_language

router = APIRouter(include_in_schema=False)


@router.get("/petugas/unit/{code}")
def get_unit(
    request: Request, code: str, principal: ResultReader, session: ReadSession, query: AskedQuery
) -> Response:
    """The results of a unit with all units below it."""
    return _page(request, session, principal, query, unit_in_scope(session, principal, code), None)


@router.get("/petugas/unit/{code}/layanan/{service}")
def get_service(
    request: Request,
    code: str,
    service: str,
    principal: ResultReader,
    session: ReadSession,
    query: AskedQuery,
) -> Response:
    """The results of one service."""
    unit = unit_in_scope(session, principal, code)
    found = queries.service_by_code(session, stored_id(unit), service)
    if found is None:
        raise NotFound
    return _page(request, session, principal, query, unit, found)


def _page(
    request: Request,
    session: Session,
    principal: Principal,
    query: Query,
    unit: Unit,
    service: Service | None,
) -> Response:
    language = page_language(request)
    path = f"/petugas/unit/{quote(unit.code)}" + (f"/layanan/{quote(service.code)}" if service else "")
    arrival = arrive(request, query, unit)
    if arrival.onward is not None:
        return see_other(path + arrival.onward)
    catalog = request.app.state.catalog
    view = view_of(session, catalog, subject_of(session, unit, service), arrival.asked)
    moments = timeline(view.steps, _imported(session, unit, service), view.by)
    context = Context(principal, catalog, view, arrival.today, language)
    raw = principal.limited(EXPORTS_RAW)
    period = arrival.asked.period.code
    target = target_of(session, stored_id(unit), service.id if service else None, period)
    return page(
        request,
        "staff/dashboard/unit.html",
        section="home",
        status=422 if arrival.faults else 200,
        path=path,
        unit=unit,
        service=service,
        way_up=way_up(session, principal, unit),
        view=view,
        arrival=arrival,
        target=target,
        progress=showing.progress("target", view.respondents, target.target, language) if target else None,
        blocks=showing.blocks(view, language),
        trend=showing.trend_picture(moments, view.by, language),
        trend_rows=showing.trend_rows(moments, language),
        kind=kind_name(view.by, language).lower(),
        services=showing.service_rows(view, language),
        details=showing.details_shown(view.details, language) if view.details else None,
        read_at_once=READ_AT_ONCE,
        panels=panels.shown(session, context),
        api=_api(unit, service, arrival.asked, view.by),
        exports=_exports(unit, service, arrival) if covers(session, raw, stored_id(unit)) else None,
        **numbers(language),
    )


def _imported(session: Session, unit: Unit, service: Service | None) -> list[HistoricalPoint]:
    return history_of(session, stored_id(unit), service.id if service else None)


def numbers(language: str) -> dict[str, Any]:
    """What templates write numbers with."""
    return {"number": lambda value: number(value, language), "signed": lambda value: signed(value, language)}


def _api(unit: Unit, service: Service | None, asked: Asked, by: By) -> tuple[str, ...]:
    """Where the numbers of the page are as JSON."""
    start, code = f"/api/v1/units/{quote(unit.code)}/ikm", asked.period.code
    of = f"&service={quote(service.code)}" if service else ""
    other = (f"{start}/compare?period={code}&with={asked.compared.code}{of}",) if asked.compared else ()
    return (f"{start}?period={code}{of}", *other, f"{start}/trend?by={by}&to={code}{of}")


def _exports(unit: Unit, service: Service | None, arrival: Arrival) -> dict[str, str]:
    """Files of the same answers, for whoever may have them."""
    start = f"/api/v1/units/{quote(unit.code)}/exports"
    asked = f"?period={arrival.asked.period.code}" + (f"&service={quote(service.code)}" if service else "")
    return {"processing": f"{start}/processing.xlsx{asked}", "responses": f"{start}/responses.csv{asked}"}
