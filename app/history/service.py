"""Taking history in: what would change, doing it, and taking it out again; every change is recorded."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from sqlmodel import Session

from app.audit.service import Actor, record
from app.core.errors import NotFound
from app.core.ids import uuid7
from app.files.tables import StoredFile
from app.history import queries
from app.history.entries import Entry, FollowUpEntry, ResultEntry
from app.history.errors import HistoryChanged
from app.history.tables import HistoricalFollowUp, HistoricalResult
from app.units.queries import services_of

Action = Literal["added", "changed", "unchanged"]


@dataclass(frozen=True, slots=True)
class Change:
    """What an entry does to the result and to the follow-up plan of its period; None: it says nothing of it."""

    entry: Entry
    result: Action | None
    follow_up: Action | None

    @property
    def actions(self) -> tuple[Action, ...]:
        """What it does, for those parts of which it says something."""
        return tuple(one for one in (self.result, self.follow_up) if one is not None)


def plan(session: Session, unit_id: int, entries: Iterable[Entry]) -> list[Change]:
    """What `apply` would do; stores nothing."""
    services = _services(session, unit_id)
    return [
        Change(
            entry,
            _result_action(session, unit_id, services, entry),
            _follow_up_action(session, unit_id, entry),
        )
        for entry in entries
    ]


def apply(
    session: Session,
    actor: Actor,
    unit_id: int,
    entries: Sequence[Entry],
    now: datetime,
    document: StoredFile | None = None,
) -> list[Change]:
    """Store entries. The same again changes nothing; a period that is there already is replaced.

    `document` is the file that they were copied from.
    """
    services = _services(session, unit_id)
    changes = plan(session, unit_id, entries)
    for change in changes:
        if change.result in ("added", "changed") or (change.result and document):
            _store_result(session, actor, unit_id, services, change.entry, now, document)
        if change.follow_up in ("added", "changed") or (change.follow_up and document):
            _store_follow_up(session, actor, unit_id, change.entry, now, document)
    session.flush()
    added, changed = (
        sum(change.actions.count(action) for change in changes) for action in ("added", "changed")
    )
    if added or changed or document:
        details = {
            "added": added,
            "changed": changed,
            "periods": [one.entry.period for one in changes if set(one.actions) - {"unchanged"}][:50],
            "document": str(document.id) if document else None,
        }
        record(session, actor, "history.imported", now, unit_id=unit_id, details=details)
    return changes


def remove_result(
    session: Session, actor: Actor, unit_id: int, result_id: UUID, version: int | None, now: datetime
) -> None:
    """Take an imported result out. Raises NotFound, HistoryChanged."""
    found = queries.find_result(session, unit_id, result_id)
    if version != found.version:
        raise HistoryChanged
    details = {"period": found.period, "service_id": found.service_id, "ikm": found.ikm, "rule": found.rule}
    session.delete(found)
    session.flush()
    record(
        session,
        actor,
        "history.removed",
        now,
        unit_id=unit_id,
        subject=f"history:{result_id}",
        details=details,
    )


def remove_follow_up(
    session: Session, actor: Actor, unit_id: int, period: str, version: int | None, now: datetime
) -> None:
    """Take an imported follow-up plan out. Raises NotFound, HistoryChanged."""
    found = session.get(HistoricalFollowUp, (unit_id, period))
    if found is None:
        raise NotFound
    if version != found.version:
        raise HistoryChanged
    details = {"period": period, "planned": found.planned, "finished": found.finished}
    session.delete(found)
    session.flush()
    record(
        session,
        actor,
        "history.removed",
        now,
        unit_id=unit_id,
        subject=f"history:{period}",
        details=details,
    )


def packed(entries: Iterable[Entry]) -> str:
    """Entries as a text that `unpacked` reads back: what a preview carries to its use."""
    return json.dumps([asdict(entry) for entry in entries], default=date.isoformat, separators=(",", ":"))


def unpacked(text: str) -> list[Entry]:
    """The entries of `packed`."""
    return [
        Entry(
            **{
                **values,
                "result": ResultEntry(**values["result"]) if values["result"] else None,
                "follow_up": _follow_up(values["follow_up"]) if values["follow_up"] else None,
            }
        )
        for values in json.loads(text)
    ]


def _follow_up(values: dict[str, int | str | None]) -> FollowUpEntry:
    days = {name: date.fromisoformat(str(one)) for name, one in values.items() if isinstance(one, str)}
    return replace(FollowUpEntry(0, 0, None, None), **{**values, **days})  # type: ignore[arg-type]


def _services(session: Session, unit_id: int) -> dict[str | None, int | None]:
    return {None: None, **{one.code: one.id for one in services_of(session, [unit_id])}}


def _result_action(
    session: Session, unit_id: int, services: dict[str | None, int | None], entry: Entry
) -> Action | None:
    if entry.result is None:
        return None
    stored = queries.result_of(session, unit_id, services[entry.service], entry.period)
    if stored is None:
        return "added"
    wanted = {**asdict(entry.result), "source": entry.source}
    return "unchanged" if all(getattr(stored, name) == one for name, one in wanted.items()) else "changed"


def _follow_up_action(session: Session, unit_id: int, entry: Entry) -> Action | None:
    if entry.follow_up is None:
        return None
    stored = session.get(HistoricalFollowUp, (unit_id, entry.period))
    if stored is None:
        return "added"
    wanted = {**asdict(entry.follow_up), "source": entry.source}
    return "unchanged" if all(getattr(stored, name) == one for name, one in wanted.items()) else "changed"


def _store_result(
    session: Session,
    actor: Actor,
    unit_id: int,
    services: dict[str | None, int | None],
    entry: Entry,
    now: datetime,
    document: StoredFile | None,
) -> None:
    if entry.result is None:
        return
    service_id = services[entry.service]
    stored = queries.result_of(session, unit_id, service_id, entry.period)
    row = stored or HistoricalResult(
        unit_id=unit_id,
        id=uuid7(),
        service_id=service_id,
        period=entry.period,
        version=0,
        imported_at=now,
        rule=entry.result.rule,
        ikm=entry.result.ikm,
        source=entry.source,
    )
    for name, value in asdict(entry.result).items():
        setattr(row, name, value)
    _stamp(row, actor, entry, now, document)
    session.add(row)


def _store_follow_up(
    session: Session, actor: Actor, unit_id: int, entry: Entry, now: datetime, document: StoredFile | None
) -> None:
    if entry.follow_up is None:
        return
    row = session.get(HistoricalFollowUp, (unit_id, entry.period)) or HistoricalFollowUp(
        unit_id=unit_id,
        period=entry.period,
        planned=0,
        finished=0,
        source=entry.source,
        imported_at=now,
        version=0,
    )
    for name, value in asdict(entry.follow_up).items():
        setattr(row, name, value)
    _stamp(row, actor, entry, now, document)
    session.add(row)


def _stamp(
    row: HistoricalResult | HistoricalFollowUp,
    actor: Actor,
    entry: Entry,
    now: datetime,
    document: StoredFile | None,
) -> None:
    row.source = entry.source
    row.imported_at = now
    row.imported_by = actor.id if actor.kind == "user" else None
    row.version += 1
    if document is not None:
        row.document_id = document.id
