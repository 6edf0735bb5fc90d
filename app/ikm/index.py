"""From counts to the NRR of each element, the index and the IKM (PermenPANRB 14/2017)."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.ikm.counts import Counts, Tally, UnknownQuestion
from app.ikm.scale import STANDARD, Scale
from app.ikm.weights import Weight, element_weight


@dataclass(frozen=True, slots=True)
class Element:
    """An element (unsur) and the keys of its questions; ValueError without any, or with one twice.

    `beside` are questions that are answered with it and take no part in its value, nor in any other figure here.
    """

    key: str
    questions: tuple[str, ...]
    beside: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        keys = self.questions + self.beside
        if not self.questions or len(set(keys)) != len(keys):
            raise ValueError("an element has one or more questions, each once")


@dataclass(frozen=True, slots=True)
class ElementValue:
    """The result of one element.

    `n`, `counts` and `total` (the sum of the scores) are summed over the element's questions; `nrr` is the
    mean of the means of its questions that have answers, None when none has: the element was not asked.
    """

    key: str
    n: int
    counts: tuple[int, ...]
    total: int
    nrr: Fraction | None

    def ikm(self, scale: Scale) -> Fraction | None:
        """The element on the scale of the IKM: conversion x NRR; None when it was not asked."""
        return None if self.nrr is None else scale.conversion * self.nrr


@dataclass(frozen=True, slots=True)
class Index:
    """A result: its elements in article order, how many of them were `asked`, index and IKM, all exact."""

    elements: tuple[ElementValue, ...]
    asked: int
    index: Fraction
    ikm: Fraction
    weight: Weight
    scale: Scale


def compute(
    elements: Sequence[Element], tally: Tally, scale: Scale = STANDARD, weight: Weight = Weight.EXACT
) -> Index | None:
    """The index of a tally; `elements` in article order. None when there is no answer at all.

    The divisor is per question: answers given, not forms returned. Raises UnknownQuestion for counts of
    a question that belongs to no element, WeightNotApplicable for a shortened weight unless nine elements
    have answers, ValueError when counts do not fit the scale or an element or question stands twice.
    """
    _check(elements, tally)
    values = tuple(_value(element, tally, scale) for element in elements)
    rates = [value.nrr for value in values if value.nrr is not None]
    if not rates:
        return None
    index = sum(rates, start=Fraction(0)) * element_weight(weight, len(rates))
    return Index(values, len(rates), index, scale.conversion * index, weight, scale)


def lowest(index: Index, count: int = 3) -> tuple[str, ...]:
    """Keys of the `count` elements with the lowest NRR, lowest first; ties stay in article order."""
    asked = [(value.nrr, value.key) for value in index.elements if value.nrr is not None]
    return tuple(key for _, key in sorted(asked, key=lambda pair: pair[0])[:count])


def _check(elements: Sequence[Element], tally: Tally) -> None:
    keys = [element.key for element in elements]
    questions = [question for element in elements for question in element.questions + element.beside]
    if len(set(keys)) != len(keys) or len(set(questions)) != len(questions):
        raise ValueError("an element or a question stands twice")
    if not tally.keys() <= set(questions):
        raise UnknownQuestion("counts of a question that belongs to no element")


def _value(element: Element, tally: Tally, scale: Scale) -> ElementValue:
    together, total, means = Counts.zero(scale.size), 0, []
    for question in element.questions:
        counts = tally.get(question)
        if counts is None:
            continue
        together, score = together + counts, counts.total(scale)
        total += score
        if counts.n:
            means.append(Fraction(score, counts.n))
    nrr = means[0] if len(means) == 1 else sum(means, start=Fraction(0)) / len(means) if means else None
    return ElementValue(element.key, together.n, together.counts, total, nrr)
