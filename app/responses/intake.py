"""The only way in: answers queue, a writer commits what waits together, then each is acknowledged.

No acknowledgement leaves before the commit. A full queue and an absent database answer `Busy`: the client
keeps its copy.
"""

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from types import TracebackType
from typing import Self

import structlog
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError

from app.core.db import DIRECT_CONNECTIONS, Database, is_locked
from app.core.errors import Busy
from app.responses.submission import Outcome, Submission
from app.responses.writer import write_batch

log = structlog.get_logger(__name__)

# SQLite on a local disk commits in a fraction of this; where waiting takes longer, writing moves to a thread.
INLINE_SECONDS = 0.010
# A request needs two turns of the event loop from the socket to the queue.
QUIET_TURNS = 3
# SQLite's log grows by some twenty pages of 4 KiB for a batch and a page for an answer. It is written back after so
# many: enough to write a page back once for many answers, little enough to fit on a disk that is nearly full.
BATCH_PAGES = 20
CHECKPOINT_PAGES = 4000
# Serialisation failure and deadlock (PostgreSQL, appendix A): the same batch again may well succeed.
RETRYABLE = frozenset({"40001", "40P01"})
ATTEMPTS = 4
# What a row itself can be to blame for. A database that became read-only or lost a table refuses every row: there
# the client must keep its copy, for "rejected" would tell it to forget it.
ROW_FAULTS = (DataError, IntegrityError)

Waiting = tuple[Submission, asyncio.Future[Outcome]]


class Intake:
    """Queue and writer of one process. Use as an async context manager: leaving it drains the queue."""

    def __init__(self, database: Database, *, queue_limit: int = 5000, batch_limit: int = 500) -> None:
        self._database = database
        self._queue_limit = queue_limit
        self._batch_limit = batch_limit
        self._waiting: deque[Waiting] = deque()
        self._arrived = asyncio.Event()
        self._closing = False
        self._number = 1 if database.is_sqlite else DIRECT_CONNECTIONS
        self._writers: list[asyncio.Task[None]] = []
        self._threads = ThreadPoolExecutor(max_workers=self._number, thread_name_prefix="intake")
        self._since_checkpoint = 0
        self._checkpointing: asyncio.Task[None] | None = None
        # How long SQLite's lock and disk let us wait, measured as we go.
        self._waited_seconds = 0.0
        self._busy_since = 0.0

    @property
    def depth(self) -> int:
        """How many answers wait to be written."""
        return len(self._waiting)

    @property
    def limit(self) -> int:
        """How many may wait."""
        return self._queue_limit

    @property
    def busy_seconds(self) -> float:
        """For how long there has been somebody waiting without a break: no answer waits for longer."""
        return time.monotonic() - self._busy_since if self._waiting else 0.0

    async def __aenter__(self) -> Self:
        self._writers = [asyncio.create_task(self._write_forever()) for _ in range(self._number)]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing = True
        self._arrived.set()
        await asyncio.gather(*self._writers)
        if self._checkpointing:
            await asyncio.wait([self._checkpointing])  # whether it succeeds is no longer of interest
        self._threads.shutdown()

    async def submit(self, submission: Submission) -> Outcome:
        """Store one answer; returns when it is durable. Raises `Busy` when it cannot be stored now."""
        return await self._enqueue((submission,))[0]

    async def submit_many(self, submissions: Sequence[Submission]) -> list[Outcome | Busy]:
        """Store several answers; one that cannot be stored does not hold up the others."""
        results = await asyncio.gather(*self._enqueue(submissions), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException) and not isinstance(result, Busy):
                raise result
        return list(results)  # type: ignore[arg-type]

    def _enqueue(self, submissions: Sequence[Submission]) -> list[asyncio.Future[Outcome]]:
        if self._closing or not self._writers:
            raise Busy
        if len(self._waiting) + len(submissions) > self._queue_limit:
            raise Busy
        loop = asyncio.get_running_loop()
        futures = [loop.create_future() for _ in submissions]
        if not self._waiting:
            self._busy_since = time.monotonic()
        self._waiting.extend(zip(submissions, futures, strict=True))
        self._arrived.set()
        return futures

    async def _write_forever(self) -> None:
        while True:
            if not self._waiting:
                if self._closing:
                    return
                self._arrived.clear()
                await self._arrived.wait()
                continue
            await self._gather()
            size = min(len(self._waiting), self._batch_limit)
            batch = [self._waiting.popleft() for _ in range(size)]
            try:
                await self._settle(batch)
            except Exception:  # a log on a full disk cannot be written either, and the writer has to live on
                _refuse(batch)
            self._tidy(size)

    async def _gather(self) -> None:
        """Let in what has already reached this machine: turns of the event loop, as long as each brings more.

        No waiting: a turn without arrivals takes microseconds. A commit takes as long for one as for many.
        """
        quiet = 0
        while quiet < QUIET_TURNS and len(self._waiting) < self._batch_limit:
            before = len(self._waiting)
            await asyncio.sleep(0)
            quiet = 0 if len(self._waiting) > before else quiet + 1

    def _tidy(self, written: int) -> None:
        """From time to time write SQLite's log back, in a thread: within a commit it would hold up everybody."""
        self._since_checkpoint += BATCH_PAGES + written
        if (
            self._database.is_sqlite
            and self._since_checkpoint >= CHECKPOINT_PAGES
            and not self._checkpointing
        ):
            self._since_checkpoint = 0
            self._checkpointing = asyncio.create_task(asyncio.to_thread(self._database.checkpoint))
            self._checkpointing.add_done_callback(self._checkpointed)

    def _checkpointed(self, task: asyncio.Task[None]) -> None:
        self._checkpointing = None
        if task.exception() is not None:
            log.warning("intake.checkpoint_failed", error=type(task.exception()).__name__)

    async def _settle(self, batch: list[Waiting]) -> None:
        """Write a batch and answer everyone in it; a failing one is halved until the bad row is alone."""
        try:
            outcomes = await self._write([submission for submission, _ in batch])
        except DBAPIError as error:
            await self._settle_failed(batch, error)
        except Exception as error:
            log.error("intake.failed", waiting=len(batch), error=type(error).__name__)  # noqa: TRY400
            _refuse(batch)
        else:
            _answer(batch, outcomes)

    async def _settle_failed(self, batch: list[Waiting], error: DBAPIError) -> None:
        # Only the kind of error is logged: its text may hold a row, and a row is somebody's answer.
        kind = type(error.orig).__name__
        if not isinstance(error, ROW_FAULTS) or error.connection_invalidated:
            # On a full disk there is room again once SQLite's log is written back and begins anew.
            self._since_checkpoint = CHECKPOINT_PAGES
            log.error("intake.unavailable", waiting=len(batch), error=kind)
            _refuse(batch)
        elif len(batch) == 1:
            log.error("intake.rejected", error=kind)
            _answer(batch, [Outcome.REJECTED])
        else:
            middle = len(batch) // 2
            await self._settle(batch[:middle])
            await self._settle(batch[middle:])

    async def _write(self, submissions: list[Submission]) -> list[Outcome]:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return await self._commit(submissions)
            except DBAPIError as error:
                # A connection that broke may have stored the batch: sent again, it counts once all the same.
                again = error.connection_invalidated or getattr(error.orig, "sqlstate", None) in RETRYABLE
                if not again or attempt == ATTEMPTS:
                    raise
                await asyncio.sleep(0.01 * attempt)
        raise AssertionError("the last attempt returns or raises")

    async def _commit(self, submissions: list[Submission]) -> list[Outcome]:
        if self._database.is_sqlite and self._waited_seconds < INLINE_SECONDS:
            try:
                return self._transact(submissions, patient=False)
            except OperationalError as error:
                if not is_locked(error):
                    raise
        # In a thread, where waiting for a server or for another process holds up nobody else.
        loop = asyncio.get_running_loop()
        work = self._transact if self._database.is_sqlite else self._state
        return await loop.run_in_executor(self._threads, work, submissions)

    def _state(self, submissions: list[Submission]) -> list[Outcome]:
        with self._database.statement_connection() as connection:
            return write_batch(connection, submissions)

    def _transact(self, submissions: list[Submission], *, patient: bool = True) -> list[Outcome]:
        began = time.perf_counter()
        with self._database.write_connection(patient=patient) as connection:
            ready = time.perf_counter()
            outcomes = write_batch(connection, submissions)
            written = time.perf_counter()
        waited = ready - began + time.perf_counter() - written
        self._waited_seconds += 0.1 * (waited - self._waited_seconds)
        return outcomes


def _answer(batch: list[Waiting], outcomes: Sequence[Outcome]) -> None:
    for (_, future), outcome in zip(batch, outcomes, strict=True):
        # Whoever hung up in the meantime has cancelled its future; the answer is stored all the same.
        with suppress(asyncio.InvalidStateError):
            future.set_result(outcome)


def _refuse(batch: list[Waiting]) -> None:
    for _, future in batch:
        with suppress(asyncio.InvalidStateError):
            future.set_exception(Busy())
