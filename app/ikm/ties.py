"""Which figures of a ranking cannot be told apart.

Goldstein and Spiegelhalter, Journal of the Royal Statistical Society A 159 (1996), 385-443; Dunn, Journal of the
American Statistical Association 56 (1961), 52-64.
"""

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

from app.ikm.distributions import normal_tail
from app.ikm.estimates import Estimate, contrast
from app.ikm.multiple import ALPHA


def groups_of(estimates: Sequence[Estimate | None]) -> list[int | None]:
    """The group of each figure, numbered from 1; figures come highest first.

    The first figure leads group 1. A figure that does not differ significantly from the leader of the present
    group belongs to it; the first that does leads the next. Comparing with the leader, not with the neighbour,
    keeps a long chain of small steps from tying the first to the last. Since any two of the list might be
    compared, a difference counts when p times the number of pairs is below 5 %. None for a figure without a
    variance: it neither leads nor belongs.
    """
    tested = sum(one is not None and bool(one.variance) for one in estimates)
    pairs = max(1, tested * (tested - 1) // 2)
    groups: list[int | None] = []
    leader: Estimate | None = None
    group = 0
    for one in estimates:
        if one is None or not one.variance:
            groups.append(None)
            continue
        if leader is None or _differ(leader, one, pairs):
            leader, group = one, group + 1
        groups.append(group)
    return groups


def _differ(leader: Estimate, other: Estimate, pairs: int) -> bool:
    found = contrast(leader, other)
    # The tail of t is never below the normal one: most pairs are settled without it.
    if not found.variance or found.value**2 < _least(pairs) * found.variance:
        return False
    p = found.p
    return p is not None and p * pairs < ALPHA


@lru_cache(maxsize=256)
def _least(pairs: int) -> Fraction:
    """A squared normal deviate that is surely not significant among so many pairs, as large as a 16th allows."""
    step = 0
    while normal_tail(Fraction(step + 1, 16)) * pairs >= ALPHA:
        step += 1
    return Fraction(step, 16)
