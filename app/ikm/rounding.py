"""Rounding: once, half up, at the moment a number is printed."""

from decimal import Decimal
from fractions import Fraction


def round_half_up(value: Fraction, places: int) -> Decimal:
    """`value` with exactly `places` decimals; a half goes away from zero, as in spreadsheets.

    Integer arithmetic throughout, so the result depends on no decimal context, and zero has no sign.
    Raises ValueError for a negative number of places.
    """
    if places < 0:
        raise ValueError("the number of decimals cannot be negative")
    numerator, denominator = abs(value.numerator) * 10**places, value.denominator
    magnitude = (2 * numerator + denominator) // (2 * denominator)
    sign = 1 if value < 0 and magnitude else 0
    return Decimal((sign, tuple(int(digit) for digit in str(magnitude)), -places))


def printed_ikm(value: Fraction) -> Decimal:
    """An IKM as it is printed: 2 decimals."""
    return round_half_up(value, 2)


def printed_nrr(value: Fraction) -> Decimal:
    """An NRR or an index as it is printed: 3 decimals."""
    return round_half_up(value, 3)
