"""Puts what receivers want to be told of into their queues: each thing once."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from sqlmodel import Session, col, select

from app.core.db import Database
from app.instruments.catalog import Catalog
from app.units import queries
from app.units.tables import Unit
from app.webhooks import findings, service
from app.webhooks.events import IKM_FELL, POINT_SILENT, RESULT_PUBLISHED, TARGET_REACHED
from app.webhooks.findings import Happening, Watch
from app.webhooks.tables import Webhook

Finder = Callable[[Session, Catalog, Watch, datetime], Iterator[Happening]]
NEWS: Mapping[str, Finder] = {RESULT_PUBLISHED: findings.published, TARGET_REACHED: findings.reached}
LOOKED_FOR: Mapping[str, Finder] = {IKM_FELL: findings.fell, POINT_SILENT: findings.silences}


def tell_news(database: Database, catalog: Catalog, now: datetime) -> int:
    """What people or answers have just brought about: published results, targets that were reached."""
    return _tell(database, catalog, now, NEWS)


def tell_findings(database: Database, catalog: Catalog, now: datetime) -> int:
    """What only shows when it is looked for: an IKM that fell, points and kiosks that went silent."""
    return _tell(database, catalog, now, LOOKED_FOR)


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
        ids = queries.below(session, webhook.unit_id)
        units = session.exec(select(Unit).where(col(Unit.id).in_(ids)).order_by(Unit.code))
        yield Watch(webhook, {unit.id: unit for unit in units if unit.id is not None})
