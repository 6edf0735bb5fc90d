"""The registry as a workbook for staff: headings, explanation, lists to choose from, and rows if wanted."""

from pathlib import Path
from typing import Any

from app.core.late import Late
from app.units.registry import ElementsOf, PointEntry, Registry, ServiceEntry, UnitEntry
from app.units.registry_rows import POPULATION_MOST, SHEETS, Column, Sheet
from app.units.registry_xlsx import GUIDE, NO, YES, sheet_columns

_XLSX = Late("xlsxwriter")
# The rows that are prepared for typing: text format and lists reach this far.
_PREPARED_ROWS = 2000
_WIDE = {"name": 44, "address": 44, "not_asked": 26}
_USUAL_WIDTH = 18
# Excel's limits for the texts of a data validation.
_LIST_LIMIT = 255
_PROMPT_LIMIT = 255

_INTRODUCTION = (
    "Registri unit, layanan, dan titik survei",
    "Isi lembar units, services, dan points; satu baris untuk satu unit, layanan, atau titik survei.",
    "Judul kolom jangan diubah. Kolom yang boleh kosong memakai nilai bawaannya.",
    "Periksa dahulu: eskm units load BERKAS.xlsx --dry-run. Terapkan: eskm units load BERKAS.xlsx.",
    "Yang tidak ditulis dibiarkan seperti adanya; memuat berkas yang sama dua kali tidak mengubah apa pun.",
)
_SHEET_NAMES: dict[Sheet, str] = {
    "units": "unit dan induknya",
    "services": "layanan tiap unit",
    "points": "titik survei (QR, kios, loket, tautan)",
}


def write_template(path: Path, elements_of: ElementsOf, registry: Registry | None = None) -> None:
    """Write a workbook that `registry.read` accepts, with the rows of `registry` when one is given.

    `elements_of` fills the list of instruments and the explanation of not_asked. Replaces an existing file.
    """
    book = _XLSX.Workbook(path)
    formats = {
        "text": book.add_format({"num_format": "@"}),
        "number": book.add_format({"num_format": "0"}),
        "heading": book.add_format({"bold": True, "bottom": 1, "bg_color": "#E8EEF4"}),
        "required": book.add_format({"bold": True, "bottom": 1, "bg_color": "#F6E3B4"}),
        "title": book.add_format({"bold": True, "font_size": 14}),
        "wrapped": book.add_format({"text_wrap": True, "valign": "top"}),
    }
    _write_guide(book.add_worksheet(GUIDE), elements_of, formats)
    filled = registry or Registry()
    for sheet in SHEETS:
        worksheet = book.add_worksheet(sheet)
        _write_sheet(worksheet, sheet, elements_of, formats)
        entries: tuple[UnitEntry | ServiceEntry | PointEntry, ...] = getattr(filled, sheet)
        for line, entry in enumerate(entries, start=1):
            _write_row(worksheet, line, sheet, entry, formats)
    book.close()


def _fit_to_width(worksheet: Any) -> None:
    worksheet.set_paper(9)  # A4
    worksheet.set_landscape()
    worksheet.fit_to_pages(1, 0)


def _write_guide(worksheet: Any, elements_of: ElementsOf, formats: dict[str, Any]) -> None:
    _fit_to_width(worksheet)
    worksheet.set_column(0, 1, 14)
    worksheet.set_column(2, 2, 8)
    worksheet.set_column(3, 3, 120, formats["wrapped"])
    for line, text in enumerate(_INTRODUCTION):
        worksheet.write_string(line, 0, text, formats["title"] if line == 0 else None)
    line = len(_INTRODUCTION) + 1
    for place, heading in enumerate(("lembar", "kolom", "wajib", "isi")):
        worksheet.write_string(line, place, heading, formats["heading"])
    for sheet in SHEETS:
        for column in sheet_columns(sheet):
            line += 1
            worksheet.write_string(line, 0, sheet)
            worksheet.write_string(line, 1, column.name)
            worksheet.write_string(line, 2, "wajib" if column.required else "")
            worksheet.write_string(line, 3, _explained(column), formats["wrapped"])
    line += 2
    for place, heading in enumerate(("instrumen", "", "", "kunci unsur")):
        worksheet.write_string(line, place, heading, formats["heading"])
    for instrument, elements in sorted(elements_of.items()):
        line += 1
        worksheet.write_string(line, 0, instrument)
        worksheet.write_string(line, 3, ", ".join(elements), formats["wrapped"])
    line += 2
    for sheet in SHEETS:
        worksheet.write_url(line, 0, f"internal:{sheet}!A2", string=f"{sheet}: {_SHEET_NAMES[sheet]}")
        line += 1


def _explained(column: Column) -> str:
    return f"{column.note} ({' | '.join(column.choices)})" if column.choices else column.note


def _write_sheet(worksheet: Any, sheet: Sheet, elements_of: ElementsOf, formats: dict[str, Any]) -> None:
    for place, column in enumerate(sheet_columns(sheet)):
        cell_format = formats["number"] if column.kind == "count" else formats["text"]
        worksheet.set_column(place, place, _WIDE.get(column.name, _USUAL_WIDTH), cell_format)
        heading = formats["required"] if column.required else formats["heading"]
        worksheet.write_string(0, place, column.name, heading)
        validation = {
            "input_title": column.name,
            "input_message": _explained(column)[:_PROMPT_LIMIT],
            "error_title": column.name,
            **_allowed(column, elements_of),
        }
        worksheet.data_validation(1, place, _PREPARED_ROWS, place, validation)
    worksheet.freeze_panes(1, 2)
    worksheet.repeat_rows(0)
    _fit_to_width(worksheet)


def _allowed(column: Column, elements_of: ElementsOf) -> dict[str, Any]:
    """What Excel lets one type: a list is binding unless the database may know more than the workbook."""
    listed: list[str] = []
    if column.choices:
        listed = list(column.choices)
    elif column.kind == "flag":
        listed = [YES, NO]
    elif column.name == "instrument":
        listed = sorted(elements_of)
    if listed and len(",".join(listed)) <= _LIST_LIMIT:
        return {"validate": "list", "source": listed, "error_message": "Pilih dari daftar."}
    if column.name in ("unit", "parent"):
        return {
            "validate": "list",
            "source": f"=units!$A$2:$A${_PREPARED_ROWS + 1}",
            "error_type": "warning",
            "error_message": "Kode ini tidak ada di lembar units. Lanjutkan bila unitnya sudah terdaftar.",
        }
    if column.kind == "count":
        return {
            "validate": "integer",
            "criteria": "between",
            "minimum": 1,
            "maximum": POPULATION_MOST,
            "error_message": "Isi bilangan bulat positif.",
        }
    return {"validate": "any"}


def _write_row(
    worksheet: Any,
    line: int,
    sheet: Sheet,
    entry: UnitEntry | ServiceEntry | PointEntry,
    formats: dict[str, Any],
) -> None:
    # write_string throughout: a name that begins with "=" must not become a formula.
    for place, column in enumerate(sheet_columns(sheet)):
        value = getattr(entry, column.name)
        if isinstance(value, bool):
            worksheet.write_string(line, place, YES if value else NO, formats["text"])
        elif isinstance(value, int):
            worksheet.write_number(line, place, value, formats["number"])
        elif isinstance(value, tuple):
            worksheet.write_string(line, place, ", ".join(value), formats["text"])
        elif value is not None:
            worksheet.write_string(line, place, value, formats["text"])
