"""The profile of the respondents of a publication, with small groups hidden also against other publications."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from app.aggregation.breakdown import AGE_BANDS, AGES, OLDEST
from app.publication.suppression import SMALLEST, hidden_groups, pieces, shown
from app.responses.tables import CHANNELS, COUNTED, EDUCATIONS, OCCUPATIONS, SEXES, Response

UNSTATED = "unstated"
"""Those who did not say."""
DIMENSIONS: Mapping[str, tuple[str, ...]] = {
    "sex": SEXES,
    "age": AGES,
    "education": EDUCATIONS,
    "occupation": OCCUPATIONS,
    "channel": CHANNELS,
}


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose answers a publication counts: of these services, from `start` up to, not including, `end`.

    `units` are those that the services belong to; `hidden` are the groups that it hid, by dimension.
    """

    units: frozenset[int]
    services: frozenset[int]
    start: date
    end: date
    hidden: Mapping[str, frozenset[str]]

    def touches(self, other: "Scope") -> bool:
        """Whether some answer may be in both."""
        return (
            self.start < other.end and other.start < self.end and not self.services.isdisjoint(other.services)
        )


def connected(own: Scope, others: Iterable[Scope]) -> list[Scope]:
    """Those of `others` that share answers with `own`, or with one that does, and so on."""
    left, found, reached = list(others), list[Scope](), [own]
    while reached:
        here = reached.pop()
        near = [one for one in left if one.touches(here)]
        left = [one for one in left if not one.touches(here)]
        found += near
        reached += near
    return found


def profile_of(session: Session, instrument: str, own: Scope, others: Sequence[Scope]) -> dict[str, Any]:
    """The profile as it stands in a document. `others` are the publications that are connected with this one."""
    scopes = [own, *others]
    counted = _counted(session, instrument, scopes)
    return {
        "smallest": SMALLEST,
        "dimensions": [
            _dimension(
                name,
                _columns(counted, name),
                frozenset[str]().union(*(one.hidden.get(name, ()) for one in others)),
            )
            for name in DIMENSIONS
        ],
    }


Parts = Mapping[frozenset[int], Mapping[str, Counter[str]]]
"""By the publications that a part is in (0 is the own one): by dimension, how many of each group."""


def _dimension(
    name: str, columns: Mapping[frozenset[int], Counter[str]], inherited: frozenset[str]
) -> dict[str, Any]:
    groups = (*DIMENSIONS[name], UNSTATED)
    whole: Counter[str] = Counter()
    for publications, column in columns.items():
        if 0 in publications:
            whole += column
    filled = [{group: column[group] for group in groups} for column in (*columns.values(), whole)]
    hidden = hidden_groups(filled, inherited)
    numbers, together = shown(filled[-1], hidden)
    return {
        "key": name,
        "groups": [{"key": group, "n": numbers[group]} for group in groups],
        "hidden": sorted(hidden),
        "hidden_together": together,
    }


def _columns(counted: Parts, dimension: str) -> dict[frozenset[int], Counter[str]]:
    return {publications: by[dimension] for publications, by in counted.items()}


def _counted(session: Session, instrument: str, scopes: Sequence[Scope]) -> Parts:
    units = sorted(frozenset[int]().union(*(one.units for one in scopes)))
    services = sorted(frozenset[int]().union(*(one.services for one in scopes)))
    segments = list(_segments(scopes))
    members = {
        f"{service} {place}": frozenset(
            number
            for number, one in enumerate(scopes)
            if service in one.services and one.start <= start and end <= one.end
        )
        for place, (start, end) in enumerate(segments)
        for service in services
    }
    place_of = {part: publications for publications, parts in pieces(members).items() for part in parts}
    found: dict[frozenset[int], dict[str, Counter[str]]] = {
        publications: {name: Counter() for name in DIMENSIONS} for publications in set(place_of.values())
    }
    for place, (start, end) in enumerate(segments):
        for name in DIMENSIONS:
            for service, group, amount in _rows(session, instrument, (units, services), (start, end), name):
                publications = place_of.get(f"{service} {place}")
                if publications is not None:
                    found[publications][name][group] += amount
    return found


def _segments(scopes: Sequence[Scope]) -> Iterator[tuple[date, date]]:
    """The days between which no publication begins or ends."""
    cuts = sorted({day for one in scopes for day in (one.start, one.end)})
    yield from pairwise(cuts)


def _rows(
    session: Session,
    instrument: str,
    places: tuple[Sequence[int], Sequence[int]],
    days: tuple[date, date],
    dimension: str,
) -> Iterator[tuple[int, str, int]]:
    column = getattr(Response, dimension)
    statement = (
        select(col(Response.service_id), column, func.count())
        .where(
            col(Response.unit_id).in_(places[0]),
            col(Response.service_id).in_(places[1]),
            col(Response.instrument) == instrument,
            col(Response.state) == COUNTED,
            col(Response.local_date) >= days[0],
            col(Response.local_date) < days[1],
        )
        .group_by(col(Response.service_id), column)
    )
    for service, value, amount in session.execute(statement):
        yield service, _group(dimension, value), int(amount)


def _group(dimension: str, value: Any) -> str:
    if value is None:
        return UNSTATED
    if dimension != "age":
        return str(value)
    return next((name for upper, name in AGE_BANDS if value <= upper), OLDEST)
