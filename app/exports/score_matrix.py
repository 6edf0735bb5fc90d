"""The scores of a period in as little memory as they need: one byte a question and respondent."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from app.core.errors import DomainError
from app.exports import queries
from app.exports.queries import Extent, Reads, ServiceHead, UnitHead
from app.ikm.counts import Counts
from app.instruments.catalog import Catalog
from app.instruments.model import Instrument

# A worksheet ends at row 1,048,576; head, summary and legend need some of them.
RESPONDENTS_MAX = 1_000_000
SHEETS_MAX = 400
MISSING = 255


class TooManyRespondents(DomainError):
    """A workbook cannot hold a row for everyone who answered in this period."""

    status = 422
    code = "too_many_respondents"
    message = (
        "Responden terlalu banyak untuk satu buku kerja. Pilih periode, unit, atau layanan yang lebih kecil."
    )


class TooManyServices(DomainError):
    """A workbook with a sheet for each of them would be of no use to anybody, and each holds a file open."""

    status = 422
    code = "too_many_services"
    message = (
        "{services} layanan terlalu banyak untuk satu buku kerja, paling banyak {most}. Pilih satu unit."
    )


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


@dataclass(frozen=True, slots=True)
class ServiceScores:
    """What was answered about one service of one unit with one instrument; no matrix where nobody answered."""

    unit: UnitHead
    service: ServiceHead
    matrix: ScoreMatrix | None


def collect(
    database: Reads, covered: Extent, catalog: Catalog, page_rows: int = queries.PAGE_ROWS
) -> list[ServiceScores]:
    """The counted scores of an extent by unit code, service code and ref.

    Closed services without answers are left out. Raises TooManyRespondents, TooManyServices, and
    UnknownInstrument for a ref that the catalogue does not hold.
    """
    with database.read() as session:
        services = queries.services(session, covered)
        excluded = queries.excluded_by_service(session, covered)
    matrices = {key: ScoreMatrix(catalog.get(key[1]), number) for key, number in excluded.items()}
    rows = 0
    for _, page in queries.pages(database, covered, queries.counted_scores(covered), page_rows):
        for row in page:
            key = row.service_id, row.instrument
            if key not in matrices:
                matrices[key] = ScoreMatrix(catalog.get(row.instrument))
            matrices[key].add((row.scores,))
        rows += len(page)
        if rows > RESPONDENTS_MAX:
            raise TooManyRespondents
        if len(matrices) > SHEETS_MAX:
            raise TooManyServices(services=len(matrices), most=SHEETS_MAX)
    found = []
    for unit, service, is_open in services:
        refs = sorted(ref for id_, ref in matrices if id_ == service.id)
        found += [ServiceScores(unit, service, matrices[service.id, ref]) for ref in refs]
        if not refs and is_open:
            found.append(ServiceScores(unit, service, None))
    return found
