"""What to improve first: elements by score, by change, by what people write about, and by importance.

J. A. Martilla and J. C. James, Importance-Performance Analysis, Journal of Marketing 41 (1977), 77-79. Importance
that nobody was asked about is derived: the correlation of an element with the mean of all others.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import Self

from app.ikm.changes import Change
from app.ikm.intervals import square_root

RESPONDENTS_LEAST = 30
"""With fewer respondents a correlation says next to nothing."""
LOWEST = 3
"""So many elements are called the lowest, as in every result."""


class Quadrant(StrEnum):
    """Where an element stands: importance and performance, each against the mean of all elements."""

    CONCENTRATE = "concentrate"
    KEEP = "keep"
    LOW = "low"
    OVERKILL = "overkill"


class Signal(StrEnum):
    """Why an element asks to be improved. All but a fall are said only of elements below the mean of all."""

    LOWEST = "lowest"
    FALLING = "falling"
    TALKED_ABOUT = "talked_about"
    IMPORTANT = "important"


@dataclass(frozen=True, slots=True)
class ElementPriority:
    """One element seen from every side; a rank counts from 1, the most pressing, equal figures equal ranks.

    `performance` is its IKM. `change` is that since the period it is compared with, ranked with the steepest fall
    first. `topic_share` is its part of all comments that are about an element. `importance` lies in -1..1 when
    derived and on its own scale when asked; ranked highest first. What is not known is None.
    """

    key: str
    performance: Fraction
    score_rank: int
    change: Change | None
    change_rank: int | None
    topics: int
    topic_share: Fraction | None
    topic_rank: int | None
    importance: Fraction | None
    importance_rank: int | None
    quadrant: Quadrant | None
    signals: tuple[Signal, ...] = ()


@dataclass(frozen=True, slots=True)
class CrossSums:
    """Sums over respondents of two values, their squares and their product."""

    n: int
    x: Fraction
    xx: Fraction
    y: Fraction
    yy: Fraction
    xy: Fraction

    @classmethod
    def zero(cls) -> Self:
        """Of nobody."""
        none = Fraction(0)
        return cls(0, none, none, none, none, none)

    def __add__(self, other: Self) -> Self:
        return type(self)(
            self.n + other.n,
            self.x + other.x,
            self.xx + other.xx,
            self.y + other.y,
            self.yy + other.yy,
            self.xy + other.xy,
        )


def correlation(sums: CrossSums) -> Fraction | None:
    """Pearson's correlation, -1..1; None where one of the values never varies."""
    x = sums.n * sums.xx - sums.x**2
    y = sums.n * sums.yy - sums.y**2
    if x <= 0 or y <= 0:
        return None
    return (sums.n * sums.xy - sums.x * sums.y) / square_root(x * y)


def derived_importance(sums: Mapping[str, CrossSums]) -> dict[str, Fraction]:
    """Importance by element key; those with too few respondents, or without variation, are left out."""
    found = {key: correlation(one) if one.n >= RESPONDENTS_LEAST else None for key, one in sums.items()}
    return {key: value for key, value in found.items() if value is not None}


def priorities(
    performance: Mapping[str, Fraction],
    changes: Mapping[str, Change] | None = None,
    topics: Mapping[str, int] | None = None,
    importance: Mapping[str, Fraction] | None = None,
) -> list[ElementPriority]:
    """The elements lowest IKM first; ties stay in the order of `performance`.

    `topics` counts comments by element key; keys of no element are left out. Quadrants split at the plain means of
    performance and importance over the elements that have both, a mean itself counting as high.
    """
    changes, weights = changes or {}, importance or {}
    spoken = {key: count for key, count in (topics or {}).items() if key in performance and count > 0}
    scores = _ranks(performance)
    fallen = _ranks({key: one.difference for key, one in changes.items() if key in performance})
    talked = _ranks({key: Fraction(-count) for key, count in spoken.items()})
    weighty = _ranks({key: -value for key, value in weights.items() if key in performance})
    placed = _quadrants(performance, weights)
    whole = sum(spoken.values())
    found = [
        ElementPriority(
            key=key,
            performance=performance[key],
            score_rank=scores[key],
            change=changes.get(key),
            change_rank=fallen.get(key),
            topics=spoken.get(key, 0),
            topic_share=Fraction(spoken.get(key, 0), whole) if whole else None,
            topic_rank=talked.get(key),
            importance=weights.get(key),
            importance_rank=weighty.get(key),
            quadrant=placed.get(key),
        )
        for key in sorted(performance, key=lambda key: performance[key])
    ]
    usual = _mean(performance.values()) if performance else Fraction(0)
    return [replace(one, signals=_signals(one, is_low=one.performance < usual)) for one in found]


def centre(elements: Iterable[ElementPriority]) -> tuple[Fraction, Fraction] | None:
    """Mean performance and mean importance of the elements that have both: where quadrants meet. None without."""
    both = [(one.performance, one.importance) for one in elements if one.importance is not None]
    if len(both) < 2:
        return None
    return _mean(value for value, _ in both), _mean(weight for _, weight in both)


def _signals(one: ElementPriority, *, is_low: bool) -> tuple[Signal, ...]:
    """Citizens praise, too: what they write about counts against an element only where it is low."""
    said = {
        Signal.LOWEST: is_low and one.score_rank <= LOWEST,
        Signal.FALLING: one.change is not None and one.change.significant and one.change.difference < 0,
        Signal.TALKED_ABOUT: is_low and one.topic_rank == 1,
        Signal.IMPORTANT: is_low and one.quadrant is Quadrant.CONCENTRATE,
    }
    return tuple(signal for signal, holds in said.items() if holds)


def _ranks(values: Mapping[str, Fraction]) -> dict[str, int]:
    """1 for the smallest; equal values share a rank, the next one counts those before it."""
    return {key: 1 + sum(other < value for other in values.values()) for key, value in values.items()}


def _quadrants(
    performance: Mapping[str, Fraction], importance: Mapping[str, Fraction]
) -> dict[str, Quadrant]:
    both = [key for key in performance if key in importance]
    if len(both) < 2:
        return {}
    usual = _mean(performance[key] for key in both)
    weight = _mean(importance[key] for key in both)
    names = {
        (True, False): Quadrant.CONCENTRATE,
        (True, True): Quadrant.KEEP,
        (False, False): Quadrant.LOW,
        (False, True): Quadrant.OVERKILL,
    }
    return {key: names[importance[key] >= weight, performance[key] >= usual] for key in both}


def _mean(values: Iterable[Fraction]) -> Fraction:
    known = list(values)
    return sum(known, start=Fraction(0)) / len(known)
