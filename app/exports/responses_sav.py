"""Answers for SPSS: numbers with labels from the questionnaire, names of variables, and what is missing."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.core.messages import translate
from app.exports import sav_file
from app.exports.reading import Progress, Reading
from app.exports.recipe import Column, Recipe
from app.exports.sav_file import Variable
from app.exports.typed_rows import batches, converted, converters, local_moment

NOT_TOLD = 99
"""A profile question left open: missing to SPSS, and to be told from a question that was not asked."""
RESERVED = frozenset({"all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"})
ID_BYTES, FLAGS_BYTES = 36, 64
ATTEMPTS = 3


def write(path: Path, reading: Reading, progress: Progress | None = None) -> None:
    """Write the file row by row; anew when a comment arrives meanwhile that is longer than all before."""
    for attempt in range(ATTEMPTS):
        try:
            _write(path, reading, progress)
        except sav_file.TextTooLong:
            if attempt == ATTEMPTS - 1:
                raise
        else:
            return


def _write(path: Path, reading: Reading, progress: Progress | None) -> None:
    recipe = reading.recipe
    variables = [_variable(column, recipe, reading) for column in recipe.columns]
    notes = [f"{name}: {text}" for name, text in recipe.about]
    with path.open("wb") as file:
        label = f"SKM {recipe.about[0][1]}"
        sav_file.write(file, variables, _rows(reading, progress), datetime.now(UTC), label, notes)


def _rows(reading: Reading, progress: Progress | None) -> Iterator[list[Any]]:
    columns = reading.recipe.columns
    convert = converters(columns, local_moment)
    coded = [(place, codes) for place, codes in enumerate(map(_codes, columns)) if codes]
    for _, rows in batches(reading, progress):
        for row in converted(rows, convert):
            for place, codes in coded:
                row[place] = codes.get(row[place], NOT_TOLD)
            yield row


def _variable(column: Column, recipe: Recipe, reading: Reading) -> Variable:
    name, codes = variable_name(column), _codes(column)
    if codes:
        labels = {place: label for place, (_, label) in enumerate(column.values, start=1)}
        labels[NOT_TOLD] = translate("Tidak diisi", recipe.language)
        return Variable(name, "number", column.label, values=labels, missing=NOT_TOLD)
    if column.kind == "score":
        scores = {int(value): label for value, label in column.values}
        return Variable(name, "number", column.label, values=scores, measure="ordinal")
    if column.kind in ("text", "group"):
        return Variable(name, "text", column.label, width=_bytes_most(column.key, recipe, reading))
    kind = {"day": "date", "instant": "moment"}.get(column.kind, "number")
    return Variable(name, kind, column.label, measure="scale")


def variable_name(column: Column) -> str:
    """The column's name, changed where SPSS has a use of its own for it."""
    return f"{column.key}_" if column.key.lower() in RESERVED else column.key


def _bytes_most(key: str, recipe: Recipe, reading: Reading) -> int:
    """How wide a text must be to lose nothing."""
    if key == "comment":
        return max(1, reading.comment_bytes_most())
    texts = {
        "unit": [unit.code for unit in recipe.units],
        "unit_name": [unit.name for unit in recipe.units],
        "service": [code for unit in recipe.units for _, code, _ in unit.services],
        "service_name": [name for unit in recipe.units for _, _, name in unit.services],
        "point": [code for unit in recipe.units for _, code in unit.points],
        "instrument": recipe.instruments,
    }.get(key)
    if texts is None:
        return ID_BYTES if key == "id" else FLAGS_BYTES
    return max(1, *(len(text.encode()) for text in texts), 1)


def _codes(column: Column) -> dict[Any, int] | None:
    """1, 2, 3 … for the values of a choice: SPSS labels numbers, and texts only while they are short."""
    if column.kind == "truth":
        return {False: 1, True: 2}
    if column.kind != "choice":
        return None
    return {value: place for place, (value, _) in enumerate(column.values, start=1)}
