"""Sends what waits: each message until it was taken, or given up after three days."""

from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from app.audit.service import SYSTEM, record
from app.auth.keys import Keys
from app.core.clock import Clock
from app.core.db import Database
from app.core.errors import DomainError
from app.core.outbound import Limits, Unreachable, call
from app.webhooks import events, service
from app.webhooks.tables import DELIVERED, GIVEN_UP, WAITING, Webhook, WebhookAttempt, WebhookDelivery

AT_ONCE = 100
RECEIVERS_AT_ONCE = 4
SECONDS_EACH = 10.0
GONE = 410
# A receiver that takes nothing for so long is paused; a person switches it on again.
PATIENCE = timedelta(days=5)


@dataclass(frozen=True, slots=True)
class Message:
    """One message on its way, apart from the database."""

    unit_id: int
    id: UUID
    webhook_id: int
    url: str
    secret: bytes | None
    body: bytes


@dataclass(frozen=True, slots=True)
class Tried:
    """What a try came to."""

    message: Message
    at: datetime
    status: int | None
    error: str | None
    milliseconds: int | None

    @property
    def is_taken(self) -> bool:
        """Whether the receiver has it."""
        return self.status is not None and 200 <= self.status < 300


def deliver(database: Database, keys: Keys, clock: Clock, *, private: bool = False) -> int:
    """Send what is due, receivers beside each other, messages of one in order; how many were taken.

    After one failure a receiver's other messages wait for the next round: it would fail them too.
    """
    with database.read() as session:
        due = _due(session, keys, clock())
    by_receiver: dict[int, list[Message]] = defaultdict(list)
    for message in due:
        by_receiver[message.webhook_id].append(message)
    if not by_receiver:
        return 0

    def send_all(messages: Sequence[Message]) -> int:
        taken = 0
        for message in messages:
            tried = _try(message, clock, private=private)
            with database.write() as session:
                _note(session, tried)
            if not tried.is_taken:
                break
            taken += 1
        return taken

    with ThreadPoolExecutor(RECEIVERS_AT_ONCE, thread_name_prefix="webhook") as pool:
        return sum(pool.map(send_all, by_receiver.values()))


def _due(session: Session, keys: Keys, now: datetime) -> list[Message]:
    wanted = (
        select(WebhookDelivery, Webhook)
        .join(Webhook, col(Webhook.id) == col(WebhookDelivery.webhook_id))
        .where(
            WebhookDelivery.state == WAITING,
            WebhookDelivery.next_at <= now,
            col(Webhook.paused_reason).is_(None),
            col(Webhook.removed_at).is_(None),
        )
        .order_by(col(WebhookDelivery.id))
        .limit(AT_ONCE)
    )
    return [
        Message(
            delivery.unit_id,
            delivery.id,
            delivery.webhook_id,
            webhook.url,
            service.secret_of(keys, webhook),
            delivery.body.encode(),
        )
        for delivery, webhook in session.exec(wanted)
    ]


def _try(message: Message, clock: Clock, *, private: bool) -> Tried:
    at = clock()
    if message.secret is None:
        return Tried(message, at, None, "secret", None)
    headers = events.headers_of(message.secret, str(message.id), at, message.body)
    limits = Limits(seconds=SECONDS_EACH, body_bytes=1024, private=private)
    try:
        reply = call("POST", message.url, headers=headers, content=message.body, limits=limits)
    except Unreachable as error:
        return Tried(message, at, None, error.reason, None)
    except DomainError as error:
        return Tried(message, at, None, error.code, None)
    return Tried(message, at, reply.status, None, reply.milliseconds)


def _note(session: Session, tried: Tried) -> None:
    """The log, and what comes next. A message that was settled meanwhile stays settled."""
    message = tried.message
    key = (message.unit_id, message.id)
    delivery = session.get(WebhookDelivery, key, with_for_update=True)
    if delivery is None:
        return
    delivery.attempts += 1
    session.add(
        WebhookAttempt(
            unit_id=message.unit_id,
            delivery_id=message.id,
            number=delivery.attempts,
            at=tried.at,
            status=tried.status,
            error=tried.error,
            milliseconds=tried.milliseconds,
        )
    )
    later = events.next_try(delivery.attempts, tried.at)
    if tried.is_taken:
        delivery.state, delivery.ended_at = DELIVERED, tried.at
    elif later is None:
        delivery.state, delivery.ended_at = GIVEN_UP, tried.at
    else:
        delivery.next_at = later
    session.add(delivery)
    webhook = session.get_one(Webhook, message.webhook_id)
    if tried.status == GONE:
        _pause(session, webhook, "gone", tried.at)
    elif not tried.is_taken and _is_hopeless(session, webhook, tried.at):
        _pause(session, webhook, "failing", tried.at)


def _is_hopeless(session: Session, webhook: Webhook, now: datetime) -> bool:
    """Whether nothing was taken for days, although something was sent all the while."""
    of_receiver = select(WebhookDelivery).where(
        WebhookDelivery.unit_id == webhook.unit_id, WebhookDelivery.webhook_id == webhook.id
    )
    since = now - PATIENCE
    taken = of_receiver.where(WebhookDelivery.state == DELIVERED, col(WebhookDelivery.ended_at) >= since)
    given_up = of_receiver.where(WebhookDelivery.state == GIVEN_UP, WebhookDelivery.created_at <= since)
    return (
        session.exec(taken.limit(1)).first() is None and session.exec(given_up.limit(1)).first() is not None
    )


def _pause(session: Session, webhook: Webhook, reason: str, now: datetime) -> None:
    if webhook.paused_reason is None:
        webhook.paused_reason = reason
        session.add(webhook)
        details = {"name": webhook.name, "reason": reason}
        record(
            session,
            SYSTEM,
            "webhook.paused",
            now,
            unit_id=webhook.unit_id,
            subject=f"webhook:{webhook.id}",
            details=details,
        )
