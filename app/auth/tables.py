"""API tokens. Only the hash of a token is stored."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from app.auth.roles import ROLES
from app.core.tables import Table, one_of


class ApiToken(Table, table=True):
    """A key for a program: one role on one unit and all below it."""

    __tablename__ = "api_token"
    __table_args__ = (CheckConstraint(one_of("role", ROLES), name="role"),)

    id: int | None = Field(default=None, primary_key=True)
    name: str
    token_hash: str = Field(unique=True)
    role: str
    unit_id: int = Field(foreign_key="unit.id", index=True)
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None
