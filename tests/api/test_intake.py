"""The intake under concurrency and failure: one writer, no acknowledgement before the commit."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, suppress
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from app.core import db
from app.core.db import Database
from app.core.errors import Busy
from app.core.settings import Settings
from app.instruments.catalog import Catalog
from app.responses.intake import Intake
from app.responses.submission import Outcome, Submission
from app.responses.verify import verify_unit

Submit = Callable[..., Submission]
Durable = Callable[[], set[UUID]]
Away = Callable[[], AbstractContextManager[None]]


def sums(database: Database) -> tuple[int, int, int]:
    """Answers in the totals, scores in the tallies, comments."""
    with database.read() as session:
        one = session.connection()
        return (
            one.scalar(text("SELECT coalesce(sum(responses), 0) FROM total")),
            one.scalar(text("SELECT coalesce(sum(c1 + c2 + c3 + c4 + c5 + c6), 0) FROM tally")),
            one.scalar(text("SELECT count(*) FROM comment")),
        )


async def outcome(waiting: Awaitable[Outcome]) -> Outcome | Busy:
    try:
        return await waiting
    except Busy as busy:
        return busy


def test_the_same_answer_fifty_times_at_once(city: Database, submit: Submit, durable: Durable) -> None:
    one = submit()

    async def run() -> list[Outcome]:
        async with Intake(city, batch_limit=7) as intake:
            return await asyncio.gather(*(intake.submit(one) for _ in range(50)))

    assert Counter(asyncio.run(run())) == {Outcome.STORED: 1, Outcome.DUPLICATE: 49}
    assert durable() == {one.id}
    assert sums(city) == (1, 9, 1)


def test_the_same_id_with_other_content_at_once(city: Database, submit: Submit, durable: Durable) -> None:
    id_ = uuid4()
    variants = [submit(1 + place % 4, id_) for place in range(40)]

    async def run() -> list[Outcome]:
        async with Intake(city, batch_limit=11) as intake:
            return await asyncio.gather(*(intake.submit(one) for one in variants))

    # Whoever came first, nine more say the same and thirty say something else.
    found = asyncio.run(run())
    assert Counter(found) == {Outcome.STORED: 1, Outcome.DUPLICATE: 9, Outcome.CONFLICT: 30}
    winner = 1 + found.index(Outcome.STORED) % 4
    assert {1 + place % 4 for place, one in enumerate(found) if one is not Outcome.CONFLICT} == {winner}
    with city.read() as session:
        assert session.connection().scalar(text(f"SELECT sum(c{winner}) FROM tally")) == 9
    assert sums(city) == (1, 9, 1)


def test_two_writers_on_one_database(
    city: Database, settings: Settings, submit: Submit, catalog: Catalog, durable: Durable
) -> None:
    batch = [submit(1 + place % 4) for place in range(120)]
    other = Database(settings)

    async def run() -> list[Outcome]:
        async with Intake(city, batch_limit=9) as first, Intake(other, batch_limit=13) as second:
            return await asyncio.gather(
                *(first.submit(one) for one in batch), *(second.submit(one) for one in reversed(batch))
            )

    try:
        found = Counter(asyncio.run(run()))
    finally:
        other.dispose()
    assert found == {Outcome.STORED: 120, Outcome.DUPLICATE: 120}
    assert durable() == {one.id for one in batch}
    assert sums(city) == (120, 1080, 120)
    assert verify_unit(city, catalog, batch[0].unit_id).differences == []


def test_an_acknowledged_answer_is_seen_by_everyone_at_once(
    city: Database, submit: Submit, durable: Durable
) -> None:
    async def one(intake: Intake) -> None:
        mine = submit()
        assert await intake.submit(mine) is Outcome.STORED
        assert mine.id in durable()

    async def run() -> None:
        async with Intake(city, batch_limit=3) as intake:
            await asyncio.gather(*(one(intake) for _ in range(20)))

    asyncio.run(run())


def test_a_commit_that_fails_acknowledges_nothing(
    city: Database,
    submit: Submit,
    durable: Durable,
    broken_disk: Callable[[Database], AbstractContextManager[None]],
) -> None:
    async def run() -> list[Outcome | Busy]:
        async with Intake(city) as intake:
            with broken_disk(city):
                lost = await asyncio.gather(*(outcome(intake.submit(submit())) for _ in range(3)))
            return [*lost, await outcome(intake.submit(submit()))]

    found = asyncio.run(run())
    assert all(isinstance(one, Busy) for one in found[:3])
    assert found[3] is Outcome.STORED
    assert len(durable()) == 1
    assert sums(city) == (1, 9, 1)


def test_a_full_queue_refuses(city: Database, submit: Submit, durable: Durable) -> None:
    async def run() -> list[Outcome | Busy]:
        async with Intake(city, queue_limit=5) as intake:
            # All of them queue before the writer gets its turn.
            return await asyncio.gather(*(outcome(intake.submit(submit())) for _ in range(8)))

    found = asyncio.run(run())
    assert found[:5] == [Outcome.STORED] * 5
    assert all(isinstance(one, Busy) and one.headers["Retry-After"] for one in found[5:])
    assert len(durable()) == 5


def test_a_batch_that_does_not_fit_is_refused_whole(city: Database, submit: Submit, durable: Durable) -> None:
    async def run() -> None:
        async with Intake(city, queue_limit=5) as intake:
            with pytest.raises(Busy):
                await intake.submit_many([submit() for _ in range(6)])
            assert intake.depth == 0
            assert await intake.submit_many([submit() for _ in range(5)]) == [Outcome.STORED] * 5

    asyncio.run(run())
    assert len(durable()) == 5


@pytest.mark.parametrize(
    "wrong",
    [
        {"answer": {"age": 121}},
        {"answer": {"sex": "X"}},
        {"answer": {"seconds": -1}},
        {"channel": "fax"},
        {"service_id": 987654},
        {"point_id": 987654},
    ],
    ids=["age", "sex", "seconds", "channel", "service", "point"],
)
def test_a_row_that_the_database_refuses_fails_alone(
    city: Database, submit: Submit, catalog: Catalog, durable: Durable, wrong: dict[str, object]
) -> None:
    batch = [submit() for _ in range(12)]
    batch[4] = submit(**wrong)
    batch[11] = submit(**wrong)

    async def run() -> list[Outcome | Busy]:
        async with Intake(city) as intake:
            return await intake.submit_many(batch)

    expected = [Outcome.REJECTED if place in (4, 11) else Outcome.STORED for place in range(12)]
    assert asyncio.run(run()) == expected
    assert durable() == {one.id for place, one in enumerate(batch) if place not in (4, 11)}
    assert sums(city) == (10, 90, 10)
    assert verify_unit(city, catalog, batch[0].unit_id).differences == []


@pytest.fixture
def impatient(city: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """The city's database, waiting for a lock for a moment only."""
    city.dispose()
    monkeypatch.setattr(db, "BUSY_MILLISECONDS", 100)
    database = Database(settings)
    yield database
    database.dispose()


def test_a_database_that_is_away_refuses_and_comes_back(
    impatient: Database, away: Away, submit: Submit, durable: Durable
) -> None:
    before, during, after = submit(), submit(), submit()

    async def run() -> list[Outcome | Busy]:
        async with Intake(impatient) as intake:
            found = [await outcome(intake.submit(before))]
            with away():
                found += await asyncio.gather(*(outcome(intake.submit(one)) for one in (during, submit())))
            # The client kept its copy and sends it again.
            return [*found, await outcome(intake.submit(during)), await outcome(intake.submit(after))]

    found = asyncio.run(run())
    assert found[0] is Outcome.STORED
    assert [isinstance(one, Busy) for one in found[1:3]] == [True, True]
    assert found[3:] == [Outcome.STORED, Outcome.STORED]
    assert durable() == {before.id, during.id, after.id}


def test_connections_that_were_cut_are_replaced(
    city: Database, away: Away, submit: Submit, durable: Durable
) -> None:
    async def run() -> list[Outcome | Busy]:
        async with Intake(city) as intake:
            first = await outcome(intake.submit(submit()))
            with away():
                pass
            return [first, await outcome(intake.submit(submit()))]

    assert asyncio.run(run()) == [Outcome.STORED] * 2
    assert len(durable()) == 2


def test_leaving_drains_the_queue(city: Database, submit: Submit, durable: Durable) -> None:
    batch = [submit() for _ in range(700)]

    async def run() -> list[Outcome | Busy]:
        async with Intake(city, batch_limit=100) as intake:
            tasks = [asyncio.create_task(outcome(intake.submit(one))) for one in batch]
            await asyncio.sleep(0)
            assert intake.depth >= 600
        late = await outcome(intake.submit(submit()))
        assert isinstance(late, Busy)
        return list(await asyncio.gather(*tasks))

    assert asyncio.run(run()) == [Outcome.STORED] * 700
    assert durable() == {one.id for one in batch}


def test_who_hangs_up_does_no_harm(city: Database, submit: Submit, durable: Durable) -> None:
    batch = [submit() for _ in range(9)]

    async def run() -> list[Outcome]:
        async with Intake(city) as intake:
            tasks = [asyncio.create_task(intake.submit(one)) for one in batch]
            await asyncio.sleep(0)
            for task in tasks[::2]:
                task.cancel()
            for task in tasks[::2]:
                with suppress(asyncio.CancelledError):
                    await task
            return [await task for task in tasks[1::2]] + [await intake.submit(batch[0])]

    # It was in the queue already: it is stored, and sending it again says so.
    assert asyncio.run(run()) == [Outcome.STORED] * 4 + [Outcome.DUPLICATE]
    assert durable() == {one.id for one in batch}


def test_before_it_is_entered_nothing_is_accepted(city: Database, submit: Submit) -> None:
    async def run() -> None:
        with pytest.raises(Busy):
            await Intake(city).submit(submit())

    asyncio.run(run())
