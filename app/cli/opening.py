"""What commands need before they begin: settings, a database of the right schema, the questionnaires."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from pydantic import ValidationError
from rich.console import Console
from sqlalchemy.exc import SQLAlchemyError

from app.core import logs
from app.core.db import Database
from app.core.schema_version import is_current
from app.core.settings import Settings
from app.core.toml_source import SourceFaults
from app.instruments.catalog import Catalog
from app.instruments.service import InstrumentChanged
from app.responses.catalog import registered_catalog

# Into a file or a pipe nothing needs to be folded to a terminal's width.
out = Console(width=None if sys.stdout.isatty() else 120)
err = Console(stderr=True)


def fail(message: str) -> typer.Exit:
    """Say what is wrong and how to go on; the caller raises what this returns."""
    err.print(message, style="red", markup=False, highlight=False, soft_wrap=True)
    return typer.Exit(1)


def read_settings() -> Settings:
    """The settings of the environment; a clear message for one that cannot be used."""
    try:
        return Settings()
    except ValidationError as error:
        faults = "; ".join(f"ESKM_{str(fault['loc'][0]).upper()}: {fault['msg']}" for fault in error.errors())
        raise fail(f"Pengaturan tidak dapat dipakai: {faults}") from None


@contextmanager
def opened() -> Iterator[Database]:
    """The database of the settings, at the newest schema."""
    settings = read_settings()
    logs.configure(settings.log_level)  # to standard error: standard output belongs to the command's answer
    database = Database(settings)
    try:
        if not is_current(database):
            raise fail("Basis data belum pada skema terbaru. Jalankan dulu: eskm migrate")
        yield database
    except SQLAlchemyError as error:
        raise fail(f"Basis data tidak dapat dipakai: {type(error).__name__}: {error}") from None
    finally:
        database.dispose()


def questionnaires(database: Database) -> Catalog:
    """The questionnaires in use, or a clear message about what is wrong with their files."""
    try:
        return registered_catalog(database, read_settings().surveys_dir)
    except SourceFaults as faults:
        raise fail("\n".join(str(fault) for fault in faults.faults)) from None
    except InstrumentChanged as error:
        raise fail(str(error)) from None
