"""The regulation's processing table as a workbook whose formulas live: a sheet a service behind a summary.

Layout: PermenPANRB 14/2017, processing of the data per respondent and per element.
"""

import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO

from app.core.late import Late
from app.exports.labels import period_label
from app.exports.processing_figures import Figures, Grid, figures_of
from app.exports.processing_side import NOT_ASKED, WIDTHS, Cell, Content, Side
from app.exports.processing_styles import Styles
from app.exports.processing_summary import SHEET, Silent, Summary
from app.exports.processing_totals import Block, Line, block_of
from app.exports.queries import Extent, ServiceHead, UnitHead
from app.exports.score_matrix import ScoreMatrix, ServiceScores
from app.exports.sheet_names import quoted, sheet_names
from app.exports.sheet_pen import Pen
from app.instruments.catalog import Catalog
from app.instruments.model import Categories, in_language

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

_XLSX = Late("xlsxwriter")
TITLE = "PENGOLAHAN DATA SURVEI KEPUASAN MASYARAKAT PER RESPONDEN DAN PER UNSUR PELAYANAN"
BOX_ROW, NOTE_ROW, HEAD_ROW = 1, 7, 9
FIRST_ROW = HEAD_ROW + 2
LABEL_WIDTH, TOTAL_WIDTH, GAP_WIDTH = 25, 9, 2
SCORES_WIDTH = 50  # of all score columns together, so that a sheet of nine is as wide as one of three
REF_MAX = 14  # of an instrument's name in a sheet's


def write(
    file: BinaryIO, covered: Extent, found: Sequence[ServiceScores], catalog: Catalog, made_at: datetime
) -> None:
    """Write the workbook into `file`, row by row: memory does not grow with the respondents."""
    with tempfile.TemporaryDirectory(prefix="eskm-xlsx-") as rows:
        options = {
            "constant_memory": True,
            "tmpdir": rows,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        with _XLSX.Workbook(file, options) as workbook:
            workbook.set_properties(
                {"title": "Pengolahan data SKM", "subject": covered.period.code, "created": made_at}
            )
            workbook.set_calc_mode("auto")
            styles, book = Styles(workbook), _Book(covered, found, catalog)
            if covered.service is None or len(book.tables) != 1:
                sheet = workbook.add_worksheet(SHEET)
                Summary(sheet, styles, covered).write(book.blocks(), book.silent)
            for name, table in zip(book.names, book.tables, strict=True):
                _Sheet(workbook.add_worksheet(name), styles, covered, table).write()


@dataclass(frozen=True, slots=True)
class _Table:
    """What one sheet shows."""

    unit: UnitHead
    service: ServiceHead
    matrix: ScoreMatrix
    figures: Figures
    categories: Categories


class _Book:
    """The sheets in order with their names, and what the summary says of them."""

    def __init__(self, covered: Extent, found: Sequence[ServiceScores], catalog: Catalog) -> None:
        self.tables: list[_Table] = []
        self.silent: list[Silent] = []
        for one in found:
            table = None if one.matrix is None else _table(one, one.matrix, catalog)
            if table is not None:
                self.tables.append(table)
                continue
            ref, excluded = (one.matrix.instrument.ref, one.matrix.excluded) if one.matrix else ("", 0)
            self.silent.append(Silent(one.unit.name, one.service.name, ref, excluded))
        asked = Counter(table.service.id for table in self.tables)
        several = len(covered.units) > 1
        self.names = sheet_names(
            [
                (
                    f"{table.unit.code} {table.service.name}" if several else table.service.name,
                    f" {table.matrix.instrument.ref[-REF_MAX:]}" if asked[table.service.id] > 1 else "",
                )
                for table in self.tables
            ],
            (SHEET,),
        )

    def blocks(self) -> list[Block]:
        """The tables of the summary, one an instrument."""
        lines: dict[str, list[Line]] = {}
        about: dict[str, _Table] = {}
        for name, table in zip(self.names, self.tables, strict=True):
            matrix = table.matrix
            about[matrix.instrument.ref] = table
            grid = Grid(table.figures, FIRST_ROW)
            line = Line(table.unit, table.service, matrix.excluded, quoted(name), grid, matrix.tally())
            lines.setdefault(matrix.instrument.ref, []).append(line)
        return [
            block_of(about[ref].matrix.instrument, about[ref].categories, lines[ref]) for ref in sorted(lines)
        ]


def _table(one: ServiceScores, matrix: ScoreMatrix, catalog: Catalog) -> _Table | None:
    categories = catalog.table_of(matrix.instrument)
    figures = figures_of(matrix, categories.table)
    return None if figures is None else _Table(one.unit, one.service, matrix, figures, categories)


class _Sheet:
    """One sheet, written strictly from the top down: what is above the current row has left memory."""

    def __init__(self, sheet: "Worksheet", styles: Styles, covered: Extent, table: _Table) -> None:
        self.sheet, self.styles, self.covered, self.table = sheet, styles, covered, table
        self.matrix, self.pen = table.matrix, Pen(sheet, styles)

    def write(self) -> None:
        """The processing table."""
        figures = self.table.figures
        grid = Grid(figures, FIRST_ROW)
        side = Side(grid, self.table.categories, FIRST_ROW, grid.last_column + 2, self._notes(figures))
        rows = side.rows()
        last_row = max(grid.ikm_row, *rows)
        self._set_page(grid, side, last_row)
        self._head(side)
        self._column_heads(grid)
        self._respondents(grid, side, rows)
        self._summary(grid, side, rows)
        for row in range(grid.ikm_row + 1, last_row + 1):
            self._side(row, side, rows)

    def _set_page(self, grid: Grid, side: Side, last_row: int) -> None:
        sheet, columns = self.sheet, len(grid.figures.columns)
        sheet.set_column(0, 0, LABEL_WIDTH)
        sheet.set_column(1, columns, max(5.5, SCORES_WIDTH / columns))
        sheet.set_column(grid.last_column, grid.last_column, TOTAL_WIDTH)
        sheet.set_column(grid.last_column + 1, grid.last_column + 1, GAP_WIDTH)
        for place, width in enumerate(WIDTHS, start=side.first_column):
            sheet.set_column(place, place, width)
        sheet.freeze_panes(FIRST_ROW, 1)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.set_margins(left=0.3, right=0.3, top=0.5, bottom=0.6)
        sheet.repeat_rows(HEAD_ROW, HEAD_ROW + 1)
        sheet.fit_to_pages(1, 0)
        sheet.print_area(0, 0, last_row, side.first_column + len(WIDTHS) - 1)
        ref = self.matrix.instrument.ref
        sheet.set_footer(f"&L&8 {self.covered.period.code}  {ref}&C&8Halaman &P dari &N")

    def _head(self, side: Side) -> None:
        """Title, identity, and to their right the box with the result."""
        self.pen.put(0, 0, TITLE, "title")
        box = side.box()
        rows = [("", self._instrument_line()), *self._identity()]
        for offset, (label, text) in enumerate(rows):
            row = BOX_ROW + offset
            if label == "Unit pelayanan":
                self.sheet.set_row(row, 40)
            self.pen.put(row, 0, label or text, "label" if label else "subtitle")
            if label:
                style = "unit" if label == "Unit pelayanan" else "identity"
                self.pen.put(row, 1, text, style, side.grid.last_column)
            if offset < len(box):
                self._put_cell(row, side.first_column, box[offset])
        self.pen.put(NOTE_ROW, 0, self._excluded_note(), "warning")

    def _instrument_line(self) -> str:
        instrument = self.matrix.instrument
        return f"{in_language(instrument.title, 'id')} ({instrument.basis}), instrumen {instrument.ref}"

    def _identity(self) -> list[tuple[str, str]]:
        unit = self.table.unit
        return [
            ("Unit pelayanan", unit.name),
            ("Layanan", self.table.service.name),
            ("Alamat", unit.address or NOT_ASKED),
            ("Telepon", unit.phone or NOT_ASKED),
            ("Periode survei", period_label(self.covered.period)),
        ]

    def _excluded_note(self) -> str:
        excluded = self.matrix.excluded
        return f"{excluded} jawaban dikeluarkan dan tidak dihitung di sini." if excluded else ""

    def _notes(self, figures: Figures) -> tuple[str, ...]:
        first, last = figures.elements[0].element.code, figures.elements[-1].element.code
        asked = figures.result.asked
        notes = [
            f"{first} s.d. {last} = unsur-unsur pelayanan",
            "NRR = nilai rata-rata",
            "IKM = Indeks Kepuasan Masyarakat",
            "NRR per unsur = jumlah nilai per unsur : jumlah kuesioner yang terisi",
            f"NRR tertimbang per unsur = NRR per unsur × 1/{asked} ({asked} unsur ditanyakan)",
            f"IKM unit pelayanan = jumlah NRR tertimbang × {figures.conversion}",
            "Tidak ada pembulatan di tengah hitungan. Mutu ditentukan dari IKM dengan dua desimal.",
            "ROUND dengan 10 dan 12 desimal hanya membuang galat hitung biner.",
            f"Sel kosong = tidak dijawab. Tanda {NOT_ASKED} = unsur tidak ditanyakan.",
        ]
        if figures.has_several:
            notes.insert(4, "NRR unsur dengan beberapa pertanyaan = rata-rata NRR pertanyaannya")
        return tuple(notes)

    def _column_heads(self, grid: Grid) -> None:
        row, columns = HEAD_ROW, grid.figures.columns
        self.pen.put(row, 0, "No. Resp.", "head_open")
        self.pen.put(row, 1, "Nilai unsur pelayanan", "head", len(columns))
        self.pen.put(row, grid.last_column, "Jumlah", "head_open")
        self.pen.put(row + 1, 0, "", "head_open")
        for column in columns:
            self.pen.put(row + 1, grid.first_column + column.place, column.code, "head")
        self.pen.put(row + 1, grid.last_column, "", "head_open")

    def _respondents(self, grid: Grid, side: Side, rows: dict[int, list[Cell]]) -> None:
        sheet, number, score = self.sheet, self.styles["number"], self.styles["score"]
        quiet = self.styles["cell_quiet"]
        silent = [column.answered == 0 for column in grid.figures.columns]
        for offset, scores in enumerate(self.matrix.rows()):
            row = grid.first_row + offset
            sheet.write_number(row, 0, offset + 1, number)
            for place, value in enumerate(scores, start=grid.first_column):
                if value is not None:
                    sheet.write_number(row, place, value, score)
                elif silent[place - grid.first_column]:
                    sheet.write_string(row, place, NOT_ASKED, quiet)
                else:
                    sheet.write_blank(row, place, None, score)
            sheet.write_blank(row, grid.last_column, None, score)
            self._side(row, side, rows)

    def _summary(self, grid: Grid, side: Side, rows: dict[int, list[Cell]]) -> None:
        figures = grid.figures
        self.pen.put(grid.sum_row, 0, "Jumlah nilai per unsur", "sum_label")
        for column in figures.columns:
            content: Content = grid.sum(column) if column.answered else NOT_ASKED
            self.pen.put(grid.sum_row, grid.first_column + column.place, content, "sum")
        self.pen.put(grid.sum_row, grid.last_column, grid.sum_total(), "sum")
        self._side(grid.sum_row, side, rows)
        if figures.has_several:
            self._question_means(grid)
            self._side(grid.question_mean_row, side, rows)
        self._by_element(grid, grid.nrr_row, "NRR per unsur", "")
        self._side(grid.nrr_row, side, rows)
        self._by_element(grid, grid.weighted_row, "NRR tertimbang per unsur", grid.weighted_total())
        self._side(grid.weighted_row, side, rows)
        label = f"IKM unit pelayanan (jumlah NRR tertimbang × {figures.conversion})"
        self.pen.put(grid.ikm_row, 0, label, "ikm_label", grid.last_column)
        self.pen.put(grid.ikm_row, grid.last_column, grid.ikm(), "ikm")
        self._side(grid.ikm_row, side, rows)

    def _question_means(self, grid: Grid) -> None:
        self.pen.put(grid.question_mean_row, 0, "NRR per pertanyaan", "sum_label")
        for column in grid.figures.columns:
            content: Content = grid.mean(column) if column.answered else NOT_ASKED
            self.pen.put(grid.question_mean_row, grid.first_column + column.place, content, "mean")
        self.pen.put(grid.question_mean_row, grid.last_column, "", "mean")

    def _by_element(self, grid: Grid, row: int, label: str, total: Content) -> None:
        """A row with a value an element, merged over its questions."""
        self.pen.put(row, 0, label, "sum_label")
        for element in grid.figures.elements:
            formula = grid.nrr if row == grid.nrr_row else grid.weighted
            content: Content = formula(element) if element.asked else NOT_ASKED
            place = grid.first_column + element.columns[0].place
            self.pen.put(row, place, content, "mean", len(element.columns))
        self.pen.put(row, grid.last_column, total, "mean")

    def _side(self, row: int, side: Side, rows: dict[int, list[Cell]]) -> None:
        for cell in rows.get(row, ()):
            self._put_cell(row, side.first_column, cell)

    def _put_cell(self, row: int, first_column: int, cell: Cell) -> None:
        self.pen.put(row, first_column + cell.column, cell.content, cell.style, cell.span)
