"""The processing table's figures: exact values, and the formulas that compute the same in a spreadsheet.

The last digits of a binary fraction are noise, and a spreadsheet would show 76.604999999999990 as 76.60 where
the exact 76.605 is 76.61. So derived cells drop the noise far behind every digit that matters.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.exports.addresses import block, cell
from app.exports.score_matrix import ScoreMatrix
from app.ikm import index
from app.ikm.category import Band, CategoryTable
from app.ikm.index import ElementValue
from app.instruments.model import Element

MEAN_DIGITS, IKM_DIGITS = 12, 10


@dataclass(frozen=True, slots=True)
class Column:
    """A question's column: `code` is the element's, with a number where it has several questions."""

    place: int
    code: str
    question: str
    total: int
    answered: int


@dataclass(frozen=True, slots=True)
class ElementColumns:
    """An element with its columns, its exact value and its band; both are absent when it was not asked."""

    element: Element
    columns: tuple[Column, ...]
    value: ElementValue
    band: Band | None

    @property
    def asked(self) -> bool:
        """Whether anyone answered one of its questions."""
        return self.value.nrr is not None


@dataclass(frozen=True, slots=True)
class Figures:
    """All that is printed of one instrument, exact. `conversion` turns an index into an IKM."""

    elements: tuple[ElementColumns, ...]
    result: index.Index
    band: Band
    respondents: int
    conversion: int

    @property
    def columns(self) -> tuple[Column, ...]:
        """The question columns in article order, from the left."""
        return tuple(column for element in self.elements for column in element.columns)

    @property
    def has_several(self) -> bool:
        """Whether any element has more than one question."""
        return any(len(element.columns) > 1 for element in self.elements)


def figures_of(matrix: ScoreMatrix, table: CategoryTable) -> Figures | None:
    """The figures of a matrix; None when nobody answered anything."""
    instrument, tally = matrix.instrument, matrix.tally()
    result = index.compute(instrument.ikm_elements(), tally, instrument.scale)
    if result is None:
        return None
    places = {key: place for place, key in enumerate(matrix.questions)}
    elements = []
    for element, value in zip(instrument.elements, result.elements, strict=True):
        columns = []
        for number, question in enumerate(element.questions, start=1):
            counts = tally[question.key]
            code = element.code if len(element.questions) == 1 else f"{element.code}.{number}"
            columns.append(
                Column(places[question.key], code, question.key, counts.total(instrument.scale), counts.n)
            )
        ikm = value.ikm(instrument.scale)
        band = None if ikm is None else table.classify(ikm)
        elements.append(ElementColumns(element, tuple(columns), value, band))
    return Figures(
        tuple(elements), result, table.classify(result.ikm), matrix.respondents, instrument.scale.conversion
    )


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula and the value that it has, for programs that show a workbook without computing it."""

    text: str
    value: float | int | str


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the table stands: zero-based rows, the first score column, and the rows of the summary."""

    figures: Figures
    first_row: int
    first_column: int = 1

    @property
    def last_row(self) -> int:
        """The last respondent."""
        return self.first_row + self.figures.respondents - 1

    @property
    def sum_row(self) -> int:
        """The sums; the rows of the summary follow each other."""
        return self.last_row + 1

    @property
    def question_mean_row(self) -> int:
        """Means of questions: a row of its own only where an element has several."""
        return self.sum_row + 1 if self.figures.has_several else self.sum_row

    @property
    def nrr_row(self) -> int:
        """The NRR of each element."""
        return self.question_mean_row + 1

    @property
    def weighted_row(self) -> int:
        """The weighted NRR of each element, and their total."""
        return self.nrr_row + 1

    @property
    def ikm_row(self) -> int:
        """The IKM."""
        return self.weighted_row + 1

    @property
    def last_column(self) -> int:
        """The column of totals, right of the questions."""
        return self.first_column + len(self.figures.columns)

    @property
    def ikm_cell(self) -> str:
        """Absolute reference to the IKM."""
        return cell(self.ikm_row, self.last_column, fixed=True)

    def scores(self, column: Column) -> str:
        """Range of all scores of a question."""
        place = self.first_column + column.place
        return block(self.first_row, place, self.last_row, place)

    def sum(self, column: Column) -> Formula:
        """Sum of the scores of a question."""
        return Formula(f"=SUM({self.scores(column)})", column.total)

    def sum_total(self) -> Formula:
        """Sum of all scores."""
        cells = block(self.sum_row, self.first_column, self.sum_row, self.last_column - 1)
        return Formula(f"=SUM({cells})", sum(column.total for column in self.figures.columns))

    def mean(self, column: Column) -> Formula:
        """Mean of a question: its sum by the answers given, not by the forms returned."""
        cells = self.scores(column)
        return Formula(f"=SUM({cells})/COUNT({cells})", float(Fraction(column.total, column.answered)))

    def nrr(self, element: ElementColumns) -> Formula:
        """NRR of an element that was asked: the mean of its questions' means."""
        if len(element.columns) == 1:
            return self.mean(element.columns[0])
        first, last = (self.first_column + element.columns[end].place for end in (0, -1))
        means = block(self.question_mean_row, first, self.question_mean_row, last)
        return Formula(f"=ROUND(AVERAGE({means}),{MEAN_DIGITS})", _float(element.value.nrr))

    def weighted(self, element: ElementColumns) -> Formula:
        """NRR of an element by the number of elements asked."""
        text = f"=ROUND({self.nrr_cell(element)}/COUNT({self._nrrs()}),{MEAN_DIGITS})"
        return Formula(text, _float(element.value.nrr) / self.figures.result.asked)

    def weighted_total(self) -> Formula:
        """The index: sum of the NRR by the number of elements asked, in one division."""
        text = f"=ROUND(SUM({self._nrrs()})/COUNT({self._nrrs()}),{MEAN_DIGITS})"
        return Formula(text, _float(self.figures.result.index))

    def ikm(self) -> Formula:
        """The index times the conversion."""
        total = cell(self.weighted_row, self.last_column)
        text = f"=ROUND({total}*{self.figures.conversion},{IKM_DIGITS})"
        return Formula(text, _float(self.figures.result.ikm))

    def nrr_cell(self, element: ElementColumns) -> str:
        """Reference to the NRR of an element."""
        return cell(self.nrr_row, self.first_column + element.columns[0].place)

    def _nrrs(self) -> str:
        return block(self.nrr_row, self.first_column, self.nrr_row, self.last_column - 1, fixed=True)


def element_ikm(nrr_cell: str, element: ElementColumns, figures: Figures) -> Formula:
    """IKM of one element from the cell of its NRR."""
    value = element.value.ikm(figures.result.scale)
    return Formula(f"=ROUND({nrr_cell}*{figures.conversion},{IKM_DIGITS})", _float(value))


def answers_given(grid: Grid, columns: Sequence[Column]) -> Formula:
    """How many answers the questions have together; questions of an element stand side by side."""
    first, last = (grid.first_column + columns[end].place for end in (0, -1))
    cells = block(grid.first_row, first, grid.last_row, last)
    return Formula(f"=COUNT({cells})", sum(column.answered for column in columns))


def looked_up(ikm_cell: str, bounds: str, words: str, word: str) -> Formula:
    """What the category table says of an IKM: decided on the value with two decimals that is printed."""
    return Formula(f"=LOOKUP(ROUND({ikm_cell},2),{bounds},{words})", word)


def _float(value: Fraction | None) -> float:
    return float("nan") if value is None else float(value)
