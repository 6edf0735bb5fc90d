"""Rows of a registry file in XLSX: sheets units, services and points, whose first row names the columns."""

import warnings
from collections.abc import Iterable
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from app.core.late import Late
from app.core.toml_source import Fault, SourceFaults
from app.units.registry_rows import COLUMNS, SHEETS, Column, Row, Rows, Sheet

_XLSX, _ERRORS = Late("openpyxl"), Late("openpyxl.utils.exceptions")
GUIDE = "petunjuk"
"""The sheet of the template that explains the others; it is not read."""

YES, NO = "ya", "tidak"
_FLAGS = {YES: True, "true": True, NO: False, "false": False}
# Far beyond all columns of ours together. Rows that were coloured as a whole have 16,384 cells, and a workbook
# full of such rows takes hours to read.
WIDEST = 100
# No sheet is longer. A file that was made to harm may name any row, and every row up to it would be walked.
LONGEST = 1_048_576
_UNIT = Column("unit", "kode unit pemilik baris ini", required=True)


def sheet_columns(sheet: Sheet) -> tuple[Column, ...]:
    """The columns of a sheet: those of the registry, after the unit's code where TOML nests the row."""
    return COLUMNS[sheet] if sheet == "units" else (_UNIT, *COLUMNS[sheet])


def read_xlsx(path: Path) -> Rows:
    """The rows of a workbook; blank rows are left out, and blanks around a text.

    Raises SourceFaults when the file is no workbook, or has other sheets or columns than expected.
    """
    with warnings.catch_warnings():
        # Workbooks of other programs hold styles and extensions that openpyxl passes over aloud.
        warnings.filterwarnings("ignore", module="openpyxl")
        book = _opened(path)
        try:
            return _read(book, str(path))
        finally:
            book.close()


def _opened(path: Path) -> Any:
    try:
        return _XLSX.load_workbook(path, read_only=True)
    except OSError as error:
        fault = Fault(str(path), None, f"berkas tidak dapat dibaca: {error.strerror or error}")
        raise SourceFaults([fault]) from error
    except (BadZipFile, _ERRORS.InvalidFileException, KeyError, ValueError) as error:
        raise SourceFaults([Fault(str(path), None, "bukan berkas XLSX")]) from error


def _read(book: Any, file: str) -> Rows:
    rows = Rows(file)
    faults = [
        Fault(f"{file}!{name}", None, f"lembar tidak dikenal; yang ada: {', '.join(SHEETS)}, {GUIDE}")
        for name in book.sheetnames
        if name not in (*SHEETS, GUIDE)
    ]
    for sheet in SHEETS:
        if sheet in book.sheetnames:
            faults += _read_sheet(book[sheet], sheet, rows)
        else:
            faults.append(Fault(file, None, f'lembar "{sheet}" tidak ada'))
    if faults:
        raise SourceFaults([*faults, *rows.faults])
    return rows


def _read_sheet(worksheet: Any, sheet: Sheet, rows: Rows) -> list[Fault]:
    """Add the rows of a sheet; the faults of its heading, which make its rows unreadable, are the result."""
    file = f"{rows.file}!{sheet}"
    worksheet.reset_dimensions()  # the size that a writer declared may be wrong
    all_rows = worksheet.iter_rows()
    heading = next(all_rows, ())
    # A stray cell at the very end has a million rows without any before it: they are passed over outside of Python.
    lines = filter(itemgetter(1), enumerate(islice(all_rows, LONGEST - 1), start=2))
    columns: dict[int, Column] = {}
    faults = [_too_wide(file, 1)] if len(heading) > WIDEST else _read_heading(heading, sheet, file, columns)
    if faults:
        return faults
    for line, cells in lines:
        if len(cells) > WIDEST:
            return [_too_wide(file, line)]  # and nothing after it is read
        row = _read_row(cells, columns, Row(file, line), rows.faults)
        if row is not None:
            rows.of(sheet).append(row)
    if next(all_rows, None) is not None:
        return [Fault(file, LONGEST + 1, f"lembar ini lebih panjang dari {LONGEST} baris")]
    return []


def _too_wide(file: str, line: int) -> Fault:
    return Fault(file, line, f"baris ini lebih lebar dari {WIDEST} kolom; hapus kolom di sebelah kanan tabel")


def _read_heading(cells: Iterable[Any], sheet: Sheet, file: str, columns: dict[int, Column]) -> list[Fault]:
    known = {column.name: column for column in sheet_columns(sheet)}
    seen: set[str] = set()
    faults = []
    for place, cell in enumerate(cells):
        if cell.value is None:
            continue
        name = str(cell.value).strip()
        if name not in known:
            faults.append(Fault(file, 1, f'kolom "{name}" tidak dikenal; yang ada: {", ".join(known)}'))
        elif name in seen:
            faults.append(Fault(file, 1, f'kolom "{name}" ditulis dua kali'))
        else:
            columns[place] = known[name]
        seen.add(name)
    faults += [
        Fault(file, 1, f'kolom "{name}" tidak ada')
        for name, column in known.items()
        if column.required and name not in seen
    ]
    return faults


def _read_row(cells: Iterable[Any], columns: dict[int, Column], at: Row, faults: list[Fault]) -> Row | None:
    values: dict[str, object] = {}
    for place, cell in enumerate(cells):
        value = cell.value.strip() if isinstance(cell.value, str) else cell.value
        if value is None or value == "":
            continue
        column = columns.get(place)
        if column is None:
            faults.append(at.fault(f"sel {cell.coordinate} terisi, tetapi kolomnya tidak berjudul"))
        elif cell.data_type in ("f", "e"):
            faults.append(at.fault(f'"{column.name}" berisi rumus atau galat Excel; tempelkan sebagai nilai'))
            values[column.name] = None
        else:
            values[column.name] = _as_toml(value, column)
    if not values:
        return None
    unit = values.pop(_UNIT.name, None)
    if unit is None and _UNIT in columns.values():
        faults.append(at.fault('"unit" wajib diisi'))
    elif unit is not None and not isinstance(unit, str):
        faults.append(at.fault('"unit" harus teks'))
        unit = None
    return Row(at.file, at.line, values, unit=unit)


def _as_toml(value: object, column: Column) -> object:
    """A cell's value as TOML would have it; what does not fit is passed on for the check to name."""
    if column.kind == "flag" and isinstance(value, str):
        return _FLAGS.get(value.lower(), value)
    if column.kind == "keys" and isinstance(value, str):
        return [key.strip() for key in value.split(",")]
    if column.kind == "count" and isinstance(value, float) and value.is_integer():
        return int(value)
    return value
