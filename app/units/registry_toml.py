"""Rows of a registry file in TOML: [[units]] with [[units.services]] and [[units.points]] inside."""

from pathlib import Path

from app.core.toml_source import Position, TomlDocument, read
from app.units.registry_rows import Row, Rows, Sheet

_NESTED: tuple[Sheet, ...] = ("services", "points")


def read_toml(path: Path) -> Rows:
    """The rows of a TOML file. Raises SourceFaults when the file cannot be read or is not TOML."""
    document = read(path)
    rows = Rows(document.file)
    for key in document.data:
        if key != "units":
            rows.faults.append(document.fault((key,), f'kunci "{key}" tidak dikenal; yang ada: [[units]]'))
    for position, table in _tables(document, rows, ("units",), document.data.get("units", [])):
        own = {key: value for key, value in table.items() if key not in _NESTED}
        rows.units.append(_row(document, position, own))
        code = table.get("code")
        for sheet in _NESTED:
            for below, item in _tables(document, rows, (*position, sheet), table.get(sheet, [])):
                unit = code if isinstance(code, str) else None
                rows.of(sheet).append(_row(document, below, item, unit))
    return rows


def _tables(
    document: TomlDocument, rows: Rows, position: Position, value: object
) -> list[tuple[Position, dict[str, object]]]:
    """The tables of an array of tables with their positions; anything else becomes a fault."""
    name = position[-1]
    if not isinstance(value, list):
        rows.faults.append(document.fault(position, f'"{name}" harus daftar tabel'))
        return []
    found: list[tuple[Position, dict[str, object]]] = []
    for place, item in enumerate(value):
        if isinstance(item, dict):
            found.append(((*position, place), item))
        else:
            rows.faults.append(document.fault((*position, place), f'isi "{name}" harus tabel'))
    return found


def _row(
    document: TomlDocument, position: Position, values: dict[str, object], unit: str | None = None
) -> Row:
    lines = {key: document.line_of((*position, key)) for key in values}
    return Row(document.file, document.line_of(position), values, lines, unit)
