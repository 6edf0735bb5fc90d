"""How often each option of a question was chosen: all that an IKM needs to know of the answers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import add
from typing import Self

from app.ikm.scale import Scale


class UnknownQuestion(ValueError):
    """An answer or a count belongs to no question of the instrument."""


class ScoreOffScale(ValueError):
    """A score is not one of the whole numbers of the scale."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How often the lowest, the next, ... the highest option of one question was chosen."""

    counts: tuple[int, ...]

    def __post_init__(self) -> None:
        if min(self.counts, default=0) < 0:
            raise ValueError("an option cannot be chosen a negative number of times")

    @classmethod
    def zero(cls, size: int) -> Self:
        """No answers to a question with `size` options."""
        return cls((0,) * size)

    @property
    def n(self) -> int:
        """Answers given to the question."""
        return sum(self.counts)

    def total(self, scale: Scale) -> int:
        """The sum of the scores; ValueError when the scale has another number of options."""
        if len(self.counts) != scale.size:
            raise ValueError(f"{len(self.counts)} counts do not fit a scale of {scale.size} scores")
        return sum(score * count for score, count in enumerate(self.counts, start=scale.low))

    def __sub__(self, other: Self) -> Self:
        """The answers without those of `other`, which are part of them; ValueError otherwise."""
        if len(self.counts) != len(other.counts):
            raise ValueError("counts of scales with different numbers of options cannot be compared")
        return type(self)(tuple(a - b for a, b in zip(self.counts, other.counts, strict=True)))

    def __add__(self, other: Self) -> Self:
        if len(self.counts) != len(other.counts):
            raise ValueError("counts of questions with different numbers of options cannot be added")
        return type(self)(tuple(map(add, self.counts, other.counts)))


Tally = Mapping[str, Counts]
"""Question key -> counts."""


def merge(*tallies: Tally) -> dict[str, Counts]:
    """The tally of all answers behind `tallies` together; a question may be absent from some."""
    merged: dict[str, Counts] = {}
    for tally in tallies:
        for question, counts in tally.items():
            known = merged.get(question)
            merged[question] = counts if known is None else known + counts
    return merged


def fold(answers: Iterable[Mapping[str, int]], questions: Iterable[str], scale: Scale) -> dict[str, Counts]:
    """The tally of raw answers, one mapping of question key -> score a respondent.

    A key that is absent is a missing answer. Every question is in the result, with zeros when nobody
    answered it. Raises UnknownQuestion and ScoreOffScale.
    """
    table = {question: [0] * scale.size for question in questions}
    for scores in answers:
        for question, score in scores.items():
            row = table.get(question)
            if row is None:
                raise UnknownQuestion("an answer to a question that the instrument does not have")
            if type(score) is not int or not scale.low <= score <= scale.high:
                raise ScoreOffScale(f"scores are whole numbers from {scale.low} to {scale.high}")
            row[score - scale.low] += 1
    return {question: Counts(tuple(row)) for question, row in table.items()}
