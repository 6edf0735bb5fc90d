"""What the columns of exported answers mean: each with its label, its values and theirs."""

import io
from collections.abc import Iterator, Mapping

from app.core.late import Late
from app.core.messages import translate
from app.exports.cells import BOM, DIALECTS, harmless
from app.exports.recipe import Column, Kind, Recipe

_XLSX = Late("xlsxwriter")
WIDTHS = (22, 52, 14, 14, 44)


def book_heads(language: str) -> tuple[str, ...]:
    """The heads of the five columns."""
    return (
        translate("kolom", language),
        translate("keterangan", language),
        translate("jenis", language),
        translate("nilai", language),
        translate("arti", language),
    )


def book_rows(recipe: Recipe) -> Iterator[tuple[str, str, str, str, str]]:
    """A row a value, or a column where anything may stand; first what the file is about."""
    kinds = _kinds(recipe.language)
    for name, text in recipe.about:
        yield "", harmless(f"{name}: {text}"), "", "", ""
    for column in recipe.columns:
        yield from _rows(column, kinds[column.kind])


def _kinds(language: str) -> Mapping[Kind, str]:
    text = translate("teks", language)
    return {
        "text": text,
        "group": text,
        "choice": translate("pilihan", language),
        "truth": translate("ya/tidak", language),
        "whole": translate("bilangan", language),
        "score": translate("nilai", language),
        "day": translate("tanggal", language),
        "instant": translate("waktu", language),
    }


def _rows(column: Column, kind: str) -> Iterator[tuple[str, str, str, str, str]]:
    if not column.values:
        yield harmless(column.key), harmless(column.label), kind, "", ""
    for value, label in column.values:
        yield harmless(column.key), harmless(column.label), kind, harmless(value), harmless(label)


def as_csv(recipe: Recipe) -> bytes:
    """The codebook as CSV."""
    return BOM.encode() + DIALECTS[recipe.locale].lines([book_heads(recipe.language), *book_rows(recipe)])


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
        for row, cells in enumerate([book_heads(recipe.language), *book_rows(recipe)]):
            for place, text in enumerate(cells):
                sheet.write_string(row, place, text, wrap if row else head)
    return buffer.getvalue()
