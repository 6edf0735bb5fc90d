"""Out of the count and back in: everything that is counted moves with the answer, and comes back as it was."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.core.db import Database
from app.instruments.answers import Answer
from app.instruments.catalog import Catalog
from app.responses import exclusion
from app.responses.directory import Directory
from app.responses.exclusion import set_state
from app.responses.submission import submission
from app.responses.verify import verify_unit
from app.responses.writer import write_batch
from app.units.queries import unit_by_code

Rows = list[tuple[Any, ...]]


def write(database: Database, catalog: Catalog, code: str, answers: list[Answer], moment: datetime) -> int:
    """Store answers at the one service of a point; the unit's id."""
    (service,) = Directory(database, catalog).find(code).services.values()
    with database.write_connection() as connection:
        write_batch(
            connection, [submission(one, service.target, one.answered_at or moment) for one in answers]
        )
    return service.target.unit_id


@pytest.fixture
def asked(city: Database, catalog: Catalog) -> list[str]:
    """The question keys of `ptsp-nib-qr`."""
    (service,) = Directory(city, catalog).find("ptsp-nib-qr").services.values()
    return [question.key for question in service.instrument.asked_questions(service.not_asked)]


@pytest.fixture
def sixty(city: Database, catalog: Catalog, asked: list[str]) -> tuple[int, list[UUID]]:
    """A unit with sixty answers in three months; some leave a question open."""
    chance = Random(7)
    answers = [
        Answer(
            UUID(int=chance.getrandbits(128)),
            {key: chance.randint(1, 4) for key in asked[: chance.choice((8, 9))]},
            answered_at=datetime(2026, 7, 5, 3, tzinfo=UTC) + timedelta(days=chance.randrange(75)),
        )
        for _ in range(60)
    ]
    unit_id = write(city, catalog, "ptsp-nib-qr", answers, datetime(2026, 9, 30, tzinfo=UTC))
    return unit_id, [one.id for one in answers]


@pytest.fixture
def counted(city: Database) -> Callable[[], tuple[Rows, Rows]]:
    """All tallies and totals."""

    def rows() -> tuple[Rows, Rows]:
        with city.read() as session:
            tables = (
                session.connection().execute(text(f"SELECT * FROM {name}")).all()
                for name in ("tally", "total")
            )
            tally, total = (sorted(tuple(row) for row in table) for table in tables)
        return tally, total

    return rows


def sums(database: Database) -> tuple[int, ...]:
    """Counted answers, excluded answers, and all choices that tallies hold."""
    with database.read() as session:
        row = session.connection().execute(
            text(
                "SELECT (SELECT sum(responses) FROM total), (SELECT sum(excluded) FROM total), "
                "(SELECT sum(c1 + c2 + c3 + c4 + c5 + c6) FROM tally)"
            )
        )
        return tuple(int(one) for one in row.one())


def test_out_and_in_restores_exactly(
    city: Database,
    catalog: Catalog,
    sixty: tuple[int, list[UUID]],
    counted: Callable[[], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(exclusion, "IDS_AT_ONCE", 4)
    unit_id, ids = sixty
    before, (stored, _, choices) = counted(), sums(city)
    chance = Random(11)
    for number in (1, 7, 30, 60):
        some = chance.sample(ids, number)
        with city.write() as session:
            assert set_state(session, unit_id, some, "excluded") == number
            assert set_state(session, unit_id, some, "excluded") == 0
        without = counted()
        left, excluded, fewer = sums(city)
        assert (left, excluded) == (stored - number, number)
        assert choices - 9 * number <= fewer <= choices - 8 * number
        assert verify_unit(city, catalog, unit_id).differences == []
        with city.write() as session:
            assert set_state(session, unit_id, [some[0]], "counted") == 1
            assert set_state(session, unit_id, [some[0]], "excluded") == 1
        assert counted() == without
        with city.write() as session:
            assert set_state(session, unit_id, ids, "counted") == number
        assert counted() == before
        assert verify_unit(city, catalog, unit_id).differences == []


def test_exactly_what_the_answer_said_is_taken(city: Database, catalog: Catalog, asked: list[str]) -> None:
    """By hand: one answer of all threes beside one of all fours."""
    moment = datetime(2026, 9, 30, 3, tzinfo=UTC)
    threes, fours = (
        Answer(UUID(int=score), dict.fromkeys(asked, score), answered_at=moment) for score in (3, 4)
    )
    unit_id = write(city, catalog, "ptsp-nib-qr", [threes, fours], moment)
    with city.write() as session:
        assert set_state(session, unit_id, [threes.id], "excluded") == 1
    with city.read() as session:
        connection = session.connection()
        tallies = connection.execute(text("SELECT c1, c2, c3, c4, c5, c6 FROM tally")).all()
        total = connection.execute(text("SELECT responses, sum, squares, excluded FROM total")).one()
        states = connection.execute(text("SELECT state FROM response ORDER BY respondent_mean")).scalars()
        assert list(states) == ["excluded", "counted"]
    assert [tuple(row) for row in tallies] == [(0, 0, 0, 1, 0, 0)] * 9
    assert tuple(total) == (1, 4 * 45360, (4 * 45360) ** 2, 1)


def test_other_units_and_unknown_ids_are_left_alone(
    city: Database, sixty: tuple[int, list[UUID]], counted: Callable[[], Any]
) -> None:
    unit_id, ids = sixty
    before = counted()
    with city.write() as session:
        other = unit_by_code(session, "timur")
        assert other is not None
        assert other.id is not None
        assert set_state(session, other.id, ids, "excluded") == 0
        assert set_state(session, unit_id, [UUID(int=1)], "excluded") == 0
        assert set_state(session, unit_id, [], "excluded") == 0
        with pytest.raises(ValueError, match="lost"):
            set_state(session, unit_id, ids, "lost")
    assert counted() == before


@pytest.mark.parametrize("table", ["tally", "total"])
def test_nothing_falls_below_zero(
    city: Database, sixty: tuple[int, list[UUID]], counted: Callable[[], Any], table: str
) -> None:
    """Where a tally has lost its rows, nothing can be taken from it, and nothing changes."""
    unit_id, ids = sixty
    with city.write() as session:
        session.connection().execute(text(f"DELETE FROM {table}"))
    before = counted()
    with pytest.raises(IntegrityError), city.write() as session:
        set_state(session, unit_id, ids, "excluded")
    assert counted() == before
    with city.read() as session:
        states = session.connection().execute(text("SELECT DISTINCT state FROM response")).scalars()
        assert list(states) == ["counted"]


def test_an_answer_whose_tally_is_gone_comes_back(
    city: Database, catalog: Catalog, sixty: tuple[int, list[UUID]], counted: Callable[[], Any]
) -> None:
    """Rows of nothing may be deleted; counting an answer again begins them anew."""
    unit_id, ids = sixty
    before = counted()
    with city.write() as session:
        set_state(session, unit_id, ids, "excluded")
        session.connection().execute(text("DELETE FROM tally"))
    assert verify_unit(city, catalog, unit_id).differences == []
    with city.write() as session:
        assert set_state(session, unit_id, ids, "counted") == 60
    assert counted() == before
