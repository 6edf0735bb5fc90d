"""Answers as a flat workbook: a row a response, a new sheet where one is full, texts that stay texts."""

from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import Any

from app.core.late import Late
from app.exports.cells import harmless
from app.exports.codebook import WIDTHS as BOOK_WIDTHS
from app.exports.codebook import book_heads, book_rows
from app.exports.reading import Progress, Reading
from app.exports.typed_rows import batches, converted, converters, local_moment

_XLSX = Late("rustpy_xlsxwriter")
# A sheet ends at row 1,048,576. The room that is left takes in what arrives while the file is made.
SHEET_ROWS = 1_000_000
ROWS_MOST = 1_048_575
WIDTHS = {"unit_name": 34, "service_name": 28, "id": 37, "comment": 60, "point": 22, "answered_at": 20}
WIDTH = 13
Record = dict[str, Any]


def write(
    path: Path,
    reading: Reading,
    rows_expected: int,
    progress: Progress | None = None,
    sheet_rows: int = SHEET_ROWS,
    rows_most: int = ROWS_MOST,
) -> None:
    """Write the workbook row by row. `rows_expected` decides how many sheets there are, up to `sheet_rows` in each.

    The last takes in `rows_most`; when even more has arrived meanwhile, the file is made anew with a sheet more.
    """
    number = max(1, -(-rows_expected // sheet_rows))
    while True:
        records = _records(reading, progress)
        names = ["Jawaban"] if number == 1 else [f"Jawaban {place}" for place in range(1, number + 1)]
        _write(path, reading, records, names, sheet_rows, rows_most)
        more = next(records, None)
        records.close()  # and with it what it reads from
        if more is None:
            return
        number += 1


def _write(
    path: Path,
    reading: Reading,
    records: Iterator[Record],
    names: Sequence[str],
    sheet_rows: int,
    rows_most: int,
) -> None:
    heads = [harmless(column.key) for column in reading.recipe.columns]
    sheets: list[tuple[str, Any]] = []
    for place, name in enumerate(names, start=1):
        sheets.append((name, _portion(records, rows_most if place == len(names) else sheet_rows, heads)))
    words = book_heads(reading.recipe.language)
    codebook = [dict(zip(words, row, strict=True)) for row in book_rows(reading.recipe)]
    widths = [WIDTHS.get(head, WIDTHS["answered_at"] if head.endswith("_at") else WIDTH) for head in heads]
    _XLSX.write_worksheets(
        [*sheets, ("Kamus data", codebook)],
        str(path),
        freeze_panes={"general": {"row": 1}},
        datetime_format="yyyy-mm-dd hh:mm:ss",
        bold_headers=True,
        column_widths={**dict.fromkeys(names, widths), "Kamus data": list(BOOK_WIDTHS)},
        autofilter=dict.fromkeys(names, True) if len(names) == 1 else None,
    )


def _records(reading: Reading, progress: Progress | None) -> Generator[Record]:
    columns = reading.recipe.columns
    heads = [harmless(column.key) for column in columns]
    convert = converters(columns, local_moment, harmless)
    for _, rows in batches(reading, progress):
        for row in converted(rows, convert):
            yield dict(zip(heads, row, strict=True))


def _portion(records: Iterator[Record], most: int, heads: list[str]) -> Iterator[Record]:
    """The next `most` records; without any one empty row, since the heads come from the first record."""
    place = 0
    for place, record in enumerate(records, start=1):
        yield record
        if place == most:
            return
    if not place:
        yield dict.fromkeys(heads)
