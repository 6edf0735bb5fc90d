"""What a unit's or a service's page shows: its results beside those of another period, and how they came about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from app.aggregation.breakdown import Group, breakdown_of
from app.aggregation.channels import ChannelEffect, channels_of
from app.aggregation.comparison import Comparison, compared, pairs_of
from app.aggregation.flagged import FlaggedEffect, flagged_effect
from app.aggregation.mixes import mixes
from app.aggregation.period_picker import kind_of
from app.aggregation.profile import Aspect, profile_of
from app.aggregation.results import Question, Result, populations, results_of, stored_id
from app.aggregation.statistics import Selection
from app.aggregation.trend import By, Step, default_start, periods_of, trend_of
from app.dashboard.asking import Asked
from app.instruments.catalog import Catalog
from app.units import queries
from app.units.tables import Service, Unit

# What reads single answers is shown at once up to this many in the period, and on request above.
READ_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose page it is: a unit with all below it, or one of its services. `service` is None for a whole unit."""

    unit: Unit
    service: Service | None
    unit_ids: tuple[int, ...]

    @property
    def selection(self) -> Selection:
        """Its answers."""
        return Selection(self.unit_ids, self.service.id if self.service else None)

    @property
    def has_units_below(self) -> bool:
        """Whether it is more than the one unit."""
        return len(self.unit_ids) > 1


@dataclass(frozen=True, slots=True)
class Details:
    """What is counted from single answers: who they came from, and whether flags and channels matter."""

    profile: tuple[Aspect, ...]
    flagged: tuple[FlaggedEffect, ...]
    channels: tuple[ChannelEffect, ...]


@dataclass(frozen=True, slots=True)
class View:
    """`comparisons` are those of the results that have answers, in their order; None without another period."""

    subject: Subject
    asked: Asked
    results: tuple[Result, ...]
    comparisons: tuple[Comparison | None, ...]
    by: By
    steps: tuple[Step, ...]
    services: tuple[Group, ...]
    population: int | None
    details: Details | None

    @property
    def answered(self) -> tuple[Result, ...]:
        """The results that have answers."""
        return tuple(one for one in self.results if one.index is not None)

    @property
    def respondents(self) -> int:
        """Counted answers of all instruments."""
        return sum(one.respondents for one in self.results)


def subject_of(session: Session, unit: Unit, service: Service | None) -> Subject:
    """The unit with all units below it, or the service alone."""
    unit_id = stored_id(unit)
    return Subject(unit, service, (unit_id,) if service else tuple(queries.below(session, unit_id)))


def view_of(session: Session, catalog: Catalog, subject: Subject, asked: Asked) -> View:
    """Everything that the page shows. Single answers are read only where they are few, or when asked for."""
    unit, service = subject.unit, subject.service
    question = Question(asked.period)
    results = tuple(results_of(session, catalog, unit, question, service))
    number = sum(one.respondents for one in results)
    reads = number > 0 and (number <= READ_AT_ONCE or asked.details)
    earlier: Sequence[Result] = ()
    if asked.compared is not None:
        earlier = results_of(session, catalog, unit, Question(asked.compared), service)
    known = number + sum(one.respondents for one in earlier)
    by = kind_of(asked.period) or "quarter"
    services = queries.services_of(session, subject.unit_ids)
    return View(
        subject=subject,
        asked=asked,
        results=results,
        comparisons=_comparisons(session, subject, asked, results, earlier, composed=known <= READ_AT_ONCE),
        by=by,
        steps=_steps(session, catalog, subject, asked, by),
        services=_services(session, catalog, subject, question),
        population=_population([service] if service else services, asked),
        details=_details(session, catalog, subject, question) if reads else None,
    )


def _comparisons(
    session: Session,
    subject: Subject,
    asked: Asked,
    results: Sequence[Result],
    earlier: Sequence[Result],
    *,
    composed: bool,
) -> tuple[Comparison | None, ...]:
    """For each result with answers what it is compared with; who was asked is looked at where that is quick."""
    answered = [one for one in results if one.index is not None]
    if asked.compared is None or not answered:
        return (None,) * len(answered)
    mix = None
    if composed:
        mix = (
            mixes(session, subject.selection, asked.compared),
            mixes(session, subject.selection, asked.period),
        )
    found = {
        id(after): compared(before, after, mix)
        for before, after in pairs_of(list(earlier), list(results))
        if after is not None
    }
    return tuple(found.get(id(one)) for one in answered)


def _steps(session: Session, catalog: Catalog, subject: Subject, asked: Asked, by: By) -> tuple[Step, ...]:
    last = date.fromordinal(asked.period.end.toordinal() - 1)
    periods = periods_of(by, default_start(by, last), last)
    return tuple(trend_of(session, catalog, subject.unit, periods, service=subject.service))


def _services(session: Session, catalog: Catalog, subject: Subject, question: Question) -> tuple[Group, ...]:
    """The results of a single unit's services; units above others show those units instead."""
    if subject.service is not None or subject.has_units_below:
        return ()
    return tuple(breakdown_of(session, catalog, subject.unit, question, "service"))


def _population(services: Sequence[Service], asked: Asked) -> int | None:
    """Users in the period, None when one unit or service does not know its."""
    found = list(populations(services, asked.period).values())
    known = [one for one in found if one is not None]
    return sum(known) if known and len(known) == len(found) else None


def _details(session: Session, catalog: Catalog, subject: Subject, question: Question) -> Details:
    unit, service = subject.unit, subject.service
    return Details(
        profile=profile_of(session, subject.selection, question.period),
        flagged=tuple(flagged_effect(session, catalog, unit, question, service)),
        channels=tuple(channels_of(session, catalog, unit, question, service)),
    )
