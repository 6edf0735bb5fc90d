"""A government's units side by side, ranked by their IKM, with the government's own figure."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlmodel import Session, col, select

from app.aggregation import statistics, uncounted
from app.aggregation.estimates import ikm_estimate
from app.aggregation.results import (
    Question,
    Result,
    collected,
    excluded_of,
    parts_of,
    populations,
    result,
    stored_id,
    without_answers,
)
from app.aggregation.statistics import Selection
from app.ikm.ties import groups_of
from app.instruments.catalog import Catalog
from app.units import queries
from app.units.tables import Unit


@dataclass(frozen=True, slots=True)
class Ranked:
    """A result and its rank among those of the same instrument; equal IKM, equal rank.

    Units with the same `group` cannot be told from its first one by their answers, whatever their ranks; None where
    a unit's answers do not show how certain its figure is. `tied`: it shares the group of the one above.
    """

    rank: int
    result: Result
    group: int | None = None
    tied: bool = False


@dataclass(frozen=True, slots=True)
class Ranking:
    """The results of `under` itself, of the units below that have answers, and the units that have none."""

    under: list[Result]
    ranked: list[Ranked]
    silent: list[Unit]


def ranking_of(session: Session, catalog: Catalog, under: Unit, question: Question) -> Ranking:
    """The ranking of all units below `under`; each figure is the one that the unit's own result shows."""
    unit_ids = tuple(queries.below(session, stored_id(under)))
    units = session.exec(select(Unit).where(col(Unit.id).in_(unit_ids)).order_by(Unit.code)).all()
    selection = Selection(unit_ids)
    groups = statistics.by_unit(session, selection, question.period)
    lost = uncounted.by_unit(session, selection, question.period)
    services = queries.services_of(session, unit_ids)
    parts_by_unit = collected(groups, populations(services, question.period))
    members = subtrees(units)

    def results(unit: Unit) -> list[Result]:
        inside = members[stored_id(unit)]
        found = [
            result(catalog, unit, question, ref, parts, excluded_of(lost, ref, inside))
            for ref, parts in parts_of(parts_by_unit, inside).items()
        ]
        own = [] if found else [service for service in services if service.unit_id in inside]
        return found or [without_answers(catalog, unit, question, own, 0)]

    below = [unit for unit in units if unit.id != under.id and unit.active]
    all_results = [one for unit in below for one in results(unit)]
    answered = [one for one in all_results if one.index is not None]
    return Ranking(
        under=results(under),
        ranked=ranked(answered),
        silent=[one.unit for one in all_results if one.index is None],
    )


def subtrees(units: Sequence[Unit]) -> dict[int, list[int]]:
    """For each unit the ids of itself and of all units below it."""
    members: dict[int, list[int]] = defaultdict(list)
    parents = {stored_id(unit): unit.parent_id for unit in units}
    for unit_id in parents:
        at: int | None = unit_id
        while at is not None and unit_id not in members[at]:
            members[at].append(unit_id)
            at = parents.get(at)
    return members


def ranked(results: Sequence[Result]) -> list[Ranked]:
    """Results highest first, ranked within their instrument by the exact IKM."""
    by_instrument: dict[str, list[Result]] = defaultdict(list)
    for one in results:
        if one.instrument is not None:
            by_instrument[one.instrument.ref].append(one)
    placed: list[Ranked] = []
    for ref in sorted(by_instrument):
        ordered = sorted(by_instrument[ref], key=lambda one: (-ikm(one), one.unit.code))
        groups = groups_of([ikm_estimate(one, finite=False) for one in ordered])
        above: int | None = None
        for position, (one, group) in enumerate(zip(ordered, groups, strict=True), start=1):
            same = position > 1 and ikm(ordered[position - 2]) == ikm(one)
            rank = placed[-1].rank if same else position
            placed.append(Ranked(rank, one, group, tied=group is not None and group == above))
            above = group or above
    return placed


def ikm(one: Result) -> Fraction:
    """The exact IKM of a result that has one."""
    if one.index is None:
        raise ValueError("a result without answers has no IKM")
    return one.index.ikm
