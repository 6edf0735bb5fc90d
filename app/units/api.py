"""Units over HTTP, for staff."""

from fastapi import APIRouter
from sqlmodel import Session, col, select

from app.auth.guards import AnyStaff
from app.core.problems import declared
from app.core.session import ReadSession
from app.units import queries
from app.units.schemas import PointOut, ServiceOut, UnitDetail, UnitOut, UnitsOut
from app.units.scope import covers, unit_in_scope, units_in_scope
from app.units.tables import Point, Unit

router = APIRouter(prefix="/api/v1/units", tags=["units"])


@router.get("", summary="Units in scope", responses=declared(401, 403))
def get_units(principal: AnyStaff, session: ReadSession) -> UnitsOut:
    """The caller's unit and all units below it."""
    ids = units_in_scope(session, principal)
    units = session.exec(select(Unit).where(col(Unit.id).in_(ids)).order_by(Unit.code)).all()
    codes = {unit.id: unit.code for unit in units}
    return UnitsOut(
        units=[
            UnitOut(**members(unit, codes.get(unit.parent_id) if unit.parent_id else None)) for unit in units
        ]
    )


@router.get("/{code}", summary="A unit with its services and points", responses=declared(401, 403, 404, 422))
def get_unit(code: str, principal: AnyStaff, session: ReadSession) -> UnitDetail:
    """One unit in scope."""
    unit = unit_in_scope(session, principal, code)
    # The parent of a unit that the caller holds may lie outside what the caller may see.
    is_seen = unit.parent_id is not None and covers(session, principal, unit.parent_id)
    parent = session.get(Unit, unit.parent_id) if is_seen else None
    services = queries.services_of(session, [unit.id] if unit.id else [])
    codes = {service.id: service.code for service in services}
    return UnitDetail(
        **members(unit, parent.code if parent else None),
        address=unit.address,
        phone=unit.phone,
        services=[ServiceOut.model_validate(service, from_attributes=True) for service in services],
        points=[
            PointOut(
                code=point.code,
                service=codes.get(point.service_id),
                channel=point.channel,
                label=point.label,
                active=point.active,
            )
            for point in _points(session, unit)
        ],
    )


def _points(session: Session, unit: Unit) -> list[Point]:
    return list(session.exec(select(Point).where(Point.unit_id == unit.id).order_by(Point.code)))


def members(unit: Unit, parent: str | None) -> dict[str, object]:
    """The members that a list and a detail share."""
    return {
        "code": unit.code,
        "name": unit.name,
        "kind": unit.kind,
        "parent": parent,
        "timezone": unit.timezone,
        "rollup": unit.rollup,
        "active": unit.active,
    }
