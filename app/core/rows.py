"""Many rows in few statements on SQLite, in the driver's own words: the fast lane beside SQLAlchemy's expressions.

Statements come in a few sizes only, so that each is prepared once.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Table

SIZES = (64, 32, 16, 8, 4, 2, 1)

Values = tuple[Any, ...]


class RowStatement:
    """`INSERT INTO table (columns) VALUES … tail`, executed for any number of rows."""

    def __init__(self, table: Table, columns: Sequence[str], tail: str) -> None:
        row = f"({', '.join('?' * len(columns))})"
        head = f"INSERT INTO {table.name} ({', '.join(columns)})"
        self._texts = {size: f"{head} VALUES {', '.join([row] * size)} {tail}" for size in SIZES}

    def execute(self, connection: Connection, rows: Sequence[Values]) -> Iterator[Sequence[Any]]:
        """Run it for `rows`; what the statement returns, if it returns anything."""
        start = 0
        for size in SIZES:
            while len(rows) - start >= size:
                portion = rows[start : start + size]
                result = connection.exec_driver_sql(self._texts[size], tuple(chain.from_iterable(portion)))
                if result.returns_rows:
                    yield from result.all()
                start += size


def instant_text(instant: datetime) -> str:
    """A time as SQLAlchemy keeps it on SQLite; a test reads back through the tables what was written so."""
    return instant.astimezone(UTC).isoformat(" ", "microseconds")[:26]
