"""What the tests of the record share: deeds to record, and somebody who owns the database."""

from collections.abc import Callable
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text

from app.audit.queries import End, extent_of
from app.audit.service import Actor, record
from app.core.db import Database
from app.units.queries import unit_by_code

BEGAN = datetime(2026, 10, 1, 1, 2, 3, 456789, tzinfo=UTC)
ANI = Actor("user", 7, "ani")
Fill = Callable[..., int]
Owner = Callable[[], AbstractContextManager[Connection]]
Scalar = Callable[[str], Any]


@pytest.fixture
def fill(city: Database) -> Fill:
    """Records so many deeds in the chain of the city, a transaction each; the number of the chain."""

    def make(count: int, **details: Any) -> int:
        with city.read() as session:
            unit = unit_by_code(session, "kota")
            assert unit is not None
            assert unit.id is not None
        for number in range(count):
            at = BEGAN + timedelta(minutes=number)
            with city.write() as session:
                record(
                    session,
                    ANI,
                    "unit.changed",
                    at,
                    unit_id=unit.id,
                    subject=f"unit:{number}",
                    details={"number": number, **details},
                )
        return unit.id

    return make


@pytest.fixture
def owner(city: Database) -> Owner:
    """Acts as an owner of the database who has taken its refusals away."""

    @contextmanager
    def acting() -> Any:
        with city.write_connection() as connection:
            if city.is_sqlite:
                for verb in ("update", "delete"):
                    connection.execute(text(f"DROP TRIGGER IF EXISTS audit_entry_no_{verb}"))
            else:
                connection.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER USER"))
            yield connection

    return acting


@pytest.fixture
def scalar(city: Database) -> Scalar:
    """One value by SQL."""

    def value(statement: str) -> Any:
        with city.read() as session:
            return session.connection().scalar(text(statement))

    return value


def end_of(database: Database, chain: int) -> End:
    """Where a chain is said to end."""
    with database.read() as session:
        head = extent_of(session, chain).head
    assert head is not None
    return head
