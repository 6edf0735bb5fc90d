"""The recount behind `eskm verify` sees every kind of tampering."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient
from typer.testing import Result

from app.core.db import Database
from app.instruments.catalog import Catalog
from app.responses.verify import verify_unit
from app.units.queries import unit_by_code

Eskm = Callable[..., Result]
HERE = "WHERE local_date = '2026-08-15'"


@pytest.fixture
def differences(
    client: TestClient, body: Callable[..., dict[str, Any]], city: Database, catalog: Catalog
) -> Callable[[str], list[tuple[str, tuple[int, ...], tuple[int, ...]]]]:
    """Two answers of all fours; tampers by SQL; the differences as (table, stored, counted)."""
    for at in ("2026-08-15T10:00:00+08:00", "2026-09-15T10:00:00+08:00"):
        assert client.post("/api/v1/responses", json=body(4, answered_at=at)).status_code == 201

    def found(statement: str) -> list[tuple[str, tuple[int, ...], tuple[int, ...]]]:
        with city.write() as session:
            session.connection().execute(text(statement))
        with city.read() as session:
            unit = unit_by_code(session, "ptsp")
            assert unit is not None
            assert unit.id is not None
        recount = verify_unit(city, catalog, unit.id)
        return [(one.table, one.stored, one.counted) for one in recount.differences]

    return found


FOUR = 4 * 45360
OF_ONE = (1, FOUR, FOUR * FOUR, 0)


@pytest.mark.parametrize(
    ("statement", "tallies", "totals"),
    [
        ("UPDATE tally SET c4 = 2 WHERE question = 'waktu' AND month = '2026-08-01'", 1, 0),
        ("UPDATE tally SET c5 = 1 WHERE question = 'waktu' AND month = '2026-08-01'", 1, 0),
        ("DELETE FROM tally WHERE question = 'waktu' AND month = '2026-08-01'", 1, 0),
        ("UPDATE total SET responses = 2 WHERE month = '2026-08-01'", 0, 1),
        ("UPDATE total SET squares = squares + 1 WHERE month = '2026-08-01'", 0, 1),
        ("UPDATE total SET excluded = 1 WHERE month = '2026-08-01'", 0, 1),
        ("DELETE FROM total WHERE month = '2026-08-01'", 0, 1),
        (f"UPDATE response SET state = 'excluded' {HERE}", 9, 1),
        (f"""UPDATE response SET scores = '{{"waktu": 4}}' {HERE}""", 8, 0),
        (f"UPDATE response SET local_date = '2026-07-31' {HERE}", 18, 2),
        (f"DELETE FROM response {HERE}", 9, 1),
    ],
    ids=[
        "count",
        "option",
        "lost tally",
        "total",
        "square",
        "excluded",
        "lost total",
        "state",
        "scores",
        "date",
        "answer",
    ],
)
def test_every_tampering_is_seen(
    differences: Callable[[str], list[Any]], statement: str, tallies: int, totals: int
) -> None:
    assert differences("UPDATE total SET responses = responses") == []
    found = [table for table, _, _ in differences(statement)]
    assert (found.count("tally"), found.count("total")) == (tallies, totals)


def test_a_difference_tells_what_is_stored_and_what_was_counted(
    differences: Callable[[str], list[Any]],
) -> None:
    assert differences("DELETE FROM total WHERE month = '2026-08-01'") == [("total", (0, 0, 0, 0), OF_ONE)]


def test_an_answer_that_was_excluded_by_hand_is_missed_and_found(
    differences: Callable[[str], list[Any]],
) -> None:
    """The total still counts it, the raw answers say that one is excluded."""
    found = differences(f"UPDATE response SET state = 'excluded' {HERE}")
    assert [one for one in found if one[0] == "total"] == [("total", OF_ONE, (0, 0, 0, 1))]


def test_the_command_shows_a_difference_in_the_excluded_answers(
    differences: Callable[[str], list[Any]], eskm: Eskm
) -> None:
    differences("UPDATE total SET excluded = 3 WHERE month = '2026-08-01'")
    shown = eskm("verify", "ptsp")
    assert shown.exit_code == 1
    assert f"tersimpan (1, {FOUR}, {FOUR * FOUR}, 3), terhitung (1, {FOUR}, {FOUR * FOUR}, 0)" in shown.stdout
