"""How certain the figures of a result are: its IKM and each of its elements with the variance of sampling."""

from app.aggregation.results import MEAN_OF_UNITS, Result, index_of, known_of
from app.aggregation.statistics import Statistics
from app.ikm.comparability import Basis
from app.ikm.element_intervals import ElementInterval, element_interval
from app.ikm.estimates import Estimate, mean_of, of_element, of_index
from app.instruments.model import Instrument


def ikm_estimate(result: Result, *, finite: bool = True) -> Estimate | None:
    """The IKM of a result with its variance; None without answers.

    `finite`: with the correction for the number of users, as its interval has it. Comparisons leave it out: they
    ask whether the service changed, not who happened to come.
    """
    if result.index is None or result.instrument is None:
        return None
    samples = _samples(result)
    found: list[Estimate] = []
    for statistics, population in samples:
        # A single sample is what the result itself was computed from.
        index = (
            result.index
            if len(samples) == 1
            else index_of(result.instrument, statistics, result.question.weight)
        )
        if index is not None:
            found.append(of_index(index, statistics.total, population if finite else None))
    return mean_of(found) if found else None


def element_estimates(result: Result, *, finite: bool = True) -> dict[str, Estimate]:
    """The elements that have answers, by key in article order, each on the scale of the IKM."""
    if result.instrument is None:
        return {}
    parts: dict[str, list[Estimate]] = {}
    for statistics, population in _samples(result):
        for key, one in _elements(result.instrument, statistics, population if finite else None).items():
            parts.setdefault(key, []).append(one)
    return {
        element.key: mean_of(parts[element.key])
        for element in result.instrument.elements
        if element.key in parts
    }


def element_intervals(result: Result) -> dict[str, ElementInterval]:
    """The 95 % interval of each element that allows one, by key in article order."""
    if result.instrument is None or result.categories is None:
        return {}
    several = {one.key: len(one.questions) > 1 for one in result.instrument.elements}
    intervals = {
        key: element_interval(one, result.instrument.scale, result.categories.table, bound=several[key])
        for key, one in element_estimates(result).items()
    }
    return {key: one for key, one in intervals.items() if one is not None}


def basis_of(result: Result) -> Basis | None:
    """What a result rests on; None without answers."""
    if result.index is None or result.instrument is None:
        return None
    return Basis(
        instrument=result.instrument.ref,
        categories=result.instrument.categories,
        elements=frozenset(one.key for one in result.index.elements if one.nrr is not None),
        rollup=result.rollup,
        weight=result.question.weight.value,
    )


def _samples(result: Result) -> list[tuple[Statistics, int | None]]:
    """The independent samples of a result with their populations: one, or one a unit for a mean of units."""
    if result.rollup == MEAN_OF_UNITS:
        return [(part.statistics, known_of([part], part.statistics.total)) for part in result.parts]
    pooled = sum((part.statistics for part in result.parts), start=Statistics())
    return [(pooled, known_of(result.parts, pooled.total))] if result.parts else []


def _elements(instrument: Instrument, statistics: Statistics, population: int | None) -> dict[str, Estimate]:
    tally = statistics.of_size(instrument.scale.size)
    found = {
        element.key: of_element(element, tally, instrument.scale, population)
        for element in instrument.ikm_elements()
    }
    return {key: one for key, one in found.items() if one is not None}
