"""Answers as Parquet: typed columns, words stored once, and labels beside the data."""

import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from app.core.late import Late
from app.exports.reading import Progress, Reading
from app.exports.recipe import Column, Recipe
from app.exports.typed_rows import batches, converted, converters, utc_moment

_ARROW, _PARQUET = Late("pyarrow"), Late("pyarrow.parquet")
GROUP_ROWS = 20_000


def write(path: Path, reading: Reading, progress: Progress | None = None) -> None:
    """Write the file, some ten thousand rows in memory at a time."""
    schema = schema_of(reading.recipe)
    with _PARQUET.ParquetWriter(str(path), schema, compression="zstd") as writer:
        waiting: list[Any] = []
        number = 0
        for days, rows in batches(reading, progress):
            convert = converters(reading.recipe.columns, utc_moment(ZoneInfo(days.unit.timezone)))
            batch = _batch(list(converted(rows, convert)), schema)
            if batch is None:
                continue
            waiting.append(batch)
            number += batch.num_rows
            if number >= GROUP_ROWS:
                _write_group(writer, waiting, schema)
                number = 0
        if waiting:
            _write_group(writer, waiting, schema)


def _write_group(writer: Any, waiting: list[Any], schema: Any) -> None:
    """All batches as one group of rows, with one dictionary of words a column."""
    table = _ARROW.Table.from_batches(waiting, schema=schema).unify_dictionaries().combine_chunks()
    waiting.clear()
    writer.write_table(table)


def _batch(rows: list[list[Any]], schema: Any) -> Any:
    if not rows:
        return None
    arrays = [
        _ARROW.array(values, type=field.type)
        for values, field in zip(zip(*rows, strict=True), schema, strict=True)
    ]
    return _ARROW.RecordBatch.from_arrays(arrays, schema=schema)


def schema_of(recipe: Recipe) -> Any:
    """Types of the columns; metadata `eskm` (JSON) says what the file is about, that of a column its labels."""
    fields = [_ARROW.field(column.key, _type(column), metadata=_labels(column)) for column in recipe.columns]
    about = {
        "about": dict(recipe.about),
        "instruments": recipe.instruments,
        "start": recipe.start.isoformat(),
        "end": recipe.end.isoformat(),
        "labels": {column.key: column.label for column in recipe.columns},
        "values": {column.key: dict(column.values) for column in recipe.columns if column.values},
    }
    return _ARROW.schema(fields, metadata={"eskm": json.dumps(about, ensure_ascii=False)})


def _type(column: Column) -> Any:
    words = _ARROW.dictionary(_ARROW.int32(), _ARROW.string())
    return {
        "text": _ARROW.string(),
        "group": words,
        "choice": words,
        "truth": _ARROW.bool_(),
        "whole": _ARROW.int32(),
        "score": _ARROW.int8(),
        "day": _ARROW.date32(),
        "instant": _ARROW.timestamp("s", tz="UTC"),
    }[column.kind]


def _labels(column: Column) -> dict[str, str]:
    labels = {"label": column.label}
    return (
        {**labels, "values": json.dumps(dict(column.values), ensure_ascii=False)} if column.values else labels
    )
