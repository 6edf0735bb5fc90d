"""What the record says about a registry that was applied: one entry a government, with all that changed in it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from app.audit.service import Actor, record
from app.units.changes import ACTIONS, KINDS, AnyChange, Changes
from app.units.registry import UnitEntry
from app.units.tables import Unit

NAMED_MOST = 500


def record_applied(session: Session, actor: Actor, changes: Changes, source: str, now: datetime) -> None:
    """Record what applying the registry `source` (the name of a file) has changed; nothing when it was nothing."""
    of_government: dict[int, list[AnyChange]] = defaultdict(list)
    roots = _roots(session)
    for change in changes:
        if change.action != "unchanged":
            code = change.entry.code if isinstance(change.entry, UnitEntry) else change.entry.unit
            of_government[roots[code]].append(change)
    for unit_id, some in sorted(of_government.items()):
        details = {"source": source, **told(some)}
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


def told(changes: Sequence[AnyChange]) -> dict[str, Any]:
    """How much was added and changed, and what: codes, and each changed field before and after.

    Of a long list only the first things are named; the counts are those of all.
    """
    counts: dict[str, dict[str, int]] = {kind: dict.fromkeys(ACTIONS[:2], 0) for kind in KINDS}
    added: dict[str, list[str]] = {kind: [] for kind in KINDS}
    changed: dict[str, dict[str, object]] = {kind: {} for kind in KINDS}
    for number, change in enumerate(changes):
        counts[change.kind][change.action] += 1
        if number < NAMED_MOST and change.action == "added":
            added[change.kind].append(change.code)
        elif number < NAMED_MOST:
            changed[change.kind][change.code] = dict(as_fields(change))
    return {"counts": counts, "added": added, "changed": changed}


def as_fields(change: AnyChange) -> Mapping[str, object]:
    """What a record says of a change: a new thing's values, of a changed one each field before and after."""
    if change.action == "added":
        entry = change.entry
        return {one.name: _plain(getattr(entry, one.name)) for one in fields(entry) if one.compare}
    return {
        one.field: {"before": _plain(one.before), "after": _plain(one.after)} for one in change.differences
    }


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
