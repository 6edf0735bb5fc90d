"""Variances of elements, means and differences, against the textbook formulas worked out here in other words."""

import math
from decimal import Decimal
from fractions import Fraction
from statistics import fmean, variance

import pytest

from app.ikm.category import CategoryTable
from app.ikm.changes import Margin, change, changes
from app.ikm.counts import Counts
from app.ikm.element_intervals import element_interval
from app.ikm.estimates import Estimate, contrast, mean_of, of_element
from app.ikm.index import Element
from app.ikm.scale import STANDARD

ONE = Element("waktu", ("waktu",))
TWO = Element("waktu", ("a", "b"))
SCORES = [1] * 2 + [2] * 5 + [3] * 16 + [4] * 7


def tallied(scores: list[int]) -> Counts:
    return Counts(tuple(scores.count(score) for score in (1, 2, 3, 4)))


def test_one_question_has_the_variance_of_its_mean() -> None:
    found = of_element(ONE, {"waktu": tallied(SCORES)})
    assert found is not None
    assert found.value == Fraction(25 * sum(SCORES), 30)
    assert float(found.variance or 0) == pytest.approx(625 * variance(SCORES) / 30, rel=1e-12)
    assert found.freedom == 29


def test_a_small_population_makes_it_smaller_and_a_census_certain() -> None:
    tally = {"waktu": tallied(SCORES)}
    free, bound = of_element(ONE, tally), of_element(ONE, tally, population=120)
    assert free is not None
    assert bound is not None
    assert free.variance is not None
    assert bound.variance == free.variance * Fraction(3, 4)
    for population in (30, 12):
        census = of_element(ONE, tally, population=population)
        assert census is not None
        assert (census.variance, census.margin, census.p) == (0, 0, None)


def test_several_questions_never_get_less_than_any_way_of_answering_together() -> None:
    # The same two tallies, put together in the most and in the least similar way.
    first, second = [1, 2, 2, 3, 3, 3, 4, 4], [1, 1, 2, 2, 3, 4, 4, 4]
    tally = {"a": tallied(first), "b": tallied(second)}
    found = of_element(TWO, tally)
    assert found is not None
    assert found.variance is not None
    for other in (sorted(second), sorted(second, reverse=True)):
        means = [(x + y) / 2 for x, y in zip(sorted(first), other, strict=True)]
        assert 25 * fmean(means) == pytest.approx(float(found.value))
        assert 625 * variance(means) / 8 <= float(found.variance) + 1e-9
    deviations = [math.sqrt(variance(one) / 8) for one in (first, second)]
    assert float(found.variance) == pytest.approx((25 * sum(deviations) / 2) ** 2, rel=1e-12)


def test_questions_that_are_perfectly_alike_reach_the_bound() -> None:
    both = of_element(TWO, {"a": tallied(SCORES), "b": tallied(SCORES)})
    alone = of_element(ONE, {"waktu": tallied(SCORES)})
    assert both is not None
    assert alone is not None
    assert float(both.variance or 0) == pytest.approx(float(alone.variance or 1), rel=1e-30)


def test_what_cannot_be_estimated_has_no_variance() -> None:
    for scores in ([4] * 9, [2]):
        found = of_element(ONE, {"waktu": tallied(scores)})
        assert found is not None
        assert (found.variance, found.margin, found.p) == (None, None, None)
    one_sided = of_element(TWO, {"a": tallied(SCORES), "b": tallied([4] * 30)})
    assert one_sided is not None
    assert one_sided.variance is None
    assert of_element(ONE, {}) is None
    assert of_element(ONE, {"waktu": Counts.zero(4)}) is None
    with pytest.raises(ValueError, match="negative"):
        of_element(ONE, {"waktu": tallied(SCORES)}, population=-1)


def test_a_weighted_mean_of_independent_figures() -> None:
    a, b = Estimate(Fraction(80), Fraction(4), 9), Estimate(Fraction(90), Fraction(1), 19)
    found = mean_of([a, b], [Fraction(3), Fraction(1)])
    # 3/4 x 80 + 1/4 x 90; 9/16 x 4 + 1/16 x 1; (37/16)^2 / ((9/4)^2 / 9 + (1/16)^2 / 19) = 9.50
    assert (found.value, found.variance, found.freedom) == (Fraction(165, 2), Fraction(37, 16), 9)
    assert mean_of([a, Estimate(Fraction(90), None, 1)]).variance is None
    with pytest.raises(ValueError, match="weight"):
        mean_of([])
    with pytest.raises(ValueError, match="weight"):
        mean_of([a, b], [Fraction(1)])


def test_what_cannot_be_estimated_or_needs_not() -> None:
    a, unknown = Estimate(Fraction(80), Fraction(4), 9), Estimate(Fraction(90), None, 1)
    assert mean_of([a]) is a
    assert contrast(unknown, a) == Estimate(Fraction(10), None, 1)
    assert contrast(a, unknown) == Estimate(Fraction(-10), None, 1)
    census, other = Estimate(Fraction(70), Fraction(0), 1), Estimate(Fraction(75), Fraction(0), 1)
    assert contrast(other, census) == Estimate(Fraction(5), Fraction(0), 1)


def test_welch_on_two_samples_worked_by_hand() -> None:
    # Means 80 and 84, s^2/n of 1 and 3 with 4 and 9 degrees: t^2 = 16/4, df = 16 / (1/4 + 9/9) = 12.8.
    found = contrast(Estimate(Fraction(84), Fraction(3), 9), Estimate(Fraction(80), Fraction(1), 4))
    assert (found.value, found.variance, found.freedom) == (4, 4, 12)
    # P(|T| > 2) with 12 degrees of freedom: the finite sum of the definition, by hand.
    cosine = 12 / 16
    series = 1 + cosine / 2 + 3 * cosine**2 / 8 + 15 * cosine**3 / 48 + 105 * cosine**4 / 384
    series += 945 * cosine**5 / 3840
    assert float(found.p or 0) == pytest.approx(1 - math.sqrt(1 - cosine) * series, rel=1e-12)


def test_a_change_that_is_more_than_chance_and_one_that_is_not() -> None:
    before = Estimate(Fraction(80), Fraction(1), 30)
    one = change(before, Estimate(Fraction(84), Fraction(1), 30))
    # 4 +- 2.0003 x sqrt(2): the 97.5 % point of t with 60 degrees.
    assert one.interval == Margin(Decimal("0.95"), Decimal("1.17"), Decimal("6.83"))
    assert one.significant
    assert one.adjusted_p == one.p
    other = change(before, Estimate(Fraction(82), Fraction(1), 30))
    assert other.difference == 2
    assert other.interval == Margin(Decimal("0.95"), Decimal("-0.83"), Decimal("4.83"))
    assert not other.significant


def test_each_element_pays_for_the_others() -> None:
    # t = 2.3 with 60 degrees: p = 0.025 alone, not below 0.05 among nine.
    figure = Estimate(Fraction(23, 10), Fraction(1), 60)
    alone = changes({"waktu": figure})["waktu"]
    assert alone.significant
    family = changes({"waktu": figure, **{f"u{i}": Estimate(Fraction(0), Fraction(1), 60) for i in range(8)}})
    assert not family["waktu"].significant
    assert family["waktu"].p == alone.p
    assert family["waktu"].adjusted_p == 9 * (alone.p or 0)
    untestable = changes({"waktu": figure, "biaya": Estimate(Fraction(1), None, 1)})
    # What cannot be tested costs the others nothing, and is not claimed.
    assert untestable["waktu"].adjusted_p == alone.p
    assert (untestable["biaya"].p, untestable["biaya"].significant) == (None, False)


def test_the_interval_of_an_element(table: CategoryTable) -> None:
    found = of_element(ONE, {"waktu": tallied(SCORES)})
    assert found is not None
    interval = element_interval(found, STANDARD, table)
    assert interval is not None
    half = 2.0452 * math.sqrt(variance(SCORES) / 30)
    mean = fmean(SCORES)
    assert float(interval.nrr_low) == pytest.approx(mean - half, abs=0.0006)
    assert float(interval.nrr_high) == pytest.approx(mean + half, abs=0.0006)
    assert float(interval.low) == pytest.approx(25 * (mean - half), abs=0.006)
    assert (interval.category_certain, interval.bound) == (False, False)
    high = element_interval(Estimate(Fraction(99), Fraction(4), 30), STANDARD, table, bound=True)
    assert high is not None
    assert (high.high, high.nrr_high, high.category_certain, high.bound) == (100, 4, True, True)
    assert element_interval(Estimate(Fraction(100), None, 1), STANDARD, table) is None
