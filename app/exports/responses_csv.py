"""Answers as CSV, a row a response, written while it is read: memory does not grow with the rows."""

from collections.abc import Generator

from app.exports.cells import BOM, DIALECTS
from app.exports.reading import Progress, Reading


def pieces(reading: Reading, progress: Progress | None = None) -> Generator[bytes]:
    """The file in pieces, beginning with byte order mark and heads; `progress` is told the rows so far."""
    recipe, rows = reading.recipe, 0
    yield BOM.encode() + DIALECTS[recipe.locale].lines([[column.key for column in recipe.columns]])
    for days in reading.days():
        yield from reading.lines(days)
        rows += days.rows
        if progress:
            progress(rows)
