"""Changing one unit, service or survey point: by the rules of the registry file, recorded, never by surprise."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import TypeAlias

from sqlmodel import Session, select

from app.admin.registry_form import Refused, errors_of
from app.audit.service import Actor, record
from app.core.toml_source import SourceFaults
from app.units import service
from app.units.changes import Change
from app.units.queries import unit_by_code
from app.units.registry import PointEntry, Registry, ServiceEntry, UnitEntry
from app.units.registry_stored import stored
from app.units.tables import RegistryVersion

Entry: TypeAlias = UnitEntry | ServiceEntry | PointEntry
AnyChange: TypeAlias = Change[UnitEntry] | Change[ServiceEntry] | Change[PointEntry]


def hold(session: Session) -> int:
    """Let nobody else change the registry until this transaction ends; its version. The first thing of an edit."""
    return session.exec(select(RegistryVersion.version).with_for_update()).one()


@dataclass(frozen=True, slots=True)
class Found:
    """What is stored of one thing, and its parent where it is a unit."""

    entry: Entry
    parent: UnitEntry | None = None

    @property
    def mark(self) -> str:
        """Changes with any field of the entry: a form carries it to notice that somebody else was faster."""
        values = {one.name: getattr(self.entry, one.name) for one in fields(self.entry) if one.compare}
        return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


def stored_unit(session: Session, code: str) -> Found:
    """The unit as the registry has it. KeyError for an unknown one."""
    units = stored(session, Registry()).units
    entry = units[code]
    return Found(entry, None if entry.parent is None else units[entry.parent])


def stored_service(session: Session, unit: str, code: str) -> Found:
    """The service as the registry has it. KeyError for an unknown one."""
    wanted = Registry(services=(ServiceEntry(unit, code, ""),))
    return Found(stored(session, wanted).services[unit, code])


def stored_point(session: Session, code: str) -> Found:
    """The survey point as the registry has it. KeyError for an unknown one."""
    return Found(stored(session, Registry(points=(PointEntry("", code, ""),))).points[code])


def save(session: Session, actor: Actor, registry: Registry, now: datetime) -> AnyChange:
    """Store the one entry of `registry` and record it. Raises Refused, having stored nothing."""
    try:
        changes = service.apply(session, registry)
    except SourceFaults as error:
        raise Refused(errors_of(error.faults)) from error
    change = next(iter(changes))
    if change.action != "unchanged":
        _record(session, actor, f"{change.kind}.{change.action}", change, now)
    return change


def set_active(session: Session, actor: Actor, found: Found, now: datetime, *, active: bool) -> None:
    """Close something or open it again; nothing is ever deleted."""
    entry = found.entry
    match entry:
        case UnitEntry():
            registry = Registry(units=(replace(entry, active=active),))
        case ServiceEntry():
            registry = Registry(services=(replace(entry, active=active),))
        case PointEntry():
            registry = Registry(points=(replace(entry, active=active),))
    change = next(iter(service.apply(session, registry)))
    if change.action != "unchanged":
        _record(session, actor, f"{change.kind}.{'activated' if active else 'deactivated'}", change, now)


def as_fields(change: AnyChange) -> Mapping[str, object]:
    """What a record says of a change: a new thing's values, of a changed one each field before and after."""
    if change.action == "added":
        entry = change.entry
        return {one.name: _plain(getattr(entry, one.name)) for one in fields(entry) if one.compare}
    return {
        one.field: {"before": _plain(one.before), "after": _plain(one.after)} for one in change.differences
    }


def _record(session: Session, actor: Actor, action: str, change: AnyChange, now: datetime) -> None:
    code = change.entry.code if isinstance(change.entry, UnitEntry) else change.entry.unit
    unit = unit_by_code(session, code)
    record(
        session,
        actor,
        action,
        now,
        unit_id=None if unit is None else unit.id,
        subject=f"{change.kind}:{change.code}",
        details={"fields": dict(as_fields(change))},
    )


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
