"""Results: the IKM of a unit, a service or a government in a period, one for each instrument, never mixed."""

import calendar
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from sqlmodel import Session

from app.aggregation import statistics, uncounted
from app.aggregation.statistics import Groups, Selection, Statistics
from app.aggregation.uncounted import Uncounted
from app.ikm.index import Index, compute
from app.ikm.intervals import Interval, Total, interval, interval_of_mean
from app.ikm.periods import Period
from app.ikm.rollup import mean_of_units
from app.ikm.weights import Weight, WeightNotApplicable
from app.instruments.catalog import Catalog, UnknownInstrument
from app.instruments.model import Categories, Instrument
from app.responses import tickets
from app.responses.tickets import Asked
from app.units import queries
from app.units.tables import Service, Unit

POOLED, MEAN_OF_UNITS = "pooled", "mean_of_units"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the data: a period, a weight convention, a roll-up (None: the unit's official one).

    Without `flagged`, answers with a flag are left aside, to see whether they matter; the official figure has them.
    """

    period: Period
    weight: Weight = Weight.EXACT
    rollup: str | None = None
    flagged: bool = True


@dataclass(frozen=True, slots=True)
class Part:
    """The answers that one unit collected itself, and how many users it had in the period if known."""

    statistics: Statistics
    population: int | None


@dataclass(frozen=True, slots=True)
class Result:
    """One figure with all that is needed to print and to check it. `index` is None without answers.

    `pooled` and `mean` are the IKM under either roll-up; `rollup` tells which of them `index` is.
    `asked` counts tickets, where any were issued; it belongs to a single unit or service, not to a ranking.
    `parts` are the answers behind it, one for each unit that collected any.
    """

    unit: Unit
    service: Service | None
    question: Question
    rollup: str
    instrument: Instrument | None
    categories: Categories | None
    respondents: int
    excluded: int
    index: Index | None
    interval: Interval | None
    pooled: Fraction | None
    mean: Fraction | None
    asked: Asked | None = None
    parts: tuple[Part, ...] = ()


def results_of(
    session: Session, catalog: Catalog, unit: Unit, question: Question, service: Service | None = None
) -> list[Result]:
    """The results of a unit with all units below it, or of one of its services; at least one."""
    unit_ids = (stored_id(unit),) if service else tuple(queries.below(session, stored_id(unit)))
    selection = Selection(unit_ids, service.id if service else None)
    groups = statistics.by_unit(session, selection, question.period)
    if not question.flagged:
        groups = statistics.less(groups, statistics.flagged_by_unit(session, selection, question.period))
    lost = uncounted.by_unit(session, selection, question.period)
    services = [service] if service else queries.services_of(session, unit_ids)
    parts = parts_of(collected(groups, populations(services, question.period)), unit_ids)
    results = [
        result(catalog, unit, question, instrument, members, excluded_of(lost, instrument, unit_ids), service)
        for instrument, members in parts.items()
    ]
    found = results or [without_answers(catalog, unit, question, services, sum(lost.values()), service)]
    asked = tickets.asked(session, unit_ids, question.period, service.id if service else None)
    return [replace(one, asked=asked) for one in found] if asked else found


def collected(groups: Groups, population: Mapping[int, int | None]) -> dict[int, list[tuple[str, Part]]]:
    """By unit, what it collected itself for each instrument."""
    parts: dict[int, list[tuple[str, Part]]] = {}
    for (instrument, unit_id), found in groups.items():
        parts.setdefault(unit_id, []).append((instrument, Part(found, population.get(unit_id))))
    return parts


def parts_of(parts: Mapping[int, list[tuple[str, Part]]], unit_ids: Iterable[int]) -> dict[str, list[Part]]:
    """By instrument in order, the parts of these units."""
    found: dict[str, list[Part]] = {}
    for unit_id in unit_ids:
        for instrument, part in parts.get(unit_id, ()):
            found.setdefault(instrument, []).append(part)
    return dict(sorted(found.items()))


def result(
    catalog: Catalog,
    unit: Unit,
    question: Question,
    ref: str,
    parts: Sequence[Part],
    excluded: int,
    service: Service | None = None,
) -> Result:
    """The result of `parts` of one instrument. Raises `WeightNotApplicable`."""
    instrument = catalog.get(ref)
    categories = catalog.table_of(instrument)
    pooled = parts[0].statistics
    for part in parts[1:]:
        pooled += part.statistics
    rollup = POOLED if service else question.rollup or unit.rollup
    index = index_of(instrument, pooled, question.weight)
    counted = _counted(instrument, parts, index, question.weight, required=rollup == MEAN_OF_UNITS)
    mean = mean_of_units([one for one, _, _ in counted]) if len(parts) > 1 else index
    chosen, margin = index, None
    if index is not None and rollup == POOLED:
        margin = interval(index, pooled.total, categories.table, known_of(parts, pooled.total))
    elif mean is not None:
        chosen, margin = mean, interval_of_mean(counted, mean, categories.table)
    return Result(
        unit=unit,
        service=service,
        question=question,
        rollup=rollup,
        instrument=instrument,
        categories=categories,
        respondents=pooled.total.responses,
        excluded=excluded,
        index=chosen,
        interval=margin,
        pooled=index.ikm if index else None,
        mean=mean.ikm if mean else None,
        parts=tuple(parts),
    )


def _counted(
    instrument: Instrument, parts: Sequence[Part], pooled: Index | None, weight: Weight, *, required: bool
) -> list[tuple[Index, Total, int | None]]:
    """The index, total and population of each part that has answers.

    A shortened weight may fit all answers together and not those of a single unit: then there is no mean,
    which is an error only where the mean is what was asked for.
    """
    if len(parts) == 1 and pooled is not None:
        return [(pooled, parts[0].statistics.total, known(parts[0]))]
    try:
        each = [(index_of(instrument, part.statistics, weight), part) for part in parts]
    except WeightNotApplicable:
        if required:
            raise
        return []
    return [(one, part.statistics.total, known(part)) for one, part in each if one is not None]


def index_of(instrument: Instrument, found: Statistics, weight: Weight) -> Index | None:
    """The index of some answers to `instrument`."""
    return compute(instrument.ikm_elements(), found.of_size(instrument.scale.size), instrument.scale, weight)


def without_answers(
    catalog: Catalog,
    unit: Unit,
    question: Question,
    services: Sequence[Service],
    excluded: int,
    service: Service | None = None,
) -> Result:
    """What is said when nobody answered: the questionnaire that would have been asked, and no figure."""
    used = {one.instrument for one in services if one.active}
    instrument = categories = None
    if len(used) == 1:
        try:
            instrument = catalog.newest(used.pop())
            categories = catalog.table_of(instrument)
        except UnknownInstrument:
            instrument = None
    rollup = POOLED if service else question.rollup or unit.rollup
    return Result(
        unit, service, question, rollup, instrument, categories, 0, excluded, None, None, None, None
    )


def populations(services: Sequence[Service], period: Period) -> dict[int, int | None]:
    """Users in the period by unit: the registered users of a year, in proportion to its days, rounded up.

    None for a unit of which one service does not know its users.
    """
    known: dict[int, int | None] = {}
    for service in services:
        if not service.active:
            continue
        so_far = known.get(service.unit_id, 0)
        yearly = service.population
        known[service.unit_id] = None if so_far is None or yearly is None else so_far + yearly
    days_of_year = 366 if calendar.isleap(period.start.year) else 365
    return {
        unit_id: None if yearly is None else math.ceil(Fraction(yearly * period.days, days_of_year))
        for unit_id, yearly in known.items()
    }


def known(part: Part) -> int | None:
    """The population behind a part, unless more people answered than are said to exist."""
    return known_of([part], part.statistics.total)


def known_of(parts: Sequence[Part], total: Total) -> int | None:
    """The population behind all parts together; None when one is unknown or the sum cannot be true."""
    numbers = [part.population for part in parts]
    together = sum(number for number in numbers if number is not None)
    return together if None not in numbers and together >= total.responses else None


def excluded_of(lost: Uncounted, instrument: str, unit_ids: Iterable[int]) -> int:
    """How many answers to `instrument` do not count in these units."""
    return sum(lost[instrument, unit_id] for unit_id in unit_ids)


def stored_id(unit: Unit) -> int:
    """The id of a unit that came from the database."""
    if unit.id is None:
        raise ValueError("the unit must be stored")
    return unit.id
