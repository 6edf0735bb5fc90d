"""Tails of t, normal and chi-square against printed tables and against numerical integration done here."""

import math
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise

import pytest

from app.ikm.distributions import FINITE, chi_square_tail, normal_tail, student_tail


def simpson(density: Callable[[float], float], low: float, high: float, steps: int = 20_000) -> float:
    """Composite Simpson's rule."""
    width = (high - low) / steps
    inner = sum((4 if i % 2 else 2) * density(low + i * width) for i in range(1, steps))
    return (density(low) + inner + density(high)) * width / 3


def student_density(freedom: int) -> Callable[[float], float]:
    log = math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2) - 0.5 * math.log(freedom * math.pi)
    return lambda t: math.exp(log - (freedom + 1) / 2 * math.log1p(t * t / freedom))


@pytest.mark.parametrize(
    ("freedom", "level", "quantile"),
    # Student's t as printed in every collection of tables: two-sided probability and its point.
    [
        (1, 0.05, "12.706"),
        (1, 0.01, "63.657"),
        (2, 0.05, "4.303"),
        (2, 0.10, "2.920"),
        (3, 0.01, "5.841"),
        (4, 0.001, "8.610"),
        (5, 0.05, "2.571"),
        (10, 0.01, "3.169"),
        (10, 0.20, "1.372"),
        (20, 0.05, "2.086"),
        (30, 0.001, "3.646"),
        (60, 0.05, "2.000"),
        (120, 0.01, "2.617"),
    ],
)
def test_student_gives_the_printed_table(freedom: int, level: float, quantile: str) -> None:
    # The point has three decimals: what lies half a unit of the last beside it brackets the level.
    point, half = Fraction(quantile), Fraction(1, 2000)
    assert student_tail((point + half) ** 2, freedom) <= level <= student_tail((point - half) ** 2, freedom)


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 7, 8, 29, 150, 999, 1000, 1001, 5000, 100_000])
@pytest.mark.parametrize("t", ["0", "0.1", "0.7", "1.96", "3.3", "6"])
def test_student_agrees_with_integration(freedom: int, t: str) -> None:
    inside = 2 * simpson(student_density(freedom), 0.0, float(t))
    assert float(student_tail(Fraction(t) ** 2, freedom)) == pytest.approx(1 - inside, abs=1e-10)


def test_student_passes_smoothly_from_the_sum_to_the_expansion() -> None:
    # The tail falls with the degrees of freedom, by ever smaller steps; a seam would break that.
    tails = [student_tail(Fraction(4), freedom) for freedom in range(FINITE - 2, FINITE + 4)]
    steps = [one - other for one, other in pairwise(tails)]
    assert all(step > 0 for step in steps)
    assert max(steps) < min(steps) * 2


def test_far_out_the_tail_is_small_and_not_negative() -> None:
    assert 0 < student_tail(Fraction(60) ** 2, 9) < Fraction(1, 10**11)
    assert 0 <= student_tail(Fraction(60) ** 2, 10**7) < Fraction(1, 10**100)
    assert normal_tail(Fraction(60) ** 2) == 0
    assert student_tail(Fraction(0), 12) == 1


@pytest.mark.parametrize(
    ("z", "level"), [("1.959964", 0.05), ("2.575829", 0.01), ("3.290527", 0.001), ("0", 1)]
)
def test_normal_gives_the_printed_table(z: str, level: float) -> None:
    assert float(normal_tail(Fraction(z) ** 2)) == pytest.approx(level, abs=2e-7)
    assert float(normal_tail(Fraction(z) ** 2)) == pytest.approx(
        math.erfc(float(z) / math.sqrt(2)), rel=1e-13
    )


@pytest.mark.parametrize(
    ("freedom", "level", "value"),
    [
        (1, 0.05, "3.841"),
        (1, 0.01, "6.635"),
        (2, 0.05, "5.991"),
        (3, 0.05, "7.815"),
        (4, 0.10, "7.779"),
        (5, 0.01, "15.086"),
        (8, 0.05, "15.507"),
        (15, 0.001, "37.697"),
        (30, 0.05, "43.773"),
    ],
)
def test_chi_square_gives_the_printed_table(freedom: int, level: float, value: str) -> None:
    point, half = Fraction(value), Fraction(1, 2000)
    assert chi_square_tail(point + half, freedom) <= level <= chi_square_tail(point - half, freedom)


@pytest.mark.parametrize("freedom", [2, 3, 6, 7, 40])
@pytest.mark.parametrize("value", ["0", "0.5", "3", "12.5", "70"])
def test_chi_square_agrees_with_integration(freedom: int, value: str) -> None:
    half = freedom / 2
    log = -half * math.log(2) - math.lgamma(half)

    def in_roots(u: float) -> float:
        # Integrated over u = sqrt(x), where the density has no pole.
        return 2 * math.exp(log - u * u / 2) * u ** (freedom - 1)

    inside = simpson(in_roots, 0.0, math.sqrt(float(value)))
    assert float(chi_square_tail(Fraction(value), freedom)) == pytest.approx(1 - inside, abs=1e-11)


def test_what_is_no_distribution_is_refused() -> None:
    for tail in (student_tail, chi_square_tail):
        with pytest.raises(ValueError, match="degree of freedom"):
            tail(Fraction(1), 0)
        with pytest.raises(ValueError, match="negative"):
            tail(Fraction(-1), 3)
    with pytest.raises(ValueError, match="negative"):
        normal_tail(Fraction(-1))


def test_a_long_series_ends_when_nothing_more_is_added() -> None:
    # Far out in the tail every next term is a tenth of the one before. With 200 degrees of freedom and t = 42:
    # P < 2 f(t) t / 199 (1 + t^2 / 200) for the density f, which is below 10^-90.
    assert 0 <= student_tail(Fraction(42) ** 2, 200) < Fraction(1, 10**20)
    assert student_tail(Fraction(42) ** 2, 200) <= student_tail(Fraction(3) ** 2, 200)
