"""Reading answers in bulk on either database: some days at a time, so that no snapshot lasts."""

import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import date
from typing import IO, TYPE_CHECKING, Any

import psycopg

from app.exports import bulk_sql
from app.exports.bulk_sql import CELL_FUNCTION, Days, Statement
from app.exports.cells import DIALECTS, Dialect
from app.exports.recipe import Recipe, UnitPart

if TYPE_CHECKING:
    from app.exports.queries import Reads

DAYS_ROWS = 20_000
ROWS_AT_ONCE = 1000
SPOOL_BYTES = 8 * 1024 * 1024
PIECE_BYTES = 256 * 1024
BUSY_SECONDS = 10
STATEMENT_SECONDS = 600
LINE_END = b"\r\n"

Opener = Callable[[], AbstractContextManager[Any]]
"""Gives a connection of the driver inside a transaction that ends with the block."""
Progress = Callable[[int], None]
"""Is told how many rows were written so far."""


class Reading:
    """The answers of a recipe. Nothing is held between two of its results' `Days`."""

    def __init__(self, recipe: Recipe, opener: Opener, days_rows: int = DAYS_ROWS) -> None:
        self.recipe, self._open, self._days_rows = recipe, opener, days_rows

    def days(self) -> Iterator[Days]:
        """The whole period of every unit, cut between days into parts of about so many rows.

        A day is never cut. The parts leave out no day: an answer that arrives meanwhile is in one part or in none.
        """
        for unit in self.recipe.units:
            with self._open() as connection:
                counted = self._execute(connection, bulk_sql.counted_days(self.recipe, unit)).fetchall()
            yield from self._cut(unit, [(_as_day(day), int(count)) for day, count in counted])

    def _cut(self, unit: UnitPart, counted: list[tuple[date, int]]) -> Iterator[Days]:
        start, rows = self.recipe.start, 0
        for day, count in counted:
            if rows and rows + count > self._days_rows:
                yield Days(unit, start, day, rows)
                start, rows = day, 0
            rows += count
        yield Days(unit, start, self.recipe.end, rows)

    def rows(self, days: Days) -> Iterator[tuple[Any, ...]]:
        """Answers by local date and id, a value a column, as `bulk_sql.typed` says."""
        with self._open() as connection:
            statement = bulk_sql.typed(self.recipe, days)
            if self.recipe.is_sqlite:
                yield from self._execute(connection, statement)
                return
            # Named: the server keeps the result, where the default would hand over all of it at once.
            with connection.cursor(name="eskm_export") as cursor:
                cursor.itersize = ROWS_AT_ONCE
                cursor.execute(statement.text, statement.values)
                yield from cursor

    def lines(self, days: Days) -> Iterator[bytes]:
        """The same as lines of CSV in pieces; read to the end before the first is handed out."""
        dialect = DIALECTS[self.recipe.locale]
        with tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES, prefix="eskm-export-") as spool:
            with self._open() as connection:
                write = _write_sqlite if self.recipe.is_sqlite else _write_postgresql
                write(connection, self.recipe, days, dialect, spool)
            spool.seek(0)
            while piece := spool.read(PIECE_BYTES):
                yield piece

    def comment_bytes_most(self) -> int:
        """The length in bytes of the longest comment of the period."""
        longest = 0
        for unit in self.recipe.units:
            with self._open() as connection:
                found = self._execute(connection, bulk_sql.longest_comment(self.recipe, unit)).fetchone()
            longest = max(longest, int(found[0] or 0))
        return longest

    def _execute(self, connection: Any, statement: Statement) -> Any:
        return connection.execute(statement.text, statement.values)


def _write_sqlite(connection: Any, recipe: Recipe, days: Days, dialect: Dialect, spool: IO[bytes]) -> None:
    def quoted(text: str) -> str:
        return _quoted(text, dialect)

    connection.create_function(CELL_FUNCTION, 1, quoted, deterministic=True)
    statement = bulk_sql.csv_lines(recipe, days, dialect.separator, quoted)
    cursor = connection.execute(statement.text, statement.values)
    while rows := cursor.fetchmany(ROWS_AT_ONCE):
        spool.write("\r\n".join([line for (line,) in rows]).encode() + LINE_END)
    cursor.close()


def _write_postgresql(
    connection: Any, recipe: Recipe, days: Days, dialect: Dialect, spool: IO[bytes]
) -> None:
    statement = bulk_sql.csv_copy(recipe, days, dialect.separator, dialect.cell)
    with psycopg.ClientCursor(connection) as cursor, cursor.copy(statement.text, statement.values) as copy:
        for line in copy:
            spool.write(bytes(line[:-1]) + LINE_END)


def _quoted(text: str, dialect: Dialect) -> str:
    """A harmless cell, in quotation marks where a reader of CSV needs them."""
    cell = dialect.cell(text)
    if not any(sign in cell for sign in (dialect.separator, '"', "\r", "\n")):
        return cell
    doubled = cell.replace('"', '""')
    return f'"{doubled}"'


def _as_day(value: object) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def through(database: "Reads") -> Opener:
    """Connections of the service's own pool, for small exports."""

    @contextmanager
    def open_() -> Iterator[Any]:
        with database.read() as session:
            yield session.connection().connection.driver_connection

    return open_


@contextmanager
def own_connection(recipe: Recipe) -> Iterator[Opener]:
    """One connection of this process, reading only, in transactions as short as what is read."""
    with closing(_connected(recipe)) as connection:
        begin, end = ("BEGIN", "ROLLBACK") if recipe.is_sqlite else (_SNAPSHOT, "ROLLBACK")

        @contextmanager
        def open_() -> Iterator[Any]:
            connection.execute(begin)
            try:
                yield connection
            finally:
                connection.execute(end)

        yield open_


# One worker of the server, and none of those that read ahead for it: they would take the processors of the answers
# that come in, and what lies in memory is read faster without them.
_OPTIONS = " ".join(
    f"-c {setting}"
    for setting in (
        "timezone=UTC",
        f"statement_timeout={STATEMENT_SECONDS * 1000}",
        "lock_timeout=10000",
        "max_parallel_workers_per_gather=0",
        "effective_io_concurrency=0",
    )
)
_SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


def _connected(recipe: Recipe) -> Any:
    if recipe.is_sqlite:
        connection = sqlite3.connect(recipe.address, timeout=BUSY_SECONDS, isolation_level=None)
        connection.execute("PRAGMA query_only=ON").close()
        connection.execute("PRAGMA temp_store=MEMORY").close()
        return connection
    return psycopg.connect(recipe.address, autocommit=True, connect_timeout=5, options=_OPTIONS)
