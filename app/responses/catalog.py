"""The questionnaires in use: those in the files, and those that were answered and whose file has gone."""

from pathlib import Path

from sqlmodel import Session, select

from app.core.db import Database
from app.instruments import loader, service
from app.instruments.catalog import Catalog
from app.responses.tables import Total


def answered_instruments(session: Session) -> set[str]:
    """Refs of all instruments that have answers."""
    return set(session.exec(select(Total.instrument).distinct()).all())


def registered_catalog(database: Database, directory: Path) -> Catalog:
    """The catalogue of `directory`, registered in the database.

    Raises `SourceFaults` for faulty files and `InstrumentChanged` when an answered version was edited.
    """
    loaded = loader.load(directory)
    with database.write() as session:
        service.register(session, loaded, answered_instruments(session))
        stored = service.load_stored(session)
    return Catalog(instruments={**stored, **loaded.instruments}, categories=loaded.categories)
