"""Applying a registry: what contradicts the database, what changes, and storing just that."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sqlmodel import Session, col, select, update

from app.core.toml_source import Fault, SourceFaults
from app.units.changes import Change, Changes, Difference, compare
from app.units.queries import services_of
from app.units.registry import PointEntry, Registry, UnitEntry
from app.units.registry_rows import DEFAULT_ZONE
from app.units.registry_stored import Stored, levels, portions, stored
from app.units.tables import Point, RegistryVersion, Service, Unit


def plan(session: Session, registry: Registry) -> Changes:
    """What `apply` would change. Reads only.

    Raises SourceFaults with the faults of the file and with whatever in it contradicts the database.
    """
    found = stored(session, registry)
    faults = [*registry.faults, *_contradictions(registry, found)]
    if faults:
        raise SourceFaults(faults)
    return Changes(
        tuple(
            compare("unit", unit.code, found.units.get(unit.code), unit)
            for unit in _with_zones(registry.units, found.units)
        ),
        tuple(
            compare(
                "service",
                f"{service.unit}/{service.code}",
                found.services.get((service.unit, service.code)),
                service,
            )
            for service in registry.services
        ),
        tuple(compare("point", point.code, found.points.get(point.code), point) for point in registry.points),
    )


def apply(session: Session, registry: Registry) -> Changes:
    """Store what differs, by code; what the registry does not name stays as it is. Raises as `plan` does."""
    hold(session)
    changes = plan(session, registry)
    unit_ids = _store_units(session, changes.units)
    service_ids = _store_services(session, changes, unit_ids)
    _store_points(session, changes.points, unit_ids, service_ids)
    if changes.any:
        count_change(session)
    return changes


def hold(session: Session) -> int:
    """Let nobody else change the registry until this transaction ends; its version."""
    return session.exec(select(RegistryVersion.version).with_for_update()).one()


def count_change(session: Session) -> None:
    """Tell whoever keeps copies of the registry that it changed. Part of every change of it."""
    session.execute(update(RegistryVersion).values(version=col(RegistryVersion.version) + 1))


def _contradictions(registry: Registry, found: Stored) -> Iterable[Fault]:
    units = {unit.code for unit in registry.units} | found.units.keys()
    services = {(entry.unit, entry.code) for entry in registry.services} | found.services.keys()
    yield from _parent_faults(registry.units, found.units)
    for service in registry.services:
        if service.unit not in units:
            yield service.where.fault(f'unit "{service.unit}" tidak dikenal', "unit")
    for point in registry.points:
        if point.unit not in units:
            yield point.where.fault(f'unit "{point.unit}" tidak dikenal', "unit")
        elif point.service is not None and (point.unit, point.service) not in services:
            message = f'layanan "{point.service}" tidak ada di unit "{point.unit}"'
            yield point.where.fault(message, "service")
        before = found.points.get(point.code)
        if before is not None and before.unit != point.unit:
            yield point.where.fault(
                f'titik survei "{point.code}" sudah ada di unit "{before.unit}" dan kodenya sudah tercetak; '
                "pakai kode baru",
                "code",
            )


def _parent_faults(units: Iterable[UnitEntry], found: Mapping[str, UnitEntry]) -> Iterable[Fault]:
    units = list(units)
    parents = {unit.code: unit.parent for unit in (*found.values(), *units)}
    for unit in units:
        if unit.parent is None:
            continue
        if unit.parent not in parents:
            yield unit.where.fault(f'unit induk "{unit.parent}" tidak dikenal', "parent")
            continue
        path = [unit.code]
        at: str | None = unit.parent
        while at is not None and at not in path:
            path.append(at)
            at = parents.get(at)
        if at == unit.code:
            ring = " → ".join([*path, at])
            yield unit.where.fault(f"unit induk melingkar: {ring}", "parent")


def _with_zones(units: Iterable[UnitEntry], found: Mapping[str, UnitEntry]) -> list[UnitEntry]:
    """The units in the order given, each with its own time zone, its parent's, or at the root the default."""
    units = list(units)
    zones = {code: unit.timezone for code, unit in found.items()}
    for level in levels(units):
        for unit in level:
            inherited = DEFAULT_ZONE if unit.parent is None else zones[unit.parent]
            zones[unit.code] = unit.timezone or inherited
    return [replace(unit, timezone=zones[unit.code]) for unit in units]


def _store_units(session: Session, changes: Iterable[Change[UnitEntry]]) -> dict[str, int]:
    """Insert and update units, parents first; the ids of all units by code."""
    ids = _ids(session)
    by_code = {change.code: change for change in changes if change.action != "unchanged"}
    for level in levels([change.entry for change in by_code.values()]):
        for entry in level:
            change = by_code[entry.code]
            parent_id = None if entry.parent is None else ids[entry.parent]
            if change.action == "added":
                unit = Unit(
                    code=entry.code,
                    name=entry.name,
                    kind=entry.kind,
                    parent_id=parent_id,
                    timezone=entry.timezone or DEFAULT_ZONE,
                    address=entry.address,
                    phone=entry.phone,
                    rollup=entry.rollup,
                    active=entry.active,
                )
                session.add(unit)
            else:
                unit = session.get_one(Unit, ids[entry.code])
                _set(unit, change.differences, {"parent": ("parent_id", parent_id)})
        session.flush()
        ids = _ids(session)
    return ids


def _ids(session: Session) -> dict[str, int]:
    return {
        code: unit_id for code, unit_id in session.exec(select(Unit.code, Unit.id)) if unit_id is not None
    }


def _store_services(
    session: Session, changes: Changes, unit_ids: Mapping[str, int]
) -> dict[tuple[str, str], int | None]:
    """Insert and update services; the ids by unit and code of those that changed points may refer to."""
    changed = [change for change in changes.services if change.action != "unchanged"]
    touched = {change.entry.unit for change in changed}
    touched |= {change.entry.unit for change in changes.points if change.action != "unchanged"}
    services = {
        (service.unit_id, service.code): service
        for some in portions(sorted(unit_ids[unit] for unit in touched))
        for service in services_of(session, some)
    }
    for change in changed:
        entry = change.entry
        unit_id = unit_ids[entry.unit]
        if change.action == "added":
            service = Service(
                unit_id=unit_id,
                code=entry.code,
                name=entry.name,
                instrument=entry.instrument,
                not_asked=list(entry.not_asked),
                population=entry.population,
                active=entry.active,
            )
            session.add(service)
            services[unit_id, entry.code] = service
        else:
            not_asked = list(entry.not_asked)
            _set(services[unit_id, entry.code], change.differences, {"not_asked": ("not_asked", not_asked)})
    session.flush()
    codes = {unit_ids[unit]: unit for unit in touched}
    return {(codes[unit_id], code): service.id for (unit_id, code), service in services.items()}


def _store_points(
    session: Session,
    changes: Iterable[Change[PointEntry]],
    unit_ids: Mapping[str, int],
    service_ids: Mapping[tuple[str, str], int | None],
) -> None:
    by_code = {change.entry.code: change for change in changes if change.action != "unchanged"}
    existing = {
        point.code: point
        for some in portions(sorted(by_code))
        for point in session.exec(select(Point).where(col(Point.code).in_(some)))
    }
    for code, change in by_code.items():
        entry = change.entry
        service_id = None if entry.service is None else service_ids[entry.unit, entry.service]
        if change.action == "added":
            point = Point(
                code=code,
                unit_id=unit_ids[entry.unit],
                service_id=service_id,
                channel=entry.channel,
                label=entry.label,
                tickets=entry.tickets,
                proof_of_work=entry.proof_of_work,
                active=entry.active,
            )
            session.add(point)
        else:
            _set(existing[code], change.differences, {"service": ("service_id", service_id)})
    session.flush()


def _set(
    row: Unit | Service | Point, differences: Iterable[Difference], stored_as: Mapping[str, tuple[str, Any]]
) -> None:
    """Change only what differs; `stored_as` has column and value of fields that the table holds otherwise."""
    for difference in differences:
        column, value = stored_as.get(difference.field, (difference.field, difference.after))
        setattr(row, column, value)
