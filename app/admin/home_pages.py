"""`/petugas`: where one lands after signing in. What one holds, the figures of one's units, one's points."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated
from zoneinfo import ZoneInfo

from babel.numbers import format_decimal
from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session, col, select

from app.admin import overview as figures
from app.admin.overview import Overview
from app.aggregation.figures import Figure, figure
from app.aggregation.parameters import parse_period
from app.aggregation.period_picker import current, kind_of, picker
from app.auth.guards import ADMINISTERS, AnyStaff, now
from app.auth.principal import Principal
from app.auth.role_names import role_name
from app.auth.roles import READS_RESULTS, Role
from app.auth.staff_pages import page
from app.auth.tables import User
from app.core.errors import FieldError, InvalidInput
from app.core.session import ReadSession
from app.ikm.periods import Period
from app.units.tables import Unit
from app.web.locale import page_language

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Row:
    """A ranked figure; its rank restarts with every questionnaire."""

    rank: int
    figure: Figure


@router.get("/petugas")
def get_home(
    request: Request,
    principal: AnyStaff,
    session: ReadSession,
    period: str | None = None,
    number: Annotated[int, Query(alias="page", ge=1, le=10_000)] = 1,
) -> Response:
    """The page. Periods are whole months, quarters, semesters or years: never a count over single answers."""
    language = page_language(request)
    held = _held(session, principal, language)
    today = now(request).astimezone(_zone(held)).date()
    chosen = _period(period, today)
    reads = principal.limited(READS_RESULTS)
    found = figures.overview(session, request.app.state.catalog, reads, chosen) if reads.holdings else None
    operates = principal.limited({Role.OPERATOR})
    return page(
        request,
        "staff/home.html",
        section="home",
        name=_name(session, principal),
        held=[(role_name(role, language), unit.name) for role, unit in held],
        administers=not principal.roles.isdisjoint(ADMINISTERS),
        picker=picker(chosen, today, language),
        running=chosen.contains(today),
        results=_results(found, number, language) if found else None,
        entrances=figures.entrances(session, operates) if operates.holdings else None,
        decimal=_decimal(language),
    )


def _held(session: Session, principal: Principal, language: str) -> list[tuple[Role, Unit]]:
    units = session.exec(select(Unit).where(col(Unit.id).in_(principal.unit_ids)))
    names = {unit.id: unit for unit in units}
    held = [(one.role, names[one.unit_id]) for one in principal.holdings if one.unit_id in names]
    return sorted(held, key=lambda one: (one[1].name.casefold(), role_name(one[0], language)))


def _zone(held: list[tuple[Role, Unit]]) -> ZoneInfo:
    return ZoneInfo(held[0][1].timezone if held else "Asia/Jakarta")


def _name(session: Session, principal: Principal) -> str:
    user = session.get(User, principal.user_id) if principal.user_id is not None else None
    return user.full_name if user else principal.actor.name


def _period(code: str | None, today: date) -> Period:
    if not code:
        return current("quarter", today)
    period = parse_period(code)
    if kind_of(period) is None:
        message = "Di halaman ini periodenya bulan, triwulan, semester, atau tahun penuh."
        raise InvalidInput((FieldError("/period", "period_invalid", message),))
    return period


def _results(found: Overview, number: int, language: str) -> dict[str, object]:
    """What the template shows: a page of the ranking, and all that frames it."""
    start = (number - 1) * figures.PAGE
    shown = [Row(one.rank, figure(one.result, language)) for one in found.units]
    own = [figure(one, language) for one in found.own if one.index is not None]
    rows = shown[start : start + figures.PAGE]
    answered = {row.figure.unit.id for row in shown}
    return {
        "top": found.top,
        "own": own,
        "rows": rows,
        "instruments": len({row.figure.instrument for row in shown}),
        "scale": figures.scale_of([row.figure for row in shown]),
        "silent": found.silent,
        "answered": len(answered),
        "units": len(answered) + len(found.silent),
        "page": number,
        "last": start + figures.PAGE >= len(shown),
        "has_answers": found.has_answers,
    }


def _decimal(language: str) -> Callable[..., str]:
    """Numbers as the reader writes them: `91,48`, `3.544`."""

    def written(value: Decimal | int, places: int = 0) -> str:
        pattern = "#,##0" + ("." + "0" * places if places else "")
        return format_decimal(value, pattern, locale=language)

    return written
