"""Who sees which unit: a role on a unit is valid for that unit and all below it."""

from sqlmodel import Session

from app.auth.principal import Principal
from app.core.errors import NotFound
from app.units import queries
from app.units.tables import Unit


def unit_in_scope(session: Session, principal: Principal, code: str) -> Unit:
    """The unit with `code`; outside the caller's units it is `NotFound`, as if it did not exist."""
    unit = queries.unit_by_code(session, code)
    if unit is None or unit.id is None or not covers(session, principal, unit.id):
        raise NotFound
    return unit


def covers(session: Session, principal: Principal, unit_id: int) -> bool:
    """Whether the caller holds something on this unit or on one above it."""
    return not principal.unit_ids.isdisjoint(queries.ancestors(session, unit_id))


def units_in_scope(session: Session, principal: Principal) -> list[int]:
    """Ids of all units that the caller may see."""
    return queries.below(session, *principal.unit_ids)
