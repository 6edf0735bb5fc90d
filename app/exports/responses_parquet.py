"""Answers as Parquet: typed columns, words stored once, and labels beside the data."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from app.core.late import Late
from app.exports.reading import Progress, Reading
from app.exports.recipe import Column, Recipe
from app.exports.typed_rows import Convert, batches, converted, converters, utc_moment

_ARROW, _PARQUET = Late("arro3.core"), Late("arro3.io")
ROWS_AT_ONCE = 1000
GROUP_ROWS = 65_536
EPOCH, MILLISECOND, DAY = datetime(1970, 1, 1, tzinfo=UTC), timedelta(milliseconds=1), date(1970, 1, 1)


def write(path: Path, reading: Reading, progress: Progress | None = None) -> None:
    """Write the file, a thousand rows in memory as values at a time. Raises what reading them raises."""
    schema = schema_of(reading.recipe)
    made = _Batches(reading, schema, progress)
    rows = _ARROW.RecordBatchReader.from_batches(schema, made)
    try:
        _PARQUET.write_parquet(
            rows,
            str(path),
            compression="zstd(1)",
            max_row_group_size=GROUP_ROWS,
            key_value_metadata={"eskm": about(reading.recipe)},
        )
    except Exception as error:
        raise made.failure or error from None


class _Batches:
    """Answers as batches of columns. A failure on the way stays here: the writer only tells that there was one."""

    def __init__(self, reading: Reading, schema: Any, progress: Progress | None) -> None:
        self._reading, self._schema, self._progress = reading, schema, progress
        self._columns = reading.recipe.columns
        self.failure: Exception | None = None

    def __iter__(self) -> Iterator[Any]:
        try:
            for days, rows in batches(self._reading, self._progress):
                convert = _converters(self._columns, ZoneInfo(days.unit.timezone))
                ready = converted(rows, convert)
                while some := list(islice(ready, ROWS_AT_ONCE)):
                    yield self._batch(some)
        except Exception as error:
            self.failure = error
            raise

    def _batch(self, rows: list[list[Any]]) -> Any:
        arrays = [
            _ARROW.Array(values, type=_stored(column)).cast(_type(column))
            for column, values in zip(self._columns, zip(*rows, strict=True), strict=True)
        ]
        return _ARROW.RecordBatch.from_arrays(arrays, schema=self._schema)


def _converters(columns: tuple[Column, ...], zone: ZoneInfo) -> tuple[Convert | None, ...]:
    """Days and moments as numbers since 1970, the rest as it is for every typed format."""
    moment = utc_moment(zone)

    def milliseconds(text: str) -> int:
        instant: datetime = moment(text)
        return (instant - EPOCH) // MILLISECOND

    def days(text: str) -> int:
        return (date.fromisoformat(text) - DAY).days

    known = {"day": days, "instant": milliseconds}
    usual = converters(columns, moment)
    return tuple(known.get(column.kind, one) for column, one in zip(columns, usual, strict=True))


def schema_of(recipe: Recipe) -> Any:
    """Types of the columns; metadata `eskm` (JSON) says what the file is about, that of a column its labels."""
    fields = [
        _ARROW.Field(column.key, _type(column), nullable=True, metadata=_labels(column))
        for column in recipe.columns
    ]
    return _ARROW.Schema(fields, metadata={"eskm": about(recipe)})


def about(recipe: Recipe) -> str:
    """What the file is about: unit, period, instruments, labels of columns and of their values."""
    told = {
        "about": dict(recipe.about),
        "instruments": recipe.instruments,
        "start": recipe.start.isoformat(),
        "end": recipe.end.isoformat(),
        "labels": {column.key: column.label for column in recipe.columns},
        "values": {column.key: dict(column.values) for column in recipe.columns if column.values},
    }
    return json.dumps(told, ensure_ascii=False)


def _stored(column: Column) -> Any:
    """The type in which values of Python become an array."""
    kinds = _ARROW.DataType
    return {
        "truth": kinds.bool,
        "whole": kinds.int32,
        "score": kinds.int8,
        "day": kinds.int32,
        "instant": kinds.int64,
    }.get(column.kind, kinds.string)()


def _type(column: Column) -> Any:
    """The type of a column in the file."""
    kinds = _ARROW.DataType
    if column.kind in ("group", "choice"):
        return kinds.dictionary(kinds.int32(), kinds.string())
    if column.kind == "day":
        return kinds.date32()
    return kinds.timestamp("ms", tz="UTC") if column.kind == "instant" else _stored(column)


def _labels(column: Column) -> dict[str, str]:
    labels = {"label": column.label}
    return (
        {**labels, "values": json.dumps(dict(column.values), ensure_ascii=False)} if column.values else labels
    )
