"""A result split by who answered, where, or for which service."""

from dataclasses import dataclass, replace
from typing import Any, Literal

from sqlalchemy import case
from sqlmodel import Session, col

from app.aggregation import statistics, uncounted
from app.aggregation.results import Part, Question, Result, populations, result, stored_id
from app.aggregation.statistics import Selection, Statistics
from app.instruments.catalog import Catalog
from app.responses.tables import CHANNELS, EDUCATIONS, OCCUPATIONS, SEXES, Response
from app.units import queries
from app.units.tables import Service, Unit

By = Literal["sex", "age", "education", "occupation", "channel", "service"]

# Highest age of a band, and its name.
AGE_BANDS = ((17, "0-17"), (25, "18-25"), (35, "26-35"), (45, "36-45"), (55, "46-55"), (65, "56-65"))
OLDEST = "66+"
AGES = (*(name for _, name in AGE_BANDS), OLDEST)
_ORDER: dict[By, tuple[str, ...]] = {
    "sex": SEXES,
    "age": AGES,
    "education": EDUCATIONS,
    "occupation": OCCUPATIONS,
    "channel": CHANNELS,
}


@dataclass(frozen=True, slots=True)
class Group:
    """One group and its result; `key` is None for those who did not say, `service` is set when split by it."""

    key: str | None
    service: Service | None
    result: Result


def breakdown_of(
    session: Session, catalog: Catalog, unit: Unit, question: Question, by: By, service: Service | None = None
) -> list[Group]:
    """Pooled results by group and instrument, in the order of the form; those who did not say come last."""
    unit_ids = (stored_id(unit),) if service else tuple(queries.below(session, stored_id(unit)))
    selection = Selection(unit_ids, service.id if service else None)
    services = {one.id: one for one in queries.services_of(session, unit_ids)} if by == "service" else {}
    if by == "service":
        groups = statistics.by_service(session, selection, question.period)
        lost = uncounted.by_service(session, selection, question.period)
    else:
        expression = _expression(by)
        groups = statistics.by_profile(session, selection, question.period, expression)
        lost = uncounted.by_profile(session, selection, question.period, expression)

    def group(ref: str, key: Any, found: Statistics) -> Group:
        one = services.get(key)
        population = populations([one], question.period).get(one.unit_id) if one else None
        part = Part(found, population)
        shown = result(catalog, unit, question, ref, [part], lost[ref, key], one or service)
        # A group is no set of units: of the two roll-ups only the pooled figure has a meaning.
        return Group(one.code if one else key, one, replace(shown, mean=None))

    found = [group(ref, key, part) for (ref, key), part in groups.items()]
    return sorted(found, key=lambda one: _place(by, one))


def _place(by: By, group: Group) -> tuple[str, int, str]:
    order = _ORDER.get(by, ())
    ref = group.result.instrument.ref if group.result.instrument else ""
    if group.key is None:
        return ref, len(order) + 1, ""
    return ref, order.index(group.key) if group.key in order else len(order), group.key


def _expression(by: By) -> Any:
    if by != "age":
        return getattr(Response, by)
    return age_band()


def age_band() -> Any:
    """The name of a respondent's age band as an SQL expression, NULL for who did not say."""
    age = col(Response.age)
    bands = [(age <= upper, name) for upper, name in AGE_BANDS]
    return case((age.is_(None), None), *bands, else_=OLDEST)
