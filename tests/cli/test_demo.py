"""`eskm demo`: reproducible, additive only once."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import Result

from app.core.db import Database
from app.core.migrations import upgrade
from app.core.settings import Settings

Eskm = Callable[..., Result]
Facts = tuple[list[tuple[object, ...]], list[tuple[object, ...]]]
PLAN = ("demo", "--responses", "300", "--units", "3", "--years", "1", "--until", "2026-08-31")


def facts(url: str) -> Facts:
    """All answers, and all counts by service and month."""
    database = Database(Settings(database_url=url))
    rows = "SELECT local_date, channel, sex, age, education, respondent_mean FROM response ORDER BY id"
    counts = (
        "SELECT s.code, month, question, c1, c2, c3, c4 FROM tally t JOIN service s ON s.id = t.service_id"
    )
    with database.read() as session:
        one = session.connection()
        answers = [tuple(str(value) for value in row) for row in one.execute(text(rows))]
        tallies = sorted(tuple(str(value) for value in row) for row in one.execute(text(counts)))
    database.dispose()
    return answers, tallies


@pytest.fixture
def other_url(tmp_path: Path) -> str:
    """A second database, always SQLite."""
    url = f"sqlite:///{tmp_path}/other.db"
    database = Database(Settings(database_url=url))
    upgrade(database)
    database.dispose()
    return url


def test_a_seed_makes_the_same_city_everywhere_and_once(
    eskm: Eskm, database_url: str, other_url: str
) -> None:
    first = eskm(*PLAN, "--seed", "7")
    assert first.exit_code == 0, first.stderr
    made = facts(database_url)
    assert len(made[0]) == 300
    again = eskm(*PLAN, "--seed", "7")
    assert again.exit_code == 0, again.stderr
    assert facts(database_url) == made
    elsewhere = eskm(*PLAN, "--seed", "7", ESKM_DATABASE_URL=other_url)
    assert elsewhere.exit_code == 0, elsewhere.stderr
    assert facts(other_url) == made
    assert eskm("verify").exit_code == 0
    assert eskm(*PLAN, "--seed", "8", ESKM_DATABASE_URL=other_url).exit_code == 0
    assert len(facts(other_url)[0]) == 600


def test_only_where_nothing_is(eskm: Eskm, database_url: str, city: Database) -> None:
    run = eskm(*PLAN, "--if-empty")
    assert run.exit_code == 0, run.stderr
    assert facts(database_url)[0] == []


def test_a_demonstration_never_lies_in_the_future(eskm: Eskm) -> None:
    for until in ("2999-01-01", "gestern", "2026-02-30"):
        run = eskm("demo", "--responses", "1", "--until", until)
        assert run.exit_code == 1
        assert "--until" in run.stderr
