"""What the tests of the collection path share: submissions, and a look at what is durable."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from app.core.db import Database
from app.instruments.answers import Answer
from app.instruments.catalog import Catalog
from app.responses.directory import Directory, OpenService
from app.responses.submission import Submission, submission

NOW = datetime(2026, 10, 15, 3, 0, tzinfo=UTC)
Submit = Callable[..., Submission]


@pytest.fixture
def service(city: Database, catalog: Catalog) -> OpenService:
    """The service `nib` at its point with the QR."""
    return Directory(city, catalog).find("ptsp-nib-qr").service(None)


@pytest.fixture
def submit(service: OpenService) -> Submit:
    """Makes a submission; fields of `Submission` or of its `Answer` may be set to what no validator allows."""

    def make(
        score: int = 3, id_: UUID | None = None, answer: dict[str, Any] | None = None, **row: Any
    ) -> Submission:
        scores = {question.key: score for question in service.instrument.asked_questions()}
        given = Answer(id=id_ or uuid4(), scores=scores, comment="Baik")
        made = submission(given, service.target, NOW)
        return replace(made, answer=replace(given, **(answer or {})), **row)

    return make


@pytest.fixture
def durable(database_url: str) -> Callable[[], set[UUID]]:
    """Ids of answers as another program sees them that opens the database now."""

    def ids() -> set[UUID]:
        if database_url.startswith("sqlite"):
            connection = sqlite3.connect(database_url.removeprefix("sqlite:///"))
            try:
                return {UUID(str(row[0])) for row in connection.execute("SELECT id FROM response")}
            finally:
                connection.close()
        with psycopg.connect(database_url) as other:
            return {UUID(str(row[0])) for row in other.execute("SELECT id FROM response")}

    return ids


@pytest.fixture
def away(database_url: str) -> Callable[[], AbstractContextManager[None]]:
    """For a while nobody can write: SQLite's lock is taken, PostgreSQL cuts everybody off and lets nobody in."""

    @contextmanager
    def locked() -> Iterator[None]:
        with closing(sqlite3.connect(database_url.removeprefix("sqlite:///"), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")

    @contextmanager
    def cut_off() -> Iterator[None]:
        name = database_url.partition("?")[0].rpartition("/")[2]
        with psycopg.connect(database_url.replace(f"/{name}?", "/postgres?"), autocommit=True) as admin:
            admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
            yield
            admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")

    return locked if database_url.startswith("sqlite") else cut_off


@contextmanager
def failing_commits(database: Database) -> Iterator[None]:
    """No batch can be made durable: SQLite's commit fails, or the one statement that is a batch on PostgreSQL."""

    def fail(*_: object) -> None:
        raise OperationalError("COMMIT", None, Exception("disk is full"))

    direct = database._direct
    engine, moment = (database.engine, "commit") if direct is None else (direct, "before_cursor_execute")
    event.listen(engine, moment, fail)
    yield
    event.remove(engine, moment, fail)


@pytest.fixture
def broken_disk() -> Callable[[Database], AbstractContextManager[None]]:
    """A context in which nothing can be made durable."""
    return failing_commits
