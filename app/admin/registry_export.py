"""The registry of what an administrator holds, as a file that can be sent back: XLSX or TOML."""

import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from sqlmodel import Session

from app.admin.unit_tree import Tree
from app.units.registry import ElementsOf, PointEntry, Registry, ServiceEntry, UnitEntry
from app.units.registry_rows import COLUMNS, Sheet
from app.units.registry_stored import stored
from app.units.registry_template import write_template


def registry_of(session: Session, tree: Tree) -> Registry:
    """All units of `tree` with their services and points; parents outside of it are left out."""
    whole = stored(session).registry
    mine = tree.by_code
    return Registry(
        units=tuple(
            replace(unit, parent=None) if mine[unit.code].above is None else unit
            for unit in whole.units
            if unit.code in mine
        ),
        services=tuple(one for one in whole.services if one.unit in mine),
        points=tuple(one for one in whole.points if one.unit in mine),
    )


def xlsx(registry: Registry, elements_of: ElementsOf) -> bytes:
    """The registry as a workbook with explanations and lists to choose from."""
    with tempfile.TemporaryDirectory(prefix="eskm-registry-") as folder:
        path = Path(folder) / "registri.xlsx"
        write_template(path, elements_of, registry)
        return path.read_bytes()


def toml(registry: Registry) -> str:
    """The registry as TOML: each unit with its services and points."""
    services = _by_unit(registry.services)
    points = _by_unit(registry.points)
    return "\n".join(
        line
        for unit in registry.units
        for line in (
            *_table("[[units]]", "units", unit),
            *services.get(unit.code, ()),
            *points.get(unit.code, ()),
        )
    )


def _by_unit(entries: tuple[ServiceEntry, ...] | tuple[PointEntry, ...]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for entry in entries:
        sheet: Sheet = "services" if isinstance(entry, ServiceEntry) else "points"
        found.setdefault(entry.unit, []).extend(
            f"  {line}" if line else "" for line in _table(f"[[units.{sheet}]]", sheet, entry)
        )
    return found


# What a file need not say.
_OMITTED = {"active": True, "tickets": False, "proof_of_work": False}


def _table(heading: str, sheet: Sheet, entry: UnitEntry | ServiceEntry | PointEntry) -> Iterator[str]:
    yield heading
    for column in COLUMNS[sheet]:
        value = getattr(entry, column.name)
        if value is not None and value != () and value != _OMITTED.get(column.name):
            yield f"{column.name} = {_value(value)}"
    yield ""


def _value(value: object) -> str:
    """A JSON value: TOML writes texts without control characters, numbers, booleans and lists the same way."""
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)
