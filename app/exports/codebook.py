"""What the columns of exported answers mean: each with its label, its values and theirs."""

import io
from collections.abc import Iterator

from app.core.late import Late
from app.exports.cells import BOM, DIALECTS, harmless
from app.exports.recipe import Column, Recipe

_XLSX = Late("xlsxwriter")
WIDTHS = (22, 52, 14, 14, 44)
BOOK_HEADS = ("kolom", "keterangan", "jenis", "nilai", "arti")
_KINDS = {
    "text": "teks",
    "group": "teks",
    "choice": "pilihan",
    "truth": "ya/tidak",
    "whole": "bilangan",
    "score": "nilai",
    "day": "tanggal",
    "instant": "waktu",
}


def book_rows(recipe: Recipe) -> Iterator[tuple[str, str, str, str, str]]:
    """A row a value, or a column where anything may stand; first what the file is about."""
    for name, text in recipe.about:
        yield "", harmless(f"{name}: {text}"), "", "", ""
    for column in recipe.columns:
        yield from _rows(column)


def _rows(column: Column) -> Iterator[tuple[str, str, str, str, str]]:
    kind = _KINDS[column.kind]
    if not column.values:
        yield harmless(column.key), harmless(column.label), kind, "", ""
    for value, label in column.values:
        yield harmless(column.key), harmless(column.label), kind, harmless(value), harmless(label)


def as_csv(recipe: Recipe) -> bytes:
    """The codebook as CSV."""
    return BOM.encode() + DIALECTS[recipe.locale].lines([BOOK_HEADS, *book_rows(recipe)])


def as_xlsx(recipe: Recipe) -> bytes:
    """The codebook as a workbook."""
    buffer = io.BytesIO()
    with _XLSX.Workbook(buffer, {"in_memory": True}) as book:
        sheet, head, wrap = (
            book.add_worksheet("Kamus data"),
            book.add_format({"bold": True}),
            book.add_format(),
        )
        wrap.set_text_wrap()
        wrap.set_align("top")
        sheet.freeze_panes(1, 0)
        for place, width in enumerate(WIDTHS):
            sheet.set_column(place, place, width)
        for row, cells in enumerate([BOOK_HEADS, *book_rows(recipe)]):
            for place, text in enumerate(cells):
                sheet.write_string(row, place, text, wrap if row else head)
    return buffer.getvalue()
