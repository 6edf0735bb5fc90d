"""What a unit has for its evaluation in a year: surveys, media, follow-up plans, and the levels that follow.

Survey and publication look at the year, follow-up at the plans of the year before, speed at those of the two before
(by the sheet of 2017: of the year before).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain

from sqlmodel import Session

from app.aggregation.figures import figure
from app.aggregation.results import Question, results_of, stored_id
from app.core.places import SURVEYS
from app.followups import queries as followups
from app.followups.queries import PeriodProgress
from app.followups.tables import DONE
from app.history import queries as history
from app.history.tables import HistoricalFollowUp
from app.ikm.periods import parse
from app.instruments.catalog import Catalog, UnknownInstrument
from app.pekppp import scoring_2017, services
from app.pekppp.instrument import Instrument, instrument_for
from app.pekppp.scoring import (
    MediumFacts,
    PlanFacts,
    Proposal,
    Role,
    SurveyFacts,
    indicator_6,
    indicator_7,
    indicator_8,
    indicator_9,
)
from app.plans import queries as plans
from app.publication import queries as publications
from app.publication.media import Shown, media_of
from app.units.tables import Unit

BASIS, RULE = "PermenPANRB 14/2017", "2017"
ELEMENTS = 9
PUBLISHED, COMPUTED, IMPORTED = "published", "computed", "imported"
LANGUAGE = "id"


@dataclass(frozen=True, slots=True)
class Survey:
    """A survey of the year with its printed figure. `number` is that of its publication.

    `source`: `published`, `computed` from answers that were not published, or `imported`.
    """

    facts: SurveyFacts
    service: str | None
    ikm: Decimal | None
    mutu: str | None
    source: str
    number: str | None = None
    instrument: str | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """All of it. `instrument` is None for years whose instrument is not known here: then nothing is proposed.

    `proposals` are by number of the indicator, in the instrument's order.
    """

    unit: Unit
    year: int
    instrument: Instrument | None
    surveys: tuple[Survey, ...]
    media: tuple[Shown, ...]
    plans: Mapping[int, tuple[PlanFacts, ...]]
    proposals: Mapping[int, Proposal]

    @property
    def last_survey(self) -> Survey | None:
        """The survey whose period ends last, of the unit before one of a service; None where nobody answered."""
        answered = [one for one in self.surveys if one.facts.respondents != 0]
        return max(answered, key=lambda one: (parse(one.facts.period).end, one.service is None), default=None)

    @property
    def before(self) -> PlanFacts | None:
        """All plans of the year before as one."""
        return merged(self.plans[self.year - 1])


def facts_of(session: Session, catalog: Catalog, unit: Unit, year: int) -> Facts:
    """Everything that counts for the evaluation of `year`, read in one state of the data."""
    unit_id = stored_id(unit)
    surveys = surveys_of(session, catalog, unit, year)
    numbers = [one.publication.number for one in publications.publications_of(session, unit_id, year)]
    shown = tuple(media_of(session, unit_id, numbers))
    every = plans_of(session, unit_id)
    by_year = {
        one: tuple(plan for plan in every if plan_year(plan.period) == one)
        for one in (year, year - 1, year - 2)
    }
    instrument = instrument_for(SURVEYS, year)
    levels: dict[Role, Proposal] = {}
    if instrument and instrument.scale == "2017":
        reached = services.followed_up(session, unit_id, [one for one in by_year[year - 1] if one.done])
        levels = proposed_2017(surveys, shown, by_year[year - 1], reached)
    elif instrument:
        levels = proposed(year, surveys, shown, by_year)
    numbered = {one.number: levels[one.role] for one in instrument.indicators} if instrument else {}
    return Facts(unit, year, instrument, tuple(surveys), shown, by_year, numbered)


def proposed(
    year: int,
    surveys: Sequence[Survey],
    shown: Sequence[Shown],
    by_year: Mapping[int, tuple[PlanFacts, ...]],
) -> dict[Role, Proposal]:
    """The levels from 2022; a result is followed up where anything was done about it."""
    media = _media(shown)
    years = (year - 1, year - 2)
    recent = tuple(chain(by_year[year], by_year[year - 1]))
    looked_at = tuple(chain.from_iterable(by_year[one] for one in years))
    return {
        Role.SURVEY: indicator_6([one.facts for one in surveys], media, recent),
        Role.PUBLICATION: indicator_7(media),
        Role.FOLLOW_UP: indicator_8(merged(by_year[year - 1])),
        Role.SPEED: indicator_9(looked_at, years),
    }


def proposed_2017(
    surveys: Sequence[Survey],
    shown: Sequence[Shown],
    before: Sequence[PlanFacts],
    reached: scoring_2017.ServicesFacts,
) -> dict[Role, Proposal]:
    """The levels before 2022. `before` are the plans of the year before, `reached` the services they were about."""
    asked = [one.facts for one in surveys]
    return {
        Role.SURVEY: scoring_2017.participation(asked),
        Role.PUBLICATION: scoring_2017.openness(asked, _media(shown)),
        Role.FOLLOW_UP: scoring_2017.reach(reached),
        Role.SPEED: scoring_2017.speed(before),
    }


def _media(shown: Sequence[Shown]) -> list[MediumFacts]:
    return [MediumFacts(one.row.kind, one.is_complete) for one in shown]


def surveys_of(session: Session, catalog: Catalog, unit: Unit, year: int) -> list[Survey]:
    """The surveys of a year, oldest first: what was published; else what was planned; else the whole year.

    Results that were imported are there beside them, unless their period is among these.
    """
    unit_id = stored_id(unit)
    published = publications.publications_of(session, unit_id, year, current_only=True)
    whole = [one for one in published if one.service is None] or published
    found = [_published(session, catalog, one) for one in whole]
    if not found:
        periods = [one.period for one in plans.plans_of(session, unit_id, year)] or [str(year)]
        found = list(
            chain.from_iterable(_computed(session, catalog, unit, code) for code in sorted(set(periods)))
        )
    known = {one.facts.period for one in found if one.facts.respondents}
    imported = [one for one in _imported(session, unit_id, year) if one.facts.period not in known]
    if imported:
        found = [one for one in found if one.facts.respondents]
    return sorted([*found, *imported], key=lambda one: parse(one.facts.period).end)


def plans_of(session: Session, unit_id: int) -> list[PlanFacts]:
    """The follow-up plans of all surveys; imported ones only for surveys without a plan here.

    A plan's execution counts as reported when every finished action has its outcome and a file as evidence: what
    the execution report of the evidence pack is made of. An imported plan stands on a document of its time.
    """
    done = followups.of_unit(session, [unit_id], states=[DONE])
    files = followups.evidence(session, [unit_id], [one.id for one in done])
    bare = {one.period for one in done if not files.get(one.id)}
    own = [_plan(one, one.period not in bare) for one in followups.progress_of(session, unit_id)]
    known = {one.period for one in own if one.planned}
    imported = [
        _imported_plan(one) for one in history.follow_ups_of(session, unit_id) if one.period not in known
    ]
    return sorted([*own, *imported], key=lambda one: parse(one.period).end)


def merged(several: Sequence[PlanFacts]) -> PlanFacts | None:
    """The plans of several surveys as one: all their actions, reported where all are; None without actions."""
    some = [one for one in several if one.planned]
    if not some:
        return None
    return PlanFacts(
        period=some[0].period,
        issued_on=some[0].issued_on,
        finished=tuple(chain.from_iterable(one.finished for one in some)),
        reported=all(one.reported for one in some),
    )


def last_day(period: str) -> date:
    """The last day of a period, by its code: its year is that of the evaluation which looks at the survey."""
    return parse(period).end - timedelta(days=1)


def plan_year(period: str) -> int:
    """The year to which the plan of a survey belongs: that in which the survey began."""
    return int(period[:4])


def _published(session: Session, catalog: Catalog, one: publications.Listed) -> Survey:
    row = one.publication
    target = plans.target_of(session, row.unit_id, row.service_id, row.period)
    facts = _facts(catalog, row.instrument, row.period, row.respondents, target)
    service = one.service.name if one.service else None
    return Survey(facts, service, Decimal(row.ikm), row.mutu, PUBLISHED, row.number, row.instrument)


def _computed(session: Session, catalog: Catalog, unit: Unit, code: str) -> list[Survey]:
    target = plans.target_of(session, stored_id(unit), None, code)
    found = []
    for one in results_of(session, catalog, unit, Question(parse(code))):
        ref = one.instrument.ref if one.instrument else ""
        shown = figure(one, LANGUAGE) if one.index is not None else None
        facts = _facts(catalog, ref, code, one.respondents, target)
        ikm, mutu = (shown.ikm, shown.mutu) if shown else (None, None)
        found.append(Survey(facts, None, ikm, mutu, COMPUTED, instrument=ref or None))
    return found


def _facts(
    catalog: Catalog, ref: str, period: str, respondents: int, target: plans.Target | None
) -> SurveyFacts:
    """Elements that a service does not ask are declared in the registry: all nine stand in the questionnaire."""
    try:
        instrument = catalog.get(ref)
    except UnknownInstrument:
        instrument = None
    return SurveyFacts(
        period=period,
        respondents=respondents,
        target=target.target if target else None,
        by_2017_rule=instrument is not None and instrument.basis == BASIS,
        all_elements=instrument is not None and len(instrument.elements) >= ELEMENTS,
        population=target.population if target else None,
    )


def _imported(session: Session, unit_id: int, year: int) -> list[Survey]:
    found = []
    for one in history.results_of(session, unit_id):
        if one.service_id is not None or last_day(one.period).year != year:
            continue
        facts = SurveyFacts(
            period=one.period,
            respondents=one.respondents,
            target=None,
            by_2017_rule=one.rule == RULE,
            all_elements=one.nrr is None or len(one.nrr) >= ELEMENTS,
        )
        found.append(Survey(facts, None, history.printed(one.ikm), one.mutu, IMPORTED))
    return found


def _plan(one: PeriodProgress, reported: bool) -> PlanFacts:
    return PlanFacts(one.period, one.issued_on, one.finished, reported and one.done > 0)


def _imported_plan(one: HistoricalFollowUp) -> PlanFacts:
    """How many were finished is known, the days only of the last one; without it the speed is not known."""
    day = one.all_finished_on or last_day(one.period)
    is_timed = one.all_finished_on is not None or one.finished < one.planned
    return PlanFacts(
        period=one.period,
        issued_on=one.report_issued_on if is_timed else None,
        finished=(*(day for _ in range(one.finished)), *(None for _ in range(one.planned - one.finished))),
        reported=one.finished > 0,
    )
