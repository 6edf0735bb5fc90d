"""Kiosk devices."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from app.core.tables import Table


class Device(Table, table=True):
    """A kiosk bound to one point; what it last told about itself."""

    __tablename__ = "device"
    __table_args__ = (CheckConstraint("queue_length >= 0", name="queue_length"),)

    id: int | None = Field(default=None, primary_key=True)
    unit_id: int = Field(foreign_key="unit.id", index=True)
    point_id: int = Field(foreign_key="point.id")
    name: str
    token_hash: str = Field(unique=True)
    created_at: datetime
    revoked_at: datetime | None = None
    last_seen_at: datetime | None = None
    queue_length: int | None = None
    oldest_waiting_at: datetime | None = None
    version: str | None = None
