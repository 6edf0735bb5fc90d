"""Gathers from the aggregation what a publication freezes: one result, the parts it is made of, its profile."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from app.aggregation import statistics
from app.aggregation.results import (
    Question,
    Result,
    collected,
    parts_of,
    populations,
    results_of,
    stored_id,
)
from app.aggregation.statistics import Selection
from app.ikm.periods import Period
from app.instruments.catalog import Catalog
from app.publication import queries as published
from app.publication.canonical import read
from app.publication.document import Frozen
from app.publication.errors import NoAnswers, SeveralInstruments
from app.publication.merging import ServicePart
from app.publication.profile import Scope, connected, profile_of
from app.publication.suppression import SMALLEST
from app.publication.tables import Publication
from app.units import queries
from app.units.tables import Service, Unit


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be published; `instrument` may be left out where only one was answered."""

    unit: Unit
    service: Service | None
    period: Period
    instrument: str | None

    def unit_ids(self, session: Session) -> tuple[int, ...]:
        """The units whose answers it counts."""
        own = stored_id(self.unit)
        return (own,) if self.service else tuple(queries.below(session, own))

    def is_over(self, session: Session, now: datetime) -> bool:
        """Whether the last day has ended in every time zone of its units."""
        zones = select(Unit.timezone).where(col(Unit.id).in_(self.unit_ids(session))).distinct()
        return all(now.astimezone(ZoneInfo(zone)).date() >= self.period.end for zone in session.exec(zones))


def freeze(session: Session, catalog: Catalog, wanted: Wanted) -> Frozen:
    """The result with everything by which it is computed again. Raises `NoAnswers`, `SeveralInstruments`."""
    question = Question(wanted.period)
    result = _chosen(results_of(session, catalog, wanted.unit, question, wanted.service), wanted)
    ref = result.instrument.ref if result.instrument else ""
    unit_ids = wanted.unit_ids(session)
    service_id = wanted.service.id if wanted.service else None
    selection = Selection(unit_ids, service_id)
    services = [wanted.service] if wanted.service else queries.services_of(session, unit_ids)
    units = {stored_id(one): one for one in session.exec(select(Unit).where(col(Unit.id).in_(unit_ids)))}
    by_unit = collected(
        statistics.by_unit(session, selection, wanted.period), populations(services, wanted.period)
    )
    flagged = statistics.flagged_by_unit(session, selection, wanted.period)
    return Frozen(
        result=result,
        government=queries.government_of(session, stored_id(wanted.unit)),
        units=[
            (units[unit_id], part)
            for unit_id in unit_ids
            for part in parts_of(by_unit, (unit_id,)).get(ref, ())
        ],
        services=_services(session, wanted, selection, ref, units),
        flagged=sum(one.total.responses for (instrument, _), one in flagged.items() if instrument == ref),
        profile=_profile(session, wanted, ref, result.respondents),
    )


def _chosen(results: Sequence[Result], wanted: Wanted) -> Result:
    answered = [one for one in results if one.index is not None and one.instrument is not None]
    refs = [one.instrument.ref for one in answered if one.instrument]
    if wanted.instrument is not None:
        answered = [one for one, ref in zip(answered, refs, strict=True) if ref == wanted.instrument]
    if not answered:
        raise NoAnswers
    if len(answered) > 1:
        raise SeveralInstruments(instruments=", ".join(refs))
    return answered[0]


def _services(
    session: Session, wanted: Wanted, selection: Selection, ref: str, units: dict[int, Unit]
) -> list[ServicePart]:
    groups = statistics.by_service(session, selection, wanted.period)
    # Closed services too: what was answered about them then still counts.
    services = {one.id: one for one in queries.services_of(session, selection.unit_ids)}
    parts = [
        (services[service_id], found)
        for (instrument, service_id), found in groups.items()
        if instrument == ref
    ]
    return [
        ServicePart(
            unit=units[one.unit_id].code,
            members=((one.code, one.name),),
            not_asked=frozenset(one.not_asked),
            statistics=found,
        )
        for one, found in sorted(parts, key=lambda part: (units[part[0].unit_id].code, part[0].code))
    ]


def _profile(session: Session, wanted: Wanted, ref: str, respondents: int) -> dict[str, Any] | None:
    """The profile; None for a correction that changes so few answers that two profiles would show whose."""
    near = _neighbours(session, wanted, ref)
    own = _scope(session, wanted.unit, wanted.service, wanted.period.start, wanted.period.end)
    scopes = [(one, _published_scope(session, one)) for one in near]
    same = [
        read(one.document)
        for one, scope in scopes
        if (scope.services, scope.start, scope.end) == (own.services, own.start, own.end)
    ]
    shown = [one for one in same if one["profile"] is not None]
    if shown and abs(shown[-1]["respondents"] - respondents) < SMALLEST:
        return None
    return profile_of(session, ref, own, connected(own, [scope for _, scope in scopes]))


def _neighbours(session: Session, wanted: Wanted, ref: str) -> list[Publication]:
    """Publications of units above, of this one and below whose days overlap, or that overlap with such a one."""
    unit_id = stored_id(wanted.unit)
    family = {*queries.ancestors(session, unit_id), *queries.below(session, unit_id)}
    start, end = wanted.period.start, wanted.period.end
    while True:
        found = published.overlapping(session, family, ref, start, end)
        earliest = min([start, *(one.period_start for one in found)])
        last = max([end, *(one.period_end for one in found)])
        if (earliest, last) == (start, end):
            return found
        start, end = earliest, last


def _published_scope(session: Session, one: Publication) -> Scope:
    unit = session.get_one(Unit, one.unit_id)
    service = session.get_one(Service, one.service_id) if one.service_id is not None else None
    profile = read(one.document)["profile"]
    hidden = (
        {} if profile is None else {each["key"]: frozenset(each["hidden"]) for each in profile["dimensions"]}
    )
    scope = _scope(session, unit, service, one.period_start, one.period_end)
    return Scope(scope.units, scope.services, scope.start, scope.end, hidden)


def _scope(session: Session, unit: Unit, service: Service | None, start: Any, end: Any) -> Scope:
    if service is not None and service.id is not None:
        return Scope(frozenset({stored_id(unit)}), frozenset({service.id}), start, end, {})
    unit_ids = queries.below(session, stored_id(unit))
    services = queries.services_of(session, unit_ids)
    return Scope(
        frozenset(unit_ids), frozenset(one.id for one in services if one.id is not None), start, end, {}
    )


def refs_of(
    session: Session, catalog: Catalog, unit: Unit, period: Period, service: Service | None
) -> list[str]:
    """The questionnaires that were answered, each of which has a result of its own."""
    results = results_of(session, catalog, unit, Question(period), service)
    return [one.instrument.ref for one in results if one.index is not None and one.instrument is not None]
