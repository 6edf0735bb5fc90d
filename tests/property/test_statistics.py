"""A period from monthly tallies and the same days from raw answers give the same numbers."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from app.aggregation import statistics, uncounted
from app.aggregation.statistics import Groups, Selection
from app.core.db import Database
from app.ikm.periods import Period
from app.instruments.answers import Answer
from app.instruments.catalog import Catalog
from app.responses.directory import Directory
from app.responses.exclusion import set_state
from app.responses.submission import submission
from app.responses.tables import Response
from app.responses.writer import write_batch
from app.units.tables import Unit

FIRST, AFTER = date(2026, 6, 20), date(2026, 10, 12)
DAYS = (AFTER - FIRST).days
POINTS = ("ptsp-nib-qr", "ptsp-daring", "timur-arsip-qr", "cabang-qr")
Facts = dict[tuple[str, Any], tuple[dict[str, tuple[int, ...]], int, int, int]]


@pytest.fixture
def filled(city: Database, catalog: Catalog) -> Database:
    """The city with 400 answers on days from 20 June to 11 October, by a fixed seed; each sixth is excluded."""
    chance = Random(29)
    directory = Directory(city, catalog)
    services = [next(iter(directory.find(code).services.values())) for code in POINTS]
    batch = []
    for _ in range(400):
        service = chance.choice(services)
        moment = datetime(2026, 6, 20, 3, tzinfo=UTC) + timedelta(days=chance.randrange(DAYS))
        asked = service.instrument.asked_questions(service.not_asked)
        scores = {question.key: chance.randint(1, 4) for question in asked}
        sex = chance.choice(("L", "P", None))
        answer = Answer(UUID(int=chance.getrandbits(128)), scores, answered_at=moment, sex=sex)
        batch.append(submission(answer, service.target, moment))
    with city.write_connection() as connection:
        write_batch(connection, batch)
    with city.write() as session:
        for unit_id in {one.unit_id for one in batch}:
            own = [UUID(one.id.hex) for one in batch if one.unit_id == unit_id]
            set_state(session, unit_id, own[::6], "excluded")
    return city


def selection(session: Session) -> Selection:
    return Selection(tuple(session.exec(select(Unit.id)).all()))  # type: ignore[arg-type]


def period(start: date, end: date) -> Period:
    return Period("", start, end)


def facts(groups: Iterable[Groups]) -> Facts:
    """The sum of some groups, added up here and not by the code under test; questions without answers left out."""
    sums: dict[Any, Any] = {}
    for group in groups:
        for key, found in group.items():
            tally, total = sums.setdefault(key, ({}, [0, 0, 0]))
            for question, counts in found.tally.items():
                row = tally.setdefault(question, [0] * len(counts.counts))
                for place, count in enumerate(counts.counts):
                    row[place] += count
            for place, amount in enumerate((found.total.responses, found.total.sum, found.total.squares)):
                total[place] += amount
    return {
        key: ({question: tuple(row) for question, row in tally.items() if any(row)}, *total)
        for key, (tally, total) in sums.items()
    }


def raw(session: Session, start: date, end: date) -> Facts:
    """Counted in Python from the rows themselves."""
    sums: dict[Any, Any] = {}
    rows = session.exec(
        select(Response).where(col(Response.local_date) >= start, col(Response.local_date) < end)
    )
    for row in rows:
        if row.state == "excluded":
            continue
        tally, total = sums.setdefault((row.instrument, row.unit_id), ({}, [0, 0, 0]))
        for question, score in row.scores.items():
            tally.setdefault(question, [0] * 6)[score - 1] += 1
        # The mean of the respondent in units of 1/45360, which is whole for seven and for nine elements.
        mean = sum(row.scores.values()) * 45360 // len(row.scores)
        assert mean * len(row.scores) == sum(row.scores.values()) * 45360
        for place, amount in enumerate((1, mean, mean * mean)):
            total[place] += amount
    return {
        key: ({q: tuple(row) for q, row in tally.items()}, *total) for key, (tally, total) in sums.items()
    }


def test_a_quarter_is_the_same_from_tallies_from_answers_and_by_hand(filled: Database) -> None:
    start, end = date(2026, 7, 1), date(2026, 10, 1)
    with filled.read() as session:
        chosen = selection(session)
        from_tallies = facts([statistics.by_unit(session, chosen, period(start, end))])
        from_answers = facts(
            [statistics.by_profile(session, chosen, period(start, end), col(Response.unit_id))]
        )
        assert from_tallies == from_answers == raw(session, start, end)
    assert sum(found[1] for found in from_tallies.values()) > 200


def test_any_partition_of_a_period_adds_up_to_it(filled: Database) -> None:
    with filled.read() as session:
        chosen = selection(session)

        @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
        @given(
            bounds=st.tuples(st.integers(0, DAYS - 1), st.integers(1, DAYS)).filter(
                lambda two: two[0] < two[1]
            ),
            cuts=st.sets(st.integers(1, DAYS - 1), max_size=5),
        )
        def adds_up(bounds: tuple[int, int], cuts: set[int]) -> None:
            low, high = bounds
            edges = [low, *sorted(cut for cut in cuts if low < cut < high), high]
            days = [FIRST + timedelta(days=edge) for edge in edges]
            whole = statistics.by_unit(session, chosen, period(days[0], days[-1]))
            parts = [statistics.by_unit(session, chosen, period(one, other)) for one, other in pairwise(days)]
            assert facts([whole]) == facts(parts) == raw(session, days[0], days[-1])

        adds_up()


def raw_excluded(session: Session, start: date, end: date, group: str) -> dict[tuple[str, Any], int]:
    """The excluded answers, counted in Python from the rows themselves."""
    rows = session.exec(
        select(Response).where(col(Response.local_date) >= start, col(Response.local_date) < end)
    )
    return Counter((row.instrument, getattr(row, group)) for row in rows if row.state == "excluded")


def test_excluded_answers_are_the_same_from_totals_and_from_answers(filled: Database) -> None:
    days = (date(2026, 7, 1), date(2026, 10, 1)), (date(2026, 6, 25), date(2026, 9, 12))
    short = (date(2026, 7, 3), date(2026, 7, 29)), (date(2026, 8, 1), date(2026, 8, 2))
    with filled.read() as session:
        chosen = selection(session)
        for start, end in (*days, *short):
            asked = period(start, end)
            units = raw_excluded(session, start, end, "unit_id")
            assert uncounted.by_unit(session, chosen, asked) == units
            assert uncounted.by_profile(session, chosen, asked, col(Response.unit_id)) == units
            services = raw_excluded(session, start, end, "service_id")
            assert uncounted.by_service(session, chosen, asked) == services
            sexes = raw_excluded(session, start, end, "sex")
            assert uncounted.by_profile(session, chosen, asked, col(Response.sex)) == sexes
        months: Counter[tuple[str, Any]] = Counter()
        for (instrument, day), count in raw_excluded(session, *days[0], "local_date").items():
            months[instrument, day.replace(day=1)] += count
        assert uncounted.by_month(session, chosen, *days[0]) == months
        assert sum(months.values()) > 30


def test_any_partition_of_a_period_adds_up_to_its_excluded_answers(filled: Database) -> None:
    with filled.read() as session:
        chosen = selection(session)

        @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
        @given(st.sets(st.integers(0, DAYS), min_size=2, max_size=6))
        def adds_up(cuts: set[int]) -> None:
            days = [FIRST + timedelta(days=cut) for cut in sorted(cuts)]
            parts = [uncounted.by_unit(session, chosen, period(one, other)) for one, other in pairwise(days)]
            whole = uncounted.by_unit(session, chosen, period(days[0], days[-1]))
            assert sum(parts, start=Counter()) == whole
            assert whole == raw_excluded(session, days[0], days[-1], "unit_id")

        adds_up()


def test_services_and_groups_add_up_to_their_unit(filled: Database) -> None:
    with filled.read() as session:
        chosen = selection(session)
        for start, end in ((date(2026, 7, 1), date(2026, 10, 1)), (date(2026, 7, 3), date(2026, 9, 29))):
            asked = period(start, end)
            units = statistics.by_unit(session, chosen, asked)
            for other in (
                statistics.by_service(session, chosen, asked),
                statistics.by_profile(session, chosen, asked, col(Response.sex)),
            ):
                assert whole(other) == whole(units)


def test_months_add_up_to_their_quarter(filled: Database) -> None:
    start, end = date(2026, 7, 1), date(2026, 10, 1)
    with filled.read() as session:
        chosen = selection(session)
        months = statistics.by_month(session, chosen, start, end)
        assert {month for _, (month, _) in months} == {date(2026, 7, 1), date(2026, 8, 1), date(2026, 9, 1)}
        assert whole(months) == whole(statistics.by_unit(session, chosen, period(start, end)))


def whole(groups: Groups) -> Facts:
    """All groups of an instrument as one."""
    return facts({(instrument, None): found} for (instrument, _), found in groups.items())


def test_one_service_alone(filled: Database, catalog: Catalog) -> None:
    target = Directory(filled, catalog).find("ptsp-daring").service(None).target
    with filled.read() as session:
        one = Selection((target.unit_id,), target.service_id)
        for start, end in ((date(2026, 7, 1), date(2026, 10, 1)), (date(2026, 7, 3), date(2026, 9, 29))):
            found = statistics.by_unit(session, one, period(start, end))
            rows = session.exec(
                select(Response.id).where(
                    Response.service_id == target.service_id,
                    Response.state == "counted",
                    col(Response.local_date) >= start,
                    col(Response.local_date) < end,
                )
            ).all()
            assert [key[1] for key in found] == [target.unit_id]
            assert next(iter(found.values())).total.responses == len(rows) > 0
