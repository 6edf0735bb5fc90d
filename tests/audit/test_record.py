"""Recording: in the transaction of the deed, in one line after the other, whoever records at the same time."""

import hashlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from app.audit.queries import chains, extent_of
from app.audit.service import SYSTEM, Actor, record
from app.audit.tables import AuditEntry
from app.audit.verify import verify_chain
from app.core.db import Database
from app.units.queries import unit_by_code
from app.units.tables import Unit

NOW = datetime(2026, 10, 15, 3, 0, tzinfo=UTC)
ANI = Actor("user", 7, "ani")


def entries(database: Database) -> list[AuditEntry]:
    with database.read() as session:
        wanted = select(AuditEntry).order_by(col(AuditEntry.chain), col(AuditEntry.sequence))
        found = list(session.exec(wanted))
        session.expunge_all()
    return found


def ids(database: Database) -> dict[str, int]:
    with database.read() as session:
        return {unit.code: unit.id for unit in session.exec(select(Unit)) if unit.id is not None}


def change(database: Database, unit: Unit, then: Callable[[], object] = lambda: None) -> None:
    """A deed with its entry, and whatever happens before the commit."""
    with database.write() as session:
        record(session, ANI, "unit.added", NOW)
        session.add(unit)
        then()


def test_the_hash_is_what_the_documents_say(city: Database) -> None:
    """Written out by hand: anybody's JSON and SHA-256 give the same."""
    with city.write() as session:
        record(
            session, ANI, "grant.added", NOW, subject="user:8", details={"role": "admin", "name": "b\u00e9"}
        )
    with city.write() as session:
        record(session, SYSTEM, "setup.done", NOW)
    first, second = entries(city)
    written = (
        '["' + 64 * "0" + '",0,1,"2026-10-15T03:00:00.000000Z","user",7,"ani","grant.added",null,"user:8",'
        '{"name":"b\u00e9","role":"admin"}]'
    )
    assert first.hash == hashlib.sha256(written.encode("utf-8")).hexdigest()
    written = (
        f'["{first.hash}",0,2,"2026-10-15T03:00:00.000000Z","system",null,"e-SKM","setup.done",'
        "null,null,{}]"
    )
    assert second.hash == hashlib.sha256(written.encode("utf-8")).hexdigest()


def test_a_deed_goes_into_the_chain_of_its_government(city: Database) -> None:
    units = ids(city)
    with city.write() as session:
        session.add(Unit(code="lain", name="Kota Lain"))
    other = ids(city)["lain"]
    for unit_id in (units["timur-cabang"], other, None, units["kota"]):
        with city.write() as session:
            record(session, ANI, "unit.changed", NOW, unit_id=unit_id)
    assert [(one.chain, one.sequence, one.unit_id) for one in entries(city)] == [
        (0, 1, None),
        (units["kota"], 1, units["timur-cabang"]),
        (units["kota"], 2, units["kota"]),
        (other, 1, other),
    ]
    with city.read() as session:
        assert chains(session) == sorted([0, units["kota"], other])


def test_what_is_rolled_back_was_never_recorded(city: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        change(city, Unit(code="x", name="X"), lambda: 1 / 0)
    # Nor is it when the commit itself fails.
    with pytest.raises(DBAPIError):
        change(city, Unit(code="kota", name="twice"))
    assert entries(city) == []
    with city.read() as session:
        assert unit_by_code(session, "x") is None
        assert extent_of(session, 0).head is None
    with city.write() as session:
        record(session, ANI, "unit.changed", NOW, subject="unit:2")
    assert [(one.sequence, one.subject) for one in entries(city)] == [(1, "unit:2")]


def test_a_session_that_was_rolled_back_or_closed_keeps_nothing_for_later(city: Database) -> None:
    with city.write() as outer:
        session = type(outer)(city.engine)
    record(session, ANI, "unit.changed", NOW, subject="unit:1")
    session.rollback()
    record(session, ANI, "unit.changed", NOW, subject="unit:2")
    session.close()
    record(session, ANI, "unit.changed", NOW, subject="unit:3")
    session.commit()
    session.close()
    assert [(one.sequence, one.subject) for one in entries(city)] == [(1, "unit:3")]


def test_a_savepoint_is_no_place_to_record(city: Database) -> None:
    with city.write() as session:
        record(session, ANI, "unit.changed", NOW, subject="unit:1")
        with pytest.raises(RuntimeError), session.begin_nested():
            record(session, ANI, "unit.changed", NOW, subject="unit:2")
        with session.begin_nested():
            session.add(Unit(code="x", name="X"))
    assert [(one.sequence, one.subject) for one in entries(city)] == [(1, "unit:1")]
    assert verify_chain(city, 0).sound


def test_the_deed_and_its_entry_are_durable_together(city: Database) -> None:
    """The database refuses the entry: the deed did not happen."""
    with city.write_connection() as connection:
        connection.execute(text("ALTER TABLE audit_entry RENAME TO elsewhere"))
    with pytest.raises(DBAPIError):
        change(city, Unit(code="x", name="X"))
    with city.read() as session:
        assert unit_by_code(session, "x") is None


@pytest.mark.parametrize("wrong", [{"at": NOW}, {"x": float("nan")}, {"x": {1, 2}}, {"x": b"x"}])
def test_details_are_what_json_knows(city: Database, wrong: dict[str, Any]) -> None:
    with pytest.raises((TypeError, ValueError)), city.write() as session:
        record(session, ANI, "unit.changed", NOW, details=wrong)
    assert entries(city) == []


def test_details_are_hashed_as_they_are_stored(city: Database) -> None:
    with city.write() as session:
        numbers: Any = {2: "b", 10: "a"}  # JSON makes texts of them, and texts sort otherwise
        record(
            session, ANI, "unit.changed", NOW, details={"codes": ("a", "b"), "n": numbers, "t": '\u2028\\"'}
        )
    (entry,) = entries(city)
    assert entry.details == {"codes": ["a", "b"], "n": {"10": "a", "2": "b"}, "t": '\u2028\\"'}
    assert verify_chain(city, 0).sound


def everybody_at_once(number: int, deed: Callable[[int], None]) -> None:
    start = threading.Barrier(number)

    def one(place: int) -> None:
        start.wait()
        deed(place)

    with ThreadPoolExecutor(number) as threads:
        for future in [threads.submit(one, place) for place in range(number)]:
            future.result()


def test_fifty_record_at_once(city: Database) -> None:
    kota = ids(city)["kota"]

    def deed(place: int) -> None:
        with city.write() as session:
            record(session, ANI, "unit.changed", NOW, unit_id=kota, subject=f"unit:{place}")

    everybody_at_once(50, deed)
    found = entries(city)
    assert [one.sequence for one in found] == list(range(1, 51))
    assert {one.subject for one in found} == {f"unit:{place}" for place in range(50)}
    verified = verify_chain(city, kota)
    assert (verified.finding, verified.lines) == (None, 50)


def test_nobody_waits_for_somebody_who_waits(city: Database) -> None:
    """Two chains in either order, and rows that others change after they have recorded: no deadlock."""
    units = ids(city)

    def deed(place: int) -> None:
        first, second = (None, units["kota"]) if place % 2 else (units["kota"], None)
        with city.write() as session:
            record(session, ANI, "unit.changed", NOW, unit_id=first)
            row = session.get_one(Unit, units["timur"], with_for_update=True)
            row.phone = str(place)
            session.flush()
            record(session, ANI, "unit.changed", NOW, unit_id=second)

    for _ in range(5):
        everybody_at_once(8, deed)
    for chain in (0, units["kota"]):
        verified = verify_chain(city, chain)
        assert (verified.finding, verified.lines) == (None, 40)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET actor_name = 'budi'",
        "DELETE FROM audit_entry WHERE sequence = 1",
        "DELETE FROM audit_entry",
    ],
)
def test_the_database_refuses_to_change_the_record(city: Database, statement: str) -> None:
    with city.write() as session:
        record(session, ANI, "unit.changed", NOW)
    with pytest.raises(DBAPIError, match="append-only"), city.write_connection() as connection:
        connection.execute(text(statement))
    assert verify_chain(city, 0).lines == 1


def test_nothing_takes_the_place_of_an_entry(city: Database) -> None:
    """SQLite's REPLACE deletes without asking the triggers of DELETE; PostgreSQL's upsert is an update."""
    columns = "chain, sequence, at, actor_kind, actor_name, action, details, hash"
    same = "SELECT chain, sequence, at, actor_kind, 'budi', action, details, hash FROM audit_entry"
    statements = [f"INSERT OR REPLACE INTO audit_entry ({columns}) {same}"]
    if city.engine.dialect.name == "postgresql":
        updated = "ON CONFLICT (chain, sequence) DO UPDATE SET actor_name = excluded.actor_name"
        statements = [f"INSERT INTO audit_entry ({columns}) {same} {updated}"]
    else:
        statements.append(f"REPLACE INTO audit_entry ({columns}) {same}")
    with city.write() as session:
        record(session, ANI, "unit.changed", NOW)
    for statement in statements:
        with pytest.raises(DBAPIError, match="append-only"), city.write_connection() as connection:
            connection.execute(text(statement))
    with city.write() as session:
        record(session, ANI, "unit.changed", NOW)
    verified = verify_chain(city, 0)
    assert (verified.finding, verified.lines) == (None, 2)
