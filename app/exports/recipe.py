"""All that a process needs to make an export on its own: where the data lie, what to read, how to call it."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

from app.exports.cells import Locale

Format = Literal["csv", "xlsx", "parquet", "sav"]
FORMATS: tuple[Format, ...] = ("csv", "xlsx", "parquet", "sav")
Kind = Literal["text", "group", "choice", "truth", "whole", "score", "day", "instant"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `values` are the values it may have with their labels, lowest first, where they are few.

    A `group` is a text that many rows share, a `choice` one of `values`, an `instant` a local time of the unit.
    """

    key: str
    kind: Kind
    label: str
    values: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, document: dict[str, Any]) -> "Column":
        """The column that `dataclasses.asdict` took apart, also after a journey as JSON."""
        values = tuple((str(value), str(label)) for value, label in document["values"])
        return cls(document["key"], document["kind"], document["label"], values)


@dataclass(frozen=True, slots=True)
class UnitPart:
    """A unit whose answers are read, with the codes and names of its services and points by id."""

    id: int
    code: str
    name: str
    timezone: str
    services: tuple[tuple[int, str, str], ...]
    points: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Recipe:
    """An export of answers from `start` until before `end`. `address` is a file of SQLite or a PostgreSQL URL.

    `about` is what the file says of itself: title, period, questionnaires, in words of `language`.
    """

    address: str
    format: Format
    locale: Locale
    start: date
    end: date
    service_id: int | None
    instruments: tuple[str, ...]
    columns: tuple[Column, ...]
    units: tuple[UnitPart, ...]
    about: tuple[tuple[str, str], ...]
    language: str = "id"

    @property
    def is_sqlite(self) -> bool:
        """Whether the data lie in a file."""
        return not self.address.startswith("postgresql")

    @property
    def has_comments(self) -> bool:
        """Whether what citizens wrote is part of it."""
        return self.columns[-1].key == "comment"

    @property
    def scores(self) -> Sequence[str]:
        """The keys of the questions."""
        return [column.key for column in self.columns if column.kind == "score"]

    def to_json(self) -> str:
        """The recipe as one line, for another process."""
        return json.dumps(asdict(self), default=date.isoformat)

    @classmethod
    def from_json(cls, text: str) -> "Recipe":
        """What `to_json` wrote."""
        document: dict[str, Any] = json.loads(text)
        units = [
            UnitPart(
                **{
                    **unit,
                    "services": tuple((id_, code, name) for id_, code, name in unit["services"]),
                    "points": tuple((id_, code) for id_, code in unit["points"]),
                }
            )
            for unit in document["units"]
        ]
        return cls(
            **{
                **document,
                "start": date.fromisoformat(document["start"]),
                "end": date.fromisoformat(document["end"]),
                "instruments": tuple(document["instruments"]),
                "columns": tuple(Column.of(column) for column in document["columns"]),
                "units": tuple(units),
                "about": tuple((name, text) for name, text in document["about"]),
            }
        )
