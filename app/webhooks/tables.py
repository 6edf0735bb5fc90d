"""Receivers of what happened, and the log of what was sent to them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Column, Index, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field

from app.core.tables import Table, one_of

WAITING, DELIVERED, GIVEN_UP = "waiting", "delivered", "given_up"
STATES = (WAITING, DELIVERED, GIVEN_UP)


class Webhook(Table, table=True):
    """An address that is told of some events in a unit and all below it. Its secret signs what is sent.

    `paused_reason` is `person`, `gone` (the receiver said 410) or `failing`; None while it is active.
    """

    __tablename__ = "webhook"

    id: int | None = Field(default=None, primary_key=True)
    unit_id: int = Field(foreign_key="unit.id", index=True)
    name: str
    url: str = Field(sa_column=Column(Text, nullable=False))
    events: list[str] = Field(sa_column=Column(JSON, nullable=False))
    secret: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    created_at: datetime
    created_by: int | None = Field(default=None, foreign_key="user_account.id")
    paused_reason: str | None = None
    removed_at: datetime | None = None


class WebhookDelivery(Table, table=True):
    """One message to one receiver. `key` names what happened: the same thing is never told twice.

    `body` is sent byte by byte as it stands, at every try.
    """

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        UniqueConstraint("unit_id", "webhook_id", "key"),
        CheckConstraint(one_of("state", STATES), name="state"),
        Index("ix_webhook_delivery_state_next_at", "state", "next_at"),
    )

    unit_id: int = Field(primary_key=True, foreign_key="unit.id")
    id: UUID = Field(primary_key=True)
    webhook_id: int = Field(foreign_key="webhook.id")
    event: str
    key: str
    body: str = Field(sa_column=Column(Text, nullable=False))
    state: str = WAITING
    attempts: int = 0
    created_at: datetime
    next_at: datetime
    ended_at: datetime | None = None


class WebhookAttempt(Table, table=True):
    """One try: the status that came back, or why none did."""

    __tablename__ = "webhook_attempt"

    unit_id: int = Field(primary_key=True, foreign_key="unit.id")
    delivery_id: UUID = Field(primary_key=True)
    number: int = Field(primary_key=True)
    at: datetime
    status: int | None = None
    error: str | None = None
    milliseconds: int | None = None
