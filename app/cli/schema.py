"""`eskm migrate`."""

from sqlalchemy.exc import SQLAlchemyError

from app.cli.opening import fail, out, read_settings
from app.core.db import Database
from app.core.migrations import upgrade


def migrate() -> None:
    """Bawa basis data ke skema terbaru."""
    database = Database(read_settings())
    try:
        upgrade(database)
    except (SQLAlchemyError, OSError) as error:
        raise fail(f"Basis data tidak dapat dimutakhirkan: {error}") from None
    finally:
        database.dispose()
    out.print("Basis data pada skema terbaru.")
