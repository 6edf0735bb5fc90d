"""The rows of the first sheet of an XLSX workbook, formulas as the values that were saved with them."""

import io
import warnings
from collections.abc import Iterator
from itertools import islice
from typing import Any

from app.core.late import Late
from app.responses.matrix_cells import UnusableMatrix

_XLSX = Late("openpyxl")
SIGNATURE = b"PK"
# No sheet is longer. A file that was made to harm may name any row, and every row up to it would be walked.
LONGEST = 1_048_576
# Workbooks of Excel up to 2003, and those with a password, lie in this container.
OLD_SIGNATURE = b"\xd0\xcf\x11\xe0"


def xlsx_rows(data: bytes) -> Iterator[tuple[Any, ...]]:
    """Every row, blank ones too: the n-th is row n of the spreadsheet. Raises UnusableMatrix."""
    with warnings.catch_warnings():
        # Workbooks of other programs hold styles and extensions that openpyxl passes over aloud.
        warnings.filterwarnings("ignore", module="openpyxl")
        try:
            yield from _rows(data)
        except UnusableMatrix:
            raise
        except Exception as error:  # a damaged workbook fails in openpyxl, zipfile, zlib or expat
            raise UnusableMatrix("Berkas ini bukan XLSX, atau rusak.") from error


def _rows(data: bytes) -> Iterator[tuple[Any, ...]]:
    book = _XLSX.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    try:
        if not book.worksheets:
            raise UnusableMatrix("Buku kerja ini tidak memiliki lembar.")
        sheet = book.worksheets[0]
        # Some programs write a size that is not the sheet's: it would cut rows off.
        sheet.reset_dimensions()
        rows = sheet.iter_rows(values_only=True)
        yield from islice(rows, LONGEST)
        if next(rows, None) is not None:
            raise UnusableMatrix(f"Lembar ini lebih panjang dari {LONGEST} baris.")
    finally:
        book.close()
