"""The database schema: brought to the newest revision by alembic."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from app.core.db import Database
from app.core.places import MIGRATIONS


def configuration() -> Config:
    """Alembic's configuration without a file, so that it works from a wheel too."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config


def upgrade(database: Database, revision: str = "head") -> None:
    """The database at `revision`, all pending revisions in one transaction."""
    config = configuration()
    with database.write_connection() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def is_current(database: Database) -> bool:
    """Whether the database is at the newest revision that this version of the program knows."""
    with database.read() as session:
        return current_revision(session.connection()) == newest_revision()


def newest_revision() -> str | None:
    """The revision that this version of the program needs."""
    return ScriptDirectory.from_config(configuration()).get_current_head()


def current_revision(connection: Connection) -> str | None:
    """The revision that the database is at; None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()
