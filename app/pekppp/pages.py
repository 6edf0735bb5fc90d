"""`/petugas/pekppp`: what each unit has for its evaluation; and a unit's levels, reasons and what is missing."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import col, func, select

from app.auth.guards import ResultReader, now
from app.auth.principal import Principal
from app.auth.roles import EXPORTS_RAW
from app.auth.staff_pages import page
from app.core.places import SURVEYS
from app.core.session import ReadSession
from app.followups import queries as followups
from app.followups.guards import EDITS
from app.followups.service import today_of
from app.instruments.model import in_language
from app.pekppp import wording
from app.pekppp.api import FIRST_YEAR, LAST_YEAR
from app.pekppp.f01 import f01
from app.pekppp.facts import facts_of
from app.pekppp.instrument import Instrument, instrument_for
from app.pekppp.scoring import Role, Standing, standing
from app.publication.media_words import kinds
from app.units.scope import covers, unit_in_scope, units_in_scope
from app.units.tables import Unit
from app.web.chart_words import number
from app.web.locale import page_language

router = APIRouter(include_in_schema=False)
SECTION = "pekppp"
UNITS_PER_PAGE = 40
Year = Annotated[int | None, Query(ge=FIRST_YEAR, le=LAST_YEAR)]


@router.get("/petugas/pekppp")
def get_overview(
    request: Request,
    principal: ResultReader,
    session: ReadSession,
    year: Year = None,
    halaman: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    """Every unit in scope with its levels, what is missing and what is late; some units a page, by name."""
    scope = (col(Unit.id).in_(units_in_scope(session, principal)), col(Unit.active))
    total = session.exec(select(func.count()).select_from(Unit).where(*scope)).one()
    wanted = select(Unit).where(*scope).order_by(Unit.name, col(Unit.id))
    units = session.exec(wanted.offset((halaman - 1) * UNITS_PER_PAGE).limit(UNITS_PER_PAGE)).all()
    today = today_of(units[0], now(request)) if units else now(request).date()
    asked = year or today.year
    instrument = instrument_for(SURVEYS, asked)
    indicators = instrument.indicators if instrument else ()
    late = followups.summaries(session, [one.id for one in units if one.id is not None], today)
    rows = []
    for unit in units:
        proposals = facts_of(session, request.app.state.catalog, unit, asked).proposals
        rows.append(
            {
                "code": unit.code,
                "name": unit.name,
                "levels": [_level(one.role, proposals[one.number].level, asked, today) for one in indicators],
                "missing": sum(len(one.missing) for one in proposals.values()),
                "late": late[unit.id or 0].late,
            }
        )
    return page(
        request,
        "staff/pekppp/overview.html",
        section=SECTION,
        rows=rows,
        year=asked,
        running=asked >= today.year,
        first=FIRST_YEAR,
        last=min(today.year + 1, LAST_YEAR),
        **_described(instrument, page_language(request)),
        before=halaman - 1,
        after=halaman + 1 if halaman * UNITS_PER_PAGE < total else None,
    )


@router.get("/petugas/unit/{code}/pekppp")
def get_unit(
    code: str, request: Request, principal: ResultReader, session: ReadSession, year: Year = None
) -> Response:
    """The levels of a unit, on what they rest, and where to add what is missing."""
    unit = unit_in_scope(session, principal, code)
    language = page_language(request)
    asked = year or today_of(unit, now(request)).year
    form = f01(facts_of(session, request.app.state.catalog, unit, asked), now(request), language)
    whole: Principal = request.state.principal
    return page(
        request,
        "staff/pekppp/unit.html",
        section=SECTION,
        unit=unit,
        form=form,
        kinds=kinds(language),
        weights={one.indicator: number(Decimal(f"{one.weight:g}"), language) for one in form.proposals},
        ikm=_printed(form.fields.last.ikm, language) if form.fields.last else None,
        realised=_printed(form.fields.realised, language),
        year=asked,
        first=FIRST_YEAR,
        last=min(today_of(unit, now(request)).year + 1, LAST_YEAR),
        official=_official(asked),
        edits=covers(session, whole.limited(EDITS), unit.id or 0),
        exports=covers(session, whole.limited(EXPORTS_RAW), unit.id or 0),
    )


def _described(instrument: Instrument | None, language: str) -> dict[str, Any]:
    """The year's instrument in words; without one a note that says so."""
    if instrument is None:
        return {"instrument": None, "indicators": (), "note": wording.unknown_instrument(language)}
    names = [{"code": one.code, "name": in_language(one.name, language)} for one in instrument.indicators]
    return {
        "instrument": instrument,
        "indicators": names,
        "basis": in_language(instrument.basis, language),
        "remark": in_language(instrument.remark, language) if instrument.remark else None,
    }


def _official(year: int) -> dict[int, str]:
    """The names of the indicators as the regulation has them, by number."""
    found = instrument_for(SURVEYS, year)
    return {one.number: one.name["id"] for one in found.indicators} if found else {}


def _level(role: Role, level: int, year: int, today: date) -> str:
    """A level for the overview: with an asterisk while it may rise, a dash where it cannot be told."""
    known = standing(role, level, year, today)
    return "–" if known is Standing.NOT_YET else f"{level}*" if known is Standing.SO_FAR else str(level)


def _printed(value: float | None, language: str) -> str | None:
    """A number that was printed with two decimals, as the reader writes it."""
    return None if value is None else number(Decimal(str(value)).quantize(Decimal("0.01")), language)
