"""`/petugas/unit/{code}/publikasi`: look at a result, publish it, correct it; and all units at a glance."""

from typing import Annotated
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Query, Request, Response
from sqlmodel import Session, col, select

from app.aggregation.parameters import parse_period
from app.aggregation.period_picker import current as current_period
from app.aggregation.period_picker import picker
from app.aggregation.results import stored_id
from app.auth.forms import Shown, refusal
from app.auth.guards import ResultReader, now
from app.auth.principal import Principal
from app.auth.staff_pages import page, see_other
from app.core.errors import DomainError, NotFound
from app.core.session import ReadSession, database
from app.ikm.periods import previous
from app.publication import queries
from app.publication.api import PUBLISHES, Publisher
from app.publication.listing import line
from app.publication.numbers import parse
from app.publication.publishing import Chosen, desk
from app.publication.service import REASON_CHARACTERS_MAX, Correction, draft, issue
from app.units import queries as units
from app.units.scope import covers, unit_in_scope, units_in_scope
from app.units.tables import Unit
from app.web.locale import page_language

router = APIRouter(include_in_schema=False)
SECTION = "publications"
PATH = "/petugas/unit/{code}/publikasi"
Code63 = Annotated[str, Form(max_length=63)]


@router.get("/petugas/publikasi")
def get_overview(request: Request, principal: ResultReader, session: ReadSession) -> Response:
    """Every unit in scope with what it published last; those that never did come first."""
    ids = units_in_scope(session, principal)
    wanted = select(Unit).where(col(Unit.id).in_(ids), col(Unit.active)).order_by(Unit.name)
    language, categories = page_language(request), request.app.state.catalog.categories
    newest = {
        one.publication.unit_id: line(one, categories, language) for one in queries.latest_by_unit(session)
    }
    rows = [(unit, newest.get(unit.id or 0)) for unit in session.exec(wanted)]
    rows.sort(key=lambda row: row[1] is not None)
    return page(request, "staff/publication/overview.html", section=SECTION, rows=rows)


@router.get(PATH)
def get_desk(
    request: Request,
    principal: ResultReader,
    code: str,
    period: Annotated[str | None, Query(max_length=40)] = None,
    service: Annotated[str, Query(max_length=63)] = "",
    instrument: Annotated[str, Query(max_length=100)] = "",
    kabar: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """The result of a period as it would be published, and everything that the unit published."""
    return _show(request, principal, code, period, service, instrument, news=parse(kabar))


@router.post(PATH)
def post_publication(
    request: Request,
    principal: Publisher,
    code: str,
    period: Annotated[str, Form(max_length=40)],
    service: Code63 = "",
    instrument: Annotated[str, Form(max_length=100)] = "",
    replaces: Annotated[str, Form(max_length=100)] = "",
    reason: Annotated[str, Form(max_length=4 * REASON_CHARACTERS_MAX)] = "",
) -> Response:
    """Publish, or correct what was published."""
    state, at = request.app.state, now(request)
    try:
        with database(request).read() as session:
            chosen = _chosen(session, principal, code, period, service, instrument)
            prepared = draft(
                session,
                state.catalog,
                chosen.unit,
                chosen.period,
                at,
                service=chosen.service,
                instrument=chosen.instrument,
            )
        correction = Correction(replaces, reason) if replaces else None
        with database(request).write() as session:
            number = issue(
                session,
                state.keys,
                principal.actor,
                prepared,
                at,
                public_url=state.settings.public_url,
                correction=correction,
            ).number
    except NotFound:
        raise
    except DomainError as error:
        errors = refusal(request, error, "")
        return _show(
            request,
            principal,
            code,
            period,
            service,
            instrument,
            errors=errors,
            reason=reason,
            status=error.status,
        )
    asked = {"period": period, "service": service, "instrument": instrument, "kabar": number}
    query = urlencode({name: value for name, value in asked.items() if value})
    return see_other(f"{PATH.format(code=code)}?{query}#terbitan")


def _chosen(
    session: Session, principal: Principal, code: str, period: str | None, service: str, instrument: str
) -> Chosen:
    unit = unit_in_scope(session, principal, code)
    judged = units.service_by_code(session, stored_id(unit), service) if service else None
    if service and judged is None:
        raise NotFound
    if period is None:
        raise NotFound
    return Chosen(unit, judged, parse_period(period), instrument or None)


def _show(
    request: Request,
    principal: Principal,
    code: str,
    period: str | None,
    service: str,
    instrument: str,
    *,
    errors: Shown | None = None,
    reason: str = "",
    news: str | None = None,
    status: int = 200,
) -> Response:
    language, at = page_language(request), now(request)
    with database(request).read() as session:
        unit = unit_in_scope(session, principal, code)
        today = at.astimezone(ZoneInfo(unit.timezone)).date()
        # What is over can be published: without a choice the quarter before this one.
        asked = period if period is not None else previous(current_period("quarter", today)).code
        chosen = _chosen(session, principal, code, asked, service, instrument)
        found = desk(session, request.app.state.catalog, chosen, at, language)
        services = [(one.code, one.name) for one in units.services_of(session, [stored_id(unit)])]
        publishes = covers(session, principal.limited(PUBLISHES), stored_id(unit))
        shown = {"code": unit.code, "name": unit.name}
    return page(
        request,
        "staff/publication/desk.html",
        section=SECTION,
        status=status,
        unit=shown,
        desk=found,
        picker=picker(chosen.period, today, language),
        services=services,
        service=service,
        instrument=instrument,
        publishes=publishes,
        errors=errors or [],
        reason=reason,
        news=news,
        path=PATH.format(code=code),
    )
