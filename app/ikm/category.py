"""The category (mutu pelayanan) of a printed IKM. No other module decides one."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from app.ikm.rounding import printed_ikm
from app.ikm.weights import LEGACY_ELEMENTS, Weight, element_weight

LOWEST, HIGHEST = 2500, 10000
"""The range every table covers, in hundredths of an IKM point."""


@dataclass(frozen=True, slots=True)
class Band:
    """One row of a table: both bounds belong to it; `perception` is the nilai persepsi."""

    mutu: str
    lower: Decimal
    upper: Decimal
    perception: int


@dataclass(frozen=True, slots=True)
class CategoryTable:
    """The bands of one regulation, stored highest first whatever the order given.

    Raises ValueError unless every bound has two decimals and the bands cover 25.00..100.00 with neither
    hole nor overlap at two decimals, under different names.
    """

    id: str
    bands: tuple[Band, ...]

    def __post_init__(self) -> None:
        bands = tuple(sorted(self.bands, key=lambda band: band.lower, reverse=True))
        _check(bands)
        object.__setattr__(self, "bands", bands)

    def band_of(self, printed: Decimal) -> Band:
        """The band of a value as printed; ValueError unless it has two decimals and is in 25.00..100.00.

        Only the lower bounds decide, with `>=`: an unrounded value cannot fall between two bands.
        """
        hundredths = _hundredths(printed)
        if not LOWEST <= hundredths <= HIGHEST:
            raise ValueError("a category is defined from 25.00 to 100.00")
        return next(band for band in self.bands if hundredths >= _hundredths(band.lower))

    def classify(self, ikm: Fraction, weight: Weight = Weight.EXACT) -> Band:
        """The band of an exact IKM: that of the number that is printed for it.

        Under a shortened weight nine worst elements give 24.98 or 24.75: still the lowest band.
        """
        if weight is not Weight.EXACT:
            worst = LOWEST * LEGACY_ELEMENTS * element_weight(weight, LEGACY_ELEMENTS)
            if worst <= ikm * 100 < LOWEST:
                return self.bands[-1]
        return self.band_of(printed_ikm(ikm))


def _hundredths(value: Decimal) -> int:
    if value.as_tuple().exponent != -2:
        raise ValueError("a printed IKM has exactly two decimals")
    return int(value * 100)


def _check(bands: tuple[Band, ...]) -> None:
    if not bands or len({band.mutu for band in bands}) != len(bands):
        raise ValueError("a table has one or more bands with different names")
    above = HIGHEST + 1
    for band in bands:
        lower, upper = _hundredths(band.lower), _hundredths(band.upper)
        if upper != above - 1 or lower > upper:
            raise ValueError(f"band {band.mutu} leaves a hole, overlaps or misses 100.00")
        above = lower
    if above != LOWEST:
        raise ValueError("the lowest band begins at 25.00")
