"""Whether two figures measure the same: what they rest on, and how far the mix of respondents moved.

H. Cramer, Mathematical Methods of Statistics, Princeton 1946, section 21.9 and chapter 30; J. Cohen, Statistical
Power Analysis for the Behavioral Sciences, 2nd ed., Erlbaum 1988, section 7.2 (0.10 is a small effect).
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from app.ikm.distributions import chi_square_tail
from app.ikm.intervals import square_root
from app.ikm.multiple import ALPHA

EFFECT_LEAST = Fraction(1, 10)
"""Cramer's V from which a mix counts as changed: with many answers any change is significant."""


class Reason(StrEnum):
    """Why two figures may not be put side by side just so."""

    NO_ANSWERS = "no_answers"
    PERIODS_OVERLAP = "periods_overlap"
    INSTRUMENT = "instrument_changed"
    ELEMENTS = "elements_changed"
    ROLLUP = "rollup_changed"
    WEIGHT = "weight_changed"
    SOURCE = "source_changed"
    CATEGORIES = "categories_changed"
    CHANNELS = "channels_changed"
    SERVICES = "services_changed"

    @property
    def blocks(self) -> bool:
        """Whether no significance may be claimed: the figures measure different things."""
        return self not in (Reason.CATEGORIES, Reason.CHANNELS, Reason.SERVICES)


@dataclass(frozen=True, slots=True)
class Basis:
    """What a figure rests on. `elements` are the keys of those that have answers; `source` is where the
    answers are: `answers` here, anything else where only figures were taken over.
    """

    instrument: str
    categories: str
    elements: frozenset[str]
    rollup: str
    weight: str
    source: str = "answers"


@dataclass(frozen=True, slots=True)
class Mix:
    """How differently a composition is distributed: chi-square test of homogeneity and Cramer's V (0..1)."""

    p: Decimal
    effect: Fraction

    @property
    def differs(self) -> bool:
        """Beyond chance, and by more than a trifle."""
        return self.p < ALPHA and self.effect >= EFFECT_LEAST


def reasons_of(before: Basis, after: Basis) -> tuple[Reason, ...]:
    """Every difference of what two figures rest on, in the order of Reason."""
    found = (
        (Reason.INSTRUMENT, before.instrument != after.instrument),
        (Reason.ELEMENTS, before.elements != after.elements),
        (Reason.ROLLUP, before.rollup != after.rollup),
        (Reason.WEIGHT, before.weight != after.weight),
        (Reason.SOURCE, before.source != after.source),
        (Reason.CATEGORIES, before.categories != after.categories),
    )
    return tuple(reason for reason, differs in found if differs)


def homogeneity(rows: Sequence[Mapping[Hashable, int]]) -> Mix | None:
    """Whether several groups are composed alike; a row is one group, category -> how many.

    None where nothing can be compared: fewer than two groups or categories with anybody in them.
    """
    filled = [row for row in rows if sum(row.values())]
    categories = sorted({key for row in filled for key, count in row.items() if count}, key=str)
    if len(filled) < 2 or len(categories) < 2:
        return None
    sizes = [sum(row.values()) for row in filled]
    whole = sum(sizes)
    statistic = Fraction(0)
    for category in categories:
        share = Fraction(sum(row.get(category, 0) for row in filled), whole)
        for row, size in zip(filled, sizes, strict=True):
            statistic += (row.get(category, 0) - size * share) ** 2 / (size * share)
    freedom = (len(filled) - 1) * (len(categories) - 1)
    least = min(len(filled), len(categories)) - 1
    return Mix(chi_square_tail(statistic, freedom), square_root(statistic / (whole * least)))
