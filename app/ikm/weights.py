"""The weight of one element: 1/k, or one of two shortened weights that reproduce older publications."""

from enum import StrEnum
from fractions import Fraction

LEGACY_ELEMENTS = 9
"""The only number of elements for which the shortened weights were ever used."""


class Weight(StrEnum):
    """The weight convention of a result; it is printed with it.

    EXACT is 1/k for k elements asked. The other two are 1/9 cut off after three and after two decimals:
    the best possible IKM is then 99.90 and 99.00.
    """

    EXACT = "exact"
    LEGACY_0111 = "0.111"
    LEGACY_011 = "0.11"


class WeightNotApplicable(ValueError):
    """A shortened weight was asked for another number of elements than nine."""


def element_weight(weight: Weight, elements: int) -> Fraction:
    """The weight of each of `elements` elements asked.

    Raises WeightNotApplicable for a shortened weight unless nine elements were asked, and ValueError
    when none was.
    """
    if elements < 1:
        raise ValueError("a weight needs at least one element")
    if weight is Weight.EXACT:
        return Fraction(1, elements)
    if elements != LEGACY_ELEMENTS:
        raise WeightNotApplicable(f"weight {weight.value} is defined for nine elements, not for {elements}")
    return Fraction(weight.value)
