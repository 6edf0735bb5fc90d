"""Tails of the normal, Student's t and chi-square distributions, in decimal arithmetic, to 20 digits.

Abramowitz & Stegun, Handbook of Mathematical Functions, 1964, 7.1.6, 26.4.4-5, 26.7.3-4; beyond FINITE degrees of
freedom Fisher's expansion of t (Johnson, Kotz & Balakrishnan, Continuous Univariate Distributions 2, 1995, 28).
"""

from decimal import Context, Decimal, localcontext
from fractions import Fraction

FINITE = 1000
"""Up to here the sum of Student's t is finite and exact; beyond, the expansion is right to 11 decimals."""

_PRECISE = Context(prec=60)
_RESULT = Context(prec=20)
_SMALL = Decimal("1e-58")
_PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494459")
_FAR = 200
"""A squared normal deviate beyond which the tail is below 1e-44 and taken as 0."""


def normal_tail(squared: Fraction) -> Decimal:
    """P(|Z| > z) of a standard normal Z, for the square of z; ValueError when that is negative."""
    _check(squared)
    with localcontext(_PRECISE):
        return _RESULT.plus(_normal(_decimal(squared)))


def student_tail(squared: Fraction, freedom: int) -> Decimal:
    """P(|T| > t) of Student's T with `freedom` degrees of freedom, for the square of t: the two-sided p value.

    Raises ValueError below one degree of freedom or for a negative square.
    """
    _check(squared)
    if freedom < 1:
        raise ValueError("Student's t needs at least one degree of freedom")
    with localcontext(_PRECISE):
        square = _decimal(squared)
        tail = _expanded(square, freedom) if freedom > FINITE else _finite(square, freedom)
        return _RESULT.plus(_within(tail))


def chi_square_tail(value: Fraction, freedom: int) -> Decimal:
    """P(X > value) of a chi-square X; ValueError below one degree of freedom or for a negative value."""
    _check(value)
    if freedom < 1:
        raise ValueError("chi-square needs at least one degree of freedom")
    with localcontext(_PRECISE):
        x = _decimal(value)
        if freedom % 2:
            # 26.4.4: the normal tail and the terms x^(r - 1/2) / (1 3 ... (2r - 1))
            term, total = x.sqrt(), Decimal(0)
            for r in range(1, (freedom - 1) // 2 + 1):
                total += term
                term *= x / (2 * r + 1)
            return _RESULT.plus(_within(_normal(x) + 2 * _density(x) * total))
        term = total = Decimal(1)
        for r in range(1, freedom // 2):
            term *= x / (2 * r)
            total += term
        return _RESULT.plus(_within((-x / 2).exp() * total))


def _finite(square: Decimal, freedom: int) -> Decimal:
    cosine_squared = freedom / (freedom + square)
    sine, cosine = (square / (freedom + square)).sqrt(), cosine_squared.sqrt()
    odd = freedom % 2
    term = cosine if odd else Decimal(1)
    total = Decimal(0) if freedom == 1 else term
    for j in range(1, (freedom - 2 - odd) // 2 + 1):
        upper, lower = (2 * j, 2 * j + 1) if odd else (2 * j - 1, 2 * j)
        term *= cosine_squared * upper / lower
        total += term
        if term < _SMALL:
            break
    if odd:
        return 1 - 2 / _PI * (2 * _arctangent(sine / (1 + cosine)) + sine * total)
    return 1 - sine * total


def _expanded(square: Decimal, freedom: int) -> Decimal:
    t, s, v = square.sqrt(), square, Decimal(freedom)
    first = t * (s + 1) / (4 * v)
    second = t * (3 * s**3 - 7 * s**2 - 5 * s - 3) / (96 * v**2)
    third = t * (s**5 - 11 * s**4 + 14 * s**3 + 6 * s**2 - 3 * s - 15) / (384 * v**3)
    return _normal(s) + 2 * _density(s) * (first + second + third)


def _normal(square: Decimal) -> Decimal:
    """The two-sided tail by the series of erf, whose terms are all positive (7.1.6)."""
    if square > _FAR:
        return Decimal(0)
    term = total = square.sqrt()
    j = 1
    while term > _SMALL * total:
        term *= square / (2 * j + 1)
        total += term
        j += 1
    return _within(1 - 2 * _density(square) * total)


def _density(square: Decimal) -> Decimal:
    return (-square / 2).exp() / (2 * _PI).sqrt()


def _arctangent(x: Decimal) -> Decimal:
    """Of 0..1: three halvings of the angle, then the power series."""
    for _ in range(3):
        x = x / (1 + (1 + x * x).sqrt())
    power = total = x
    j = 1
    while abs(power) > _SMALL:
        power *= -x * x
        total += power / (2 * j + 1)
        j += 1
    return 8 * total


def _within(probability: Decimal) -> Decimal:
    return min(max(probability, Decimal(0)), Decimal(1))


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def _check(value: Fraction) -> None:
    if value < 0:
        raise ValueError("a square cannot be negative")
