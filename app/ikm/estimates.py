"""Figures with the variance that sampling gives them: of an IKM, of an element, of means and differences of them.

W. G. Cochran, Sampling Techniques, 3rd ed., Wiley 1977: chapter 2 (simple random sampling), 5.4 (strata).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from app.ikm.counts import Counts, Tally
from app.ikm.distributions import student_tail
from app.ikm.index import Element, Index
from app.ikm.intervals import Total, square_root, variance_of
from app.ikm.scale import STANDARD, Scale
from app.ikm.student import quantile


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure in IKM points, its variance in squared points and the degrees of freedom of that variance.

    `variance` is None where the data cannot tell it, and 0 after a census.
    """

    value: Fraction
    variance: Fraction | None
    freedom: int

    @property
    def margin(self) -> Fraction | None:
        """Half the width of the 95 % interval; None where nothing can be estimated."""
        if self.variance is None:
            return None
        return quantile(self.freedom) * square_root(self.variance) if self.variance else Fraction(0)

    @property
    def p(self) -> Decimal | None:
        """How often chance alone would bring a figure at least this far from 0; None without a variance."""
        if not self.variance:
            return None
        return student_tail(self.value**2 / self.variance, self.freedom)


def of_index(index: Index, total: Total, population: int | None = None) -> Estimate:
    """An IKM, from its respondents' means; ValueError for a negative population."""
    return Estimate(index.ikm, variance_of(index, total, population), max(1, total.responses - 1))


def of_element(
    element: Element, tally: Tally, scale: Scale = STANDARD, population: int | None = None
) -> Estimate | None:
    """An element's IKM from the counts of its questions alone; None when none of them has answers.

    One question: s^2/n x (1 - n/N). With several, how their answers go together cannot be told from counts, so
    the standard deviations of their means are averaged, as if they went together perfectly: the largest
    variance that is possible. Degrees of freedom are those of the question with the fewest answers. No
    variance where one of the questions allows none. Raises ValueError for a negative population, or for
    counts that do not fit the scale.
    """
    if population is not None and population < 0:
        raise ValueError("a population cannot be negative")
    asked = [tally[key] for key in element.questions if key in tally and tally[key].n]
    if not asked:
        return None
    value = sum((Fraction(one.total(scale), one.n) for one in asked), start=Fraction(0)) / len(asked)
    variances = [_of_question(one, scale, population) for one in asked]
    freedom = max(1, min(one.n for one in asked) - 1)
    return Estimate(scale.conversion * value, _bound(variances, scale), freedom)


def mean_of(estimates: Sequence[Estimate], weights: Sequence[Fraction] | None = None) -> Estimate:
    """The mean of independent estimates, weighted if asked for; ValueError without any, or weights of 0.

    Variance: the sum of theirs times the squared share of each; degrees of freedom by Welch-Satterthwaite, rounded
    down. One without a variance leaves the mean without: nothing says how uncertain that part is.
    """
    shares = _shares(estimates, weights)
    if len(estimates) == 1:
        return estimates[0]
    value = sum((share * one.value for share, one in zip(shares, estimates, strict=True)), start=Fraction(0))
    parts: list[tuple[Fraction, int]] = []
    for share, one in zip(shares, estimates, strict=True):
        if one.variance is None:
            return Estimate(value, None, 1)
        parts.append((share**2 * one.variance, one.freedom))
    return Estimate(value, *_together(parts))


def contrast(after: Estimate, before: Estimate) -> Estimate:
    """The difference of two independent estimates, with Welch's degrees of freedom, rounded down.

    B. L. Welch, The Generalization of "Student's" Problem when Several Different Population Variances are
    Involved, Biometrika 34 (1947), 28-35.
    """
    value = after.value - before.value
    if after.variance is None or before.variance is None:
        return Estimate(value, None, 1)
    return Estimate(value, *_together([(after.variance, after.freedom), (before.variance, before.freedom)]))


def _together(parts: Sequence[tuple[Fraction, int]]) -> tuple[Fraction, int]:
    """The sum of independent variances and its degrees of freedom."""
    whole = sum((variance for variance, _ in parts), start=Fraction(0))
    if not whole:
        return whole, 1
    spread = sum((variance**2 / freedom for variance, freedom in parts), start=Fraction(0))
    return whole, int(whole**2 / spread)


def _shares(estimates: Sequence[Estimate], weights: Sequence[Fraction] | None) -> list[Fraction]:
    chosen = [Fraction(1)] * len(estimates) if weights is None else list(weights)
    whole = sum(chosen, start=Fraction(0))
    if len(chosen) != len(estimates) or not whole:
        raise ValueError("a mean needs figures, with a weight each")
    return [weight / whole for weight in chosen]


def _of_question(counts: Counts, scale: Scale, population: int | None) -> Fraction | None:
    """The variance of a question's mean score: 0 for a census, None when all answers are alike."""
    n = counts.n
    if population is not None and population <= n:
        return Fraction(0)
    squares = sum(score**2 * count for score, count in enumerate(counts.counts, start=scale.low))
    deviations = n * squares - counts.total(scale) ** 2
    if not deviations:
        return None
    unsampled = Fraction(1) if population is None else 1 - Fraction(n, population)
    return Fraction(deviations, n * n * (n - 1)) * unsampled


def _bound(variances: Sequence[Fraction | None], scale: Scale) -> Fraction | None:
    """The variance of the mean of questions, in squared IKM points, at its largest."""
    known = [variance for variance in variances if variance is not None]
    if len(known) < len(variances):
        return None
    if len(known) == 1:
        return known[0] * scale.conversion**2
    deviation = sum((square_root(variance) for variance in known), start=Fraction(0)) / len(known)
    return (deviation * scale.conversion) ** 2
