"""Work that is due now and then: by one process at a time, and a failure stops nobody."""

import threading
import time
from datetime import timedelta

from app.core.chores import Chore, Chores, ChoreTurn
from app.core.db import Database
from app.core.settings import Settings
from tests.conftest import NOW

HOUR = timedelta(hours=1)


class Clock:
    """Time that a test moves on."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self):  # type: ignore[no-untyped-def]
        return self.now


def test_what_is_due_is_done_once(database: Database) -> None:
    clock, done = Clock(), []
    chores = Chores(database, [Chore("a", HOUR, done.append)], clock, 0)
    assert chores.once() == ["a"]
    assert chores.once() == []
    clock.now += HOUR - timedelta(seconds=1)
    assert chores.once() == []
    clock.now += timedelta(seconds=1)
    assert chores.once() == ["a"]
    assert done == [NOW, NOW + HOUR]


def test_a_failure_is_noted_and_the_next_chore_done(database: Database) -> None:
    def fail(_: object) -> None:
        raise RuntimeError("away")

    done: list[object] = []
    chores = Chores(database, [Chore("a", HOUR, fail), Chore("b", HOUR, done.append)], Clock(), 0)
    assert chores.once() == ["a", "b"]
    assert done == [NOW]
    with database.read() as session:
        assert session.get_one(ChoreTurn, "a").failed
        assert not session.get_one(ChoreTurn, "b").failed


def test_of_several_processes_one_does_it(settings: Settings) -> None:
    done: list[object] = []
    databases = [Database(settings) for _ in range(4)]
    gate = threading.Barrier(len(databases))

    def process(database: Database) -> None:
        gate.wait()
        Chores(database, [Chore("a", HOUR, done.append)], Clock(), 0).once()

    threads = [threading.Thread(target=process, args=[one]) for one in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for database in databases:
        database.dispose()
    assert len(done) == 1


def test_the_thread_begins_and_ends(database: Database) -> None:
    done = threading.Event()
    with Chores(database, [Chore("a", HOUR, lambda _: done.set())], Clock(), 1):
        assert done.wait(20)
    began = time.monotonic()
    with Chores(database, [Chore("b", HOUR, lambda _: None)], Clock(), 3600):
        pass
    assert time.monotonic() - began < 60
