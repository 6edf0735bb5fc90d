"""Writing the cells of a sheet by the names of their styles: text stays text, a formula keeps its value."""

from typing import TYPE_CHECKING

from app.exports.cells import harmless
from app.exports.processing_figures import Formula
from app.exports.processing_side import Content
from app.exports.processing_styles import Styles

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet


class Pen:
    """Writes into one sheet, strictly from the top down: what is above the current row has left memory."""

    def __init__(self, sheet: "Worksheet", styles: Styles) -> None:
        self.sheet, self.styles = sheet, styles

    def put(self, row: int, column: int, content: Content, style: str, span: int = 1) -> None:
        """Write one cell, or `span` cells as one. Text is always text."""
        sheet, form = self.sheet, self.styles[style]
        if span > 1:
            sheet.merge_range(row, column, row, column + span - 1, "", form)
        if isinstance(content, Formula):
            sheet.write_formula(row, column, content.text, form, content.value)
        elif isinstance(content, str):
            if content:
                sheet.write_string(row, column, harmless(content), form)
            elif span == 1:
                sheet.write_blank(row, column, None, form)
        else:
            sheet.write_number(row, column, content, form)

    def link(self, row: int, column: int, sheet_name: str, text: str, style: str) -> None:
        """A text that leads to another sheet of the workbook; `sheet_name` as formulas write it."""
        self.sheet.write_url(row, column, f"internal:{sheet_name}!A1", self.styles[style], harmless(text))
