"""Whatever an owner of the database does to a chain is found, and named by the number of the line."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from app.audit.chain import GENESIS, entry_hash
from app.audit.queries import End
from app.audit.tables import AuditEntry
from app.audit.verify import Fault, Finding, hash_after, verify_chain
from app.core.db import Database
from tests.audit.conftest import ANI, BEGAN, Fill, Owner, end_of

CHANGES = {
    "at": "'2026-10-01 01:04:03.456790'",
    "actor_kind": "'token'",
    "actor_id": "8",
    "actor_name": "'budi'",
    "action": "'unit.added'",
    "unit_id": "NULL",
    "subject": "'unit:99'",
    "details": """'{"number": 3}'""",
    "hash": f"'{64 * 'a'}'",
}


def test_an_untouched_chain_is_sound(city: Database, fill: Fill) -> None:
    chain = fill(5)
    verified = verify_chain(city, chain)
    assert (verified.finding, verified.first, verified.lines) == (None, 1, 5)
    assert verified.end == end_of(city, chain)
    assert verified.end.sequence == 5


def test_a_chain_without_lines_is_sound(city: Database) -> None:
    verified = verify_chain(city, 0)
    assert (verified.finding, verified.lines, verified.end) == (None, 0, End(0, GENESIS))


@pytest.mark.parametrize("column", CHANGES)
def test_a_changed_line(city: Database, fill: Fill, owner: Owner, column: str) -> None:
    chain = fill(5)
    with owner() as connection:
        connection.execute(text(f"UPDATE audit_entry SET {column} = {CHANGES[column]} WHERE sequence = 3"))
    verified = verify_chain(city, chain)
    assert (verified.finding, verified.lines) == (Finding(Fault.ALTERED, 3), 2)


@pytest.mark.parametrize("column", ["at", "details"])
def test_a_line_that_cannot_even_be_read(city: Database, fill: Fill, owner: Owner, column: str) -> None:
    chain = fill(5)
    nonsense = {"at": "'infinity'", "details": "'{\"number\": 1e999}'"}
    if city.is_sqlite:  # which stores anything anywhere
        nonsense = {"at": "'yesterday'", "details": "'{'"}
    with owner() as connection:
        connection.execute(text(f"UPDATE audit_entry SET {column} = {nonsense[column]} WHERE sequence = 4"))
    verified = verify_chain(city, chain)
    assert (verified.finding, verified.lines) == (Finding(Fault.ALTERED, 4), 3)


def test_a_line_changed_with_a_new_hash_breaks_the_next(city: Database, fill: Fill, owner: Owner) -> None:
    chain = fill(5)
    with owner() as connection:
        rehash(connection, chain, 3, subject="unit:99")
    assert verify_chain(city, chain).finding == Finding(Fault.ALTERED, 4)


def test_the_last_line_changed_with_a_new_hash_is_not_the_end(
    city: Database, fill: Fill, owner: Owner
) -> None:
    chain = fill(5)
    with owner() as connection:
        rehash(connection, chain, 5, subject="unit:99")
    assert verify_chain(city, chain).finding == Finding(Fault.END, 5)


@pytest.mark.parametrize(("gone", "shown"), [(1, 1), (3, 3), (5, 5)])
def test_a_removed_line(city: Database, fill: Fill, owner: Owner, gone: int, shown: int) -> None:
    chain = fill(5)
    with owner() as connection:
        connection.execute(text(f"DELETE FROM audit_entry WHERE sequence = {gone}"))
    assert verify_chain(city, chain).finding == Finding(Fault.MISSING, shown)


def test_a_removed_line_whose_gap_is_closed(city: Database, fill: Fill, owner: Owner) -> None:
    chain = fill(5)
    with owner() as connection:
        connection.execute(text("DELETE FROM audit_entry WHERE sequence = 3"))
        for number in (4, 5):
            connection.execute(
                text(f"UPDATE audit_entry SET sequence = {number - 1} WHERE sequence = {number}")
            )
        connection.execute(text("UPDATE audit_head SET sequence = 4"))
    assert verify_chain(city, chain).finding == Finding(Fault.ALTERED, 3)


def test_an_inserted_line(city: Database, fill: Fill, owner: Owner) -> None:
    chain = fill(5)
    with owner() as connection:
        make_room(connection, 3)
        insert(connection, chain, 3, previous=read_hash(connection, 2))
    # It fits the line before it, and the line that stood there does not fit it.
    assert verify_chain(city, chain).finding == Finding(Fault.ALTERED, 4)


def test_an_inserted_line_with_an_invented_hash(city: Database, fill: Fill, owner: Owner) -> None:
    chain = fill(5)
    with owner() as connection:
        make_room(connection, 3)
        insert(connection, chain, 3, previous=64 * "b")
    assert verify_chain(city, chain).finding == Finding(Fault.ALTERED, 3)


def test_a_line_appended_behind_the_end(city: Database, fill: Fill, owner: Owner) -> None:
    chain = fill(5)
    with owner() as connection:
        insert(connection, chain, 6, previous=read_hash(connection, 5))
    assert verify_chain(city, chain).finding == Finding(Fault.BEYOND, 6)


@pytest.mark.parametrize(("one", "other"), [(2, 4), (3, 4)])
def test_two_lines_that_changed_places(
    city: Database, fill: Fill, owner: Owner, one: int, other: int
) -> None:
    chain = fill(5)
    with owner() as connection:
        for before, after in ((one, 99), (other, one), (99, other)):
            connection.execute(text(f"UPDATE audit_entry SET sequence = {after} WHERE sequence = {before}"))
    assert verify_chain(city, chain).finding == Finding(Fault.ALTERED, one)


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ("UPDATE audit_head SET hash = 'a'", Finding(Fault.END, 5)),
        ("UPDATE audit_head SET sequence = 4", Finding(Fault.BEYOND, 5)),
        ("UPDATE audit_head SET sequence = 6", Finding(Fault.MISSING, 6)),
        ("DELETE FROM audit_head", Finding(Fault.NO_END, 5)),
        ("DELETE FROM audit_entry", Finding(Fault.MISSING, 1)),
    ],
)
def test_an_end_that_does_not_match(
    city: Database, fill: Fill, owner: Owner, change: str, finding: Finding
) -> None:
    chain = fill(5)
    with owner() as connection:
        connection.execute(text(change))
    assert verify_chain(city, chain).finding == finding


def test_a_chain_made_anew_is_found_against_an_end_that_was_written_down(
    city: Database, fill: Fill, owner: Owner
) -> None:
    chain = fill(4)
    written_down = end_of(city, chain)
    fill(2)
    assert verify_chain(city, chain, expected=[written_down]).passed == {written_down}
    with owner() as connection:  # cut after the third line, and carried on from there
        connection.execute(text("DELETE FROM audit_entry WHERE sequence > 3"))
        connection.execute(
            text("UPDATE audit_head SET sequence = 3, hash = :hash"), {"hash": read_hash(connection, 3)}
        )
    fill(3, instead=True)
    verified = verify_chain(city, chain, expected=[written_down])
    assert (verified.finding, verified.lines) == (None, 6)
    assert verified.passed == frozenset()


def test_a_chain_that_was_removed_with_its_end_leaves_no_trace_of_its_own(
    city: Database, fill: Fill, owner: Owner
) -> None:
    chain = fill(4)
    written_down = end_of(city, chain)
    with owner() as connection:
        connection.execute(text("DELETE FROM audit_entry"))
        connection.execute(text("DELETE FROM audit_head"))
    verified = verify_chain(city, chain, expected=[written_down])
    assert (verified.sound, verified.passed) == (True, frozenset())


def test_the_newest_lines_alone(city: Database, fill: Fill, owner: Owner) -> None:
    chain = fill(5)
    verified = verify_chain(city, chain, newest=2)
    assert (verified.finding, verified.first, verified.lines) == (None, 4, 2)
    assert verified.end == end_of(city, chain)
    with owner() as connection:
        connection.execute(text("UPDATE audit_entry SET subject = 'unit:99' WHERE sequence = 2"))
    assert verify_chain(city, chain, newest=2).sound
    assert verify_chain(city, chain, newest=4).finding == Finding(Fault.ALTERED, 2)
    assert verify_chain(city, chain, newest=9).finding == Finding(Fault.ALTERED, 2)


def test_chains_longer_than_a_portion(city: Database, fill: Fill, owner: Owner) -> None:
    """Lines are read 500 at a time."""
    chain = fill(1)
    with owner() as connection:
        previous = read_hash(connection, 1)
        for sequence in range(2, 1203):
            previous = insert(connection, chain, sequence, previous=previous)
        connection.execute(text("UPDATE audit_head SET sequence = 1202, hash = :hash"), {"hash": previous})
    verified = verify_chain(city, chain)
    assert (verified.finding, verified.lines) == (None, 1202)
    with owner() as connection:
        connection.execute(text("UPDATE audit_entry SET actor_id = 9 WHERE sequence = 1001"))
    assert verify_chain(city, chain).finding == Finding(Fault.ALTERED, 1001)


LEAVES = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20)
DETAILS = st.dictionaries(st.text(max_size=10), LEAVES | st.lists(LEAVES, max_size=3), max_size=4)
LINES = st.fixed_dictionaries(
    {
        "chain": st.integers(0, 9),
        "sequence": st.integers(1, 9),
        "at": st.datetimes(timezones=st.just(BEGAN.tzinfo)),
        "actor_kind": st.sampled_from(["user", "token", "command", "system"]),
        "actor_id": st.none() | st.integers(1, 9),
        "actor_name": st.text(max_size=10),
        "action": st.text(max_size=10),
        "unit_id": st.none() | st.integers(1, 9),
        "subject": st.none() | st.text(max_size=10),
        "details": DETAILS,
    }
)


def line_of(members: dict[str, Any]) -> AuditEntry:
    return AuditEntry(**members, hash=64 * "0")


@settings(max_examples=300)
@given(st.data())
def test_any_change_of_one_field_changes_the_hash(data: st.DataObject) -> None:
    members = data.draw(LINES)
    name = data.draw(st.sampled_from(sorted(members)))
    changed = {**members, name: data.draw(LINES)[name]}
    same = json.dumps(changed, default=str, sort_keys=True) == json.dumps(
        members, default=str, sort_keys=True
    )
    equal = hash_after(GENESIS, line_of(changed)) == hash_after(GENESIS, line_of(members))
    assert equal == same


@given(LINES, st.text("0123456789abcdef", min_size=64, max_size=64))
def test_another_line_before_changes_the_hash(members: dict[str, Any], previous: str) -> None:
    equal = hash_after(previous, line_of(members)) == hash_after(GENESIS, line_of(members))
    assert equal == (previous == GENESIS)


def read_hash(connection: Connection, sequence: int) -> str:
    query = text("SELECT hash FROM audit_entry WHERE sequence = :sequence")
    return str(connection.execute(query, {"sequence": sequence}).scalar_one())


def members_for(chain: int, sequence: int, **changed: Any) -> dict[str, Any]:
    """The deed number `sequence` of the fixture, or another."""
    return {
        "chain": chain,
        "sequence": sequence,
        "at": BEGAN,
        "actor_kind": ANI.kind,
        "actor_id": ANI.id,
        "actor_name": ANI.name,
        "action": "unit.changed",
        "unit_id": chain,
        "subject": "unit:0",
        "details": {},
        **changed,
    }


def insert(connection: Connection, chain: int, sequence: int, *, previous: str) -> str:
    """A forged line that fits behind `previous`; its hash."""
    members = members_for(chain, sequence)
    digest = entry_hash(previous, **members)
    connection.execute(AuditEntry.__table__.insert().values(**members, hash=digest))  # type: ignore[attr-defined]
    return digest


def rehash(connection: Connection, chain: int, sequence: int, **changed: Any) -> None:
    """Another line in the place of one, with a hash that fits the line before."""
    previous = read_hash(connection, sequence - 1)
    connection.execute(text(f"DELETE FROM audit_entry WHERE sequence = {sequence}"))
    members = members_for(chain, sequence, **changed)
    digest = entry_hash(previous, **members)
    connection.execute(AuditEntry.__table__.insert().values(**members, hash=digest))  # type: ignore[attr-defined]


def make_room(connection: Connection, sequence: int) -> None:
    """Every line from `sequence` on stands one further back, and so does the end."""
    for number in range(5, sequence - 1, -1):
        connection.execute(text(f"UPDATE audit_entry SET sequence = {number + 1} WHERE sequence = {number}"))
    connection.execute(text("UPDATE audit_head SET sequence = 6"))
