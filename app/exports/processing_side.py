"""What stands to the right of the processing table: results by element, the mutu table, explanations."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.exports.addresses import block, cell
from app.exports.processing_figures import (
    ElementColumns,
    Figures,
    Formula,
    Grid,
    answers_given,
    element_ikm,
    looked_up,
)
from app.ikm.category import Band
from app.instruments.model import Categories, in_language

WIDTHS = (9, 36, 9, 8, 8, 7)
NOT_ASKED = "–"
KINERJA, LOWER, UPPER, MUTU = 1, 2, 3, 4  # columns of the mutu table
Content = str | int | float | Formula


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell, or `span` cells merged into one, counted from the first column of the side."""

    column: int
    content: Content
    style: str
    span: int = 1


@dataclass(frozen=True, slots=True)
class Side:
    """The side of one sheet; `first_row` and `first_column` are where it begins on the sheet."""

    grid: Grid
    categories: Categories
    first_row: int
    first_column: int
    notes: tuple[str, ...]

    @property
    def figures(self) -> Figures:
        """What is shown."""
        return self.grid.figures

    @property
    def element_rows(self) -> dict[str, int]:
        """The row of each element, by key; an element with several questions has them below itself."""
        rows, row = {}, self.first_row + 2
        for element in self.figures.elements:
            rows[element.element.key] = row
            row += 1 + _question_rows(element)
        return rows

    @property
    def band_row(self) -> int:
        """The first row of the mutu table: after the elements, a blank, a title and a header."""
        elements = sum(1 + _question_rows(element) for element in self.figures.elements)
        return self.first_row + 2 + elements + 3

    @property
    def bands(self) -> tuple[Band, ...]:
        """Bands from the lowest, as LOOKUP wants them and as the regulation lists them."""
        return self.categories.table.bands[::-1]

    def rows(self) -> dict[int, list[Cell]]:
        """The cells of the side by sheet row."""
        rows = dict(self._element_table())
        rows |= dict(self._mutu_table())
        first = self.band_row + len(self.bands) + 1
        rows[first] = [Cell(0, "Keterangan", "side_title", 6)]
        for row, note in enumerate(self.notes, start=first + 1):
            rows[row] = [Cell(0, note, "note", 6)]
        return rows

    def box(self) -> list[Cell]:
        """The box with the result, a cell a row: label, IKM, mutu, respondents."""
        figures, ikm = self.figures, self.grid.ikm_cell
        mutu, kinerja = (self._looked_up(ikm, figures.band, words) for words in (MUTU, KINERJA))
        quality = Formula(
            f'="Mutu pelayanan "&{mutu.text[1:]}&" ("&{kinerja.text[1:]}&")"',
            f"Mutu pelayanan {mutu.value} ({kinerja.value})",
        )
        numbers = block(self.grid.first_row, 0, self.grid.last_row, 0, fixed=True)
        respondents = Formula(
            f'="Jumlah responden: "&COUNT({numbers})', f"Jumlah responden: {figures.respondents}"
        )
        return [
            Cell(0, "IKM unit pelayanan", "box_label", 6),
            Cell(0, Formula(f"={ikm}", float(figures.result.ikm)), "box_ikm", 6),
            Cell(0, quality, "box_mutu", 6),
            Cell(0, respondents, "box_last", 6),
        ]

    def _element_table(self) -> Iterator[tuple[int, list[Cell]]]:
        yield self.first_row, [Cell(0, "Nilai rata-rata (NRR) dan IKM per unsur", "side_title", 6)]
        heads = ("Unsur", "Unsur pelayanan", "Jawaban", "NRR", "IKM", "Mutu")
        yield self.first_row + 1, [Cell(place, head, "head") for place, head in enumerate(heads)]
        for element in self.figures.elements:
            row = self.element_rows[element.element.key]
            yield row, self._element(element, row)
            if len(element.columns) > 1:
                for offset, cells in enumerate(self._questions(element), start=1):
                    yield row + offset, cells

    def _element(self, element: ElementColumns, row: int) -> list[Cell]:
        name = in_language(element.element.name, "id")
        cells = [Cell(0, element.element.code, "cell"), Cell(1, name, "cell_left")]
        cells.append(Cell(2, answers_given(self.grid, element.columns), "cell_count"))
        if element.band is None or element.value.nrr is None:
            return [*cells, Cell(3, "tidak ditanyakan", "cell_quiet", 3)]
        nrr = self.grid.nrr_cell(element)
        ikm_cell = cell(row, self.first_column + 4)
        return [
            *cells,
            Cell(3, Formula(f"={nrr}", float(element.value.nrr)), "cell_nrr"),
            Cell(4, element_ikm(nrr, element, self.figures), "cell_ikm"),
            Cell(5, self._looked_up(ikm_cell, element.band, MUTU), "cell"),
        ]

    def _questions(self, element: ElementColumns) -> Iterator[list[Cell]]:
        for column, question in zip(element.columns, element.element.questions, strict=True):
            cells = [
                Cell(0, column.code, "sub"),
                Cell(1, in_language(question.text, "id"), "sub_left"),
                Cell(2, answers_given(self.grid, (column,)), "sub_count"),
            ]
            if column.answered:
                cells += [Cell(3, self.grid.mean(column), "sub_nrr"), Cell(4, "", "sub", 2)]
            else:
                cells.append(Cell(3, "tidak ditanyakan", "cell_quiet", 3))
            yield cells

    def _mutu_table(self) -> Iterator[tuple[int, list[Cell]]]:
        first = self.band_row
        yield first - 2, [Cell(0, in_language(self.categories.title, "id"), "side_title", 6)]
        heads = ("Persepsi", "Kinerja unit pelayanan", "IKM dari", "sampai")
        yield (
            first - 1,
            [*(Cell(place, head, "head") for place, head in enumerate(heads)), Cell(MUTU, "Mutu", "head", 2)],
        )
        names: Mapping[str, Mapping[str, str]] = self.categories.names
        for row, band in enumerate(self.bands, start=first):
            yield (
                row,
                [
                    Cell(0, band.perception, "cell"),
                    Cell(KINERJA, in_language(names[band.mutu], "id"), "cell_left"),
                    Cell(LOWER, float(band.lower), "cell_ikm"),
                    Cell(UPPER, float(band.upper), "cell_ikm"),
                    Cell(MUTU, band.mutu, "cell", 2),
                ],
            )

    def _looked_up(self, ikm_cell: str, band: Band, words: int) -> Formula:
        word = band.mutu if words == MUTU else in_language(self.categories.names[band.mutu], "id")
        return looked_up(ikm_cell, self._band_cells(LOWER), self._band_cells(words), word)

    def _band_cells(self, column: int) -> str:
        place = self.first_column + column
        last_row = self.band_row + len(self.bands) - 1
        return block(self.band_row, place, last_row, place, fixed=True)


def _question_rows(element: ElementColumns) -> int:
    return len(element.columns) if len(element.columns) > 1 else 0
