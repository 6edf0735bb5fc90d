"""The database schema: brought to the newest revision by alembic."""

from alembic import command
from alembic.config import Config

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
