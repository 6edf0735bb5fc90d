"""Half up, once, exactly, with the decimals that are printed."""

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest

from app.ikm.rounding import printed_ikm, printed_nrr, round_half_up
from app.ikm.scale import STANDARD, Scale


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [
        (Fraction(88305, 1000), 2, "88.31"),
        (Fraction(88304999, 1000000), 2, "88.30"),
        (Fraction(5, 2), 0, "3"),
        (Fraction(-5, 2), 0, "-3"),
        (Fraction(-1, 1000), 2, "0.00"),
        (Fraction(0), 3, "0.000"),
        (Fraction(100), 2, "100.00"),
        (Fraction(2, 3), 3, "0.667"),
    ],
)
def test_a_half_goes_up_and_the_decimals_stay(value: Fraction, places: int, expected: str) -> None:
    assert str(round_half_up(value, places)) == expected


def test_no_decimal_context_changes_the_result() -> None:
    with localcontext(prec=1):
        assert str(printed_ikm(Fraction(23875, 261))) == "91.48"
    assert str(printed_nrr(Fraction(955, 261))) == "3.659"


def test_a_value_just_under_a_half_that_a_float_cannot_tell_from_it() -> None:
    assert printed_ikm(Fraction(76605, 1000) - Fraction(1, 10**30)) == Decimal("76.60")
    assert printed_ikm(Fraction(76605, 1000)) == Decimal("76.61")


def test_a_negative_number_of_decimals_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        round_half_up(Fraction(1), -1)


def test_the_standard_scale() -> None:
    assert (STANDARD.low, STANDARD.high, STANDARD.conversion, STANDARD.size) == (1, 4, 25, 4)
    assert Scale(1, 6, 20).size == 6


@pytest.mark.parametrize("parts", [(1, 1, 25), (4, 1, 25), (-1, 4, 25), (1, 4, 0)])
def test_a_scale_that_is_none(parts: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="scale"):
        Scale(*parts)
