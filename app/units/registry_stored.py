"""The registry as the database holds it, in the same terms as a file."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from sqlmodel import Session, col, select

from app.units.registry import PointEntry, Registry, ServiceEntry, UnitEntry
from app.units.registry_rows import CODE
from app.units.tables import Point, Service, Unit

# Databases limit the parameters of a statement: 32,766 on SQLite, 65,535 on PostgreSQL.
_AT_ONCE = 1000

_Value = TypeVar("_Value", int, str)


@dataclass(frozen=True, slots=True)
class Stored:
    """Entries by what identifies them: unit code, unit and service code, point code."""

    units: dict[str, UnitEntry]
    services: dict[tuple[str, str], ServiceEntry]
    points: dict[str, PointEntry]

    @property
    def registry(self) -> Registry:
        """The same as a registry, in the order of the keys, units below their parents."""
        return Registry(
            tuple(unit for level in levels(self.units.values()) for unit in level),
            tuple(self.services[key] for key in sorted(self.services)),
            tuple(self.points[key] for key in sorted(self.points)),
        )


def stored(session: Session, named_in: Registry | None = None) -> Stored:
    """All units, with the services and points that a registry may speak of; without one, with all."""
    found = Stored({}, {}, {})
    rows = session.exec(select(Unit)).all()
    codes = {unit.id: unit.code for unit in rows}
    for unit in rows:
        parent = None if unit.parent_id is None else codes[unit.parent_id]
        found.units[unit.code] = _unit(unit, parent)
    _add_services(session, found, codes, named_in)
    _add_points(session, found, codes, named_in)
    return found


def levels(units: Collection[UnitEntry]) -> Iterator[list[UnitEntry]]:
    """The units from above to below: each level's parents are in earlier levels or not among the units.

    Units in a ring are never reached; a ring is a fault that must have been named before.
    """
    pending = {unit.code: unit for unit in units}
    while pending:
        level = [unit for unit in pending.values() if unit.parent not in pending]
        if not level:
            return
        for unit in level:
            del pending[unit.code]
        yield sorted(level, key=lambda unit: unit.code)


def _add_services(
    session: Session, found: Stored, codes: dict[int | None, str], named_in: Registry | None
) -> None:
    every = select(Service)
    if named_in is None:
        services = list(session.exec(every))
    else:
        units = {service.unit for service in named_in.services} | {point.unit for point in named_in.points}
        ids = [unit_id for unit_id, code in codes.items() if unit_id is not None and code in units]
        services = [
            service
            for some in portions(ids)
            for service in session.exec(every.where(col(Service.unit_id).in_(some)))
        ]
    for service in services:
        unit = codes[service.unit_id]
        found.services[unit, service.code] = _service(service, unit)


def _add_points(
    session: Session, found: Stored, codes: dict[int | None, str], named_in: Registry | None
) -> None:
    every = select(Point, col(Service.code)).join(
        Service, col(Point.service_id) == col(Service.id), isouter=True
    )
    if named_in is None:
        points = list(session.exec(every))
    else:
        wanted = sorted(entry.code for entry in named_in.points if CODE.fullmatch(entry.code))
        points = [
            pair for some in portions(wanted) for pair in session.exec(every.where(col(Point.code).in_(some)))
        ]
    for point, service in points:
        found.points[point.code] = _point(point, codes[point.unit_id], service)


def portions(values: list[_Value]) -> Iterator[list[_Value]]:
    """The values in lists short enough for one statement."""
    rest = iter(values)
    while some := list(islice(rest, _AT_ONCE)):
        yield some


def _unit(unit: Unit, parent: str | None) -> UnitEntry:
    return UnitEntry(
        code=unit.code,
        name=unit.name,
        parent=parent,
        timezone=unit.timezone,
        kind=unit.kind,
        address=unit.address,
        phone=unit.phone,
        rollup=unit.rollup,
        active=unit.active,
    )


def _service(service: Service, unit: str) -> ServiceEntry:
    return ServiceEntry(
        unit=unit,
        code=service.code,
        name=service.name,
        instrument=service.instrument,
        not_asked=tuple(sorted(service.not_asked)),
        population=service.population,
        active=service.active,
    )


def _point(point: Point, unit: str, service: str | None) -> PointEntry:
    return PointEntry(
        unit=unit,
        code=point.code,
        channel=point.channel,
        service=service,
        label=point.label,
        tickets=point.tickets,
        proof_of_work=point.proof_of_work,
        active=point.active,
    )
