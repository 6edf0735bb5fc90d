"""Many rows in few statements, in the driver's own words: the fast lane beside SQLAlchemy's expressions.

Statements come in a few sizes only, so that the driver and the database prepare each of them once.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import chain
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Table

SIZES = (64, 32, 16, 8, 4, 2, 1)

Values = tuple[Any, ...]


class RowStatement:
    """`INSERT INTO table (columns) VALUES … tail`, executed for any number of rows."""

    def __init__(self, table: Table, columns: Sequence[str], dialect: str, tail: str) -> None:
        place = "?" if dialect == "sqlite" else "%s"
        row = f"({', '.join([place] * len(columns))})"
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


def _same(value: Any) -> Any:
    return value


def _naive(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(" ", "microseconds")[:26]


# How SQLAlchemy keeps these on SQLite; a test reads back through the tables what was written this way.
_SQLITE: dict[type, Callable[[Any], Any]] = {
    UUID: lambda value: value.hex,
    datetime: _naive,
    date: date.isoformat,
}


def converter(kind: type, dialect: str) -> Callable[[Any], Any]:
    """What makes a value of `kind` one that the driver stores as SQLAlchemy would."""
    return _SQLITE.get(kind, _same) if dialect == "sqlite" else _same
