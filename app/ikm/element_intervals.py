"""The confidence interval of an element's NRR, and of the same on the scale of the IKM."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from app.ikm.category import CategoryTable
from app.ikm.estimates import Estimate
from app.ikm.rounding import printed_ikm, printed_nrr
from app.ikm.scale import Scale
from app.ikm.student import LEVEL


@dataclass(frozen=True, slots=True)
class ElementInterval:
    """Bounds of an element as printed, at a confidence `level`: IKM with 2 decimals, NRR with 3.

    `category_certain`: both bounds lie in the same band. `bound`: the element has several questions, so the
    interval is the widest that their counts allow.
    """

    level: Decimal
    low: Decimal
    high: Decimal
    nrr_low: Decimal
    nrr_high: Decimal
    category_certain: bool
    bound: bool


def element_interval(
    estimate: Estimate, scale: Scale, table: CategoryTable, *, bound: bool = False
) -> ElementInterval | None:
    """The 95 % interval around an element's IKM, cut off at the ends of the scale; None without a variance."""
    margin = estimate.margin
    if margin is None:
        return None
    low = max(estimate.value - margin, Fraction(scale.conversion * scale.low))
    high = min(estimate.value + margin, Fraction(scale.conversion * scale.high))
    printed = printed_ikm(low), printed_ikm(high)
    return ElementInterval(
        level=LEVEL,
        low=printed[0],
        high=printed[1],
        nrr_low=printed_nrr(low / scale.conversion),
        nrr_high=printed_nrr(high / scale.conversion),
        category_certain=table.band_of(printed[0]) == table.band_of(printed[1]),
        bound=bound,
    )
