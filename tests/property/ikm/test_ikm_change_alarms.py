"""Do elements' intervals hold the truth, and are changes announced that never were? Simulated, with fixed seeds.

`python -m benchmarks.coverage` does the same at length.
"""

import math
from random import Random

import pytest

from app.ikm.changes import changes
from app.ikm.estimates import contrast
from benchmarks.coverage import KEYS, PERSONS, SINGLE, false_distinctions, people_of, simulate, survey

SURVEYS = 300
# Four standard errors of a share of 5 % in so many surveys: 0.050. Nobody waits for a chance of one in 30,000.
TOLERANCE = 4 * math.sqrt(0.05 * 0.95 / SURVEYS)


@pytest.mark.parametrize(
    ("people", "n", "size", "several"),
    [
        ("usual", 60, None, False),
        ("unrelated", 60, None, False),
        ("usual", 60, 80, False),
        ("usual", 40, None, True),
    ],
)
def test_intervals_hold_and_alarms_are_rare(people: str, n: int, size: int | None, several: bool) -> None:
    rates = simulate(PERSONS[people], n, SURVEYS, 14, size=size, several=several)
    assert abs(rates.ikm_held - 0.95) < TOLERANCE
    # An interval that is a bound may hold more often, never less.
    assert rates.elements_held > 0.95 - TOLERANCE
    assert several or rates.elements_held < 0.95 + TOLERANCE
    assert rates.ikm_alarms < 0.05 + TOLERANCE
    assert rates.family_alarms < 0.05 + TOLERANCE


def test_without_the_correction_alarms_would_be_frequent() -> None:
    """The simulation can tell: nine tests at 5 % each raise one alarm or more in 37 of 100 surveys."""
    random = Random(9)
    people = people_of(PERSONS["unrelated"], SINGLE, 5000, random)
    alarms = 0
    for _ in range(SURVEYS):
        before, after = (survey(random.choices(people, k=60), SINGLE) for _ in range(2))
        each = [changes({key: contrast(after.elements[key], before.elements[key])})[key] for key in KEYS]
        alarms += any(one.significant for one in each)
    assert 0.25 < alarms / SURVEYS < 0.5


def test_a_real_change_is_found() -> None:
    random = Random(3)
    people = people_of(PERSONS["usual"], SINGLE, 5000, random)
    better = [{**one, "waktu": min(4, one["waktu"] + (random.random() < 0.5))} for one in people]
    found = 0
    for _ in range(50):
        before = survey(random.choices(people, k=120), SINGLE)
        after = survey(random.choices(better, k=120), SINGLE)
        family = changes({key: contrast(after.elements[key], before.elements[key]) for key in KEYS})
        found += family["waktu"].significant
    assert found > 35


def test_units_that_are_alike_are_seldom_told_apart() -> None:
    assert false_distinctions(PERSONS["usual"], 40, 150, 5) < 0.05 + 4 * math.sqrt(0.05 * 0.95 / 150)
