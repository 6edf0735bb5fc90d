"""Differences between figures, their interval, and whether they can be told from chance ("berarti")."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from app.ikm.estimates import Estimate, contrast
from app.ikm.multiple import ALPHA, holm
from app.ikm.rounding import printed_ikm
from app.ikm.student import LEVEL


@dataclass(frozen=True, slots=True)
class Margin:
    """Bounds of a difference in IKM points as printed (2 decimals) at a confidence `level`."""

    level: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Change:
    """A difference in IKM points, exact. `interval` and `p` are None where nothing can be tested.

    `adjusted_p` allows for the other differences that are tested with it (p itself when it stands alone), and
    it alone decides `significant`. The interval is that of this difference by itself.
    """

    difference: Fraction
    interval: Margin | None
    p: Decimal | None
    adjusted_p: Decimal | None
    significant: bool


def change(before: Estimate, after: Estimate) -> Change:
    """One difference, after minus before, by Welch's test."""
    return changes({"": contrast(after, before)})[""]


def changes(contrasts: Mapping[str, Estimate]) -> dict[str, Change]:
    """A family of differences by key, with Holm's correction over those that can be tested."""
    values = {key: p for key, one in contrasts.items() if (p := one.p) is not None}
    adjusted = holm(values)
    return {key: _change(one, values.get(key), adjusted.get(key)) for key, one in contrasts.items()}


def untested(difference: Fraction) -> Change:
    """A difference about which nothing is claimed."""
    return Change(difference, None, None, None, significant=False)


def _change(one: Estimate, p: Decimal | None, adjusted: Decimal | None) -> Change:
    margin = one.margin
    if p is None or adjusted is None or margin is None:
        return untested(one.value)
    bounds = Margin(LEVEL, printed_ikm(one.value - margin), printed_ikm(one.value + margin))
    return Change(one.value, bounds, p, adjusted, significant=adjusted < ALPHA)
