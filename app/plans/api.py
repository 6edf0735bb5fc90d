"""Plans over HTTP: `GET /api/v1/units/{code}/plans`, one of a period, and `PUT` to make or change it."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session

from app.aggregation.parameters import parse_period
from app.auth.guards import ResultReader, now
from app.core.errors import FieldError, InvalidInput, NotFound
from app.core.problems import declared
from app.core.session import ReadSession, WriteSession
from app.core.tables import storable
from app.plans import queries, service
from app.plans.desk import Planner, id_of, today_of
from app.plans.drafts import draft_of
from app.plans.queries import Progress
from app.plans.schemas import PlanIn, PlanOut, PlansOut, plan_out
from app.responses.schemas import UnitRef
from app.units.queries import below, service_by_code, services_of
from app.units.scope import unit_in_scope
from app.units.tables import Service, Unit

router = APIRouter(prefix="/api/v1/units/{code}/plans", tags=["plans"])
PROBLEMS = declared(401, 403, 404, 422)
ServiceParameter = Annotated[
    str | None, Query(description="code of a service of the unit; the whole unit when omitted")
]


@router.get("", summary="Plans of a unit", responses=PROBLEMS)
def get_plans(
    code: str,
    request: Request,
    principal: ResultReader,
    session: ReadSession,
    year: Annotated[int | None, Query(ge=2000, le=2100, description="this year when omitted")] = None,
) -> PlansOut:
    """Every plan whose window begins in the year, with its quota and what will become of it."""
    unit = unit_in_scope(session, principal, code)
    today = today_of(request, unit)
    asked = year or today.year
    found = queries.progress_of(session, queries.plans_of(session, id_of(unit), asked), today)
    return PlansOut(unit=_ref(unit), year=asked, plans=_out(session, unit, found))


@router.get("/{period}", summary="The plan of a period", responses=PROBLEMS)
def get_plan(
    code: str,
    period: str,
    request: Request,
    principal: ResultReader,
    session: ReadSession,
    service: ServiceParameter = None,
) -> PlanOut:
    """The plan of exactly this period, for a service or the whole unit."""
    unit = unit_in_scope(session, principal, code)
    chosen = _service(session, unit, service)
    code_of_period = parse_period(period).code
    plan = queries.plan_of(session, id_of(unit), chosen.id if chosen else None, code_of_period)
    if plan is None:
        raise NotFound
    return _out(session, unit, queries.progress_of(session, [plan], today_of(request, unit)))[0]


@router.put(
    "/{period}",
    summary="Make or change the plan of a period",
    responses={201: {"model": PlanOut}, **declared(400, 401, 403, 404, 409, 413, 422)},
)
def put_plan(
    code: str,
    period: str,
    wanted: PlanIn,
    request: Request,
    response: Response,
    principal: Planner,
    session: WriteSession,
    service_code: Annotated[str | None, Query(alias="service", description="as in GET")] = None,
) -> PlanOut:
    """201 for a new plan. The same again changes nothing; changing one needs the `version` that was seen (409)."""
    unit = unit_in_scope(session, principal, code)
    chosen = _service(session, unit, service_code)
    asked = parse_period(period)
    if not storable(wanted.note or ""):
        message = "Isian ini memuat karakter yang tidak dapat disimpan."
        raise InvalidInput((FieldError("/note", "unstorable", message),))
    draft = draft_of(wanted.wanted(asked), queries.known_population(session, unit, chosen, asked))
    chosen_id = chosen.id if chosen else None
    plan = queries.plan_of(session, id_of(unit), chosen_id, asked.code)
    if plan is None:
        plan = service.add(session, principal.actor, id_of(unit), chosen_id, draft, now(request))
        response.status_code = 201
    else:
        service.change(session, principal.actor, plan, wanted.version, draft, now(request))
    return _out(session, unit, queries.progress_of(session, [plan], today_of(request, unit)))[0]


def _out(session: Session, unit: Unit, found: list[Progress]) -> list[PlanOut]:
    every = services_of(session, below(session, id_of(unit)))
    # A service of a unit below is called by both codes: two units may use the same one.
    names = {
        one.id: UnitRef(code=one.code, name=one.name)
        for one in every
        if one.id is not None and one.unit_id == unit.id
    }
    units = {one.unit_id for one in every} - {unit.id}
    codes = {id_: session.get_one(Unit, id_).code for id_ in units}
    names |= {
        one.id: UnitRef(code=f"{codes[one.unit_id]}/{one.code}", name=one.name)
        for one in every
        if one.id is not None and one.unit_id in codes
    }
    return [plan_out(one, _ref(unit), names) for one in found]


def _service(session: Session, unit: Unit, code: str | None) -> Service | None:
    if code is None:
        return None
    found = service_by_code(session, id_of(unit), code)
    if found is None:
        raise NotFound
    return found


def _ref(unit: Unit) -> UnitRef:
    return UnitRef(code=unit.code, name=unit.name)
