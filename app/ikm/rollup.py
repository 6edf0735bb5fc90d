"""From services to a unit and from units to a government: pooled answers, or the mean of the units."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from app.ikm.counts import Counts, Tally, merge
from app.ikm.index import Element, ElementValue, Index, compute
from app.ikm.scale import STANDARD, Scale
from app.ikm.weights import Weight


def pooled(
    elements: Sequence[Element],
    tallies: Iterable[Tally],
    scale: Scale = STANDARD,
    weight: Weight = Weight.EXACT,
) -> Index | None:
    """The index of all answers together: a unit from its services, or a government from its units.

    None when there is no answer. Raises what `compute` raises.
    """
    return compute(elements, merge(*tallies), scale, weight)


def mean_of_units(indices: Sequence[Index]) -> Index | None:
    """The simple mean of the results of the units that have one; None when no unit has.

    Index and IKM are the means of the units'. An element's NRR is the mean over the units that asked it,
    its counts are summed; where units asked different elements the elements therefore do not add up to
    the index, and `asked` is the number of elements that at least one unit asked. Raises ValueError
    unless all share scale, weight and element keys.
    """
    if not indices:
        return None
    first = indices[0]
    keys = [value.key for value in first.elements]
    for other in indices[1:]:
        if (other.scale, other.weight) != (first.scale, first.weight):
            raise ValueError("results on different scales or weights have no mean")
        if [value.key for value in other.elements] != keys:
            raise ValueError("results with different elements have no mean")
    values = tuple(
        _mean_element(same, first.scale.size) for same in zip(*(i.elements for i in indices), strict=True)
    )
    asked = sum(value.nrr is not None for value in values)
    index = sum((one.index for one in indices), start=Fraction(0)) / len(indices)
    return Index(values, asked, index, first.scale.conversion * index, first.weight, first.scale)


def _mean_element(same: Sequence[ElementValue], size: int) -> ElementValue:
    counts = sum((Counts(value.counts) for value in same), start=Counts.zero(size))
    rates = [value.nrr for value in same if value.nrr is not None]
    nrr = sum(rates, start=Fraction(0)) / len(rates) if rates else None
    return ElementValue(same[0].key, counts.n, counts.counts, sum(value.total for value in same), nrr)
