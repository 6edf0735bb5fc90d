"""A slow reader of an export holds neither a connection nor a snapshot: SQLite's log can be written back."""

import sqlite3
from collections.abc import Callable
from contextlib import closing

import psycopg

from app.core.db import Database
from app.exports import planning, queries, responses_csv
from app.exports.reading import Reading, own_connection, through
from app.ikm.periods import parse
from app.instruments.catalog import Catalog
from app.responses.submission import Submission
from app.responses.writer import write_batch
from app.units.queries import unit_by_code

Submit = Callable[..., Submission]


def store(database: Database, submit: Submit, number: int) -> None:
    with database.write_connection() as connection:
        write_batch(connection, [submit() for _ in range(number)])


def held_by_readers(database_url: str) -> int:
    """Pages of the log that cannot be written back; on PostgreSQL connections inside a transaction."""
    if database_url.startswith("sqlite"):
        with closing(sqlite3.connect(database_url.removeprefix("sqlite:///"), timeout=1)) as other:
            _, in_log, written_back = other.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        return int(in_log) - int(written_back)
    with psycopg.connect(database_url, autocommit=True) as other:
        found = other.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND xact_start IS NOT NULL"
            " AND pid <> pg_backend_pid()"
        ).fetchone()
    return int(found[0]) if found else 0


def test_between_two_pieces_of_an_export_nothing_is_held(
    city: Database, catalog: Catalog, submit: Submit, database_url: str
) -> None:
    store(city, submit, 30)
    with city.read() as session:
        unit = unit_by_code(session, "ptsp")
        assert unit is not None
        covered = queries.extent(session, unit, None, parse("2026"))
        recipe = planning.recipe_of(session, catalog, database_url, covered, "csv", comments=True)
    with own_connection(recipe) as own:
        for opener in (own, through(city)):
            _read_slowly(city, submit, database_url, Reading(recipe, opener, days_rows=10))


def _read_slowly(database: Database, submit: Submit, database_url: str, reading: Reading) -> None:
    rows = 0
    for piece in responses_csv.pieces(reading):
        rows += piece.count(b"\n")
        store(database, submit, 1)  # the log grows while somebody reads slowly
        assert held_by_readers(database_url) == 0
    assert rows > 30


def test_the_look_at_the_log_sees_a_reader(city: Database, submit: Submit, database_url: str) -> None:
    with city.read() as session:
        unit_by_code(session, "ptsp")
        store(city, submit, 5)
        assert held_by_readers(database_url) > 0
