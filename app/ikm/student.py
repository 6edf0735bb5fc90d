"""Student's t at 0.975, for two-sided intervals of 95 %.

Up to 30 degrees of freedom from the published table; beyond by the Cornish-Fisher expansion of Abramowitz &
Stegun, Handbook of Mathematical Functions, 1964, formula 26.7.5.
"""

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

LEVEL = Decimal("0.95")

_TABLE = (
    *("12.7062", "4.3027", "3.1824", "2.7764", "2.5706", "2.4469", "2.3646", "2.3060", "2.2622", "2.2281"),
    *("2.2010", "2.1788", "2.1604", "2.1448", "2.1314", "2.1199", "2.1098", "2.1009", "2.0930", "2.0860"),
    *("2.0796", "2.0739", "2.0687", "2.0639", "2.0595", "2.0555", "2.0518", "2.0484", "2.0452", "2.0423"),
)

_Z = Fraction("1.959963985")
"""The normal quantile at 0.975."""

_TERMS = (
    _Z,
    (_Z**3 + _Z) / 4,
    (5 * _Z**5 + 16 * _Z**3 + 3 * _Z) / 96,
    (3 * _Z**7 + 19 * _Z**5 + 17 * _Z**3 - 15 * _Z) / 384,
    (79 * _Z**9 + 776 * _Z**7 + 1482 * _Z**5 - 1920 * _Z**3 - 945 * _Z) / 92160,
)


@lru_cache(maxsize=4096)
def quantile(freedom: int) -> Fraction:
    """The 0.975 quantile with `freedom` degrees of freedom, right to 4 decimals; ValueError below 1."""
    if freedom < 1:
        raise ValueError("Student's t needs at least one degree of freedom")
    if freedom <= len(_TABLE):
        return Fraction(_TABLE[freedom - 1])
    return sum((term / freedom**power for power, term in enumerate(_TERMS)), start=Fraction(0))
