"""Which survey points get a poster, and the names that stand on it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, or_, true
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app.core.errors import NotFound
from app.core.tables import storable
from app.reports.errors import NothingToPrint, TooManyPosters
from app.units.queries import below, government_of, service_by_code
from app.units.tables import Point, Service, Unit

POSTERS_MOST = 500
"""One file: some seconds of a processor and 15 MB at most."""


@dataclass(frozen=True, slots=True)
class Posted:
    """A survey point as its poster names it. `unit` is None where the government itself asks."""

    code: str
    label: str | None
    unit: str | None
    service: str | None


@dataclass(frozen=True, slots=True)
class Posters:
    """What one file holds: at least one and at most POSTERS_MOST points of `government`, by unit and code."""

    government: str
    points: tuple[Posted, ...]


def of_unit(
    session: Session, unit: Unit, service_code: str | None = None, point_code: str | None = None
) -> Posters:
    """Points of `unit` and of all units below it, or only those of one of its services, or only one.

    Raises NotFound for a service that the unit does not have and a point that is not of these units,
    `NothingToPrint` when none is open, `TooManyPosters`.
    """
    wanted = _open().where(col(Point.unit_id).in_(below(session, _id(unit))))
    if service_code is not None:
        wanted = wanted.where(col(Point.service_id) == _service_id(session, unit, service_code))
    if point_code is not None:
        wanted = wanted.where(col(Point.id) == _point_id(session, unit, point_code))
    return _posters(session, unit, wanted)


def of_point(session: Session, point: Point, unit: Unit) -> Posters:
    """One point of `unit`. Raises `NothingToPrint` when it is closed."""
    return _posters(session, unit, _open().where(col(Point.id) == point.id))


def point_by_code(session: Session, code: str) -> Point | None:
    """The survey point with this public code."""
    return session.exec(select(Point).where(Point.code == code)).one_or_none() if storable(code) else None


def _open() -> "Select[Any]":
    """Points at which everybody may answer: those for tickets turn away whoever only scans the code."""
    chosen = aliased(Service)
    served = select(chosen.id).where(chosen.unit_id == Point.unit_id, col(chosen.active)).exists()
    return (
        select(Point, Unit, Service)  # type: ignore[return-value]
        .join(Unit, col(Unit.id) == Point.unit_id)
        .outerjoin(Service, col(Service.id) == Point.service_id)
        .where(col(Point.active), ~col(Point.tickets), col(Unit.active))
        .where(or_(col(Service.active) == true(), col(Point.service_id).is_(None) & served))
        .order_by(col(Unit.code), col(Point.code))
    )


def _posters(session: Session, unit: Unit, wanted: "Select[Any]") -> Posters:
    government = government_of(session, _id(unit))
    found = session.execute(wanted.limit(POSTERS_MOST + 1)).all()
    if not found:
        raise NothingToPrint
    if len(found) > POSTERS_MOST:
        raise TooManyPosters(most=POSTERS_MOST)
    points = tuple(
        Posted(
            point.code,
            point.label,
            None if owner.id == government.id else owner.name,
            None if service is None else service.name,
        )
        for point, owner, service in found
    )
    return Posters(government.name, points)


def _service_id(session: Session, unit: Unit, code: str) -> int | None:
    service = service_by_code(session, _id(unit), code)
    if service is None:
        raise NotFound
    return service.id


def _point_id(session: Session, unit: Unit, code: str) -> int | None:
    point = point_by_code(session, code)
    if point is None or point.unit_id not in below(session, _id(unit)):
        raise NotFound
    return point.id


def _id(unit: Unit) -> int:
    if unit.id is None:
        raise NotFound
    return unit.id
