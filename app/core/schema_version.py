"""Whether the database is at the newest schema, told from the names of the migrations: alembic only changes it."""

from functools import cache

from sqlalchemy import Connection, inspect, text

from app.core.db import Database
from app.core.places import MIGRATIONS


@cache
def newest_revision() -> str:
    """The revision that this version of the program needs: files are named after theirs, and form one line."""
    return max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def current_revision(connection: Connection) -> str | None:
    """The revision that the database is at; None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def is_current(database: Database) -> bool:
    """Whether the database is at the newest revision that this version of the program knows."""
    with database.read() as session:
        return current_revision(session.connection()) == newest_revision()
