"""`/petugas/unit/{code}/rencana/…`: the form of a plan, with what each method asks for before it is stored."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from app.aggregation.period_picker import current, period_name
from app.auth.forms import refusal
from app.auth.guards import now
from app.auth.staff_pages import page, see_other
from app.core.errors import DomainError, FieldError, InvalidInput
from app.core.messages import translate
from app.core.session import ReadSession, WriteSession
from app.ikm.periods import Period, PeriodError, parse, sequence
from app.ikm.sampling import NORMAL
from app.plans import queries, service, typed
from app.plans.desk import Planner, id_of, sizes_said, today_of, version_of
from app.plans.drafts import Draft, draft_of
from app.plans.tables import METHODS, Plan
from app.plans.typed import Posted
from app.plans.wording import method_name, span
from app.units.queries import service_by_code, services_of
from app.units.scope import unit_in_scope
from app.units.tables import Service, Unit
from app.web.chart_words import number
from app.web.locale import page_language

router = APIRouter(prefix="/petugas/unit/{code}/rencana", include_in_schema=False)


@router.get("/baru")
def get_new_plan(code: str, request: Request, principal: Planner, session: ReadSession) -> Response:
    """The form, with what the address says; what each method asks for is computed beside it."""
    unit = unit_in_scope(session, principal, code)
    values = typed.values_of(request.query_params)
    if not values["period"]:
        values["period"] = current("quarter", today_of(request, unit)).code
    return _form(request, session, unit, values, None)


@router.post("/baru")
def post_new_plan(
    code: str, request: Request, principal: Planner, session: WriteSession, sent: Posted
) -> Response:
    """Store a new plan."""
    unit = unit_in_scope(session, principal, code)
    values = typed.values_of(sent.fields)
    try:
        chosen, draft = _checked(session, unit, values)
        plan = service.add(
            session, principal.actor, id_of(unit), chosen.id if chosen else None, draft, now(request)
        )
    except DomainError as error:
        return _form(request, session, unit, values, None, error)
    return see_other(f"/petugas/unit/{code}/rencana/{plan.id}?kabar=disimpan")


@router.get("/{plan_id}/ubah")
def get_plan_form(
    code: str, plan_id: UUID, request: Request, principal: Planner, session: ReadSession
) -> Response:
    """The form of a plan as it is, or as the address says."""
    unit = unit_in_scope(session, principal, code)
    plan = queries.find(session, id_of(unit), plan_id)
    asked = "period" in request.query_params
    values = typed.values_of(request.query_params) if asked else _stored(session, plan)
    return _form(request, session, unit, values, plan)


@router.post("/{plan_id}/ubah")
def post_plan_form(
    code: str, plan_id: UUID, request: Request, principal: Planner, session: WriteSession, sent: Posted
) -> Response:
    """Store what was changed, unless somebody else changed the plan since the form was opened."""
    unit = unit_in_scope(session, principal, code)
    plan = queries.find(session, id_of(unit), plan_id)
    values = typed.values_of({**sent.fields, "service": _stored(session, plan)["service"]})
    try:
        _, draft = _checked(session, unit, values)
        service.change(session, principal.actor, plan, version_of(sent), draft, now(request))
    except DomainError as error:
        return _form(request, session, unit, values, plan, error)
    return see_other(f"/petugas/unit/{code}/rencana/{plan_id}?kabar=disimpan")


def _checked(session: Session, unit: Unit, values: Mapping[str, str]) -> tuple[Service | None, Draft]:
    """The service that was chosen and the plan. Raises InvalidInput with all faults."""
    read, errors = typed.read(values), []
    chosen = None
    if values["service"]:
        chosen = service_by_code(session, id_of(unit), values["service"])
        if chosen is None:
            errors.append(FieldError("/service", "service_unknown", "Pilih salah satu layanan unit ini."))
    if read.wanted is None:
        raise InvalidInput((*errors, *read.errors))
    known = queries.known_population(session, unit, chosen, read.wanted.period)
    return chosen, draft_of(read.wanted, known, (*errors, *read.errors))


def _form(
    request: Request,
    session: Session,
    unit: Unit,
    values: Mapping[str, str],
    plan: Plan | None,
    error: DomainError | None = None,
) -> Response:
    """The form with what was typed in it, the sizes by all methods, and what is wrong."""
    language, today = page_language(request), today_of(request, unit)
    context: dict[str, Any] = {}
    read = typed.read(values)
    chosen = service_by_code(session, id_of(unit), values["service"]) if values["service"] else None
    if read.wanted is not None:
        period = read.wanted.period
        known = queries.known_population(session, unit, chosen, period)
        population = read.wanted.population or known
        context["period_name"] = period_name(period, language)
        context["known"] = None if known is None else number(known, language)
        context["days"] = number(period.days, language)
        if population and population > 0:
            context["population"] = number(population, language)
            context["stated"] = population != known
            context["sizes"] = _calculator(population, values, language)
    return page(
        request,
        "staff/plans/form.html",
        section="home",
        status=error.status if error else 200,
        unit=unit,
        plan=plan,
        values=values,
        errors=refusal(request, error, "period") if error else [],
        periods=_periods(values["period"], today, language),
        services=[(one.code, one.name) for one in services_of(session, [id_of(unit)]) if one.active],
        methods=[(one, _method(one, language)) for one in METHODS],
        confidences=[(str(one), f"{one}%") for one in sorted(NORMAL)],
        **{"period_name": None, "known": None, "population": None, "sizes": None, "stated": False, **context},
        days_of_period=context.get("days"),
        stored=span(plan.first_day, plan.last_day, language) if plan else None,
    )


def _calculator(population: int, values: Mapping[str, str], language: str) -> list[dict[str, object]] | None:
    """The sizes side by side; None where the margin or confidence cannot be used."""
    try:
        return sizes_said(
            population, typed.hundredths(values["margin"]), typed.count(values["confidence"]), language
        )
    except ValueError:
        return None


def _method(method: str, language: str) -> str:
    return (
        translate("Cochran", language) if method == "cochran" else method_name(method, None, None, language)
    )


def _periods(chosen: str, today: date, language: str) -> list[tuple[str, str]]:
    """Calendar periods around today, and the one that is chosen, whatever it is."""
    first, last = date(today.year - 1, 1, 1), date(today.year + 1, 12, 31)
    offered: list[Period] = [
        one for by in ("quarter", "semester", "year", "month") for one in sequence(by, first, last)
    ]
    if chosen not in {one.code for one in offered}:
        try:
            offered.insert(0, parse(chosen))
        except PeriodError:
            return [("", translate("Pilih periode", language)), *_named(offered, language)]
    return _named(offered, language)


def _named(periods: list[Period], language: str) -> list[tuple[str, str]]:
    return [(one.code, period_name(one, language)) for one in periods]


def _stored(session: Session, plan: Plan) -> dict[str, str]:
    chosen = session.get(Service, plan.service_id) if plan.service_id is not None else None
    return typed.stored_values(plan, chosen.code if chosen else None)
