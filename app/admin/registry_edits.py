"""Changing one unit, service or survey point: by the rules of the registry file, recorded, never by surprise."""

import hashlib
import json
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import TypeAlias

from sqlmodel import Session

from app.admin.registry_form import Refused, errors_of
from app.audit.service import Actor, record
from app.core.toml_source import SourceFaults
from app.units import service
from app.units.changes import AnyChange
from app.units.queries import unit_by_code
from app.units.recording import as_fields
from app.units.registry import PointEntry, Registry, ServiceEntry, UnitEntry
from app.units.registry_stored import stored

Entry: TypeAlias = UnitEntry | ServiceEntry | PointEntry


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
