"""Receivers and messages as the API shows them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.webhooks.events import EVENTS
from app.webhooks.tables import Webhook, WebhookAttempt, WebhookDelivery

_EXAMPLE: dict[str, Any] = {
    "name": "Situs kota",
    "url": "https://situs.example/eskm",
    "events": list(EVENTS[:2]),
}


class WebhookIn(BaseModel):
    """A receiver as it is asked for. `events` are some of those in the example."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    name: str
    url: Annotated[str, Field(description="https://… on the internet; private networks only where allowed")]
    events: Annotated[list[str], Field(description=", ".join(EVENTS))]
    active: bool = True


class WebhookOut(BaseModel):
    """A receiver. `paused` is null while it is active, otherwise `person`, `gone` or `failing`."""

    id: int
    name: str
    url: str
    events: list[str]
    paused: str | None
    created_at: datetime


class WebhookMade(WebhookOut):
    """A new receiver with its secret, which is shown here and nowhere else."""

    secret: str


class WebhooksOut(BaseModel):
    """All receivers of a unit."""

    webhooks: list[WebhookOut]


class AttemptOut(BaseModel):
    """One try: the HTTP status that came back, or the reason why none did."""

    at: datetime
    status: int | None
    error: str | None
    milliseconds: int | None


class DeliveryOut(BaseModel):
    """One message and all its tries."""

    id: UUID
    event: str
    state: str
    created_at: datetime
    next_at: datetime | None
    attempts: list[AttemptOut]


class DeliveriesOut(BaseModel):
    """The latest messages to a receiver, newest first."""

    deliveries: list[DeliveryOut]


def webhook_out(webhook: Webhook) -> WebhookOut:
    """One receiver."""
    return WebhookOut(**_members(webhook))


def webhook_made(webhook: Webhook, secret: str) -> WebhookMade:
    """A new one."""
    return WebhookMade(**_members(webhook), secret=secret)


def delivery_out(delivery: WebhookDelivery, attempts: Sequence[WebhookAttempt]) -> DeliveryOut:
    """One message."""
    tries = [
        AttemptOut(at=one.at, status=one.status, error=one.error, milliseconds=one.milliseconds)
        for one in attempts
    ]
    waiting = delivery.next_at if delivery.ended_at is None else None
    return DeliveryOut(
        id=delivery.id,
        event=delivery.event,
        state=delivery.state,
        created_at=delivery.created_at,
        next_at=waiting,
        attempts=tries,
    )


def _members(webhook: Webhook) -> dict[str, object]:
    return {
        "id": webhook.id,
        "name": webhook.name,
        "url": webhook.url,
        "events": webhook.events,
        "paused": webhook.paused_reason,
        "created_at": webhook.created_at,
    }
