"""The recap as a workbook: index, IKM and category as living formulas, a sheet a questionnaire."""

from datetime import datetime
from fractions import Fraction
from typing import TYPE_CHECKING, BinaryIO

from app.core.late import Late
from app.exports.addresses import block, cell
from app.exports.cells import harmless
from app.exports.labels import period_label
from app.exports.processing_figures import IKM_DIGITS, MEAN_DIGITS
from app.exports.recap import Recap, Row, Table
from app.exports.recap_columns import RecapColumn, columns_of, total_label
from app.instruments.model import Categories, in_language

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

_XLSX = Late("xlsxwriter")
TITLE = "REKAPITULASI HASIL SURVEI KEPUASAN MASYARAKAT"
HEAD_ROW, FIRST_ROW = 5, 7
SHEET_NAME_MAX = 31
WIDTHS = {"text": 19, "name": 38, "kinerja": 12, "ikm": 7, "mutu": 5.5, "index": 10.5, "nrr": 5.8}
COUNT_WIDTH = 7.2
FORMS = {"nrr": "0.000", "index": "0.000", "ikm": "0.00", "count": "#,##0"}
INK, LINE, QUIET = "#16302b", "#9fb1ab", "#eef3f1"


def write(file: BinaryIO, recap: Recap, made_at: datetime) -> None:
    """Write the workbook into `file`."""
    with _XLSX.Workbook(file, {"in_memory": True}) as book:
        book.set_properties({"title": "Rekap SKM", "subject": recap.period.code, "created": made_at})
        for table in recap.tables:
            name = "Rekap" if len(recap.tables) == 1 else table.instrument.ref[-SHEET_NAME_MAX:]
            _Sheet(book, book.add_worksheet(name), recap, table).write()
        if not recap.tables:
            _empty(book, recap)


class _Sheet:
    """One questionnaire."""

    def __init__(self, book: "Workbook", sheet: "Worksheet", recap: Recap, table: Table) -> None:
        self.book, self.sheet, self.recap, self.table = book, sheet, recap, table
        self.columns = columns_of(table)
        self.places = {column.key: place for place, column in enumerate(self.columns, start=1)}
        self.categories = next((row.result.categories for row in table.rows if row.result.categories), None)
        self.forms: dict[tuple[str, bool], Format] = {}

    def write(self) -> None:
        """Head, rows, totals, the category table, notes."""
        _identity(self.book, self.sheet, self.recap, self.table.instrument.ref)
        self._heads()
        rows = [*self.table.rows, *self.table.totals]
        self.bounds_row = FIRST_ROW + len(rows) + len(self.recap.silent) + 2
        row = FIRST_ROW
        for number, one in enumerate(self.table.rows, start=1):
            self._row(row, number, one)
            row += 1
        for unit in self.recap.silent:
            self._put(row, 0, row - FIRST_ROW + 1, "count", total=False)
            self._put(row, 1, unit.code, "text", total=False)
            self._put(row, 2, unit.name, "name", total=False)
            self._put(row, 3, 0, "count", total=False)
            for place in range(4, len(self.columns) + 1):
                self._put(row, place, None, "text", total=False)
            row += 1
        for one in self.table.totals:
            self._row(row, None, one)
            row += 1
        self._bands()
        self._page(row)

    def _heads(self) -> None:
        head = self.book.add_format(
            {
                "bold": True,
                "border": 1,
                "border_color": LINE,
                "bg_color": QUIET,
                "align": "center",
                "valign": "vcenter",
                "text_wrap": True,
            }
        )
        self.sheet.merge_range(HEAD_ROW, 0, HEAD_ROW + 1, 0, "No.", head)
        self.sheet.set_column(0, 0, 5)
        self.sheet.set_row(HEAD_ROW + 1, 44)
        place = 1
        while place <= len(self.columns):
            column = self.columns[place - 1]
            same = [one for one in self.columns if column.group and one.group == column.group]
            if same:
                last = place + len(same) - 1
                self.sheet.merge_range(HEAD_ROW, place, HEAD_ROW, last, column.group, head)
                for offset, one in enumerate(same):
                    self.sheet.write_string(HEAD_ROW + 1, place + offset, one.head, head)
            else:
                self.sheet.merge_range(HEAD_ROW, place, HEAD_ROW + 1, place, column.head, head)
            for one in same or [column]:
                self.sheet.set_column(place, place, WIDTHS.get(one.kind, self._count_width(one)))
                place += 1

    def _count_width(self, column: RecapColumn) -> float:
        """Wide enough for the longest word of its head."""
        longest = max(len(word) for word in column.head.replace("/", " ").split())
        return max(COUNT_WIDTH, longest * 1.15 + 1)

    def _row(self, row: int, number: int | None, one: Row) -> None:
        total = number is None
        self._put(row, 0, number, "count", total=total)
        for place, column in enumerate(self.columns, start=1):
            value = column.value(one)
            if total and column.key == "unit":
                value = None
            if total and column.key == "unit_name":
                value = total_label(one)
            formula = self._formula(row, column, one)
            form = self._form(column.kind, total=total)
            if formula is not None and value is not None:
                shown = float(value) if isinstance(value, Fraction) else value
                self.sheet.write_formula(row, place, formula, form, shown)
            else:
                self._put(row, place, value, column.kind, total=total)

    def _formula(self, row: int, column: RecapColumn, one: Row) -> str | None:
        """Index from the NRR, IKM from the index, category from the printed IKM; a mean of units is a number."""
        keys = [element.key for element in self.table.instrument.elements]
        nrrs = block(row, self.places[keys[0]], row, self.places[keys[-1]])
        index, ikm = (cell(row, self.places[key]) for key in ("index", "ikm"))
        if column.key == "index" and one.result.rollup == "pooled":
            return f"=ROUND(SUM({nrrs})/COUNT({nrrs}),{MEAN_DIGITS})"
        if column.key == "ikm":
            return f"=ROUND({index}*{self.table.instrument.scale.conversion},{IKM_DIGITS})"
        if column.key in ("mutu", "kinerja") and self.categories is not None:
            first, last = self.bounds_row + 2, self.bounds_row + 1 + len(self.categories.table.bands)
            bounds = block(first, 2, last, 2, fixed=True)
            place = 4 if column.key == "mutu" else 1
            words = block(first, place, last, place, fixed=True)
            return f"=LOOKUP(ROUND({ikm},2),{bounds},{words})"
        return None

    def _bands(self) -> None:
        """The category table below the rows, which the formulas look into, and where figures come from."""
        if self.categories is None:
            return
        row = self.bounds_row
        bold = self.book.add_format({"bold": True})
        bound = self.book.add_format({"num_format": "0.00", "align": "left"})
        self.sheet.write_string(row, 1, "Tabel mutu", bold)
        for place, text in ((1, "Kinerja"), (2, "IKM terendah"), (3, "IKM tertinggi"), (4, "Mutu")):
            self.sheet.write_string(row + 1, place, text, bold)
        for offset, (kinerja, lower, upper, mutu) in enumerate(_band_rows(self.categories), start=2):
            self.sheet.write_string(row + offset, 1, kinerja)
            self.sheet.write_number(row + offset, 2, lower, bound)
            self.sheet.write_number(row + offset, 3, upper, bound)
            self.sheet.write_string(row + offset, 4, mutu)
        row += 3 + len(self.categories.table.bands)
        for offset, note in enumerate(NOTES):
            self.sheet.write_string(row + offset, 1, note)

    def _page(self, last_row: int) -> None:
        self.sheet.freeze_panes(FIRST_ROW, 3)
        self.sheet.hide_gridlines(2)
        self.sheet.set_landscape()
        self.sheet.set_paper(8)  # A3: as wide as a recap is
        self.sheet.set_margins(left=0.3, right=0.3, top=0.5, bottom=0.6)
        self.sheet.repeat_rows(HEAD_ROW, HEAD_ROW + 1)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_footer(f"&L&8 {self.recap.period.code}&C&8Halaman &P dari &N")

    def _put(
        self, row: int, place: int, value: str | int | Fraction | None, kind: str, *, total: bool
    ) -> None:
        form = self._form(kind, total=total)
        if value is None:
            self.sheet.write_blank(row, place, None, form)
        elif isinstance(value, str):
            self.sheet.write_string(row, place, harmless(value), form)
        else:
            self.sheet.write_number(row, place, float(value), form)

    def _form(self, kind: str, *, total: bool) -> "Format":
        if (kind, total) not in self.forms:
            style: dict[str, object] = {"border": 1, "border_color": LINE, "valign": "vcenter", "bold": total}
            style |= {"num_format": FORMS[kind]} if kind in FORMS else {}
            style |= {"bg_color": QUIET} if total else {}
            style |= {"align": "center"} if kind in ("mutu", "kinerja") else {}
            self.forms[kind, total] = self.book.add_format(style)
        return self.forms[kind, total]


NOTES = (
    "Setiap baris memuat unit dan semua unit di bawahnya; jumlah tidak menghitung jawaban dua kali.",
    "Gabungan: semua jawaban diolah bersama. Rata-rata unit: rata-rata hasil unit yang mempunyai jawaban.",
    "NRR tertimbang = jumlah NRR : banyaknya unsur yang ditanyakan. Sel NRR kosong = unsur tidak ditanyakan.",
    "Sampel: target rencana survei unit; tanpa rencana, tabel Krejcie-Morgan dari populasi pengguna layanan.",
)


def _band_rows(categories: Categories) -> list[tuple[str, float, float, str]]:
    return [
        (in_language(categories.names[band.mutu], "id"), float(band.lower), float(band.upper), band.mutu)
        for band in sorted(categories.table.bands, key=lambda band: band.lower)
    ]


def _identity(book: "Workbook", sheet: "Worksheet", recap: Recap, ref: str) -> None:
    sheet.write_string(0, 0, TITLE, book.add_format({"bold": True, "font_size": 14, "font_color": INK}))
    lines = (
        ("Pemerintah/unit", recap.unit.name),
        ("Periode survei", period_label(recap.period)),
        ("Kuesioner", ref),
    )
    for row, (label, text) in enumerate(lines, start=1):
        sheet.write_string(row, 0, f"{label}: {text}")


def _empty(book: "Workbook", recap: Recap) -> None:
    sheet = book.add_worksheet("Rekap")
    _identity(book, sheet, recap, "–")
    sheet.write_string(HEAD_ROW, 0, "Belum ada jawaban yang dihitung pada periode ini.")
