"""The confidence interval of an IKM, from respondents' means kept as sums of integers.

Estimators: Cochran, Sampling Techniques, 3rd ed., Wiley 1977, chapter 2 (simple random sampling without
replacement) and section 5.4 (strata, with Satterthwaite's degrees of freedom).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from typing import Self

from app.ikm.category import CategoryTable
from app.ikm.counts import UnknownQuestion
from app.ikm.index import Element, Index
from app.ikm.rounding import printed_ikm
from app.ikm.student import LEVEL, quantile
from app.ikm.weights import element_weight

RESPONDENT_UNIT = 45360
"""A respondent's mean is stored as an integer number of 1/45360.

45360 = 18 x 2520, and 2520 is the least multiple of 1..10: the mean of up to ten answered elements with one
question each is exact, and so is that of nine elements with up to ten questions each. Any other mean is
rounded half up; the error is at most 1/90720 of a score. The square of the highest mean on 1..4 is
(4 x 45360)^2 = 3.3e10, so a 64-bit sum of squares holds 2.8e8 respondents.
"""

_ROOT = Context(prec=40)


@dataclass(frozen=True, slots=True)
class Total:
    """Respondents, the sum of their means and the sum of the squares, in RESPONDENT_UNITs (and squared)."""

    responses: int
    sum: int
    squares: int

    @classmethod
    def zero(cls) -> Self:
        """Of no respondents."""
        return cls(0, 0, 0)

    def __add__(self, other: Self) -> Self:
        return type(self)(
            self.responses + other.responses, self.sum + other.sum, self.squares + other.squares
        )

    def __sub__(self, other: Self) -> Self:
        return type(self)(
            self.responses - other.responses, self.sum - other.sum, self.squares - other.squares
        )


@dataclass(frozen=True, slots=True)
class Interval:
    """Bounds of an IKM as printed (2 decimals) at a confidence `level`.

    `category_certain`: both bounds and the printed IKM lie in the same band.
    """

    level: Decimal
    low: Decimal
    high: Decimal
    category_certain: bool


def respondent_mean(answers: Mapping[str, int], elements: Sequence[Element]) -> int | None:
    """The mean of one respondent in RESPONDENT_UNITs; None when no element was answered.

    Mean over the answered elements of the mean of their answered questions: the respondent's own index.
    Answers to questions beside the elements are passed over. Integers only, since every answer stored passes
    here. Raises UnknownQuestion.
    """
    if len(answers) == len(elements):
        # Nearly all answers: one question an element, all of them answered.
        total = 0
        for element in elements:
            score = answers.get(element.questions[0])
            if score is None or len(element.questions) > 1:
                break
            total += score
        else:
            return _whole(total, len(elements))
    parts: list[tuple[int, int]] = []
    seen = 0
    for element in elements:
        scores = [answers[question] for question in element.questions if question in answers]
        if element.beside:
            seen += sum(question in answers for question in element.beside)
        if scores:
            seen += len(scores)
            parts.append((sum(scores), len(scores)))
    if seen != len(answers):
        raise UnknownQuestion("an answer to a question that belongs to no element")
    if not parts:
        return None
    common = 1
    for _, count in parts:
        common *= count
    return _whole(sum(score * (common // count) for score, count in parts), common * len(parts))


def _whole(numerator: int, denominator: int) -> int:
    """The fraction in RESPONDENT_UNITs, rounded half up."""
    return (2 * numerator * RESPONDENT_UNIT + denominator) // (2 * denominator)


def interval(
    index: Index, total: Total, table: CategoryTable, population: int | None = None
) -> Interval | None:
    """The 95 % interval of an index from its respondents' means.

    Simple random sampling without replacement: variance s^2/n x (1 - n/N), Student's t with n - 1 degrees of
    freedom, centred on the IKM. `population` N is the number of users in the period; None leaves the
    correction out, N at or below n is a census and the interval is the value itself. None when there is
    nothing to estimate from: fewer than two respondents, or all means equal (a width of zero would be a false
    certainty). Raises ValueError for a negative population.
    """
    variance = variance_of(index, total, population)
    if variance is None:
        return None
    return _around(index, table, variance, total.responses - 1)


def interval_of_mean(
    parts: Sequence[tuple[Index, Total, int | None]], mean: Index, table: CategoryTable
) -> Interval | None:
    """The 95 % interval of the mean of units; a part is a unit's index, total and population.

    The units are fixed strata sampled independently: variance = sum of theirs / U^2, degrees of freedom by
    Welch-Satterthwaite, rounded down (never below the smallest of the units', so at least 1). A census adds
    no variance. None when the variance of any other unit cannot be estimated: nothing in the data says how
    uncertain that unit is, and leaving it out would narrow the interval. Raises ValueError without parts.
    """
    if not parts:
        raise ValueError("a mean of units needs units")
    estimates: list[tuple[Fraction, int]] = []
    for index, total, population in parts:
        variance = variance_of(index, total, population)
        if variance is None:
            return None
        if variance:
            estimates.append((variance, total.responses - 1))
    whole = sum((variance for variance, _ in estimates), start=Fraction(0))
    if not whole:
        return _around(mean, table, whole, 1)
    freedom = whole**2 / sum((variance**2 / df for variance, df in estimates), start=Fraction(0))
    return _around(mean, table, whole / len(parts) ** 2, freedom.numerator // freedom.denominator)


def variance_of(index: Index, total: Total, population: int | None) -> Fraction | None:
    """The variance of the IKM, in squared IKM points: 0 for a census, None when it cannot be estimated.

    Raises ValueError for a negative population.
    """
    n = total.responses
    if population is not None and population < 0:
        raise ValueError("a population cannot be negative")
    if n and population is not None and population <= n:
        return Fraction(0)
    deviations = n * total.squares - total.sum**2
    if n < 2 or not deviations:
        return None
    spread = Fraction(deviations, n * (n - 1) * RESPONDENT_UNIT**2)
    unsampled = Fraction(1) if population is None else 1 - Fraction(n, population)
    return spread / n * unsampled * (index.scale.conversion * _share(index)) ** 2


def _share(index: Index) -> Fraction:
    """What the weights add up to: 1, or a little less under a shortened weight."""
    return element_weight(index.weight, index.asked) * index.asked


def _around(index: Index, table: CategoryTable, variance: Fraction, freedom: int) -> Interval:
    half = quantile(freedom) * square_root(variance) if variance else Fraction(0)
    scale, share = index.scale, _share(index)
    low = max(index.ikm - half, scale.conversion * scale.low * share)
    high = min(index.ikm + half, scale.conversion * scale.high * share)
    # The IKM lies between its bounds, so a band that holds both holds it too.
    certain = table.classify(low, index.weight) == table.classify(high, index.weight)
    return Interval(LEVEL, printed_ikm(low), printed_ikm(high), certain)


def square_root(value: Fraction) -> Fraction:
    """The root to 40 digits, whatever decimal context the caller has."""
    quotient = _ROOT.divide(Decimal(value.numerator), Decimal(value.denominator))
    return Fraction(_ROOT.sqrt(quotient))
