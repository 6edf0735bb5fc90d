"""What a unit should improve first, from its own figures."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session

from app.aggregation.comparison import Comparison, compared
from app.aggregation.importance import Importance, asked_importance, importance_of
from app.aggregation.results import Question, Result, results_of, stored_id
from app.aggregation.statistics import Selection, Statistics
from app.ikm.changes import Change
from app.ikm.periods import Period, PeriodError, previous
from app.ikm.priority import ElementPriority, priorities
from app.instruments.catalog import Catalog
from app.units import queries
from app.units.tables import Service, Unit


@dataclass(frozen=True, slots=True)
class Priorities:
    """The elements of a result, lowest first, and where their importance comes from.

    `compared_with` is the period whose figures the changes refer to, None where it has no comparable answers.
    """

    result: Result
    elements: tuple[ElementPriority, ...]
    importance: Importance
    compared_with: Period | None


def priorities_of(
    session: Session,
    catalog: Catalog,
    unit: Unit,
    question: Question,
    service: Service | None = None,
    topics: Mapping[str, int] | None = None,
    with_period: Period | None = None,
) -> list[Priorities]:
    """One for each instrument that has answers; the period before is compared unless another is named.

    `topics` counts comments by element key. Importance is what citizens said where the questionnaire asks for it,
    otherwise derived from the answers. Raises `WeightNotApplicable`.
    """
    unit_ids = (stored_id(unit),) if service else tuple(queries.below(session, stored_id(unit)))
    selection = Selection(unit_ids, service.id if service else None)
    results = results_of(session, catalog, unit, question, service)
    earlier_period = with_period or _before(question.period)
    earlier: dict[str, Result] = {}
    if earlier_period is not None:
        asked = Question(earlier_period, question.weight, question.rollup, question.flagged)
        earlier = {
            one.instrument.ref: one
            for one in results_of(session, catalog, unit, asked, service)
            if one.instrument is not None
        }
    found = []
    for one in results:
        if one.index is None or one.instrument is None:
            continue
        comparison = compared(earlier.get(one.instrument.ref), one)
        found.append(prioritised(session, selection, one, comparison, topics))
    return found


def prioritised(
    session: Session,
    selection: Selection,
    result: Result,
    comparison: Comparison | None,
    topics: Mapping[str, int] | None = None,
) -> Priorities:
    """The same of one result that is known with its comparison. Raises ValueError for one without answers."""
    index, instrument, period = result.index, result.instrument, result.question.period
    if index is None or instrument is None:
        raise ValueError("a result without answers has no priorities")
    changes = _changes(comparison)
    counts = sum((part.statistics for part in result.parts), start=Statistics())
    importance = asked_importance(instrument, counts.of_size(instrument.scale.size)) or importance_of(
        session, selection, period, instrument, result.respondents
    )
    performance = {one.key: ikm for one in index.elements if (ikm := one.ikm(index.scale)) is not None}
    elements = priorities(performance, changes, topics, importance.values)
    before = comparison.before if comparison else None
    return Priorities(
        result, tuple(elements), importance, before.question.period if before and changes else None
    )


def _changes(found: Comparison | None) -> dict[str, Change]:
    """By element; nothing where the two measure different things."""
    if found is None or any(reason.blocks for reason in found.reasons):
        return {}
    return {one.key: one.change for one in found.elements if one.change is not None}


def _before(period: Period) -> Period | None:
    try:
        return previous(period)
    except PeriodError:
        return None
