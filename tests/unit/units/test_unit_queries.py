"""The tree of units and their services, read from SQLite."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlmodel import Session

from app.core.db import Database
from app.core.errors import NotFound
from app.units import queries
from app.units.tables import Service, Unit

#   1 kota ── 2 dinkes ── 4 hulu, 5 hilir ;  1 ── 3 ptsp          6 lain ── 7 bawah
PARENTS = {1: None, 2: 1, 3: 1, 4: 2, 5: 2, 6: None, 7: 6}
CODES = ["kota", "dinkes", "ptsp", "hulu", "hilir", "lain", "bawah"]


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.write() as session:
        for (unit_id, parent), code in zip(PARENTS.items(), CODES, strict=True):
            session.add(Unit(id=unit_id, code=code, name=code.title(), parent_id=parent))
            session.flush()
        for unit_id, code in ((4, "umum"), (4, "gigi"), (5, "umum"), (5, "anak"), (7, "umum")):
            session.add(Service(unit_id=unit_id, code=code, name=code, instrument="skm-2017"))
    with database.read() as session:
        yield session


def test_a_unit_is_found_by_its_code(session: Session) -> None:
    found = queries.unit_by_code(session, "hulu")
    assert found is not None
    assert (found.id, found.name) == (4, "Hulu")
    assert queries.unit_by_code(session, "HULU") is None


@pytest.mark.parametrize(
    ("unit_id", "ids"),
    [(1, [1, 2, 3, 4, 5]), (2, [2, 4, 5]), (3, [3]), (5, [5]), (6, [6, 7]), (99, [])],
)
def test_below_is_the_unit_and_all_under_it(session: Session, unit_id: int, ids: list[int]) -> None:
    assert queries.below(session, unit_id) == ids


@pytest.mark.parametrize(("unit_id", "ids"), [(1, [1]), (2, [2, 1]), (5, [5, 2, 1]), (7, [7, 6]), (99, [])])
def test_ancestors_are_the_unit_and_all_above_it(session: Session, unit_id: int, ids: list[int]) -> None:
    assert queries.ancestors(session, unit_id) == ids


@pytest.mark.parametrize(("unit_id", "code"), [(1, "kota"), (4, "kota"), (7, "lain")])
def test_the_government_is_the_root(session: Session, unit_id: int, code: str) -> None:
    assert queries.government_of(session, unit_id).code == code


def test_there_is_no_government_of_nothing(session: Session) -> None:
    with pytest.raises(NotFound):
        queries.government_of(session, 99)


def test_a_damaged_tree_does_not_hang(database: Database, session: Session) -> None:
    session.close()
    with database.write() as writing:
        writing.execute(text("UPDATE unit SET parent_id = 4 WHERE id = 1"))
    with database.read() as reading:
        assert queries.below(reading, 1) == [1, 2, 3, 4, 5]
        assert queries.ancestors(reading, 1) == [1, 4, 2]


def test_services_by_units(session: Session) -> None:
    found = queries.services_of(session, [5, 4])
    assert [(one.unit_id, one.code) for one in found] == [
        (4, "gigi"),
        (4, "umum"),
        (5, "anak"),
        (5, "umum"),
    ]
    assert queries.services_of(session, []) == []


def test_a_service_is_found_in_its_unit_only(session: Session) -> None:
    found = queries.service_by_code(session, 4, "gigi")
    assert found is not None
    assert (found.unit_id, found.code) == (4, "gigi")
    assert queries.service_by_code(session, 5, "gigi") is None
