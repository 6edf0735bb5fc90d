"""A matrix of answers, a row a respondent: read from a file, its rows understood with their columns."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.responses import matrix_cells as cells_as
from app.responses.matrix_cells import Cell, UnusableMatrix, tidy
from app.responses.matrix_columns import Columns
from app.responses.matrix_csv import csv_rows
from app.responses.matrix_xlsx import OLD_SIGNATURE, SIGNATURE, xlsx_rows

# Rows under a processing table; a sum of few respondents could pass for an answer.
_SUMMARY = re.compile(r"(jumlah|total|rata|nrr|nilai|ikm|indeks)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Row:
    """A row that is not blank; `number` as the spreadsheet shows it, the heading is row 1."""

    number: int
    cells: tuple[Cell, ...]

    def at(self, place: int | None) -> Cell:
        """The cell of a column; None where there is no such column or the row is too short."""
        return self.cells[place] if place is not None and place < len(self.cells) else None


@dataclass(frozen=True, slots=True)
class RowFault:
    """Why a row is not stored; `column` as the file calls it, None for the row as a whole."""

    row: int
    column: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """A file's heading (empty text: column without one), its rows, and the SHA-256 (hex) of its bytes."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]
    sha256: str


def read_matrix(path: Path) -> Matrix:
    """The matrix in a CSV or XLSX file; the content decides which. Raises UnusableMatrix."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UnusableMatrix(f"Berkas tidak dapat dibaca: {error.strerror or error}.") from error
    return matrix_of(data)


def matrix_of(data: bytes) -> Matrix:
    """The matrix in the bytes of such a file. Raises UnusableMatrix."""
    if data.startswith(OLD_SIGNATURE):
        raise UnusableMatrix("Berkas Excel lama (XLS) atau berkata sandi; simpan sebagai XLSX tanpa sandi.")
    rows: Iterable[Iterable[object]] = xlsx_rows(data) if data.startswith(SIGNATURE) else csv_rows(data)
    header: tuple[str, ...] = ()
    filled = []
    for number, values in enumerate(rows, start=1):
        if number > 1 and not values:
            continue  # a stray cell at the very end has a million of these before it
        cells = tuple(tidy(value) for value in values)
        if number == 1:
            header = tuple("" if cell is None else str(cell) for cell in cells)
        elif any(cell is not None for cell in cells):
            filled.append(Row(number, cells))
    if not any(header):
        raise UnusableMatrix("Baris pertama harus berisi judul kolom.")
    return Matrix(header, tuple(filled), hashlib.sha256(data).hexdigest())


def refuse_not_asked(matrix: Matrix, columns: Columns) -> None:
    """Raise UnusableMatrix when there are answers to what the service does not ask."""
    reasons = []
    for place in columns.not_asked:
        row = next((row for row in matrix.rows if row.at(place) is not None), None)
        if row is not None:
            reasons.append(
                f"Kolom {columns.header[place]} terisi (baris {row.number}), "
                "padahal layanan ini tidak menanyakan unsur itu."
            )
    if reasons:
        raise UnusableMatrix(*reasons)


def shape_fault(row: Row, columns: Columns) -> RowFault | None:
    """Why a row cannot be that of a respondent, whatever its scores are."""
    for place, cell in enumerate(row.cells):
        if cell is not None and (place >= len(columns.header) or not columns.header[place]):
            return RowFault(row.number, None, "Ada isi di luar kolom yang berjudul; mungkin isinya bergeser.")
    number = columns.fields.get("number")
    label = row.at(number)
    if number is not None and isinstance(label, str) and _SUMMARY.match(label):
        return RowFault(row.number, columns.header[number], "Ini baris rekap, bukan jawaban responden.")
    if all(row.at(place) is None for place in columns.scores.values()):
        return RowFault(row.number, None, "Belum ada pertanyaan yang dijawab.")
    return None


def row_values(row: Row, columns: Columns) -> dict[str, Any]:
    """`scores`, `profile` and `comment` for the validator of answers; blanks left out, faults left in."""
    scores = {key: cells_as.as_whole(row.at(place)) for key, place in columns.scores.items()}
    profile: dict[str, Cell] = {
        "sex": cells_as.as_choice(row.at(columns.fields.get("sex")), cells_as.SEXES),
        "age": cells_as.as_whole(row.at(columns.fields.get("age"))),
        "education": cells_as.as_choice(row.at(columns.fields.get("education")), cells_as.EDUCATIONS),
        "occupation": cells_as.as_choice(row.at(columns.fields.get("occupation")), cells_as.OCCUPATIONS),
        "disability": cells_as.as_flag(row.at(columns.fields.get("disability"))),
    }
    return {
        "scores": {key: score for key, score in scores.items() if score is not None},
        "profile": {name: value for name, value in profile.items() if value is not None},
        "comment": cells_as.as_text(row.at(columns.fields.get("comment"))),
    }
