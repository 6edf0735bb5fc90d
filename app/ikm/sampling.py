"""How many respondents a survey needs.

Krejcie & Morgan, Educational and Psychological Measurement 30 (1970) 607-610: the customary table of SKM
surveys; and W. G. Cochran, Sampling Techniques, 3rd edition, Wiley 1977, section 4.4.
"""

from bisect import bisect_left
from fractions import Fraction

CHI_SQUARE = Fraction(3841, 1000)
"""Chi-square with one degree of freedom at 95 %, as published: 1.96 squared misses rows of the table."""

KREJCIE_MORGAN: tuple[tuple[int, int], ...] = (
    *((10, 10), (15, 14), (20, 19), (25, 24), (30, 28), (35, 32), (40, 36), (45, 40), (50, 44), (55, 48)),
    *((60, 52), (65, 56), (70, 59), (75, 63), (80, 66), (85, 70), (90, 73), (95, 76), (100, 80), (110, 86)),
    *((120, 92), (130, 97), (140, 103), (150, 108), (160, 113), (170, 118), (180, 123), (190, 127)),
    *((200, 132), (210, 136), (220, 140), (230, 144), (240, 148), (250, 152), (260, 155), (270, 159)),
    *((280, 162), (290, 165), (300, 169), (320, 175), (340, 181), (360, 186), (380, 191), (400, 196)),
    *((420, 201), (440, 205), (460, 210), (480, 214), (500, 217), (550, 226), (600, 234), (650, 242)),
    *((700, 248), (750, 254), (800, 260), (850, 265), (900, 269), (950, 274), (1000, 278), (1100, 285)),
    *((1200, 291), (1300, 297), (1400, 302), (1500, 306), (1600, 310), (1700, 313), (1800, 317)),
    *((1900, 320), (2000, 322), (2200, 327), (2400, 331), (2600, 335), (2800, 338), (3000, 341)),
    *((3500, 346), (4000, 351), (4500, 354), (5000, 357), (6000, 361), (7000, 364), (8000, 367)),
    *((9000, 368), (10000, 370), (15000, 375), (20000, 377), (30000, 379), (40000, 380), (50000, 381)),
    *((75000, 382), (1000000, 384)),
)
"""Rows (population, sample) as published."""

NORMAL: dict[int, Fraction] = {90: Fraction(1645, 1000), 95: Fraction(196, 100), 99: Fraction(2576, 1000)}
"""Two-sided quantiles of the normal distribution by confidence in per cent, as textbooks print them."""

MARGIN_LEAST, MARGIN_MOST = 50, 2000
"""Margins of error, in hundredths of a per cent: half a per cent to twenty."""

_POPULATIONS = tuple(population for population, _ in KREJCIE_MORGAN)


def sample_by_formula(population: int) -> int:
    """The formula with P = 0.5 and d = 0.05, to the nearest integer; reproduces every row of the table.

    ValueError for a negative population; nobody needs no respondents.
    """
    _check(population)
    spread = CHI_SQUARE / 4
    exact = spread * population / (Fraction(population - 1, 400) + spread)
    return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)


def sample_by_table(population: int) -> int:
    """The row of the table, or the next higher one between two rows.

    Everyone below the first row, 384 above the last; ValueError for a negative population.
    """
    row = table_row(population)
    return population if row is None else row[1]


def sample_by_cochran(population: int, margin: int = 500, confidence: int = 95) -> int:
    """Cochran's n0 = z^2 p q / d^2 with p = q = 1/2, and n = n0 / (1 + (n0 - 1) / N), rounded up.

    `margin` is d in hundredths of a per cent (500: five per cent), `confidence` one of 90, 95, 99. Rounding up
    keeps the promised margin; rounding to the nearest could miss it. Never more than the population, and nobody
    needs no respondents. ValueError for a negative population, another confidence, or a margin outside
    MARGIN_LEAST..MARGIN_MOST.
    """
    _check(population)
    if confidence not in NORMAL:
        raise ValueError("the confidence is 90, 95 or 99 per cent")
    if not MARGIN_LEAST <= margin <= MARGIN_MOST:
        raise ValueError("a margin lies between 0.5 and 20 per cent")
    if population == 0:
        return 0
    first = NORMAL[confidence] ** 2 / 4 / Fraction(margin, 10_000) ** 2
    exact = first / (1 + (first - 1) / population)
    return min(population, -(-exact.numerator // exact.denominator))


def table_row(population: int) -> tuple[int, int] | None:
    """The row (population, sample) that `sample_by_table` takes; None below the first row."""
    _check(population)
    if population < _POPULATIONS[0]:
        return None
    return KREJCIE_MORGAN[min(bisect_left(_POPULATIONS, population), len(KREJCIE_MORGAN) - 1)]


def _check(population: int) -> None:
    if population < 0:
        raise ValueError("a population cannot be negative")
