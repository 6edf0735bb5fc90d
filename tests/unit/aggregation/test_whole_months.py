"""Results of whole months never look at the answers themselves: ten times as many cost nothing more."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, text
from sqlmodel import Session

from app.aggregation.breakdown import breakdown_of
from app.aggregation.ranking import ranking_of
from app.aggregation.results import Question, results_of
from app.aggregation.trend import periods_of, trend_of
from app.core.db import Database
from app.core.places import SURVEYS
from app.core.settings import Settings
from app.exports import queries as exports
from app.ikm.periods import parse
from app.instruments.answers import Answer
from app.instruments.catalog import Catalog
from app.responses.catalog import registered_catalog
from app.responses.directory import Directory
from app.responses.exclusion import set_state
from app.responses.submission import submission
from app.responses.writer import write_batch
from app.units import registry
from app.units.queries import unit_by_code
from app.units.service import apply
from app.units.tables import Unit

CITY = Path(__file__).parents[2] / "data" / "registry" / "city.toml"
POINTS = ("ptsp-nib-qr", "ptsp-daring", "timur-arsip-qr", "cabang-qr")
DAYS = tuple(date(2026, month, day) for month in (7, 8, 9) for day in (1, 15, 28))
Ask = Callable[[Session, Catalog, Unit], object]


def answer(database: Database, catalog: Catalog, times: int) -> None:
    """The same answers `times` times at every point on every day; each fifth is taken out of the count."""
    directory = Directory(database, catalog)
    batch = []
    for number, (place, day, score, _) in enumerate(product(POINTS, DAYS, (1, 3, 4), range(times))):
        (service,) = directory.find(place).services.values()
        moment = datetime(day.year, day.month, day.day, 3, tzinfo=UTC)
        scores = {one.key: score for one in service.instrument.asked_questions(service.not_asked)}
        given = Answer(UUID(int=number + 1), scores, answered_at=moment)
        batch.append(submission(given, service.target, moment))
    with database.write_connection() as connection:
        write_batch(connection, batch)
    with database.write() as session:
        for unit_id in {one.unit_id for one in batch}:
            own = [UUID(one.id.hex) for one in batch if one.unit_id == unit_id]
            set_state(session, unit_id, own[::5], "excluded")


def asked(code: str) -> dict[str, Ask]:
    """Everything that asks for this period of a government."""
    period = parse(code)
    question = Question(period)
    return {
        "ranking": lambda session, catalog, unit: ranking_of(session, catalog, unit, question),
        "unit": lambda session, catalog, unit: results_of(session, catalog, unit, question),
        "by service": lambda session, catalog, unit: breakdown_of(
            session, catalog, unit, question, "service"
        ),
        "export": lambda session, _, unit: exports.excluded_by_service(
            session, exports.extent(session, unit, None, period)
        ),
    }


def trend(session: Session, catalog: Catalog, unit: Unit) -> object:
    quarters = periods_of("quarter", date(2026, 1, 1), date(2026, 12, 31))
    return trend_of(session, catalog, unit, quarters)


WHOLE = {**asked("2026-Q3"), "trend": trend}
BROKEN = asked("2026-07-17..2026-09-15")


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """The text of every statement that is sent meanwhile."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield sent
    event.remove(database.engine, "before_cursor_execute", note)


def touches_answers(statement: str) -> bool:
    """Whether it searches the answers. One that begins at tickets looks up the answer of each by its key alone."""
    return re.search(r"\bFROM response\b", statement) is not None


def sent_by(database: Database, catalog: Catalog, ask: Ask) -> list[str]:
    """The statements of one question about the whole city."""
    with database.read() as session:
        unit = unit_by_code(session, "kota")
        assert unit is not None
        with statements(database) as sent:
            assert ask(session, catalog, unit)
    return sent


@pytest.mark.parametrize("what", WHOLE)
def test_whole_months_read_no_answer(city: Database, catalog: Catalog, what: str) -> None:
    answer(city, catalog, 1)
    sent = sent_by(city, catalog, WHOLE[what])
    assert any(re.search(r"\btotal\b", one) for one in sent)
    assert [one for one in sent if touches_answers(one)] == []


@pytest.mark.parametrize("what", BROKEN)
def test_broken_months_do_read_answers(city: Database, catalog: Catalog, what: str) -> None:
    """Otherwise the test before this one would see nothing."""
    answer(city, catalog, 1)
    assert [one for one in sent_by(city, catalog, BROKEN[what]) if touches_answers(one)]


@pytest.fixture
def crowded(sqlite_template: bytes, tmp_path: Path) -> Iterator[Callable[[int], tuple[Database, Catalog]]]:
    """Makes a city with so many times the same answers, in a file, analysed."""
    opened: list[Database] = []

    def make(times: int) -> tuple[Database, Catalog]:
        path = tmp_path / f"{times}.db"
        path.write_bytes(sqlite_template)
        database = Database(Settings(database_url=f"sqlite:///{path}"))
        opened.append(database)
        catalog = registered_catalog(database, SURVEYS)
        elements = {one.id: [element.key for element in one.elements] for one in catalog.instruments.values()}
        with database.write() as session:
            apply(session, registry.read(CITY, elements))
        answer(database, catalog, times)
        with database.write() as session:
            session.connection().execute(text("ANALYZE"))
        return database, catalog

    yield make
    for database in opened:
        database.dispose()


def steps(database: Database, catalog: Catalog, ask: Ask) -> int:
    """How many instructions SQLite's machine runs for a question about the whole city."""
    count = 0

    def tick() -> int:
        nonlocal count
        count += 1
        return 0

    with database.read() as session:
        unit = unit_by_code(session, "kota")
        assert unit is not None
        driver: Any = session.connection().connection.driver_connection
        driver.set_progress_handler(tick, 1)
        assert ask(session, catalog, unit)
        driver.set_progress_handler(None, 0)
    return count


def test_the_database_does_no_more_for_ten_times_the_answers(
    crowded: Callable[[int], tuple[Database, Catalog]],
) -> None:
    few, many = crowded(2), crowded(20)
    for what, ask in WHOLE.items():
        assert steps(*many, ask) == steps(*few, ask) > 100, what
    for what, ask in BROKEN.items():
        assert steps(*many, ask) > 3 * steps(*few, ask), what
