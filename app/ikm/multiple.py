"""Several tests at once: Holm's correction.

S. Holm, A Simple Sequentially Rejective Multiple Test Procedure, Scandinavian Journal of Statistics 6 (1979),
pages 65-70.
"""

from collections.abc import Mapping
from decimal import Context, Decimal

ALPHA = Decimal("0.05")
"""How often, at most, a family of tests may raise a false alarm."""

_EXACT = Context(prec=60)


def holm(values: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Adjusted p values by key: below ALPHA is significant for the family, whatever depends on what.

    The smallest is multiplied by how many there are, the next by one less, ...; none falls below one that
    was smaller, none exceeds 1.
    """
    adjusted: dict[str, Decimal] = {}
    highest = Decimal(0)
    for place, key in enumerate(sorted(values, key=lambda one: (values[one], one))):
        raised = _EXACT.multiply(values[key], Decimal(len(values) - place))
        highest = max(highest, min(Decimal(1), raised))
        adjusted[key] = highest
    return adjusted
