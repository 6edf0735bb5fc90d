"""The start page's content: governments, their units, and where each can be judged."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session, col, select

from app.units.tables import Point, Service, Unit

# A kiosk's point is for its screen. Where several points ask the same, the one made for links is taken.
_CHANNELS = ("link", "qr", "counter")


@dataclass(frozen=True, slots=True)
class Entrance:
    """A form that can be opened; `service` is None where the citizen chooses or there is only one."""

    point: str
    service: str | None


@dataclass(frozen=True, slots=True)
class OpenUnit:
    """A unit with at least one open form."""

    name: str
    entrances: tuple[Entrance, ...]


@dataclass(frozen=True, slots=True)
class Government:
    """A unit that has none above it, with the units that can be judged, by name."""

    name: str
    units: tuple[OpenUnit, ...]


def governments(session: Session) -> tuple[Government, ...]:
    """All active governments by name, those without any open form too."""
    units = {unit.id: unit for unit in session.exec(select(Unit).where(col(Unit.active)))}
    entrances = _entrances(session)
    found: dict[int | None, list[OpenUnit]] = {
        unit.id: [] for unit in units.values() if unit.parent_id is None
    }
    for unit in sorted(units.values(), key=lambda unit: unit.name.casefold()):
        root = _root(unit, units)
        if root is not None and unit.id in entrances:
            found[root].append(OpenUnit(unit.name, entrances[unit.id]))
    return tuple(
        sorted(
            (Government(units[root].name, tuple(members)) for root, members in found.items()),
            key=lambda government: government.name.casefold(),
        )
    )


def _root(unit: Unit, units: dict[int | None, Unit]) -> int | None:
    """The government above a unit; None when something above it is not active, or the tree is damaged."""
    for _ in range(len(units)):
        if unit.parent_id is None:
            return unit.id
        if unit.parent_id not in units:
            return None
        unit = units[unit.parent_id]
    return None


def _entrances(session: Session) -> dict[int | None, tuple[Entrance, ...]]:
    services: dict[int, dict[int | None, str]] = defaultdict(dict)
    for service in session.exec(select(Service).where(col(Service.active))):
        services[service.unit_id][service.id] = service.name
    points: dict[int, list[Point]] = defaultdict(list)
    wanted = select(Point).where(col(Point.active), col(Point.channel).in_(_CHANNELS))
    for point in session.exec(wanted.order_by(col(Point.id))):
        points[point.unit_id].append(point)
    found = {unit_id: _of_unit(points[unit_id], services.get(unit_id, {})) for unit_id in points}
    return {unit_id: entrances for unit_id, entrances in found.items() if entrances}


def _of_unit(points: Iterable[Point], services: dict[int | None, str]) -> tuple[Entrance, ...]:
    """One entrance where a point leaves the choice open, else one for each service that has a point."""
    best: dict[int | None, Point] = {}
    for point in sorted(points, key=lambda point: _CHANNELS.index(point.channel)):
        if services and (point.service_id is None or point.service_id in services):
            best.setdefault(point.service_id, point)
    if None in best:
        return (Entrance(best[None].code, None),)
    if len(best) == 1:
        return tuple(Entrance(point.code, None) for point in best.values())
    named = [Entrance(point.code, services[service_id]) for service_id, point in best.items()]
    return tuple(sorted(named, key=lambda entrance: (entrance.service or "").casefold()))
