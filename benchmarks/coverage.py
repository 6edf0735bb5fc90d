"""How often intervals hold the truth, and how often changes are announced that never were.

`python -m benchmarks.coverage`: surveys of invented people whose true figures are known, by fixed seeds. Intervals
should hold the truth in 95 of 100 surveys, and of surveys in which nothing changed at most 5 of 100 may announce a
change of any element.
"""

import argparse
import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from app.ikm.changes import change, changes
from app.ikm.counts import Tally, fold
from app.ikm.estimates import Estimate, contrast, of_element, of_index
from app.ikm.index import Element, compute
from app.ikm.intervals import Total, respondent_mean
from app.ikm.scale import STANDARD
from app.ikm.ties import groups_of

KEYS = (
    "persyaratan",
    "prosedur",
    "waktu",
    "biaya",
    "produk",
    "kompetensi",
    "perilaku",
    "pengaduan",
    "sarana",
)
SINGLE = tuple(Element(key, (key,)) for key in KEYS)
DOUBLE = tuple(Element(key, (f"{key}-1", f"{key}-2")) for key in KEYS)
UNITS = 12
PEOPLE = 20_000

Person = Callable[[Random], list[int]]
Row = dict[str, int]


def usual(random: Random) -> list[int]:
    """Eighteen answers around one opinion, B or so."""
    opinion = random.gauss(3.2, 0.5)
    return [min(4, max(1, round(random.gauss(opinion, 0.5)))) for _ in range(18)]


def ceiling(random: Random) -> list[int]:
    """Two thirds tick the highest option down the column, the others do not."""
    if random.random() < 0.65:
        return [4] * 18
    return [random.choice((2, 3, 3, 4)) for _ in range(18)]


def unrelated(random: Random) -> list[int]:
    """Answers that have nothing to do with each other."""
    return random.choices((1, 2, 3, 4), (5, 15, 50, 30), k=18)


PERSONS: dict[str, Person] = {"usual": usual, "ceiling": ceiling, "unrelated": unrelated}


@dataclass(frozen=True)
class Figures:
    """What one survey tells: the IKM and every element."""

    ikm: Estimate
    elements: dict[str, Estimate]


@dataclass
class Rates:
    """Parts of all simulated surveys."""

    ikm_held: float
    elements_held: float
    ikm_alarms: float
    family_alarms: float


def survey(rows: list[Row], elements: tuple[Element, ...], population: int | None = None) -> Figures:
    """The figures of some answers."""
    questions = [question for element in elements for question in element.questions]
    tally: Tally = fold(rows, questions, STANDARD)
    means = [mean for row in rows if (mean := respondent_mean(row, elements)) is not None]
    total = Total(len(means), sum(means), sum(mean * mean for mean in means))
    index = compute(elements, tally)
    assert index is not None
    found = {one.key: of_element(one, tally, STANDARD, population) for one in elements}
    return Figures(of_index(index, total, population), {key: one for key, one in found.items() if one})


def people_of(person: Person, elements: tuple[Element, ...], size: int, random: Random) -> list[Row]:
    """A population."""
    questions = [question for element in elements for question in element.questions]
    return [dict(zip(questions, person(random), strict=False)) for _ in range(size)]


def holds(estimate: Estimate, truth: Fraction) -> bool:
    """Whether the interval holds the truth; without one nothing is said, which is not wrong."""
    margin = estimate.margin
    return margin is None or abs(estimate.value - truth) <= margin


def simulate(
    person: Person, n: int, surveys: int, seed: int, *, size: int | None = None, several: bool = False
) -> Rates:
    """Pairs of surveys of the same people between which nothing changed.

    With `size` they are few, and drawn without putting back; changes are judged as the service does, without a
    correction for that.
    """
    random = Random(seed)
    elements = DOUBLE if several else SINGLE
    people = people_of(person, elements, size or PEOPLE, random)
    truth = survey(people, elements)
    held = elements_held = alarms = families = 0
    for _ in range(surveys):
        rows, others = (draw(people, n, random, with_all=size is None) for _ in range(2))
        found = survey(rows, elements, size)
        held += holds(found.ikm, truth.ikm.value)
        elements_held += sum(holds(one, truth.elements[key].value) for key, one in found.elements.items())
        before, after = survey(others, elements), survey(rows, elements)
        alarms += change(before.ikm, after.ikm).significant
        contrasts = {key: contrast(one, before.elements[key]) for key, one in after.elements.items()}
        families += any(one.significant for one in changes(contrasts).values())
    return Rates(held / surveys, elements_held / surveys / 9, alarms / surveys, families / surveys)


def draw(people: list[Row], n: int, random: Random, *, with_all: bool) -> list[Row]:
    """Who answered."""
    return random.choices(people, k=n) if with_all else random.sample(people, n)


def false_distinctions(person: Person, n: int, rankings: int, seed: int) -> float:
    """How often a ranking of units that are all alike puts any two into different groups."""
    random = Random(seed)
    people = people_of(person, SINGLE, PEOPLE, random)
    wrong = 0
    for _ in range(rankings):
        units = [survey(random.choices(people, k=n), SINGLE).ikm for _ in range(UNITS)]
        groups = groups_of(sorted(units, key=lambda one: -one.value))
        wrong += len(set(groups) - {None}) > 1
    return wrong / rankings


def main() -> None:
    """Print a table as it stands in docs/performance.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--surveys", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=2017)
    asked = parser.parse_args()
    error = 100 * math.sqrt(0.05 * 0.95 / asked.surveys)
    print(
        f"{asked.surveys} pairs of surveys a row, seed {asked.seed}; one standard error is {error:.2f} points\n"
    )
    print(
        "| people | n | questions an element | IKM held | elements held | IKM: false | elements: any false |"
    )
    print("|---|---|---|---|---|---|---|")
    cases = [(name, n, None, False) for name in PERSONS for n in (30, 150)]
    cases += [("usual", 80, 100, False), ("usual", 100, None, True)]
    for name, n, size, several in cases:
        rates = simulate(PERSONS[name], n, asked.surveys, asked.seed, size=size, several=several)
        shown = (rates.ikm_held, rates.elements_held, rates.ikm_alarms, rates.family_alarms)
        figures = " | ".join(f"{100 * one:.1f} %" for one in shown)
        print(
            f"| {name} | {n}{f' of {size}' if size else ''} | {2 if several else 1} | {figures} |", flush=True
        )
    print(f"\nRankings of {UNITS} units that are all alike, with any two told apart:")
    for name, person in PERSONS.items():
        share = false_distinctions(person, 60, asked.surveys // 4, asked.seed)
        print(f"- {name}, n = 60 each: {100 * share:.1f} %", flush=True)


if __name__ == "__main__":
    main()
