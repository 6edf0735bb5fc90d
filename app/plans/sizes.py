"""How many respondents a plan needs by each method, side by side. Pure."""

from dataclasses import dataclass

from app.ikm.sampling import sample_by_cochran, sample_by_formula, sample_by_table, table_row
from app.plans.tables import COCHRAN, FORMULA, OWN, TABLE

MARGIN, CONFIDENCE = 500, 95
"""What Cochran's method is asked for when nobody says otherwise: five per cent, with 95 per cent confidence."""


@dataclass(frozen=True, slots=True)
class Size:
    """A method and the sample that it asks for; `row` is the row of the table that was taken, if one was."""

    method: str
    sample: int
    row: tuple[int, int] | None = None


def sizes_of(population: int, margin: int = MARGIN, confidence: int = CONFIDENCE) -> tuple[Size, ...]:
    """The sample by every method that computes one. ValueError as in `ikm.sampling`."""
    return (
        Size(TABLE, sample_by_table(population), table_row(population)),
        Size(FORMULA, sample_by_formula(population)),
        Size(COCHRAN, sample_by_cochran(population, margin, confidence)),
    )


def sample_of(method: str, population: int, margin: int | None, confidence: int | None) -> int | None:
    """What `method` asks for; None for a number of one's own. ValueError as in `ikm.sampling`."""
    if method == OWN:
        return None
    found = sizes_of(population, margin or MARGIN, confidence or CONFIDENCE)
    return next(size.sample for size in found if size.method == method)
