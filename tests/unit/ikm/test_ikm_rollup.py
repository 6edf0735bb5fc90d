"""Pooled answers and the mean of units are two different figures, each by its own rule."""

from fractions import Fraction

import pytest

from app.ikm.counts import Counts
from app.ikm.index import Element, Index, compute
from app.ikm.rollup import mean_of_units, pooled
from app.ikm.scale import STANDARD, Scale
from app.ikm.weights import Weight

AB = (Element("a", ("a",)), Element("b", ("b",)))


def unit(a: tuple[int, ...], b: tuple[int, ...]) -> dict[str, Counts]:
    return {"a": Counts(a), "b": Counts(b)}


LARGE = unit((0, 0, 0, 90), (0, 0, 90, 0))
SMALL = unit((0, 10, 0, 0), (10, 0, 0, 0))


def known(index: Index | None) -> Index:
    assert index is not None
    return index


def test_the_pooled_figure_counts_answers() -> None:
    result = known(pooled(AB, [LARGE, SMALL]))
    assert [value.nrr for value in result.elements] == [Fraction(380, 100), Fraction(280, 100)]
    assert result.ikm == Fraction(165, 2)
    assert result.elements[0].counts == (0, 10, 0, 90)


def test_the_mean_of_units_counts_units() -> None:
    result = known(mean_of_units([known(compute(AB, LARGE)), known(compute(AB, SMALL))]))
    assert (result.index, result.ikm) == (Fraction(5, 2), Fraction(125, 2))
    assert [value.nrr for value in result.elements] == [3, 2]
    assert [(value.n, value.total, value.counts) for value in result.elements] == [
        (100, 380, (0, 10, 0, 90)),
        (100, 280, (10, 0, 90, 0)),
    ]
    assert (result.asked, result.weight, result.scale) == (2, Weight.EXACT, STANDARD)


def test_units_that_asked_different_elements() -> None:
    only_b = known(compute(AB, {"b": Counts((0, 0, 0, 1))}))
    result = known(mean_of_units([known(compute(AB, SMALL)), only_b]))
    assert result.ikm == (Fraction(75, 2) + 100) / 2
    assert [value.nrr for value in result.elements] == [2, Fraction(5, 2)]
    assert result.asked == 2


def test_an_element_that_no_unit_asked() -> None:
    only_b = known(compute(AB, {"b": Counts((0, 0, 0, 1))}))
    result = known(mean_of_units([only_b, only_b]))
    assert (result.asked, result.elements[0].nrr, result.elements[0].n) == (1, None, 0)


def test_no_units_no_result() -> None:
    assert mean_of_units([]) is None
    assert pooled(AB, []) is None


def test_what_cannot_be_averaged() -> None:
    one = known(compute(AB, SMALL))
    for other in (
        known(compute(AB[::-1], SMALL)),
        known(compute(AB, SMALL, Scale(1, 4, 20))),
        Index(one.elements, one.asked, one.index, one.ikm, Weight.LEGACY_011, one.scale),
    ):
        with pytest.raises(ValueError, match="have no mean"):
            mean_of_units([one, other])


def test_legacy_weights_travel_with_the_result() -> None:
    nine = [Element(key, (key,)) for key in "abcdefghi"]
    tally = {key: Counts((0, 0, 0, 1)) for key in "abcdefghi"}
    result = known(compute(nine, tally, STANDARD, Weight.LEGACY_011))
    assert known(mean_of_units([result, result])).ikm == 99
    assert known(pooled(nine, [tally, tally], STANDARD, Weight.LEGACY_011)).ikm == 99
