"""Engines and transactions. The only module that begins and commits."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session

from app.core.private_files import make_file
from app.core.settings import Settings

# Waits for another process's write lock; several processes may share one SQLite file.
BUSY_MILLISECONDS = 10_000
IMPATIENT_MILLISECONDS = 5
# The log is written back by `checkpoint`, beside the commits. A commit does it itself only when the log has grown
# to this many pages of 4 KiB, as after a long read.
CHECKPOINT_PAGES_MAX = 20_000
# PostgreSQL: batches of one process that may be on their way at once.
DIRECT_CONNECTIONS = 2


class Database:
    """An engine with two kinds of transactions: reading, and writing that commits at its end.

    A write on SQLite begins IMMEDIATE, so that it waits for its turn instead of failing half-way.
    """

    def __init__(self, settings: Settings) -> None:
        self.engine = create_database_engine(settings)
        self._reading = self.engine.execution_options(eskm_reads=True)
        self._impatient = self.engine.execution_options(eskm_patience=IMPATIENT_MILLISECONDS)
        # Collection has connections of its own: no page can keep an answer waiting.
        self._direct = None if settings.is_sqlite else _direct_engine(settings)
        # Requests that may hold a connection from dependency to response: fewer than there are connections.
        self.turns = asyncio.Semaphore(settings.threads)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one consistent state and changes nothing."""
        with Session(self._reading) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session whose changes are durable when the block is left, or gone when it raised."""
        with Session(self.engine) as session, session.begin():
            yield session

    @contextmanager
    def write_connection(self, *, patient: bool = True) -> Iterator[Connection]:
        """The same without the ORM, for the collection path.

        Impatient on SQLite, it raises at once when another process is writing: see `is_locked`.
        """
        with (self.engine if patient else self._impatient).begin() as connection:
            yield connection

    @contextmanager
    def statement_connection(self) -> Iterator[Connection]:
        """PostgreSQL only: every statement is a transaction of its own, durable when it returns."""
        if self._direct is None:
            raise TypeError("SQLite writes in transactions")
        with self._direct.connect() as connection:
            yield connection

    def checkpoint(self) -> None:
        """Write SQLite's log back into the file, as far as no reader needs it; holds up nobody."""
        with self.engine.connect() as connection:
            driver = connection.connection.driver_connection
            if driver is not None:
                driver.execute("PRAGMA wal_checkpoint(PASSIVE)").close()

    def dispose(self) -> None:
        """Close all connections."""
        self.engine.dispose()
        if self._direct is not None:
            self._direct.dispose()


def create_database_engine(settings: Settings) -> Engine:
    """An engine for the configured database, durable at every commit on either kind."""
    return _sqlite_engine(settings) if settings.is_sqlite else _postgresql_engine(settings)


def _sqlite_engine(settings: Settings) -> Engine:
    url = make_url(settings.database_url)
    if url.database and not url.database.startswith((":memory:", "file:")):
        # SQLite gives its log the rights of the file. What hinders us here hinders it too, and it says so.
        with suppress(OSError):
            make_file(Path(url.database))
    engine = create_engine(
        url,
        pool_size=settings.threads + 2,
        max_overflow=0,
        hide_parameters=True,  # an error's text must not carry an answer into a log
        connect_args={"timeout": BUSY_MILLISECONDS / 1000, "check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "temp_store=MEMORY",
        f"wal_autocheckpoint={CHECKPOINT_PAGES_MAX}",
        "cache_size=-32000",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    connection.exec_driver_sql(f"PRAGMA busy_timeout={options.get('eskm_patience', BUSY_MILLISECONDS)}")
    connection.exec_driver_sql("BEGIN" if options.get("eskm_reads", False) else "BEGIN IMMEDIATE")


def is_locked(error: DBAPIError) -> bool:
    """Whether SQLite refused because another connection holds the lock."""
    return getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY


def _direct_engine(settings: Settings) -> Engine:
    """No question before a statement and no rollback after it: a batch is one round trip."""
    return _postgresql(
        settings,
        pool_size=DIRECT_CONNECTIONS,
        isolation_level="AUTOCOMMIT",
        pool_reset_on_return=None,
        skip_autocommit_rollback=True,
    )


def _postgresql_engine(settings: Settings) -> Engine:
    engine = _postgresql(settings, pool_size=settings.threads + 2, pool_pre_ping=True)
    event.listen(engine, "begin", _begin_postgresql)
    return engine


def _postgresql(settings: Settings, **options: Any) -> Engine:
    timeout = settings.statement_timeout_seconds * 1000
    return create_engine(
        settings.database_url,
        max_overflow=0,
        hide_parameters=True,  # an error's text must not carry an answer into a log
        **options,
        connect_args={
            "connect_timeout": 5,
            "options": f"-c synchronous_commit=on -c timezone=UTC -c statement_timeout={timeout} "
            "-c lock_timeout=10000 -c idle_in_transaction_session_timeout=60000",
        },
    )


def _begin_postgresql(connection: Connection) -> None:
    if connection.get_execution_options().get("eskm_reads", False):
        # One snapshot for all statements of a result: its parts always fit together.
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
