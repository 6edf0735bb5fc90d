"""Finds what receivers want to be told of, and puts it into their queues: each thing once."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from app.core.db import Database
from app.instruments.catalog import Catalog
from app.units import queries
from app.units.tables import Unit
from app.webhooks import service
from app.webhooks.events import POINT_SILENT
from app.webhooks.silence import silent
from app.webhooks.tables import Webhook


@dataclass(frozen=True, slots=True)
class Happening:
    """Something worth telling. `key` is the same whenever the same thing is found again."""

    event: str
    key: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Watch:
    """One receiver and all units that it is told of."""

    webhook: Webhook
    unit_ids: frozenset[int]


Finder = Callable[[Session, Catalog, Watch, datetime], Iterator[Happening]]


def tell_news(database: Database, catalog: Catalog, now: datetime) -> int:
    """What people or answers have just brought about: published results, targets that were reached."""
    return _tell(database, catalog, now, {})


def tell_findings(database: Database, catalog: Catalog, now: datetime) -> int:
    """What only shows when it is looked for: an IKM that fell, points and kiosks that went silent."""
    return _tell(database, catalog, now, {POINT_SILENT: _silences})


def _tell(database: Database, catalog: Catalog, now: datetime, finders: Mapping[str, Finder]) -> int:
    """How many messages were put into queues. Looking takes no lock; only what was found is written."""
    with database.read() as session:
        found = [
            (watch.webhook, happening)
            for watch in _watches(session)
            for event, find in finders.items()
            if event in watch.webhook.events
            for happening in find(session, catalog, watch, now)
        ]
        session.expunge_all()
    if not found:
        return 0
    with database.write() as session:
        return sum(
            service.enqueue(session, webhook, one.event, one.key, one.data, now) for webhook, one in found
        )


def _watches(session: Session) -> Iterator[Watch]:
    wanted = select(Webhook).where(col(Webhook.paused_reason).is_(None), col(Webhook.removed_at).is_(None))
    for webhook in session.exec(wanted.order_by(col(Webhook.id))).all():
        yield Watch(webhook, frozenset(queries.below(session, webhook.unit_id)))


def _silences(session: Session, _catalog: Catalog, watch: Watch, now: datetime) -> Iterator[Happening]:
    units = {unit.id: unit for unit in session.exec(select(Unit).where(col(Unit.id).in_(watch.unit_ids)))}
    for one in silent(session, watch.unit_ids, now):
        unit = units[one.unit_id]
        data = {
            "unit": {"code": unit.code, "name": unit.name},
            "point": one.point,
            "channel": one.channel,
            "last_answer_on" if one.device is None else "last_heard_on": one.last.isoformat(),
            **({"device": one.device} if one.device is not None else {}),
        }
        yield Happening(POINT_SILENT, f"silent:{one.point}:{one.device or ''}:{one.last}", data)
