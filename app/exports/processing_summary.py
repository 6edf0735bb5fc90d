"""The first sheet of a processing workbook: a row a service, the unit's own row, and what they rest on."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from app.aggregation.results import MEAN_OF_UNITS
from app.exports.addresses import cell
from app.exports.labels import period_label
from app.exports.processing_figures import Formula
from app.exports.processing_side import NOT_ASKED, Content
from app.exports.processing_styles import Styles
from app.exports.processing_totals import (
    KINERJA,
    LOWER,
    MUTU,
    UPPER,
    Block,
    Group,
    Layout,
    Line,
    Rows,
)
from app.exports.queries import Extent
from app.exports.sheet_pen import Pen
from app.instruments.model import in_language

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

SHEET = "Ringkasan"
TITLE = "RINGKASAN PENGOLAHAN DATA SURVEI KEPUASAN MASYARAKAT PER LAYANAN"
SUBTITLE = "Setiap layanan mempunyai lembar sendiri; angka di sini adalah rumus yang merujuk ke sana."
NOTHING = "Belum ada jawaban yang dihitung pada periode ini."
IDENTITY_ROW, WARNING_ROW, FIRST_ROW = 1, 7, 9
UNIT_WIDTH, NAME_WIDTH, SCORES_WIDTH = 30, 40, 60
LINE_HEIGHT, LEGEND_SIGNS = 13.5, 150
OFFICIAL = {True: " (angka resmi)", False: ""}


@dataclass(frozen=True, slots=True)
class Silent:
    """A service without counted answers, and how many answers to which instrument were excluded, if any."""

    unit: str
    service: str
    instrument: str
    excluded: int


class Summary:
    """One sheet, written strictly from the top down."""

    def __init__(self, sheet: "Worksheet", styles: Styles, covered: Extent) -> None:
        self.sheet, self.pen, self.covered = sheet, Pen(sheet, styles), covered
        self.has_units = len(covered.units) > 1
        self.name_column = 2 if self.has_units else 1

    def write(self, blocks: Sequence[Block], silent: Sequence[Silent]) -> None:
        """The tables of all instruments, one below the other."""
        layouts, row = [], FIRST_ROW
        for block in blocks:
            layouts.append(Layout(block, row, self.name_column))
            row = layouts[-1].last_row + 2
        last_column = max((layout.last_column for layout in layouts), default=self.name_column + 6)
        self._page(layouts, last_column)
        self._head(layouts, last_column)
        for layout in layouts:
            self._block(layout)
        if not layouts:
            self.pen.put(row, 0, NOTHING, "empty")
            row += 2
        row = self._silent(row, silent)
        for place, note in enumerate(self._notes(blocks), start=row):
            self.pen.put(place, 0, note, "note")

    def _page(self, layouts: Sequence[Layout], last_column: int) -> None:
        sheet = self.sheet
        sheet.set_column(0, 0, 15)
        if self.has_units:
            sheet.set_column(1, 1, UNIT_WIDTH)
        sheet.set_column(self.name_column, self.name_column, NAME_WIDTH)
        sheet.set_column(self.name_column + 1, self.name_column + 2, 11.5)
        if layouts:
            widest = max(layouts, key=lambda layout: layout.index_column)
            number = len(widest.block.columns)
            sheet.set_column(
                widest.first_score, widest.index_column - 1, max(6.5, min(13, SCORES_WIDTH / number))
            )
            for place, width in enumerate((10.5, 9, 8, 13), start=widest.index_column):
                sheet.set_column(place, place, width)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.set_margins(left=0.3, right=0.3, top=0.5, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer(f"&L&8 {self.covered.period.code}&C&8Halaman &P dari &N")

    def _head(self, layouts: Sequence[Layout], last_column: int) -> None:
        """Title, identity, and to their right the box with the unit's result where there is only one."""
        unit = self.covered.unit
        self.pen.put(0, 0, TITLE, "title")
        box = self._box(layouts[0]) if len(layouts) == 1 else []
        lines = [
            ("", SUBTITLE),
            ("Unit pelayanan", unit.name),
            ("Layanan", self.covered.service.name if self.covered.service else self._extent()),
            ("Alamat", unit.address or NOT_ASKED),
            ("Telepon", unit.phone or NOT_ASKED),
            ("Periode survei", period_label(self.covered.period)),
        ]
        for offset, (label, text) in enumerate(lines):
            row = IDENTITY_ROW + offset
            if label == "Unit pelayanan":
                self.sheet.set_row(row, 40)
            self.pen.put(row, 0, label or text, "label" if label else "subtitle")
            if label:
                style = "unit" if label == "Unit pelayanan" else "identity"
                self.pen.put(row, 1, text, style, self._free(layouts, last_column))
            if offset < len(box):
                content, style = box[offset]
                self.pen.put(row, last_column - 3, content, style, 4)
        if len(layouts) > 1:
            warning = (
                f"Periode ini memakai {len(layouts)} kuesioner. Hasilnya tidak dapat dijumlahkan: "
                "setiap kuesioner mempunyai tabel dan IKM sendiri."
            )
            self.pen.put(WARNING_ROW, 0, warning, "warning")

    def _free(self, layouts: Sequence[Layout], last_column: int) -> int:
        """How many columns the identity may take, so that a box has room beside it."""
        return last_column - 4 if len(layouts) == 1 else last_column

    def _extent(self) -> str:
        units = len(self.covered.units)
        return "Semua layanan" if units == 1 else f"Semua layanan unit ini dan {units - 1} unit di bawahnya"

    def _box(self, layout: Layout) -> list[tuple[Formula | str, str]]:
        """The official figure of the unit, from its row."""
        rows, block = layout.results, layout.block
        by_mean = block.mean is not None and self._is_mean_official()
        index = block.mean if by_mean and block.mean else block.whole.index
        row, column = rows.total(1 if by_mean else 0), layout.index_column
        ikm, mutu, kinerja = (cell(row, column + place) for place in (1, 2, 3))
        words = [layout.category(row, index.ikm, one).value for one in (MUTU, KINERJA)]
        quality = Formula(
            f'="Mutu pelayanan "&{mutu}&" ("&{kinerja}&")"', f"Mutu pelayanan {words[0]} ({words[1]})"
        )
        number = sum(line.figures.respondents for line in block.lines)
        people = cell(row, layout.respondents_column)
        return [
            ("IKM unit pelayanan", "box_label"),
            (Formula(f"={ikm}", float(index.ikm)), "box_ikm"),
            (quality, "box_mutu"),
            (Formula(f'="Jumlah responden: "&{people}', f"Jumlah responden: {number}"), "box_last"),
        ]

    def _is_mean_official(self) -> bool:
        return self.covered.unit.rollup == MEAN_OF_UNITS

    def _block(self, layout: Layout) -> None:
        instrument = layout.block.instrument
        title = f"{in_language(instrument.title, 'id')} ({instrument.basis}), instrumen {instrument.ref}"
        self.pen.put(layout.first_row, 0, f"Hasil menurut {title}", "side_title")
        self._heads(layout, layout.results.head, results=True)
        self._results(layout)
        self._basis(layout, layout.sums, "Jumlah nilai, dasar NRR unit", sums=True)
        self._basis(layout, layout.counts, "Banyaknya jawaban, dasar NRR unit", sums=False)
        self._bands(layout)

    def _heads(self, layout: Layout, row: int, *, results: bool) -> None:
        heads = ["No.", *(["Unit pelayanan"] if self.has_units else [])]
        heads += ["Layanan", "Responden", "Dikeluarkan"] if results else []
        for place, head in enumerate(heads):
            self.pen.put(row, place, head, "head")
        if not results:
            self.pen.put(row, layout.name_column, "Layanan", "head", 3)
        if results:
            for element in layout.block.elements:
                place = layout.first_score + element.columns[0].place
                self.pen.put(row, place, f"NRR {element.element.code}", "head", len(element.columns))
            for place, head in enumerate(("NRR tertimb.", "IKM", "Mutu", "Kinerja"), layout.index_column):
                self.pen.put(row, place, head, "head")
        else:
            for column in layout.block.columns:
                self.pen.put(row, layout.first_score + column.place, column.code, "head")

    def _results(self, layout: Layout) -> None:
        rows, block = layout.results, layout.block
        for number, line in enumerate(block.lines):
            row = rows.line(number)
            self._names(layout, row, number, line)
            self.pen.put(row, layout.respondents_column, layout.respondents(line), "cell_count")
            self.pen.put(row, layout.respondents_column + 1, line.excluded, "cell_count")
            for element in line.figures.elements:
                place = layout.first_score + element.columns[0].place
                self.pen.put(row, place, layout.nrr(line, element), "cell_nrr", len(element.columns))
            figures = line.figures.result
            self._figure(layout, row, layout.index(line), layout.ikm(line), figures.ikm, "cell")
        for number, group in enumerate(block.units):
            self._pooled(layout, rows.unit(number), group, group.unit.name if group.unit else "", "cell")
        several = block.mean is not None
        label = "Gabungan semua jawaban" if several else "Unit pelayanan (semua layanan digabung)"
        official = OFFICIAL[several and not self._is_mean_official()]
        self._pooled(layout, rows.total(), block.whole, label + official, "total")
        self._mean(layout, rows.total(1))
        names = "; ".join(
            f"{one.element.code} {in_language(one.element.name, 'id')}" for one in block.elements
        )
        self.sheet.set_row(rows.last + 1, LINE_HEIGHT * _lines(names, LEGEND_SIGNS))
        self.pen.put(rows.last + 1, 0, f"Unsur: {names}", "legend", layout.last_column + 1)

    def _names(self, layout: Layout, row: int, number: int, line: Line, *, link: bool = True) -> None:
        if link:
            unit = _lines(line.unit.name, UNIT_WIDTH) if self.has_units else 1
            self.sheet.set_row(row, LINE_HEIGHT * max(unit, _lines(line.service.name, NAME_WIDTH)))
        self.pen.put(row, 0, number + 1, "number")
        if self.has_units:
            self.pen.put(row, 1, line.unit.name, "cell_wrap" if link else "cell_left")
        if link:
            self.pen.link(row, layout.name_column, line.sheet, line.service.name, "cell_link")
        else:
            self.pen.put(row, layout.name_column, line.service.name, "cell_left", 3)

    def _label(self, layout: Layout, row: int, label: str, style: str, more: int = 0) -> None:
        """What a row of a unit or of all is: over the columns of names, and some more."""
        self.pen.put(row, 0, label, f"{style}_label", layout.name_column + 1 + more)

    def _pooled(self, layout: Layout, row: int, group: Group, label: str, style: str) -> None:
        self._label(layout, row, label if style == "total" else f"{label}, semua layanan", style)
        self._people(layout, row, group, style)
        offset = row - layout.results.head
        for number, element in enumerate(layout.block.elements):
            place = layout.first_score + element.columns[0].place
            nrr = layout.pooled_nrr(group, number, offset)
            self.pen.put(row, place, nrr, f"{style}_nrr", len(element.columns))
        index = layout.pooled_index(row, group.index)
        self._figure(layout, row, index, layout.converted(row, group.index), group.index.ikm, style)

    def _people(self, layout: Layout, row: int, group: Group, style: str) -> None:
        numbers = (
            sum(line.figures.respondents for line in group.lines),
            sum(line.excluded for line in group.lines),
        )
        for place, number in enumerate(numbers, start=layout.respondents_column):
            self.pen.put(row, place, layout.added(layout.results, group, place, number), f"{style}_count")

    def _mean(self, layout: Layout, row: int) -> None:
        mean = layout.block.mean
        if mean is None:
            return
        label = f"Rata-rata IKM {len(layout.block.units)} unit{OFFICIAL[self._is_mean_official()]}"
        self._label(layout, row, label, "total")
        self._people(layout, row, layout.block.whole, "total")
        for element, value in zip(layout.block.elements, mean.elements, strict=True):
            place = layout.first_score + element.columns[0].place
            self.pen.put(row, place, layout.mean(place, value.nrr), "total_nrr", len(element.columns))
        index = layout.mean(layout.index_column, mean.index)
        self._figure(layout, row, index, layout.converted(row, mean), mean.ikm, "total")

    def _figure(
        self, layout: Layout, row: int, index: Content, ikm: Formula, exact: Fraction, style: str
    ) -> None:
        place = layout.index_column
        self.pen.put(row, place, index, f"{style}_nrr")
        self.pen.put(row, place + 1, ikm, f"{style}_ikm")
        for offset, words in ((2, MUTU), (3, KINERJA)):
            self.pen.put(row, place + offset, layout.category(row, exact, words), style)

    def _basis(self, layout: Layout, rows: Rows, title: str, *, sums: bool) -> None:
        """Sums or numbers of answers by question, which the NRR of a unit is made of."""
        self.pen.put(rows.head - 1, 0, title, "side_title")
        self._heads(layout, rows.head, results=False)
        for number, line in enumerate(layout.block.lines):
            row = rows.line(number)
            self._names(layout, row, number, line, link=False)
            for column in line.figures.columns:
                content = layout.sum(line, column) if sums else layout.count(line, column)
                self.pen.put(row, layout.first_score + column.place, content, "cell_count")
        for number, group in enumerate(layout.block.units):
            name = group.unit.name if group.unit else ""
            self._added(layout, rows, rows.unit(number), group, f"{name}, semua layanan", "cell", sums=sums)
        self._added(layout, rows, rows.total(), layout.block.whole, "Jumlah", "total", sums=sums)

    def _added(
        self, layout: Layout, rows: Rows, row: int, group: Group, label: str, style: str, *, sums: bool
    ) -> None:
        self._label(layout, row, label, style, more=2)
        for column in layout.block.columns:
            place = layout.first_score + column.place
            total, answered = group.answers(column.place)
            value = layout.added(rows, group, place, total if sums else answered)
            self.pen.put(row, place, value if answered else NOT_ASKED, f"{style}_count")

    def _bands(self, layout: Layout) -> None:
        """The category table, which the formulas look into."""
        categories, row = layout.block.categories, layout.band_row
        columns = [layout.band_column(one) for one in (0, KINERJA, LOWER, UPPER, MUTU)]
        self.pen.put(row - 2, 0, in_language(categories.title, "id"), "side_title")
        heads = ("Persepsi", "Kinerja unit pelayanan", "IKM dari", "sampai", "Mutu")
        for column, head in zip(columns, heads, strict=True):
            self.pen.put(row - 1, column, head, "head")
        for offset, band in enumerate(reversed(categories.table.bands)):
            cells: tuple[tuple[Content, str], ...] = (
                (band.perception, "cell"),
                (in_language(categories.names[band.mutu], "id"), "cell_left"),
                (float(band.lower), "cell_ikm"),
                (float(band.upper), "cell_ikm"),
                (band.mutu, "cell"),
            )
            for column, (content, style) in zip(columns, cells, strict=True):
                self.pen.put(row + offset, column, content, style)

    def _silent(self, row: int, silent: Sequence[Silent]) -> int:
        """The services that have no sheet, one below the other; returns the row behind them."""
        if not silent:
            return row
        self.pen.put(row, 0, "Layanan tanpa jawaban yang dihitung pada periode ini", "side_title")
        for place, one in enumerate(silent, start=row + 1):
            name = f"{one.unit}: {one.service}" if self.has_units else one.service
            if one.excluded:
                name += f" ({one.instrument}: {one.excluded} jawaban dikeluarkan)"
            self.pen.put(place, 0, name, "note")
        return row + len(silent) + 2

    def _notes(self, blocks: Sequence[Block]) -> list[str]:
        if not blocks:
            return []
        notes = [
            "NRR unit = jumlah nilai semua layanan : banyaknya jawaban; bukan rata-rata dari IKM layanan.",
            "IKM = NRR tertimbang × konversi, tanpa pembulatan di tengah hitungan. Mutu menurut IKM dua desimal.",
            f"Tanda {NOT_ASKED} = unsur tidak ditanyakan. Dikeluarkan = jawaban yang tidak dihitung.",
        ]
        if any(block.mean for block in blocks):
            mean = "Rata-rata IKM unit = rata-rata sederhana dari IKM unit yang mempunyai jawaban."
            notes.insert(1, f"{mean} Aturan yang resmi ditetapkan pemerintah di registri.")
        return notes


def _lines(text: str, width: int) -> int:
    """How many lines a text takes in a column; a spreadsheet does not measure what it did not write."""
    return max(1, -(-len(text) * 100 // (width * 115)))
