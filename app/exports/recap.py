"""A government's units in one table: NRR by element, who answered, population and sample, IKM, and the total."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import func
from sqlmodel import Session, col, select

from app.aggregation import statistics, uncounted
from app.aggregation.ranking import subtrees
from app.aggregation.results import (
    MEAN_OF_UNITS,
    POOLED,
    Part,
    Question,
    Result,
    collected,
    excluded_of,
    parts_of,
    populations,
    result,
    results_of,
    stored_id,
)
from app.aggregation.statistics import Selection
from app.ikm.periods import Period
from app.ikm.sampling import sample_by_table
from app.instruments.catalog import Catalog
from app.instruments.model import Instrument
from app.plans.queries import target_of
from app.responses.tables import COUNTED, EDUCATIONS, OCCUPATIONS, SEXES, Response
from app.units import queries
from app.units.tables import Unit

PROFILE: Mapping[str, Sequence[str]] = {"sex": SEXES, "education": EDUCATIONS, "occupation": OCCUPATIONS}
PLAN, KREJCIE_MORGAN, SUM = "plan", "krejcie_morgan", "sum"

People = Counter[tuple[str, str | None]]
"""Respondents by question of the profile and answer; None for those who did not say."""


@dataclass(frozen=True, slots=True)
class Row:
    """One unit with all below it; `alone` leaves out what is below. `basis` tells where the `sample` is from."""

    result: Result
    people: People
    population: int | None
    sample: int | None
    basis: str | None
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one instrument by unit code, and the total by roll-up: pooled answers, mean of the units."""

    instrument: Instrument
    rows: tuple[Row, ...]
    totals: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Recap:
    """All of it; `silent` are the active units without answers."""

    unit: Unit
    period: Period
    tables: tuple[Table, ...]
    silent: tuple[Unit, ...]


def recap_of(session: Session, catalog: Catalog, under: Unit, period: Period) -> Recap:
    """The recap of `under` and all units below it; every figure is the one that the unit's own result shows."""
    return _Reader(session, catalog, under, period).recap()


class _Reader:
    """What the rows are made of, read once."""

    def __init__(self, session: Session, catalog: Catalog, under: Unit, period: Period) -> None:
        self.session, self.catalog, self.under, self.period = session, catalog, under, period
        unit_ids = tuple(queries.below(session, stored_id(under)))
        self.units = session.exec(select(Unit).where(col(Unit.id).in_(unit_ids)).order_by(Unit.code)).all()
        self.selection = Selection(unit_ids)
        groups = statistics.by_unit(session, self.selection, period)
        self.lost = uncounted.by_unit(session, self.selection, period)
        self.populations = populations(queries.services_of(session, unit_ids), period)
        self.parts = collected(groups, self.populations)
        self.members = subtrees(self.units)
        self.people = _people(session, self.selection, period)

    def recap(self) -> Recap:
        """All tables."""
        rows = [row for unit in self.units for row in self._rows(unit)]
        refs = sorted({row.result.instrument.ref for row in rows if row.result.instrument})
        answered = {row.result.unit.id for row in rows}
        silent = [unit for unit in self.units if unit.active and unit.id not in answered | {self.under.id}]
        return Recap(self.under, self.period, tuple(self._table(ref, rows) for ref in refs), tuple(silent))

    def _table(self, ref: str, rows: Sequence[Row]) -> Table:
        instrument = self.catalog.get(ref)
        mine = tuple(row for row in rows if row.result.instrument == instrument)
        return Table(instrument, mine, tuple(self._totals(instrument, mine)))

    def _rows(self, unit: Unit) -> list[Row]:
        """A unit with all below it; of the government itself what it collected on its own, if anything."""
        unit_id = stored_id(unit)
        alone = unit_id == self.under.id and len(self.units) > 1
        inside = [unit_id] if alone else self.members[unit_id]
        question = Question(self.period, rollup=POOLED if alone else None)
        return [
            self._row(self._result(unit, question, ref, parts, inside), inside, alone=alone)
            for ref, parts in parts_of(self.parts, inside).items()
        ]

    def _result(
        self, unit: Unit, question: Question, ref: str, parts: Sequence[Part], inside: Iterable[int]
    ) -> Result:
        return result(self.catalog, unit, question, ref, parts, excluded_of(self.lost, ref, inside))

    def _totals(self, instrument: Instrument, rows: Sequence[Row]) -> Iterable[Row]:
        """Either roll-up; the samples of the units directly below are added up, whatever each is from."""
        direct = [row.sample for row in rows if row.alone or row.result.unit.parent_id == self.under.id]
        known = [sample for sample in direct if sample is not None]
        sample = sum(known) if known and len(known) == len(direct) else None
        for rollup in (POOLED, MEAN_OF_UNITS):
            for one in results_of(
                self.session, self.catalog, self.under, Question(self.period, rollup=rollup)
            ):
                if one.instrument == instrument:
                    row = self._row(one, self.members[stored_id(self.under)], alone=False)
                    yield replace(row, sample=sample, basis=SUM) if direct else row

    def _row(self, found: Result, inside: Sequence[int], *, alone: bool) -> Row:
        ref = found.instrument.ref if found.instrument else ""
        people = sum((self.people.get((ref, unit_id), People()) for unit_id in inside), start=People())
        known = [self.populations.get(unit_id) for unit_id in inside if unit_id in self.populations]
        numbers = [number for number in known if number is not None]
        population = sum(numbers) if numbers and len(numbers) == len(known) else None
        target = None if alone else target_of(self.session, stored_id(found.unit), None, self.period.code)
        if target is not None:
            return Row(found, people, target.population, target.target, PLAN, alone)
        sample = None if population is None else sample_by_table(population)
        return Row(found, people, population, sample, None if sample is None else KREJCIE_MORGAN, alone)


def _people(session: Session, selection: Selection, period: Period) -> dict[tuple[str, int], People]:
    """Respondents by (instrument, unit id), counted in the database."""
    found: dict[tuple[str, int], People] = {}
    for question in PROFILE:
        column = col(getattr(Response, question))
        keys = (col(Response.instrument), col(Response.unit_id), column)
        counts = select(*keys, func.count()).where(
            col(Response.unit_id).in_(selection.unit_ids),
            col(Response.local_date) >= period.start,
            col(Response.local_date) < period.end,
            col(Response.state) == COUNTED,
        )
        for ref, unit_id, value, number in session.exec(counts.group_by(*keys)):
            found.setdefault((ref, unit_id), People())[question, value] += number
    return found
