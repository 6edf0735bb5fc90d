"""Runs migrations on the database of the settings, or on a connection that the caller brings."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection, text
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

from app.core.db import create_database_engine
from app.core.settings import Settings
from app.metadata import metadata

# Two processes that start at once must not migrate at once.
ADVISORY_LOCK = 0x65534B4D


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """SQLModel's own types by the plain types that they are in the database."""
    if kind == "type" and isinstance(item, AutoString):
        return "sa.String()"
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def migrate(connection: Connection) -> None:
    """All pending revisions on `connection`, in one transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_item=render_item,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


brought: Connection | None = context.config.attributes.get("connection")
if brought is not None:
    migrate(brought)
else:
    engine = create_database_engine(Settings())
    with engine.begin() as fresh:
        migrate(fresh)
    engine.dispose()
