"""The writer outlives whatever goes wrong around it, and blames no answer for what the database has."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from sqlalchemy import event
from sqlalchemy.exc import DatabaseError, InternalError, OperationalError, ProgrammingError

from app.core.db import Database
from app.core.errors import Busy
from app.responses import intake as intake_module
from app.responses.intake import Intake
from app.responses.submission import Outcome, Submission

Submit = Callable[..., Submission]
Durable = Callable[[], set[UUID]]


@contextmanager
def failing(database: Database, kind: type[DatabaseError]) -> Iterator[None]:
    """Every statement fails with an error of this kind."""

    def fail(*_: object) -> None:
        raise kind("INSERT", None, Exception("read-only, damaged, full, or without a table"))

    engines = [engine for engine in (database.engine, database._direct) if engine is not None]
    for engine in engines:
        event.listen(engine, "before_cursor_execute", fail)
    yield
    for engine in engines:
        event.remove(engine, "before_cursor_execute", fail)


@pytest.mark.parametrize("kind", [ProgrammingError, InternalError, DatabaseError])
def test_what_is_wrong_with_the_database_is_no_fault_of_an_answer(
    city: Database, submit: Submit, durable: Durable, kind: type[DatabaseError]
) -> None:
    async def run() -> None:
        async with Intake(city) as intake:
            one = submit()
            with failing(city, kind), pytest.raises(Busy):
                await intake.submit(one)
            assert durable() == set()
            assert await intake.submit(one) is Outcome.STORED

    asyncio.run(run())


def test_a_log_that_cannot_be_written_does_not_end_the_writer(
    city: Database, submit: Submit, monkeypatch: pytest.MonkeyPatch
) -> None:
    class FullDisk:
        def error(self, *_: object, **__: object) -> None:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(intake_module, "log", FullDisk())

    async def run() -> None:
        async with Intake(city) as intake:
            with failing(city, OperationalError):
                for _ in range(3):
                    with pytest.raises(Busy):
                        await asyncio.wait_for(intake.submit(submit()), 30)
            assert await asyncio.wait_for(intake.submit(submit()), 30) is Outcome.STORED

    asyncio.run(run())


def test_a_checkpoint_that_fails_at_the_end_leaves_nobody_waiting(
    city: Database, submit: Submit, durable: Durable, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(intake_module, "CHECKPOINT_PAGES", 1)
    monkeypatch.setattr(city, "checkpoint", fail)
    batch = [submit() for _ in range(60)]

    async def run() -> list[Outcome]:
        async with Intake(city, batch_limit=1) as intake:
            tasks = [asyncio.create_task(intake.submit(one)) for one in batch]
            await asyncio.sleep(0)
        return [await task for task in tasks]

    assert asyncio.run(run()) == [Outcome.STORED] * 60
    assert durable() == {one.id for one in batch}


def test_after_a_refusal_the_log_of_sqlite_is_written_back(
    city: Database, submit: Submit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a full disk this makes room; PostgreSQL has its own ways."""
    written_back: list[bool] = []
    monkeypatch.setattr(city, "checkpoint", lambda: written_back.append(True))

    async def run() -> None:
        async with Intake(city) as intake:
            assert await intake.submit(submit()) is Outcome.STORED
            assert written_back == []
            with failing(city, OperationalError), pytest.raises(Busy):
                await intake.submit(submit())

    asyncio.run(run())
    assert written_back == [True] * city.is_sqlite
