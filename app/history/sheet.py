"""A file of history: CSV or XLSX, a line a period, its columns by their Indonesian or English names."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from app.core.errors import FieldError
from app.history.entries import Entry, Faulty, entry_of
from app.instruments.rules import Rule
from app.responses.matrix import Row, matrix_of
from app.responses.matrix_cells import UnusableMatrix

FILE_BYTES_MOST = 1024 * 1024
# A workbook is a packed file, and a small one may unpack to anything.
UNPACKED_BYTES_MOST = 16 * 1024 * 1024
ROWS_MOST = 2000
COLUMNS: Mapping[str, str] = {
    "periode": "period",
    "layanan": "service",
    "aturan": "rule",
    "ikm": "ikm",
    "mutu": "mutu",
    "responden": "respondents",
    "sumber": "source",
    "rtl_rencana": "planned",
    "rtl_selesai": "finished",
    "laporan_terbit": "report_issued_on",
    "rtl_tuntas": "all_finished_on",
}
_ENGLISH = {english: english for english in COLUMNS.values()}
_ELEMENT = re.compile(r"u([1-9][0-9]?)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CellFault:
    """What is wrong in a row of a file, and the heading of the column; None for the row or the file as a whole."""

    row: int | None
    column: str | None
    error: FieldError


@dataclass(frozen=True, slots=True)
class Sheet:
    """The entries of a file with the rows in which they stand, or its faults, never both."""

    entries: tuple[tuple[int, Entry], ...]
    faults: tuple[CellFault, ...]


def template() -> str:
    """The heading of an empty file, as a CSV for spreadsheets set to Indonesian."""
    return ";".join([*COLUMNS, *(f"U{number}" for number in range(1, 15))]) + "\r\n"


def read(data: bytes, rules: Mapping[str, Rule], services: frozenset[str], source: str) -> Sheet:
    """The history in the bytes of a file. Raises UnusableMatrix when it is none."""
    if len(data) > FILE_BYTES_MOST or _unpacked_bytes(data) > UNPACKED_BYTES_MOST:
        raise UnusableMatrix("Berkas ini terlalu besar.")
    matrix = matrix_of(data)
    if len(matrix.rows) > ROWS_MOST:
        raise UnusableMatrix(f"Berkas ini mempunyai lebih dari {ROWS_MOST} baris.")
    places, faults = _columns(matrix.header)
    usual = {english: own for own, english in COLUMNS.items()}
    headings = usual | {name: matrix.header[place] for name, place in places.items()}
    entries: list[tuple[int, Entry]] = []
    seen: set[tuple[str, str | None]] = set()
    for row in matrix.rows if not faults else ():
        found, errors = _row(row, places, rules, services, source)
        if found is not None and (found.period, found.service) in seen:
            message = "Periode dan layanan ini sudah ada di baris lain."
            errors = [FieldError("/period", "line_repeated", message)]
        faults += [
            CellFault(row.number, headings.get(error.pointer[1:], error.pointer[1:]), error)
            for error in errors
        ]
        if found is not None and not errors:
            seen.add((found.period, found.service))
            entries.append((row.number, found))
    return Sheet((), tuple(faults)) if faults else Sheet(tuple(entries), ())


def _columns(header: tuple[str, ...]) -> tuple[dict[str, int], list[CellFault]]:
    """Which column holds what, and what cannot be understood in the heading."""
    places: dict[str, int] = {}
    faults: list[CellFault] = []
    for place, heading in enumerate(header):
        if not heading:
            continue
        plain = "_".join(heading.casefold().split())
        element = _ELEMENT.fullmatch(plain)
        name = f"U{element[1]}" if element else {**_ENGLISH, **COLUMNS}.get(plain)
        if name is None:
            error = FieldError("/", "column_unknown", "Kolom ini tidak dikenal.")
            faults.append(CellFault(1, heading, error))
        elif name in places:
            error = FieldError("/", "column_repeated", "Kolom ini ada dua kali.")
            faults.append(CellFault(1, heading, error))
        else:
            places[name] = place
    if "period" not in places and not faults:
        error = FieldError("/", "column_missing", "Kolom periode tidak ada di baris pertama.")
        faults.append(CellFault(1, None, error))
    return places, faults


def _row(
    row: Row,
    places: Mapping[str, int],
    rules: Mapping[str, Rule],
    services: frozenset[str],
    source: str,
) -> tuple[Entry | None, list[FieldError]]:
    outside = [
        place for place, cell in enumerate(row.cells) if cell is not None and place not in places.values()
    ]
    if outside:
        return None, [FieldError("/", "cell_outside", "Ada isi di luar kolom yang berjudul.")]
    try:
        cells = {name: row.at(place) for name, place in places.items()}
        return entry_of(cells, rules, services, source), []
    except Faulty as error:
        return None, error.errors


def _unpacked_bytes(data: bytes) -> int:
    try:
        with ZipFile(BytesIO(data)) as archive:
            return sum(member.file_size for member in archive.infolist())
    except BadZipFile:
        return 0  # the reader says what it is not
