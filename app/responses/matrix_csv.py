"""The rows of a CSV file as spreadsheets show them: encoding and separator are found out, not asked for."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from typing import Any

from app.responses.matrix_cells import UnusableMatrix

SEPARATORS = ",;\t"
# Excel writes and obeys this line, and does not show it as a row.
_SEPARATOR_LINE = re.compile(r"sep=([,;\t])\r?\n", re.IGNORECASE)


def csv_rows(data: bytes) -> Iterator[list[str]]:
    """Every row, blank ones too: the n-th is row n of the spreadsheet. Raises UnusableMatrix."""
    text = _text(data)
    if told := _SEPARATOR_LINE.match(text):
        text, separator = text[told.end() :], told[1]
    else:
        separator = _separator(text)
    reader = _reader(text, separator)
    try:
        yield from reader
    except csv.Error:
        raise UnusableMatrix(
            f"CSV rusak di sekitar baris {reader.line_num}: periksa tanda kutip yang tidak ditutup."
        ) from None


def _text(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in data:
        raise UnusableMatrix("Berkas ini bukan CSV atau XLSX; simpan sebagai CSV UTF-8 atau XLSX.")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnusableMatrix("Huruf dalam berkas ini bukan UTF-8 atau Windows-1252; simpan sebagai CSV UTF-8.")


def _separator(text: str) -> str:
    """The one that divides the heading into most columns; the comma when none does."""
    return max(SEPARATORS, key=lambda separator: _columns(text, separator))


def _columns(text: str, separator: str) -> int:
    try:
        return len(next(_reader(text, separator), []))
    except csv.Error:
        return 0


def _reader(text: str, separator: str) -> Any:  # the csv module does not name its type
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
