"""From the sheets of services to the unit: where each figure of the summary stands, and the formula behind it.

The unit's figure pools the answers: sums of all services by answers to all services, never a mean of their IKM.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from app.exports.addresses import block, cell
from app.exports.processing_figures import (
    IKM_DIGITS,
    MEAN_DIGITS,
    Column,
    ElementColumns,
    Figures,
    Formula,
    Grid,
    looked_up,
)
from app.exports.processing_side import NOT_ASKED, Content
from app.exports.queries import ServiceHead, UnitHead
from app.ikm.counts import Tally, merge
from app.ikm.index import Index, compute
from app.ikm.rollup import mean_of_units
from app.instruments.model import Categories, Instrument, in_language

KINERJA, LOWER, UPPER, MUTU = 1, 2, 3, 4  # columns of the category table, from the service's name


@dataclass(frozen=True, slots=True)
class Line:
    """A service with its table on the sheet of this name (as formulas write it), and the counts in it."""

    unit: UnitHead
    service: ServiceHead
    excluded: int
    sheet: str
    grid: Grid
    tally: Tally

    @property
    def figures(self) -> Figures:
        """What its sheet shows."""
        return self.grid.figures


@dataclass(frozen=True, slots=True)
class Group:
    """Lines of one instrument whose answers are pooled: those of a unit, or all; `first` counts from the top."""

    unit: UnitHead | None
    first: int
    lines: tuple[Line, ...]
    index: Index

    def answers(self, place: int) -> tuple[int, int]:
        """Sum and number of the answers to the question in this column."""
        columns = [line.figures.columns[place] for line in self.lines]
        return sum(column.total for column in columns), sum(column.answered for column in columns)


@dataclass(frozen=True, slots=True)
class Block:
    """The services that were asked with one instrument; with several units, each of them and their `mean`."""

    instrument: Instrument
    categories: Categories
    lines: tuple[Line, ...]
    units: tuple[Group, ...]
    whole: Group
    mean: Index | None

    @property
    def columns(self) -> tuple[Column, ...]:
        """A column a question, the same for all lines but for their sums."""
        return self.lines[0].figures.columns

    @property
    def elements(self) -> tuple[ElementColumns, ...]:
        """The elements with the columns of their questions."""
        return self.lines[0].figures.elements


def block_of(instrument: Instrument, categories: Categories, lines: Sequence[Line]) -> Block:
    """The block of lines that stand in order of their units."""
    groups, first = [], 0
    for _, same in groupby(lines, key=lambda line: line.unit.id):
        members = tuple(same)
        groups.append(Group(members[0].unit, first, members, _pooled(instrument, members)))
        first += len(members)
    whole = Group(None, 0, tuple(lines), _pooled(instrument, lines))
    if len(groups) == 1:
        return Block(instrument, categories, tuple(lines), (), whole, None)
    mean = mean_of_units([group.index for group in groups])
    return Block(instrument, categories, tuple(lines), tuple(groups), whole, mean)


def _pooled(instrument: Instrument, lines: Sequence[Line]) -> Index:
    tally = merge(*(line.tally for line in lines))
    found = compute(instrument.ikm_elements(), tally, instrument.scale)
    if found is None:
        raise ValueError("a line without answers has no place in a block")
    return found


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one table below its head: services, then units, then totals."""

    head: int
    services: int
    units: int
    totals: int

    def line(self, number: int) -> int:
        """The row of a service."""
        return self.head + 1 + number

    def unit(self, number: int) -> int:
        """The row of a unit."""
        return self.line(self.services) + number

    def total(self, number: int = 0) -> int:
        """The row of a total."""
        return self.unit(self.units) + number

    @property
    def last(self) -> int:
        """The last row."""
        return self.total(self.totals) - 1


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a block stands on the summary, and what its cells compute. `name_column` holds the services' names."""

    block: Block
    first_row: int
    name_column: int

    @property
    def respondents_column(self) -> int:
        """Respondents; excluded answers and the scores follow."""
        return self.name_column + 1

    @property
    def first_score(self) -> int:
        """The first column of scores."""
        return self.name_column + 3

    @property
    def index_column(self) -> int:
        """The index; IKM, category and its word follow."""
        return self.first_score + len(self.block.columns)

    @property
    def last_column(self) -> int:
        """The last column."""
        return self.index_column + 3

    @property
    def results(self) -> Rows:
        """The table of results."""
        return self._rows(self.first_row + 1, 1 if self.block.mean is None else 2)

    @property
    def sums(self) -> Rows:
        """The table of sums, behind the names of the elements, a blank row and a title."""
        return self._rows(self.results.last + 4, 1)

    @property
    def counts(self) -> Rows:
        """The table of answers given."""
        return self._rows(self.sums.last + 3, 1)

    @property
    def band_row(self) -> int:
        """The first row of the category table, behind a blank row, its title and its head."""
        return self.counts.last + 4

    @property
    def last_row(self) -> int:
        """The last row of the block."""
        return self.band_row + len(self.block.categories.table.bands) - 1

    def _rows(self, head: int, totals: int) -> Rows:
        return Rows(head, len(self.block.lines), len(self.block.units), totals)

    # A service: each figure is that of its sheet.

    def respondents(self, line: Line) -> Formula:
        """How many rows its sheet has."""
        numbers = block(line.grid.first_row, 0, line.grid.last_row, 0)
        return Formula(f"=COUNT({line.sheet}!{numbers})", line.figures.respondents)

    def sum(self, line: Line, column: Column) -> Content:
        """The sum of a question on its sheet."""
        if not column.answered:
            return NOT_ASKED
        address = cell(line.grid.sum_row, line.grid.first_column + column.place)
        return Formula(f"={line.sheet}!{address}", column.total)

    def count(self, line: Line, column: Column) -> Content:
        """How often a question was answered on its sheet."""
        if not column.answered:
            return NOT_ASKED
        return Formula(f"=COUNT({line.sheet}!{line.grid.scores(column)})", column.answered)

    def nrr(self, line: Line, element: ElementColumns) -> Content:
        """The NRR of an element on its sheet."""
        if element.value.nrr is None:
            return NOT_ASKED
        return Formula(f"={line.sheet}!{line.grid.nrr_cell(element)}", float(element.value.nrr))

    def index(self, line: Line) -> Formula:
        """The index on its sheet."""
        address = cell(line.grid.weighted_row, line.grid.last_column)
        return Formula(f"={line.sheet}!{address}", float(line.figures.result.index))

    def ikm(self, line: Line) -> Formula:
        """The IKM on its sheet."""
        return Formula(f"={line.sheet}!{line.grid.ikm_cell}", float(line.figures.result.ikm))

    # A unit, or all together: from the sums and the answers in the tables below.

    def added(self, rows: Rows, group: Group, column: int, value: int) -> Formula:
        """The sum of a column over the lines of a group."""
        first = rows.line(group.first)
        return Formula(f"=SUM({block(first, column, first + len(group.lines) - 1, column)})", value)

    def pooled_nrr(self, group: Group, number: int, offset: int) -> Content:
        """NRR of element `number`: by question, sum by answers, which stand `offset` rows below their heads."""
        value, element = group.index.elements[number].nrr, self.block.elements[number]
        if value is None:
            return NOT_ASKED
        means = [
            f"{cell(self.sums.head + offset, place)}/{cell(self.counts.head + offset, place)}"
            for place in (self.first_score + column.place for column in element.columns)
            if group.answers(place - self.first_score)[1]
        ]
        if len(element.columns) == 1:
            return Formula(f"={means[0]}", float(value))
        return Formula(f"=ROUND(AVERAGE({','.join(means)}),{MEAN_DIGITS})", float(value))

    def pooled_index(self, row: int, index: Index) -> Formula:
        """The mean of the NRR in a row."""
        nrrs = block(row, self.first_score, row, self.index_column - 1)
        return Formula(f"=ROUND(SUM({nrrs})/COUNT({nrrs}),{MEAN_DIGITS})", float(index.index))

    def converted(self, row: int, index: Index) -> Formula:
        """The IKM of the index in a row."""
        conversion = self.block.instrument.scale.conversion
        return Formula(f"=ROUND({cell(row, self.index_column)}*{conversion},{IKM_DIGITS})", float(index.ikm))

    # The mean of the units.

    def mean(self, column: int, value: Fraction | None) -> Content:
        """The mean of a column over the units that have a value in it."""
        if value is None:
            return NOT_ASKED
        rows = self.results
        units = block(rows.unit(0), column, rows.unit(rows.units - 1), column)
        return Formula(f"=ROUND(AVERAGE({units}),{MEAN_DIGITS})", float(value))

    def category(self, row: int, ikm: Fraction, words: int) -> Formula:
        """The letter (MUTU) or the word (KINERJA) of the IKM in a row."""
        band = self.block.categories.table.classify(ikm)
        word = band.mutu if words == MUTU else in_language(self.block.categories.names[band.mutu], "id")
        bounds, found = self._band_cells(LOWER), self._band_cells(words)
        return looked_up(cell(row, self.index_column + 1), bounds, found, word)

    def _band_cells(self, column: int) -> str:
        place = self.band_column(column)
        return block(self.band_row, place, self.last_row, place, fixed=True)

    def band_column(self, column: int) -> int:
        """The sheet's column of one of the category table's."""
        return self.name_column + column - KINERJA
