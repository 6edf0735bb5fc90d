"""Plans with what has become of them: for their own pages, and for whoever prints a target."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from uuid import UUID

from sqlmodel import Session, col, select

from app.aggregation.results import populations
from app.core.errors import NotFound
from app.ikm.periods import Period
from app.plans.counting import ByDay, ByService, by_day, by_service, window
from app.plans.forecast import OBSERVED_DAYS, Forecast, Quota, forecast, observed, pace_of
from app.plans.tables import Plan
from app.units import queries as units
from app.units.tables import Service, Unit


@dataclass(frozen=True, slots=True)
class Target:
    """What a result is compared with, and how it was determined; `method` is one of `tables.METHODS`."""

    target: int
    population: int
    method: str


@dataclass(frozen=True, slots=True)
class Progress:
    """A plan, the answers of its window by service id, and what will become of it."""

    plan: Plan
    answers: int
    by_service: dict[int, int]
    forecast: Forecast


@dataclass(frozen=True)
class Summary:
    """A period's plans of one unit: of the whole unit, if there is one, and of single services."""

    whole: Progress | None
    services: tuple[Progress, ...]

    @cached_property
    def at_risk(self) -> tuple[Progress, ...]:
        """Those that will probably not reach their target."""
        every = (*((self.whole,) if self.whole else ()), *self.services)
        return tuple(one for one in every if one.forecast.at_risk)


def target_of(session: Session, unit_id: int, service_id: int | None, period: str) -> Target | None:
    """The target of a unit (`service_id` None) or a service in exactly this period, by its code."""
    plan = plan_of(session, unit_id, service_id, period)
    return None if plan is None else Target(plan.target, plan.population, plan.method)


def plan_of(session: Session, unit_id: int, service_id: int | None, period: str) -> Plan | None:
    """The plan of a unit or a service for exactly this period."""
    wanted = select(Plan).where(Plan.unit_id == unit_id, Plan.period == period)
    return session.exec(wanted.where(col(Plan.service_id).is_not_distinct_from(service_id))).one_or_none()


def plans_of(session: Session, unit_id: int, year: int) -> list[Plan]:
    """All plans of a unit whose window begins in `year`, by window, the whole unit before its services."""
    wanted = select(Plan).where(
        Plan.unit_id == unit_id,
        col(Plan.first_day) >= date(year, 1, 1),
        col(Plan.first_day) < date(year + 1, 1, 1),
    )
    return sorted(session.exec(wanted), key=_order)


def years_of(session: Session, unit_id: int) -> list[int]:
    """The years in which plans of a unit begin, newest first."""
    days = session.exec(select(col(Plan.first_day)).where(Plan.unit_id == unit_id).distinct()).all()
    return sorted({day.year for day in days}, reverse=True)


def find(session: Session, unit_id: int, plan_id: UUID) -> Plan:
    """A plan of this unit. Raises NotFound."""
    plan = session.get(Plan, (unit_id, plan_id))
    if plan is None:
        raise NotFound
    return plan


def summary(session: Session, unit_id: int, period: str, today: date) -> Summary | None:
    """The plans of exactly this period with their progress; None where there is none."""
    plans = session.exec(select(Plan).where(Plan.unit_id == unit_id, Plan.period == period)).all()
    if not plans:
        return None
    found = progress_of(session, sorted(plans, key=_order), today)
    whole = next((one for one in found if one.plan.service_id is None), None)
    return Summary(whole, tuple(one for one in found if one.plan.service_id is not None))


def at_risk(session: Session, unit_ids: Collection[int], today: date) -> list[Progress]:
    """Plans of these units that run today and will probably not reach their target, those that end first first."""
    running = select(Plan).where(
        col(Plan.unit_id).in_(unit_ids), col(Plan.first_day) <= today, col(Plan.last_day) >= today
    )
    found = progress_of(session, list(session.exec(running)), today)
    late = [one for one in found if one.forecast.at_risk]
    return sorted(late, key=lambda one: (one.plan.last_day, one.plan.unit_id, one.plan.service_id or 0))


def progress_of(session: Session, plans: Sequence[Plan], today: date) -> list[Progress]:
    """What has become of plans, in their order. `today` is the date in the units' zone."""
    members = {
        unit_id: frozenset(units.below(session, unit_id)) for unit_id in {one.unit_id for one in plans}
    }
    everybody = frozenset().union(*members.values())
    windows = {(one.first_day, one.last_day) for one in plans}
    counts = {key: by_service(session, everybody, window(*key)) for key in windows}
    is_running = any(one.first_day <= today <= one.last_day for one in plans)
    start = today - timedelta(days=OBSERVED_DAYS)
    days = by_day(session, everybody, start, today + timedelta(days=1)) if is_running else Counter()
    return [
        _progress(plan, _of_plan(plan, members), counts[plan.first_day, plan.last_day], days, today)
        for plan in plans
    ]


def members_of(session: Session, plan: Plan) -> frozenset[int]:
    """Ids of the units whose answers count for a plan: all below its unit, or that unit alone for a service."""
    return (
        frozenset(units.below(session, plan.unit_id))
        if plan.service_id is None
        else frozenset((plan.unit_id,))
    )


def services_named(session: Session, found: Progress) -> list[tuple[str, int]]:
    """The services of a plan by name with their answers; active ones without any are there with none."""
    every = units.services_of(session, members_of(session, found.plan))
    chosen = [
        (one.name, found.by_service.get(one.id or 0, 0))
        for one in every
        if found.plan.service_id in (None, one.id) and (one.active or found.by_service.get(one.id or 0))
    ]
    return sorted(chosen, key=lambda one: (-one[1], one[0]))


def known_population(session: Session, unit: Unit, service: Service | None, period: Period) -> int | None:
    """Users in a period by the registry: those of a year in proportion to its days (decision 0006).

    For a whole unit those of all active services of the unit and the units below; None when one is not known.
    """
    if unit.id is None:
        raise ValueError("the unit must be stored")
    services = [service] if service else units.services_of(session, units.below(session, unit.id))
    numbers = list(populations(services, period).values())
    known = [number for number in numbers if number is not None]
    return sum(known) if known and len(known) == len(numbers) else None


def _of_plan(plan: Plan, members: dict[int, frozenset[int]]) -> frozenset[int]:
    return members[plan.unit_id] if plan.service_id is None else frozenset((plan.unit_id,))


def _progress(plan: Plan, unit_ids: frozenset[int], counts: ByService, days: ByDay, today: date) -> Progress:
    def belongs(unit_id: int, service_id: int) -> bool:
        return unit_id in unit_ids and plan.service_id in (None, service_id)

    found = {key[1]: count for key, count in counts.items() if belongs(*key)}
    daily: Counter[date] = Counter()
    for (unit_id, service_id, day), count in days.items():
        if belongs(unit_id, service_id):
            daily[day] += count
    answers = sum(found.values())
    quota = Quota(plan.target, plan.first_day, plan.last_day, answers)
    before = [day for day in daily if day < today]
    first, _ = observed(plan.first_day, today, min(before, default=None))
    pace = pace_of(daily, first, today)
    return Progress(plan, answers, found, forecast(quota, pace, today, daily[today]))


def _order(plan: Plan) -> tuple[date, date, int]:
    return plan.first_day, plan.last_day, plan.service_id or 0
