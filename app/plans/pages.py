"""`/petugas/unit/{code}/rencana`: the plans of a unit with their quotas, and one plan."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session

from app.auth.guards import ResultReader, now
from app.auth.staff_pages import page, see_other
from app.core.session import ReadSession, WriteSession
from app.plans import counting, queries, service
from app.plans.desk import PLANS, Planner, id_of, sizes_said, today_of, version_of
from app.plans.errors import PlanChanged
from app.plans.typed import Posted
from app.plans.wording import shown
from app.units.queries import services_of
from app.units.scope import covers, unit_in_scope
from app.units.tables import Unit
from app.web.chart_words import number
from app.web.locale import page_language

router = APIRouter(prefix="/petugas/unit/{code}/rencana", include_in_schema=False)

NEWS = ("disimpan", "dihapus", "berubah")


@router.get("")
def get_plans(
    code: str,
    request: Request,
    principal: ResultReader,
    session: ReadSession,
    tahun: Annotated[int | None, Query(ge=2000, le=2100)] = None,
    kabar: str = "",
) -> Response:
    """A year's plans, each with its quota and what will become of it."""
    unit, language = unit_in_scope(session, principal, code), page_language(request)
    today = today_of(request, unit)
    year = tahun or today.year
    names = _names(session, unit)
    found = queries.progress_of(session, queries.plans_of(session, id_of(unit), year), today)
    plans = [shown(one, names.get(one.plan.service_id), language) for one in reversed(found)]
    return page(
        request,
        "staff/plans/list.html",
        section="home",
        unit=unit,
        year=year,
        years=sorted({*queries.years_of(session, id_of(unit)), today.year, year}, reverse=True),
        plans=plans,
        late=[one for one in plans if one.state == "late"],
        edits=covers(session, principal.limited(PLANS), id_of(unit)),
        news=kabar if kabar in NEWS else "",
    )


@router.get("/{plan_id}")
def get_plan(
    code: str,
    plan_id: UUID,
    request: Request,
    principal: ResultReader,
    session: ReadSession,
    kabar: str = "",
) -> Response:
    """One plan: its quota, where and how people answered, how its target came about."""
    unit, language = unit_in_scope(session, principal, code), page_language(request)
    plan = queries.find(session, id_of(unit), plan_id)
    (found,) = queries.progress_of(session, [plan], today_of(request, unit))
    names = _names(session, unit)
    days = counting.window(plan.first_day, plan.last_day)
    below = queries.members_of(session, plan)
    channels = counting.by_channel(session, below, plan.service_id, days, found.answers)
    return page(
        request,
        "staff/plans/plan.html",
        section="home",
        unit=unit,
        plan=shown(found, names.get(plan.service_id), language),
        sizes=sizes_said(plan.population, plan.margin, plan.confidence, language),
        services=_shares(queries.services_named(session, found), found.answers, language),
        channels=None if channels is None else _shares(sorted(channels.items()), found.answers, language),
        edits=covers(session, principal.limited(PLANS), id_of(unit)),
        news=kabar if kabar in NEWS else "",
    )


@router.post("/{plan_id}/hapus")
def post_removal(
    code: str, plan_id: UUID, request: Request, principal: Planner, session: WriteSession, sent: Posted
) -> Response:
    """Remove a plan; answers stay."""
    unit = unit_in_scope(session, principal, code)
    plan = queries.find(session, id_of(unit), plan_id)
    year = plan.first_day.year
    try:
        service.remove(session, principal.actor, id_of(unit), plan_id, version_of(sent), now(request))
    except PlanChanged:
        return see_other(f"/petugas/unit/{code}/rencana/{plan_id}?kabar=berubah")
    return see_other(f"/petugas/unit/{code}/rencana?tahun={year}&kabar=dihapus")


def _shares(rows: list[tuple[str, int]], answers: int, language: str) -> list[dict[str, object]]:
    return [
        {"name": name, "answers": number(count, language), "count": count, "of": max(answers, 1)}
        for name, count in rows
    ]


def _names(session: Session, unit: Unit) -> dict[int | None, str]:
    return {one.id: one.name for one in services_of(session, [id_of(unit)])}
