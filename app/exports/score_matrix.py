"""The scores of a period in as little memory as they need: one byte a question and respondent."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from app.core.errors import DomainError
from app.exports import queries
from app.exports.queries import Extent, Reads
from app.ikm.counts import Counts
from app.instruments.catalog import Catalog
from app.instruments.model import Instrument

# A worksheet ends at row 1,048,576; head, summary and legend need some of them.
RESPONDENTS_MAX = 1_000_000
MISSING = 255


class TooManyRespondents(DomainError):
    """A worksheet cannot hold a row for everyone who answered in this period."""

    status = 422
    code = "too_many_respondents"
    message = "Responden terlalu banyak untuk satu lembar kerja. Pilih periode atau layanan yang lebih kecil."


@dataclass(slots=True)
class ScoreMatrix:
    """Scores of one instrument: a row a respondent, a column a question in article order.

    `excluded` answers of the same period are not in it.
    """

    instrument: Instrument
    excluded: int = 0
    _packed: bytearray = field(default_factory=bytearray)

    @property
    def questions(self) -> tuple[str, ...]:
        """The question keys of the columns."""
        return tuple(self.instrument.questions)

    @property
    def respondents(self) -> int:
        """How many rows there are."""
        return len(self._packed) // len(self.questions)

    def add(self, answers: Iterable[Mapping[str, int]]) -> None:
        """Append respondents, each a mapping of question key -> score. Raises TooManyRespondents."""
        keys = self.questions
        for scores in answers:
            self._packed.extend(scores.get(key, MISSING) for key in keys)
        if self.respondents > RESPONDENTS_MAX:
            raise TooManyRespondents

    def rows(self) -> Iterator[tuple[int | None, ...]]:
        """The scores of each respondent in the order they were added; None where nothing was answered."""
        width = len(self.questions)
        for start in range(0, len(self._packed), width):
            row = self._packed[start : start + width]
            yield tuple(None if score == MISSING else score for score in row)

    def tally(self) -> dict[str, Counts]:
        """How often each score was given to each question: what the index is computed from."""
        scale, width = self.instrument.scale, len(self.questions)
        columns = {key: self._packed[place::width] for place, key in enumerate(self.questions)}
        return {
            key: Counts(tuple(column.count(score) for score in range(scale.low, scale.high + 1)))
            for key, column in columns.items()
        }


def collect(
    database: Reads, covered: Extent, catalog: Catalog, page_rows: int = queries.PAGE_ROWS
) -> list[ScoreMatrix]:
    """The counted scores of an extent, one matrix an instrument that was answered, by ref.

    Raises TooManyRespondents, and UnknownInstrument for a ref that the catalogue does not hold.
    """
    with database.read() as session:
        excluded = queries.excluded_by_instrument(session, covered)
    matrices = {ref: ScoreMatrix(catalog.get(ref), excluded.get(ref, 0)) for ref in covered.instruments}
    for _, page in queries.pages(database, covered, queries.counted_scores(covered), page_rows):
        for ref, matrix in matrices.items():
            matrix.add(row.scores for row in page if row.instrument == ref)
    return [matrix for matrix in matrices.values() if matrix.respondents or matrix.excluded]
