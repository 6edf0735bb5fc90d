"""Do 95 % intervals hold the true value in about 95 % of surveys? By simulation, with fixed seeds."""

from collections.abc import Callable
from fractions import Fraction
from random import Random

import pytest

from app.ikm.category import CategoryTable
from app.ikm.index import Index
from app.ikm.intervals import RESPONDENT_UNIT, Total, interval, interval_of_mean
from app.ikm.scale import STANDARD
from app.ikm.weights import Weight

Answer = Callable[[Random], int]

SURVEYS = 1500


def mostly_threes(random: Random) -> int:
    """Nine answers around one opinion, B or so: the common case."""
    opinion = random.gauss(3.2, 0.5)
    return sum(min(4, max(1, round(random.gauss(opinion, 0.5)))) for _ in range(9))


def nearly_all_fours(random: Random) -> int:
    """A ceiling: two thirds tick the highest option down the column, the others do not."""
    if random.random() < 0.65:
        return 36
    return sum(random.choice((2, 3, 3, 4)) for _ in range(9))


def two_camps(random: Random) -> int:
    """Some were served well, some badly."""
    camp = (3, 4, 4) if random.random() < 0.7 else (1, 2, 2, 3)
    return sum(random.choice(camp) for _ in range(9))


def index_of(total: int, n: int) -> Index:
    index = Fraction(total, n * RESPONDENT_UNIT)
    return Index((), 9, index, 25 * index, Weight.EXACT, STANDARD)


def survey(means: list[int]) -> tuple[Index, Total]:
    total = Total(len(means), sum(means), sum(mean * mean for mean in means))
    return index_of(total.sum, total.responses), total


def population_of(answer: Answer, size: int, random: Random) -> list[int]:
    return [answer(random) * 5040 for _ in range(size)]


@pytest.mark.parametrize(
    ("answer", "n", "size", "tolerance"),
    [
        # four standard errors of the simulation are 0.023; a skewed ceiling costs a known bit more
        (mostly_threes, 10, None, 0.025),
        (mostly_threes, 80, 100, 0.025),
        (mostly_threes, 150, None, 0.025),
        (nearly_all_fours, 30, None, 0.04),
        (nearly_all_fours, 132, 200, 0.025),
        (two_camps, 20, None, 0.03),
        (two_camps, 80, 100, 0.025),
    ],
)
def test_coverage(answer: Answer, n: int, size: int | None, tolerance: float, table: CategoryTable) -> None:
    random = Random(2017)
    people = population_of(answer, size or 20_000, random)
    truth = index_of(sum(people), len(people)).ikm
    held = 0
    for _ in range(SURVEYS):
        means = random.sample(people, n) if size else random.choices(people, k=n)
        got = interval(*survey(means), table, size)
        assert got is not None
        held += Fraction(got.low) <= truth <= Fraction(got.high)
    assert abs(held / SURVEYS - 0.95) < tolerance


def test_leaving_out_the_correction_would_be_far_too_wide(table: CategoryTable) -> None:
    """The simulation can tell a right interval from a wrong one."""
    random = Random(14)
    people = population_of(mostly_threes, 100, random)
    truth = index_of(sum(people), 100).ikm
    held = 0
    for _ in range(500):
        got = interval(*survey(random.sample(people, 80)), table)
        assert got is not None
        held += Fraction(got.low) <= truth <= Fraction(got.high)
    assert held / 500 > 0.99


def test_coverage_of_a_mean_of_units(table: CategoryTable) -> None:
    random = Random(25)
    units = [(population_of(mostly_threes, 120, random), 30), (population_of(two_camps, 60, random), 25)]
    units.append((population_of(nearly_all_fours, 400, random), 60))
    truth = sum((index_of(sum(people), len(people)).ikm for people, _ in units), start=Fraction(0)) / 3
    held = 0
    for _ in range(SURVEYS):
        parts = [(*survey(random.sample(people, n)), len(people)) for people, n in units]
        index = sum((part[0].index for part in parts), start=Fraction(0)) / 3
        mean = Index((), 9, index, 25 * index, Weight.EXACT, STANDARD)
        got = interval_of_mean(parts, mean, table)
        assert got is not None
        held += Fraction(got.low) <= truth <= Fraction(got.high)
    assert abs(held / SURVEYS - 0.95) < 0.025
