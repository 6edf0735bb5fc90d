"""`/petugas/tindak-lanjut`: all units with what is late, and the list of one unit with the clock of its reports."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session, col, select

from app.aggregation.period_picker import period_name
from app.auth.forms import Shown
from app.auth.guards import ResultReader, now
from app.auth.principal import Principal
from app.auth.staff_pages import page
from app.core.guards import public
from app.core.session import ReadSession, database
from app.files.delivery import file_response
from app.followups import queries, view, wording
from app.followups.desk import SECTION, Desk, desk
from app.followups.service import today_of
from app.followups.tables import STATES
from app.ikm.periods import parse
from app.units.queries import unit_by_code
from app.units.scope import units_in_scope
from app.units.tables import Unit
from app.web.locale import page_language

router = APIRouter(include_in_schema=False)


@router.get("/petugas/tindak-lanjut")
def get_overview(request: Request, principal: ResultReader, session: ReadSession) -> Response:
    """Every unit in scope: what is open, late, done, and the next deadline. The late ones first."""
    wanted = select(Unit).where(col(Unit.id).in_(units_in_scope(session, principal)))
    units = session.exec(wanted.order_by(Unit.name)).all()
    language = page_language(request)
    today = today_of(units[0], now(request)) if units else now(request).date()
    found = queries.summaries(session, [one.id for one in units if one.id is not None], today)
    rows = [
        (one, summary, wording.day(summary.next_deadline.until, language) if summary.next_deadline else None)
        for one in units
        if (summary := found.get(one.id or 0)) is not None
    ]
    rows.sort(key=lambda row: (-row[1].late, -row[1].open, row[0].name))
    return page(request, "staff/followups/overview.html", section=SECTION, rows=rows)


@router.get("/petugas/unit/{code}/tindak-lanjut")
def get_list(
    code: str,
    request: Request,
    principal: ResultReader,
    session: ReadSession,
    state: Annotated[str, Query(max_length=20)] = "",
    period: Annotated[str, Query(max_length=40)] = "",
    element: Annotated[str, Query(max_length=63)] = "",
) -> Response:
    """The follow-ups of a unit: late ones first, then open ones, then what is over."""
    found = desk(request, session, principal, code)
    asked = {"state": state, "period": period, "element": element}
    return show_list(request, session, found, asked)


@router.get("/bukti/{code}/{file_id}")
@public
def get_public_file(code: str, file_id: UUID, request: Request) -> Response:
    """A file that the unit shows to everybody, with a follow-up that it has published."""
    with database(request).read() as session:
        unit = unit_by_code(session, code)
        row = queries.public_file(session, (unit.id if unit else None) or 0, file_id)
        session.expunge(row)
    return file_response(request, row)


def show_list(
    request: Request,
    session: Session,
    found: Desk,
    asked: Mapping[str, str],
    *,
    status: int = 200,
    errors: Shown | None = None,
    values: Mapping[str, str] | None = None,
) -> Response:
    """The list; `errors` and `values` belong to the form about an issued report."""
    everything = queries.of_unit(session, [found.unit_id])
    chosen = [
        row
        for row in everything
        if (not asked["state"] or row.state == asked["state"])
        and (not asked["period"] or row.period == asked["period"])
        and (not asked["element"] or row.element == asked["element"])
    ]
    files = queries.evidence(session, [found.unit_id], [row.id for row in chosen])
    lines = [
        view.line(one, found.names, len(files.get(one.row.id, ())), found.language)
        for one in queries.clocked(session, chosen, found.today)
    ]
    running, over = view.open_first(lines)
    plans = queries.progress_of(session, found.unit_id)
    return page(
        request,
        "staff/followups/list.html",
        section=SECTION,
        status=status,
        desk=found,
        asked=asked,
        running=running,
        over=over,
        total=len(everything),
        summary=queries.summary(session, found.unit_id, found.today),
        errors=errors or [],
        several=_sees_several(session, request),
        **_clocks(plans, asked["period"], found, values),
        **_choices(everything, plans, found),
    )


def _clocks(
    plans: Sequence[queries.PeriodProgress], period: str, found: Desk, values: Mapping[str, str] | None
) -> dict[str, Any]:
    """The clock of the period asked for, else of every plan that is not finished, else of the newest one."""
    wanted = [one for one in plans if one.period == period] if period else _unfinished(plans)
    clocks = [view.clock(one, found.today, found.language) for one in wanted]
    silent = [one.period for one in wanted if one.issued_on is None]
    proposed = {"period": silent[0] if silent else wanted[0].period if wanted else "", "issued_on": ""}
    return {
        "clocks": [one for one in clocks if one is not None],
        "silent": [period_name(parse(one), found.language) for one in silent],
        "report": dict(values or {**proposed, "number": ""}),
    }


def _unfinished(plans: Sequence[queries.PeriodProgress]) -> list[queries.PeriodProgress]:
    newest = sorted(plans, key=lambda one: parse(one.period).end, reverse=True)
    return [one for one in newest if not all(one.finished)] or newest[:1]


def _choices(rows: Sequence[Any], plans: Sequence[Any], found: Desk) -> dict[str, Any]:
    """What one can filter by: only what is there."""
    periods = sorted({one.period for one in plans}, key=lambda one: parse(one).end, reverse=True)
    elements = {row.element for row in rows if row.element}
    return {
        "states": [(key, wording.state_name(key, found.language)) for key in STATES],
        "periods": [(code, period_name(parse(code), found.language)) for code in periods],
        "elements": [(key, name) for key, name in found.names.items() if key in elements],
    }


def _sees_several(session: Session, request: Request) -> bool:
    principal: Principal = request.state.principal
    return len(units_in_scope(session, principal)) > 1
