"""What the record says about a registry that was applied: one entry a government, with all that changed in it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from sqlmodel import Session, select

from app.audit.service import Actor, record
from app.units.changes import Change, Changes
from app.units.registry import PointEntry, ServiceEntry, UnitEntry
from app.units.tables import Unit

AnyChange: TypeAlias = Change[UnitEntry] | Change[ServiceEntry] | Change[PointEntry]
_PLURALS = {"unit": "units", "service": "services", "point": "points"}


def record_applied(session: Session, actor: Actor, changes: Changes, source: str, now: datetime) -> None:
    """Record what applying the registry `source` (the name of a file) has changed; nothing when it was nothing."""
    of_government: dict[int, list[AnyChange]] = defaultdict(list)
    roots = _roots(session)
    for change in changes:
        if change.action != "unchanged":
            code = change.entry.code if isinstance(change.entry, UnitEntry) else change.entry.unit
            of_government[roots[code]].append(change)
    for unit_id, some in sorted(of_government.items()):
        details = {"source": source, "added": _added(some), "changed": _changed(some)}
        record(session, actor, "registry.applied", now, unit_id=unit_id, details=details)


def _roots(session: Session) -> Mapping[str, int]:
    """The government above every unit, by the unit's code."""
    units = {
        id_: (code, parent) for id_, code, parent in session.exec(select(Unit.id, Unit.code, Unit.parent_id))
    }
    found: dict[str, int] = {}
    for start, (code, _) in units.items():
        at, seen = start, {start}
        while (parent := units[at][1]) is not None and parent not in seen:
            at = parent
            seen.add(at)
        if at is not None:
            found[code] = at
    return found


def _added(changes: Iterable[AnyChange]) -> dict[str, list[str]]:
    """What is new, by its code."""
    found: dict[str, list[str]] = {plural: [] for plural in _PLURALS.values()}
    for change in changes:
        if change.action == "added":
            found[_PLURALS[change.kind]].append(change.code)
    return found


def _changed(changes: Iterable[AnyChange]) -> dict[str, dict[str, Any]]:
    """What is otherwise than before: by its code, each field before and after."""
    found: dict[str, dict[str, Any]] = {plural: {} for plural in _PLURALS.values()}
    for change in changes:
        if change.action == "changed":
            found[_PLURALS[change.kind]][change.code] = {
                one.field: {"before": one.before, "after": one.after} for one in change.differences
            }
    return found
