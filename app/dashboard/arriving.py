"""What every page of results needs first: the unit within reach, the period asked for, the way back up."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Depends, Query, Request
from sqlmodel import Session, col, select

from app.aggregation.period_picker import current
from app.aggregation.results import stored_id
from app.auth.guards import now
from app.auth.principal import Principal
from app.core.errors import FieldError, InvalidInput
from app.core.messages import translate
from app.dashboard import asking
from app.dashboard.asking import Asked, Chooser
from app.ikm.periods import Period
from app.units import queries
from app.units.tables import Unit
from app.web.locale import page_language


@dataclass(frozen=True, slots=True)
class Arrival:
    """A question as it arrived. `faults` are those of the form with days, which the page then shows again."""

    asked: Asked
    chooser: Chooser
    onward: str | None
    faults: tuple[dict[str, str], ...]
    today: date


def _query(
    period: str | None = None,
    compared: Annotated[str | None, Query(alias="with")] = None,
    first: Annotated[str | None, Query(alias="dari", max_length=40)] = None,
    last: Annotated[str | None, Query(alias="sampai", max_length=40)] = None,
    part: Annotated[str | None, Query(alias="bagian", max_length=40)] = None,
) -> asking.Query:
    return asking.Query(period, compared, first, last, part)


AskedQuery = Annotated[asking.Query, Depends(_query)]


def arrive(request: Request, query: asking.Query, unit: Unit) -> Arrival:
    """What is asked; without a period the present quarter where the unit is. Raises InvalidInput."""
    language = page_language(request)
    today = now(request).astimezone(ZoneInfo(unit.timezone)).date()
    asked = asking.asked(query, current("quarter", today))
    onward: str | None = None
    faults: tuple[dict[str, str], ...] = ()
    if query.has_days:
        onward, faults = _days(query, asked, language)
    chooser = asking.chooser(asked, query, today, language)
    return Arrival(asked, chooser, onward, faults, today)


def _days(query: asking.Query, asked: Asked, language: str) -> tuple[str | None, tuple[dict[str, str], ...]]:
    """Where the days of a form lead, or what is wrong with them."""
    try:
        period: Period = asking.days(query)
    except InvalidInput as error:
        return None, tuple(_fault(one, language) for one in error.errors)
    return asked.address(period=period.code), ()


def _fault(error: FieldError, language: str) -> dict[str, str]:
    return {"field": error.pointer[1:], "text": translate(error.message, language, error.params)}


def way_up(session: Session, principal: Principal, unit: Unit) -> list[Unit]:
    """The units above that the caller may see, the highest first."""
    above = queries.ancestors(session, stored_id(unit))[1:]
    reached = [place for place, one in enumerate(above) if one in principal.unit_ids]
    seen = above[: reached[-1] + 1] if reached else []
    units = {one.id: one for one in session.exec(select(Unit).where(col(Unit.id).in_(seen)))}
    return [units[one] for one in reversed(seen)]
