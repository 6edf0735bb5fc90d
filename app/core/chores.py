"""Work that is due now and then, done beside the requests: by one process at a time, however many there are."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import Field, Session, col

from app.core.clock import Clock
from app.core.db import Database
from app.core.tables import Table

log = structlog.get_logger(__name__)


class ChoreTurn(Table, table=True):
    """When a chore is due again. Whoever moves the time on does the work."""

    __tablename__ = "chore_turn"

    name: str = Field(primary_key=True)
    due_at: datetime
    began_at: datetime | None = None
    ended_at: datetime | None = None
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Chore:
    """Something to do every now and then. It may be cut off at any moment and must bear to be done again."""

    name: str
    every: timedelta
    work: Callable[[datetime], object]


class Chores:
    """A thread that looks for due chores every `seconds` and does them one after the other; none with 0."""

    def __init__(self, database: Database, chores: Sequence[Chore], clock: Clock, seconds: int) -> None:
        self._database = database
        self._chores = chores
        self._clock = clock
        self._seconds = seconds
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> "Chores":
        if self._seconds:
            self._thread = threading.Thread(target=self._run, name="chores", daemon=True)
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join(timeout=self._seconds)

    def _run(self) -> None:
        while not self._over.wait(self._seconds):
            try:
                self.once()
            except Exception as error:  # the database may be away for a while
                log.warning("chores.failed", error=type(error).__name__)

    def once(self) -> list[str]:
        """Do what is due; the names of what was done."""
        now = self._clock()
        with self._database.read() as session:
            due = [one for one in self._chores if _is_due(session, one.name, now)]
        return [one.name for one in due if not self._over.is_set() and self._do(one)]

    def _do(self, chore: Chore) -> bool:
        now = self._clock()
        with self._database.write() as session:
            if not _taken(session, chore, now):
                return False
        failed = False
        try:
            chore.work(now)
        except Exception as error:
            failed = True
            log.warning("chore.failed", chore=chore.name, error=type(error).__name__)
        with self._database.write() as session:
            turn = session.get_one(ChoreTurn, chore.name)
            turn.ended_at, turn.failed = self._clock(), failed
        return True


def _is_due(session: Session, name: str, now: datetime) -> bool:
    turn = session.get(ChoreTurn, name)
    return turn is None or turn.due_at <= now


def _taken(session: Session, chore: Chore, now: datetime) -> bool:
    """Whether this process got the turn: of several, the one whose update changes the row."""
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    first = insert(ChoreTurn).values(name=chore.name, due_at=now, failed=False)
    session.execute(first.on_conflict_do_nothing())
    taken = (
        update(ChoreTurn)
        .where(col(ChoreTurn.name) == chore.name, col(ChoreTurn.due_at) <= now)
        .values(due_at=now + chore.every, began_at=now)
        .returning(col(ChoreTurn.name))
    )
    return bool(session.execute(taken).all())
