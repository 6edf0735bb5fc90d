"""Receivers: made, changed, paused, removed; and messages put into their queue."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import Session, col, select

from app.audit.service import Actor, record
from app.auth.keys import Keys
from app.core import outbound
from app.core.errors import DomainError, FieldError, InvalidInput, NotFound
from app.core.ids import uuid7
from app.core.outbound import AddressRefused
from app.core.tables import storable
from app.webhooks.events import EVENTS, PING, new_secret
from app.webhooks.tables import DELIVERED, WAITING, Webhook, WebhookAttempt, WebhookDelivery

NAME_MAX = 100
WEBHOOKS_MAX = 20
LISTED = 50


class TooManyWebhooks(DomainError):
    """A unit has as many receivers as it may."""

    status = 409
    code = "webhooks_full"
    message = "Unit ini sudah memiliki 20 penerima. Hapus dulu yang tidak dipakai."


class WebhookRemoved(DomainError):
    """Only the log of a removed receiver is left."""

    status = 409
    code = "webhook_removed"
    message = "Penerima ini sudah dihapus; yang tinggal hanya catatan pesannya."


def checked(name: str, url: str, events: Collection[str], *, private: bool) -> tuple[str, str, list[str]]:
    """What is stored of an input. Raises `InvalidInput`."""
    name, url, faults = name.strip(), url.strip(), []
    if not name or len(name) > NAME_MAX or not storable(name):
        message = "Tulis nama penerima, paling panjang 100 huruf."
        faults.append(FieldError("/name", "name_invalid", message))
    try:
        outbound.check(url, private=private)
    except AddressRefused:
        message = "Tulis alamat http:// atau https:// di internet, bukan di jaringan dalam."
        faults.append(FieldError("/url", "address_refused", message))
    if not events or not set(events) <= set(EVENTS):
        message = "Pilih sekurangnya satu kejadian yang dikenal."
        faults.append(FieldError("/events", "events_invalid", message))
    if faults:
        raise InvalidInput(tuple(faults))
    return name, url, [event for event in EVENTS if event in events]


def create(
    session: Session,
    actor: Actor,
    keys: Keys,
    unit_id: int,
    name: str,
    url: str,
    events: Collection[str],
    now: datetime,
    *,
    private: bool = False,
) -> tuple[Webhook, bytes]:
    """A new receiver and its secret, which is shown once. Raises `InvalidInput`, `TooManyWebhooks`."""
    name, url, listed = checked(name, url, events, private=private)
    if len(webhooks_of(session, [unit_id])) >= WEBHOOKS_MAX:
        raise TooManyWebhooks
    secret = new_secret()
    webhook = Webhook(
        unit_id=unit_id,
        name=name,
        url=url,
        events=listed,
        secret=keys.seal(secret, _context(unit_id)),
        created_at=now,
        created_by=actor.id if actor.kind == "user" else None,
    )
    session.add(webhook)
    session.flush()
    _record(session, actor, "webhook.added", webhook, now)
    return webhook, secret


def secret_of(keys: Keys, webhook: Webhook) -> bytes | None:
    """The key that signs its messages; None when the installation's own key was lost."""
    return keys.unseal(webhook.secret, _context(webhook.unit_id))


def change(
    session: Session,
    actor: Actor,
    webhook: Webhook,
    now: datetime,
    *,
    name: str,
    url: str,
    events: Collection[str],
    active: bool,
    private: bool = False,
) -> None:
    """Other values. Switched on again, it gets what still waits, too.

    Raises `InvalidInput`, `WebhookRemoved`.
    """
    _in_use(webhook)
    name, url, listed = checked(name, url, events, private=private)
    reason = None if active else webhook.paused_reason or "person"
    before = (webhook.name, webhook.url, webhook.events, webhook.paused_reason)
    if before == (name, url, listed, reason):
        return
    webhook.name, webhook.url, webhook.events, webhook.paused_reason = name, url, listed, reason
    session.add(webhook)
    _record(session, actor, "webhook.changed", webhook, now)


def remove(session: Session, actor: Actor, webhook: Webhook, now: datetime) -> None:
    """No more messages to it; its log stays. To remove it twice is to remove it once."""
    if webhook.removed_at is None:
        webhook.removed_at = now
        session.add(webhook)
        _record(session, actor, "webhook.removed", webhook, now)


def webhooks_of(session: Session, unit_ids: Collection[int]) -> list[Webhook]:
    """Receivers of these units, oldest first."""
    wanted = select(Webhook).where(col(Webhook.unit_id).in_(unit_ids), col(Webhook.removed_at).is_(None))
    return list(session.exec(wanted.order_by(col(Webhook.id))))


def webhook_of(session: Session, unit_id: int, webhook_id: int) -> Webhook:
    """One receiver of a unit, also a removed one. Raises `NotFound`."""
    webhook = session.get(Webhook, webhook_id)
    if webhook is None or webhook.unit_id != unit_id:
        raise NotFound
    return webhook


def deliveries_of(session: Session, webhook: Webhook, limit: int = LISTED) -> list[WebhookDelivery]:
    """The latest messages to a receiver, newest first."""
    wanted = (
        select(WebhookDelivery)
        .where(WebhookDelivery.unit_id == webhook.unit_id, WebhookDelivery.webhook_id == webhook.id)
        .order_by(col(WebhookDelivery.id).desc())
        .limit(limit)
    )
    return list(session.exec(wanted))


def attempts_of(
    session: Session, deliveries: Collection[WebhookDelivery]
) -> dict[UUID, list[WebhookAttempt]]:
    """All tries of some messages of one unit, first to last."""
    found: dict[UUID, list[WebhookAttempt]] = {one.id: [] for one in deliveries}
    if not deliveries:
        return found
    unit_id = next(iter(deliveries)).unit_id
    wanted = select(WebhookAttempt).where(
        WebhookAttempt.unit_id == unit_id, col(WebhookAttempt.delivery_id).in_(list(found))
    )
    for attempt in session.exec(wanted.order_by(col(WebhookAttempt.number))):
        found[attempt.delivery_id].append(attempt)
    return found


def enqueue(
    session: Session, webhook: Webhook, event: str, key: str, data: Mapping[str, Any], now: datetime
) -> bool:
    """Put a message into the queue, unless this was told already; whether it was put."""
    id_ = uuid7()
    body = {"id": str(id_), "type": event, "timestamp": now.isoformat(), "data": dict(data)}
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    row = insert(WebhookDelivery).values(
        unit_id=webhook.unit_id,
        id=id_,
        webhook_id=webhook.id,
        event=event,
        key=key,
        body=json.dumps(body, ensure_ascii=False, separators=(",", ":")),
        state=WAITING,
        attempts=0,
        created_at=now,
        next_at=now,
    )
    stored = session.execute(row.on_conflict_do_nothing().returning(col(WebhookDelivery.id)))
    return bool(stored.all())


def ping(session: Session, actor: Actor, webhook: Webhook, now: datetime) -> None:
    """A message to try the receiver with. Raises `WebhookRemoved`."""
    _in_use(webhook)
    enqueue(session, webhook, PING, f"ping:{uuid7()}", {"name": webhook.name}, now)
    _record(session, actor, "webhook.tried", webhook, now)


def again(session: Session, actor: Actor, webhook: Webhook, delivery_id: UUID, now: datetime) -> None:
    """Send a message once more, as if it had never been sent. Raises `NotFound`, `WebhookRemoved`."""
    _in_use(webhook)
    delivery = session.get(WebhookDelivery, (webhook.unit_id, delivery_id))
    if delivery is None or delivery.webhook_id != webhook.id:
        raise NotFound
    if delivery.state != WAITING or delivery.next_at > now:
        was = delivery.state
        delivery.state, delivery.next_at, delivery.ended_at = WAITING, now, None
        session.add(delivery)
        details = {"name": webhook.name, "event": delivery.event, "delivered": was == DELIVERED}
        record(
            session,
            actor,
            "webhook.resent",
            now,
            unit_id=webhook.unit_id,
            subject=_subject(webhook),
            details=details,
        )


def _in_use(webhook: Webhook) -> None:
    if webhook.removed_at is not None:
        raise WebhookRemoved


def _record(session: Session, actor: Actor, action: str, webhook: Webhook, now: datetime) -> None:
    # An address may carry a key of the receiver's in its path: the record names the site only.
    site = str(outbound.httpx.URL(webhook.url).host)
    details = {
        "name": webhook.name,
        "site": site,
        "events": webhook.events,
        "active": webhook.paused_reason is None,
    }
    record(session, actor, action, now, unit_id=webhook.unit_id, subject=_subject(webhook), details=details)


def _subject(webhook: Webhook) -> str:
    return f"webhook:{webhook.id}"


def _context(unit_id: int) -> str:
    return f"webhook of unit {unit_id}"
