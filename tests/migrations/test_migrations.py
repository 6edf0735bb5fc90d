"""The schema by migrations: up, down and up again, equal to the tables, and refusing what they say."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import IntegrityError

from app.core.db import Database
from app.core.migrations import configuration, upgrade
from app.core.places import MIGRATIONS
from app.core.schema_version import is_current, newest_revision
from app.core.settings import Settings
from app.metadata import metadata


@pytest.fixture
def empty(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database with nothing in it."""
    if backend == "sqlite":
        database = Database(Settings(database_url=f"sqlite:///{tmp_path}/empty.db"))
        yield database
        database.dispose()
        return
    url: str = request.getfixturevalue("postgres")
    name = f"e_{uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        database = Database(Settings(database_url=url.replace("/postgres?", f"/{name}?")))
        yield database
        database.dispose()
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def run(database: Database, name: str, *arguments: str) -> None:
    """An alembic command on a connection of ours."""
    config = configuration()
    with database.write_connection() as connection:
        config.attributes["connection"] = connection
        getattr(command, name)(config, *arguments)


def schema(database: Database) -> dict[str, Any]:
    """Tables with columns, indexes, and named constraints."""
    found = inspect(database.engine)
    return {
        table: (
            sorted((one["name"], str(one["type"]), one["nullable"]) for one in found.get_columns(table)),
            sorted((str(one["name"]), tuple(one["column_names"])) for one in found.get_indexes(table)),
            sorted(str(one["name"]) for one in found.get_check_constraints(table)),
            sorted(str(one["name"]) for one in found.get_foreign_keys(table)),
            found.get_pk_constraint(table)["constrained_columns"],
        )
        for table in sorted(found.get_table_names())
    }


def test_up_down_and_up_again(empty: Database) -> None:
    assert not is_current(empty)
    upgrade(empty)
    assert is_current(empty)
    first = schema(empty)
    assert set(first) == {*metadata.tables, "alembic_version"}
    run(empty, "downgrade", "base")
    assert set(schema(empty)) <= {"alembic_version"}
    assert not is_current(empty)
    upgrade(empty)
    assert schema(empty) == first


def test_upgrading_twice_changes_nothing(empty: Database) -> None:
    upgrade(empty)
    first = schema(empty)
    upgrade(empty)
    assert schema(empty) == first


def test_every_revision_goes_down_and_up(empty: Database) -> None:
    revisions = [one.revision for one in ScriptDirectory.from_config(configuration()).walk_revisions()]
    for revision in reversed(revisions):
        run(empty, "upgrade", revision)
        reached = schema(empty)
        run(empty, "downgrade", "-1")
        run(empty, "upgrade", revision)
        assert schema(empty) == reached


def test_the_tables_are_what_the_migrations_made(empty: Database) -> None:
    upgrade(empty)
    run(empty, "check")


def test_check_constraints_of_tables_and_migrations_are_the_same(empty: Database) -> None:
    """Autogenerate does not compare them."""
    upgrade(empty)
    found = inspect(empty.engine)
    for name, table in metadata.tables.items():
        expected = {str(one.name) for one in table.constraints if type(one).__name__ == "CheckConstraint"}
        assert {str(one["name"]) for one in found.get_check_constraints(name)} == expected, name


def test_revisions_are_one_line_and_numbered() -> None:
    scripts = ScriptDirectory.from_config(configuration())
    assert len(scripts.get_heads()) == 1
    assert len(scripts.get_bases()) == 1
    revisions = [one.revision for one in reversed(list(scripts.walk_revisions()))]
    assert revisions == [f"{number:04}" for number in range(1, len(revisions) + 1)]
    files = sorted(path.name for path in (MIGRATIONS / "versions").glob("*.py"))
    assert [name[:5] for name in files] == [f"{revision}_" for revision in revisions]


def test_migrations_never_import_the_application() -> None:
    files = sorted((MIGRATIONS / "versions").glob("*.py"))
    assert files
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            # Types of the ORM layer would need an import that autogenerate does not write.
            assert not [name for name in names if name.partition(".")[0] in ("app", "sqlmodel")], path.name


RESPONSE = {
    "unit_id": 1,
    "id": "0197f3a26f0c7cc19d551a2b3c4d5e6f",
    "service_id": 1,
    "instrument": "skm-2017@1",
    "channel": "qr",
    "answered_at": "2026-09-30 15:30:00+00:00",
    "local_date": "2026-09-30",
    "received_at": "2026-09-30 15:30:00+00:00",
    "scores": '{"waktu": 4}',
    "respondent_mean": 181440,
    "state": "counted",
}


def insert(connection: Connection, table: str, values: dict[str, object]) -> None:
    names = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), values)


def refused(database: Database, table: str, values: dict[str, object]) -> bool:
    try:
        with database.write_connection() as connection:
            insert(connection, table, values)
    except IntegrityError:
        return True
    return False


def found_unit(database: Database) -> None:
    """A unit and a service, by SQL."""
    with database.write_connection() as connection:
        unit = {
            "id": 1,
            "code": "u",
            "name": "U",
            "timezone": "Asia/Jakarta",
            "rollup": "pooled",
            "active": True,
        }
        insert(connection, "unit", unit)
        service = {"id": 1, "unit_id": 1, "code": "s", "name": "S", "instrument": "skm-2017"}
        insert(connection, "service", {**service, "not_asked": "[]", "active": True})


@pytest.fixture
def with_unit(empty: Database) -> Database:
    """A unit and a service at the newest schema."""
    upgrade(empty)
    found_unit(empty)
    return empty


def test_checks_stand_behind_validation(with_unit: Database) -> None:
    """A table class validates nothing: what slips through is refused by the database."""
    digest = {"digest": b"0123456789abcdef"}
    for wrong in (
        {"age": 121},
        {"age": -1},
        {"channel": "x"},
        {"sex": "x"},
        {"sex": ""},
        {"state": "x"},
        {"education": "D1"},
        {"occupation": "GURU"},
        {"seconds": -1},
        {"service_id": 2},
        {"unit_id": 2},
        {"point_id": 2},
        {"scores": None},
        {"answered_at": None},
    ):
        assert refused(with_unit, "response", {**RESPONSE, **digest, **wrong}), wrong
    assert not refused(with_unit, "response", {**RESPONSE, **digest, "age": 120, "sex": "P"})
    # The same id once in a unit.
    assert refused(with_unit, "response", {**RESPONSE, **digest})


def test_checks_of_the_other_tables(with_unit: Database) -> None:
    unit = {"code": "v", "name": "V", "timezone": "Asia/Jakarta", "rollup": "pooled", "active": True}
    for wrong in ({"timezone": "Europe/Paris"}, {"rollup": "median"}, {"code": "u"}, {"parent_id": 99}):
        assert refused(with_unit, "unit", {"id": 2, **unit, **wrong}), wrong
    assert not refused(with_unit, "unit", {"id": 2, **unit, "parent_id": 1})
    service = {"id": 2, "unit_id": 1, "code": "t", "name": "T", "instrument": "skm-2017", "not_asked": "[]"}
    for wrong in ({"population": 0}, {"population": -5}, {"code": "s"}, {"unit_id": 9}):
        assert refused(with_unit, "service", {**service, "active": True, **wrong}), wrong
    assert not refused(with_unit, "service", {**service, "active": True, "population": 1})
    point = {"id": 1, "code": "p", "unit_id": 1, "channel": "qr", "active": True}
    for wrong in ({"channel": "import"}, {"channel": "x"}, {"service_id": 9}):
        assert refused(with_unit, "point", {**point, **wrong}), wrong
    assert not refused(with_unit, "point", {**point, "service_id": 1})
    key = {"unit_id": 1, "service_id": 1, "month": "2026-09-01", "instrument": "skm-2017@1"}
    assert refused(with_unit, "tally", {**key, "question": "waktu", "c2": -1})
    assert not refused(with_unit, "tally", {**key, "question": "waktu", "c2": 1})
    assert refused(with_unit, "total", {**key, "responses": -1, "sum": 0, "squares": 0})
    comment = {"unit_id": 1, "response_id": "0197f3a26f0c7cc19d551a2b3c4d5e70", "text": "x", "state": "new"}
    assert refused(with_unit, "comment", comment)  # of an answer that does not exist
    token = {"id": 1, "name": "t", "token_hash": "h", "unit_id": 1, "created_at": "2026-01-01 00:00:00+00:00"}
    assert refused(with_unit, "api_token", {**token, "role": "root"})
    assert not refused(with_unit, "api_token", {**token, "role": "admin"})
    device = {"id": 1, "unit_id": 1, "point_id": 1, "name": "d", "token_hash": "h"}
    device["created_at"] = "2026-01-01 00:00:00+00:00"
    assert refused(with_unit, "device", {**device, "queue_length": -1})
    assert not refused(with_unit, "device", {**device, "queue_length": 0})


def test_a_sum_of_squares_holds_a_whole_country(with_unit: Database) -> None:
    """The highest square is (4 x 45360)^2; ten million respondents fit 64 bits, not 32."""
    key = {"unit_id": 1, "service_id": 1, "month": "2026-09-01", "instrument": "skm-2017@1"}
    squares = 10_000_000 * (4 * 45360) ** 2
    assert not refused(
        with_unit, "total", {**key, "responses": 10_000_000, "sum": 1_814_400_000_000, "squares": squares}
    )
    with with_unit.read() as session:
        assert session.connection().scalar(text("SELECT squares FROM total")) == squares


def test_totals_learn_of_answers_that_were_excluded_before(empty: Database) -> None:
    """0002 counts them by month; where only excluded ones lie, a total begins."""
    run(empty, "upgrade", "0001")
    found_unit(empty)
    days = (("2026-08-01", 2), ("2026-08-31", 1), ("2026-09-30", 1))
    answers = [(day, "excluded") for day, number in days for _ in range(number)] + [("2026-08-15", "counted")]
    key = {"unit_id": 1, "service_id": 1, "instrument": "skm-2017@1"}
    with empty.write_connection() as connection:
        for day, state in answers:
            own = {"id": uuid4().hex, "local_date": day, "state": state, "digest": b"0123456789abcdef"}
            insert(connection, "response", {**RESPONSE, **own})
        insert(connection, "total", {**key, "month": "2026-07-01", "responses": 4, "sum": 5, "squares": 6})
        insert(connection, "total", {**key, "month": "2026-08-01", "responses": 1, "sum": 2, "squares": 3})
    before = totals(empty, "responses, sum, squares")
    run(empty, "upgrade", "0002")
    assert totals(empty, "responses, sum, squares, excluded") == {
        "2026-07-01": (4, 5, 6, 0),
        "2026-08-01": (1, 2, 3, 3),
        "2026-09-01": (0, 0, 0, 1),
    }
    assert refused(empty, "total", {**key, "month": "2026-10-01", **ZERO, "excluded": -1})
    assert not refused(empty, "total", {**key, "month": "2026-10-01", **ZERO})
    assert totals(empty, "excluded")["2026-10-01"] == (0,)
    run(empty, "downgrade", "0001")
    assert totals(empty, "responses, sum, squares") == before


ZERO = {"responses": 0, "sum": 0, "squares": 0}


def totals(database: Database, columns: str) -> dict[str, tuple[int, ...]]:
    with database.read() as session:
        rows = session.connection().execute(text(f"SELECT month, {columns} FROM total")).all()
    return {str(month): tuple(amounts) for month, *amounts in rows}


def test_the_newest_revision_is_the_one_that_alembic_would_go_to() -> None:
    assert newest_revision() == ScriptDirectory.from_config(configuration()).get_current_head()
