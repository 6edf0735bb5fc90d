"""The only way in: answers queue, one writer commits what waits together, then each is acknowledged.

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
from sqlalchemy.exc import DBAPIError, OperationalError

from app.core.db import Database
from app.core.errors import Busy
from app.responses.submission import Outcome, Submission
from app.responses.writer import write_batch

log = structlog.get_logger(__name__)

# A commit that takes longer than this would hold up the event loop: it moves to a thread.
INLINE_SECONDS = 0.010
# Serialisation failure and deadlock (PostgreSQL, appendix A): the same batch again may well succeed.
RETRYABLE = frozenset({"40001", "40P01"})
ATTEMPTS = 4

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
        self._writer: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="intake")
        # The event loop may be blocked by SQLite's commit, not by a network; measured as we go.
        self._commit_seconds = 0.0 if database.is_sqlite else 1.0

    @property
    def depth(self) -> int:
        """How many answers wait to be written."""
        return len(self._waiting)

    async def __aenter__(self) -> Self:
        self._writer = asyncio.create_task(self._write_forever(), name="intake")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing = True
        self._arrived.set()
        if self._writer is not None:
            await self._writer
        self._thread.shutdown()

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
        if self._closing or self._writer is None or self._writer.done():
            raise Busy
        if len(self._waiting) + len(submissions) > self._queue_limit:
            raise Busy
        loop = asyncio.get_running_loop()
        futures = [loop.create_future() for _ in submissions]
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
            size = min(len(self._waiting), self._batch_limit)
            await self._settle([self._waiting.popleft() for _ in range(size)])
            # Those just answered run now, and their successors join the next batch.
            await asyncio.sleep(0)

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
        if isinstance(error, OperationalError) or error.connection_invalidated:
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
                if getattr(error.orig, "sqlstate", None) not in RETRYABLE or attempt == ATTEMPTS:
                    raise
                await asyncio.sleep(0.01 * attempt)
        raise AssertionError("the last attempt returns or raises")

    async def _commit(self, submissions: list[Submission]) -> list[Outcome]:
        began = time.perf_counter()
        if self._commit_seconds < INLINE_SECONDS:
            outcomes = self._transact(submissions)
        else:
            loop = asyncio.get_running_loop()
            outcomes = await loop.run_in_executor(self._thread, self._transact, submissions)
        if self._database.is_sqlite:
            self._commit_seconds += 0.1 * (time.perf_counter() - began - self._commit_seconds)
        return outcomes

    def _transact(self, submissions: list[Submission]) -> list[Outcome]:
        with self._database.write_connection() as connection:
            return write_batch(connection, submissions)


def _answer(batch: list[Waiting], outcomes: Sequence[Outcome]) -> None:
    for (_, future), outcome in zip(batch, outcomes, strict=True):
        # Whoever hung up in the meantime has cancelled its future; the answer is stored all the same.
        with suppress(asyncio.InvalidStateError):
            future.set_result(outcome)


def _refuse(batch: list[Waiting]) -> None:
    for _, future in batch:
        with suppress(asyncio.InvalidStateError):
            future.set_exception(Busy())
