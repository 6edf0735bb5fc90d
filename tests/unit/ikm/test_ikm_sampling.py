"""Sample sizes: the published table, row by row, and the formula behind it."""

import pytest

from app.ikm.sampling import (
    KREJCIE_MORGAN,
    MARGIN_LEAST,
    MARGIN_MOST,
    sample_by_cochran,
    sample_by_formula,
    sample_by_table,
    table_row,
)

PUBLISHED = """
10:10 15:14 20:19 25:24 30:28 35:32 40:36 45:40 50:44 55:48 60:52 65:56 70:59 75:63 80:66 85:70 90:73
95:76 100:80 110:86 120:92 130:97 140:103 150:108 160:113 170:118 180:123 190:127 200:132 210:136
220:140 230:144 240:148 250:152 260:155 270:159 280:162 290:165 300:169 320:175 340:181 360:186 380:191
400:196 420:201 440:205 460:210 480:214 500:217 550:226 600:234 650:242 700:248 750:254 800:260 850:265
900:269 950:274 1000:278 1100:285 1200:291 1300:297 1400:302 1500:306 1600:310 1700:313 1800:317
1900:320 2000:322 2200:327 2400:331 2600:335 2800:338 3000:341 3500:346 4000:351 4500:354 5000:357
6000:361 7000:364 8000:367 9000:368 10000:370 15000:375 20000:377 30000:379 40000:380 50000:381
75000:382 1000000:384
"""
ROWS = [tuple(int(part) for part in row.split(":")) for row in PUBLISHED.split()]


def test_the_table_is_the_published_one() -> None:
    assert [*KREJCIE_MORGAN] == ROWS


@pytest.mark.parametrize(("population", "sample"), ROWS)
def test_formula_and_table_agree_on_every_row(population: int, sample: int) -> None:
    assert sample_by_formula(population) == sample
    assert sample_by_table(population) == sample


@pytest.mark.parametrize(
    ("population", "by_table", "by_formula"),
    [
        (0, 0, 0),
        (1, 1, 1),
        (9, 9, 9),
        (11, 14, 11),
        (101, 86, 80),
        (4384, 354, 353),
        (75001, 384, 382),
        (1000001, 384, 384),
        (270_000_000, 384, 384),
    ],
)
def test_between_below_and_above_the_rows(population: int, by_table: int, by_formula: int) -> None:
    assert sample_by_table(population) == by_table
    assert sample_by_formula(population) == by_formula


def test_a_negative_population_is_refused() -> None:
    for sample in (sample_by_formula, sample_by_table):
        with pytest.raises(ValueError, match="negative"):
            sample(-1)


@pytest.mark.parametrize(
    ("population", "row"),
    [(9, None), (10, (10, 10)), (11, (15, 14)), (4384, (4500, 354)), (1000000, (1000000, 384))],
)
def test_the_row_that_was_used(population: int, row: tuple[int, int] | None) -> None:
    assert table_row(population) == row
    assert table_row(2_000_000) == (1000000, 384)


@pytest.mark.parametrize(
    ("population", "margin", "confidence", "sample"),
    [
        # n0 = 1.96^2 / 4 / 0.05^2 = 384.16, by hand with n0 / (1 + (n0 - 1) / N), rounded up.
        (1000, 500, 95, 278),  # 277.74
        (3200, 500, 95, 344),  # 343.08: rounding to the nearest would say 343
        (4384, 500, 95, 354),  # 353.28
        (100_000_000, 500, 95, 385),  # 384.16
        (1000, 1000, 90, 64),  # n0 = 67.65; 63.42
        (1000, 300, 99, 649),  # n0 = 1843.27; 648.48
        (1, 500, 95, 1),
        (2, 500, 99, 2),
        (0, 500, 95, 0),
    ],
)
def test_cochran_worked_by_hand(population: int, margin: int, confidence: int, sample: int) -> None:
    assert sample_by_cochran(population, margin, confidence) == sample


def test_cochran_against_an_independent_calculation() -> None:
    """The same in scaled whole numbers: n = N n0 / (N + n0 - 1), with n0 = z^2 10^8 / (4 margin^2)."""
    z = {90: 1645, 95: 1960, 99: 2576}
    for population in (1, 7, 50, 999, 12_345, 10_000_000):
        for margin in (50, 123, 500, 2000):
            for confidence, thousandths in z.items():
                above, below = thousandths**2 * 100, 4 * margin**2  # n0 = above / below
                needed, by = population * above, population * below + above - below
                expected = min(population, -(-needed // by))
                assert sample_by_cochran(population, margin, confidence) == expected


@pytest.mark.parametrize(
    ("population", "margin", "confidence", "fault"),
    [
        (-1, 500, 95, "negative"),
        (100, 500, 80, "90, 95 or 99"),
        (100, MARGIN_LEAST - 1, 95, "margin"),
        (100, MARGIN_MOST + 1, 95, "margin"),
    ],
)
def test_what_cochran_refuses(population: int, margin: int, confidence: int, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        sample_by_cochran(population, margin, confidence)
