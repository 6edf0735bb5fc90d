"""Derived importance from the database's sums, against the same correlations in Python, row by row."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from random import Random
from statistics import correlation, fmean
from uuid import UUID

import pytest
from sqlmodel import Session, col, select

from app.aggregation import sampling
from app.aggregation.flagged import flagged_effect
from app.aggregation.importance import cross_sums, importance_of
from app.aggregation.mixes import mixes
from app.aggregation.results import Question
from app.aggregation.sampling import sampled_days, step
from app.aggregation.statistics import Selection
from app.core.db import Database
from app.ikm import priority
from app.ikm.periods import Period, parse
from app.instruments.answers import Answer
from app.instruments.catalog import Catalog
from app.instruments.model import Element, Instrument
from app.responses.directory import Directory
from app.responses.submission import submission
from app.responses.tables import Response
from app.responses.writer import write_batch
from app.units.tables import Unit

QUARTER = parse("2026-Q3")
POINTS = ("ptsp-nib-qr", "ptsp-daring", "timur-arsip-qr")


@pytest.fixture
def filled(city: Database, catalog: Catalog) -> Database:
    """300 answers of one mood each, some questions left out, at services that ask nine and seven elements."""
    chance = Random(77)
    directory = Directory(city, catalog)
    services = [next(iter(directory.find(code).services.values())) for code in POINTS]
    batch = []
    for number in range(300):
        service = chance.choice(services)
        moment = datetime(2026, 7, 1, 3, tzinfo=UTC) + timedelta(days=chance.randrange(95))
        asked = [one.key for one in service.instrument.asked_questions(service.not_asked)]
        mood = chance.gauss(3, 0.6)
        kept = asked[:1] if number % 50 == 0 else [key for key in asked if chance.random() < 0.93]
        scores = {key: min(4, max(1, round(chance.gauss(mood, 0.7)))) for key in kept or asked}
        answer = Answer(UUID(int=chance.getrandbits(128)), scores, answered_at=moment)
        batch.append(submission(answer, service.target, moment))
    with city.write_connection() as connection:
        write_batch(connection, batch)
    return city


def everybody(session: Session) -> Selection:
    return Selection(tuple(session.exec(select(Unit.id)).all()))  # type: ignore[arg-type]


def expected(session: Session, elements: dict[str, tuple[str, ...]], period: Period) -> dict[str, float]:
    """Pearson's correlation of each element with the mean of the others, for who answered at least two."""
    pairs: dict[str, list[tuple[float, float]]] = {}
    for row in session.exec(select(Response)):
        if not period.contains(row.local_date):
            continue
        values = {
            key: fmean([row.scores[one] for one in questions if one in row.scores])
            for key, questions in elements.items()
            if any(one in row.scores for one in questions)
        }
        for key, value in values.items():
            if others := [other for name, other in values.items() if name != key]:
                pairs.setdefault(key, []).append((value, fmean(others)))
    return {key: correlation(*zip(*rows, strict=True)) for key, rows in pairs.items()}


def test_importance_is_the_correlation_with_the_other_elements(filled: Database, catalog: Catalog) -> None:
    instrument = catalog.get("skm-2017@1")
    elements = {one.key: (one.key,) for one in instrument.elements}
    with filled.read() as session:
        found = importance_of(session, everybody(session), QUARTER, instrument, 290)
        rows = session.exec(select(Response).where(col(Response.local_date) < QUARTER.end)).all()
        wanted = expected(session, elements, QUARTER)
    assert found.every == 1
    assert 200 < found.respondents < len(rows)
    assert found.values.keys() == wanted.keys() == elements.keys()
    for key, value in found.values.items():
        assert float(value) == pytest.approx(wanted[key], abs=1e-9), key
    assert all(0.2 < value < 0.8 for value in found.values.values())


def test_elements_of_several_questions_count_with_their_mean(filled: Database, catalog: Catalog) -> None:
    standard = catalog.get("skm-2017@1")
    questions = list(standard.questions.values())
    groups = {"a": questions[:3], "b": questions[3:5], "c": questions[5:]}
    grouped = Instrument(
        id=standard.id,
        version=standard.version,
        title=standard.title,
        basis=standard.basis,
        scale=standard.scale,
        categories=standard.categories,
        ask_order=standard.ask_order,
        elements=tuple(Element(key, key, {"id": key}, tuple(own)) for key, own in groups.items()),
    )
    elements = {key: tuple(one.key for one in own) for key, own in groups.items()}
    with filled.read() as session:
        found = priority.derived_importance(cross_sums(session, everybody(session), QUARTER, grouped))
        wanted = expected(session, elements, QUARTER)
    assert {key: float(value) for key, value in found.items()} == pytest.approx(wanted, abs=1e-4)


def test_a_large_period_is_read_on_some_days_only(
    filled: Database, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sampling, "SAMPLE", 60)
    instrument = catalog.get("skm-2017@1")
    with filled.read() as session:
        found = importance_of(session, everybody(session), QUARTER, instrument, 290)
        days = {date(2026, 7, 1) + timedelta(days=day) for day in range(2, 92, 5)}
        rows = session.exec(select(Response).where(col(Response.local_date).in_(days))).all()
        composed = mixes(session, everybody(session), QUARTER)
        everything = session.exec(select(Response).where(col(Response.local_date) < QUARTER.end)).all()
    assert found.every == 5
    # Services are counted in full, channels on every fifth day.
    assert sum(composed.services["skm-2017@1"].values()) == len(everything)
    assert composed.channels["skm-2017@1"] == Counter(row.channel for row in rows)
    most = max(sum(key in row.scores and len(row.scores) > 1 for row in rows) for key in rows[1].scores)
    assert 40 < found.respondents == most < 90


@pytest.mark.parametrize(
    ("responses", "every"), [(0, 1), (10_000, 1), (10_001, 2), (65_000, 8), (1_250_000, 125), (490_000, 50)]
)
def test_how_many_days_apart(responses: int, every: int) -> None:
    assert step(responses) == every
    assert every % 7


def test_the_days_lie_in_the_period() -> None:
    for period, every in ((parse("2026-09"), 40), (parse("2026-02"), 2), (parse("2026"), 366)):
        days = sampled_days(period, every)
        assert not isinstance(days, Period)
        assert days
        assert all(period.contains(day) for day in days)
    assert sampled_days(QUARTER, 1) == QUARTER


def test_flagged_answers_are_weighed(city: Database, catalog: Catalog) -> None:
    # Two who mean it, and one who ticks the lowest option down the column.
    service = next(iter(Directory(city, catalog).find("ptsp-nib-qr").services.values()))
    keys = list(service.instrument.questions)
    rows = [dict(zip(keys, [3, 4, 3, 4, 3, 4, 3, 4, 3], strict=True))] * 2 + [dict.fromkeys(keys, 1)]
    moment = datetime(2026, 9, 15, 3, tzinfo=UTC)
    answers = [Answer(UUID(int=number), row, answered_at=moment) for number, row in enumerate(rows)]
    with city.write_connection() as connection:
        write_batch(connection, [submission(one, service.target, moment) for one in answers])
    with city.read() as session:
        unit = session.exec(select(Unit).where(Unit.code == "ptsp")).one()
        [found] = flagged_effect(session, catalog, unit, Question(QUARTER))
        nothing = flagged_effect(session, catalog, unit, Question(parse("2025")))
    assert nothing == []
    assert (found.flagged, found.published.respondents) == (1, 3)
    assert found.without is not None
    assert found.without.respondents == 2
    # 31/9 of two, against (31 + 31 + 9) / 27 of three, times 25.
    assert found.difference == 25 * (Fraction(31, 9) - Fraction(71, 27))
