"""Messages: signed, retried, logged, each sent byte by byte as it was first written."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session, select

from app.audit.service import SYSTEM
from app.audit.tables import AuditEntry
from app.auth.keys import Keys
from app.core.db import Database
from app.core.errors import InvalidInput
from app.units.queries import unit_by_code
from app.webhooks import service
from app.webhooks.delivery import deliver
from app.webhooks.events import EVENTS, TARGET_REACHED, written
from app.webhooks.tables import Webhook, WebhookAttempt, WebhookDelivery
from tests.conftest import NOW
from tests.webhooks.conftest import Receiver

KEYS = Keys(b"k" * 32)
# After each failed try, in seconds: what the documentation promises.
WAITS = [10, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400]


class Clock:
    """Time that a test moves on."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """It stands still until it is moved."""
    return Clock()


def made(session: Session, url: str, name: str = "Situs") -> tuple[Webhook, bytes]:
    unit = unit_by_code(session, "ptsp")
    assert unit is not None
    assert unit.id is not None
    return service.create(session, SYSTEM, KEYS, unit.id, name, url, EVENTS, NOW, private=True)


def told(session: Session, webhook: Webhook, key: str = "a") -> bool:
    return service.enqueue(session, webhook, TARGET_REACHED, key, {"unit": {"name": "Dinas «Ümlaut»"}}, NOW)


def send(city: Database, clock: Clock) -> int:
    return deliver(city, KEYS, clock, private=True)


def test_a_message_and_its_signature(city: Database, receiver: Receiver, clock: Clock) -> None:
    with city.write() as session:
        webhook, secret = made(session, receiver.url)
        assert told(session, webhook)
        assert not told(session, webhook), "the same thing is told once"
        assert secret not in webhook.secret
    assert send(city, clock) == 1
    assert send(city, clock) == 0
    [(headers, body)] = receiver.messages
    message = json.loads(body)
    assert message["type"] == "target.reached"
    assert message["timestamp"] == "2026-10-15T03:00:00+00:00"
    assert message["data"] == {"unit": {"name": "Dinas «Ümlaut»"}}
    assert headers["webhook-id"] == message["id"]
    assert headers["webhook-timestamp"] == str(int(datetime(2026, 10, 15, 3, tzinfo=UTC).timestamp()))
    key = base64.b64decode(written(secret).removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"


def test_failures_are_tried_again_later_and_later_and_then_given_up(
    city: Database, receiver: Receiver, clock: Clock
) -> None:
    with city.write() as session:
        webhook, _ = made(session, receiver.url)
        told(session, webhook)
    receiver.planned = [500] * 20
    assert send(city, clock) == 0
    for wait in WAITS:
        clock.now += timedelta(seconds=wait - 1)
        send(city, clock)
        before = len(receiver.messages)
        clock.now += timedelta(seconds=1)
        send(city, clock)
        assert len(receiver.messages) == before + 1
    assert len(receiver.messages) == 10
    assert len({body for _, body in receiver.messages}) == 1
    assert len({headers["webhook-id"] for headers, _ in receiver.messages}) == 1
    clock.now += timedelta(days=30)
    assert send(city, clock) == 0
    assert len(receiver.messages) == 10
    with city.read() as session:
        delivery = session.exec(select(WebhookDelivery)).one()
        assert (delivery.state, delivery.attempts) == ("given_up", 10)
        statuses = session.exec(select(WebhookAttempt.status)).all()
        assert list(statuses) == [500] * 10


def test_a_receiver_that_is_away_gets_all_in_order_when_it_is_back(
    city: Database, receiver: Receiver, clock: Clock
) -> None:
    with city.write() as session:
        webhook, _ = made(session, receiver.url)
        for key in "abc":
            told(session, webhook, key)
    receiver.planned = [503]
    assert send(city, clock) == 0
    assert len(receiver.messages) == 1, "the others wait: they would fail too"
    clock.now += timedelta(seconds=10)
    assert send(city, clock) == 3
    sent = [json.loads(body)["id"] for _, body in receiver.messages[1:]]
    assert sent == sorted(sent)


def test_gone_is_gone(city: Database, receiver: Receiver, clock: Clock) -> None:
    with city.write() as session:
        webhook, _ = made(session, receiver.url)
        told(session, webhook)
    receiver.planned = [410]
    send(city, clock)
    clock.now += timedelta(days=1)
    send(city, clock)
    assert len(receiver.messages) == 1
    with city.read() as session:
        assert session.exec(select(Webhook.paused_reason)).one() == "gone"
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == "webhook.paused")).one()
        assert entry.details == {"name": "Situs", "reason": "gone"}


def test_nobody_at_home_and_private_networks(city: Database, receiver: Receiver, clock: Clock) -> None:
    with city.write() as session:
        nobody, _ = made(session, "http://127.0.0.1:1/")
        told(session, nobody)
        hidden, _ = made(session, receiver.url, "Dalam")
        told(session, hidden)
    deliver(city, KEYS, clock)
    assert receiver.messages == []
    with city.read() as session:
        assert set(session.exec(select(WebhookAttempt.error))) == {"address_refused"}
    clock.now += timedelta(seconds=10)
    assert send(city, clock) == 1
    with city.read() as session:
        assert "connection" in session.exec(select(WebhookAttempt.error)).all()


def test_redirects_are_not_followed(city: Database, receiver: Receiver, clock: Clock) -> None:
    with city.write() as session:
        webhook, _ = made(session, receiver.url)
        told(session, webhook)
    receiver.planned = [302]
    assert send(city, clock) == 0


def test_again(city: Database, receiver: Receiver, clock: Clock) -> None:
    with city.write() as session:
        webhook, _ = made(session, receiver.url)
        told(session, webhook)
    send(city, clock)
    with city.write() as session:
        webhook = session.exec(select(Webhook)).one()
        delivery = session.exec(select(WebhookDelivery)).one()
        service.again(session, SYSTEM, webhook, delivery.id, clock.now)
    assert send(city, clock) == 1
    assert receiver.messages[0][1] == receiver.messages[1][1]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": " "}, "/name"),
        ({"url": "http://127.0.0.1/"}, "/url"),
        ({"url": "gopher://x"}, "/url"),
        ({"events": []}, "/events"),
        ({"events": ["result.published", "lain"]}, "/events"),
    ],
)
def test_what_is_refused(changed: dict[str, object], field: str) -> None:
    given = {"name": "Situs", "url": "https://situs.example/", "events": ["ikm.fell"]} | changed
    with pytest.raises(InvalidInput) as refused:
        service.checked(**given, private=False)
    assert [error.pointer for error in refused.value.errors] == [field]
