"""Proposed levels of the F-02 indicators that an SKM service can show: 6, 7, 8 and 9. Pure.

The levels are those of the instrument from 2022 (PermenPANRB 29/2022, Pedoman 5/2023); `scoring_2017` has the older
ones. The evaluator decides. Each proposal says on what it rests and what is missing for the next level.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from app.followups.clock import completion_level, share_done, speed_level

MEDIA = PRINT, ELECTRONIC, SOCIAL, WEBSITE, APPLICATION, BILLBOARD = (
    "print",
    "electronic",
    "social",
    "website",
    "application",
    "billboard",
)
"""The six classes of indicator 7."""
NOT_ELECTRONIC = frozenset({PRINT, BILLBOARD})
MEDIA_FOR_FIVE = 5


class Role(StrEnum):
    """What an indicator is about, whatever its number in a version of the instrument."""

    SURVEY = "survey"
    PUBLICATION = "publication"
    FOLLOW_UP = "follow_up"
    SPEED = "speed"


_OF_THE_YEAR = (Role.SURVEY, Role.PUBLICATION)


class Reason(StrEnum):
    """What a proposal rests on, or lacks; the texts are `pekppp.wording`."""

    NO_SURVEY = "no_survey"
    SURVEYED = "surveyed"
    BY_RULE = "by_rule"
    NOT_NINE = "not_nine"
    OTHER_RULE = "other_rule"
    TOO_FEW = "too_few"
    TARGET_UNKNOWN = "target_unknown"
    NOT_PUBLISHED = "not_published"
    PUBLISHED = "published"
    NOT_ON_PAPER = "not_on_paper"
    ON_PAPER = "on_paper"
    NOT_ELECTRONICALLY = "not_electronically"
    ELECTRONICALLY = "electronically"
    FOLLOWED_UP = "followed_up"
    NOT_FOLLOWED_UP = "not_followed_up"
    MEDIA = "media"
    MEDIA_INCOMPLETE = "media_incomplete"
    NO_PLAN = "no_plan"
    PLAN = "plan"
    NO_EXECUTION_REPORT = "no_execution_report"
    NO_REPORT_DATE = "no_report_date"
    UNFINISHED = "unfinished"
    FINISHED = "finished"
    YEAR_MISSING = "year_missing"
    # Those of the instrument of 2017.
    TIMES = "times"
    NOT_QUARTERLY = "not_quarterly"
    NOT_ALL_ASKED = "not_all_asked"
    ALL_ASKED = "all_asked"
    REFUSED_TOO = "refused_too"
    DOCUMENTED = "documented"
    MEDIA_WANTED = "media_wanted"
    SERVICES = "services"
    SERVICES_LEFT = "services_left"
    SERVICES_ASSUMED = "services_assumed"
    NO_SERVICES = "no_services"
    BEFORE_REPORT = "before_report"


class Standing(StrEnum):
    """How far a level can be told: of a year that is over, so far, or not yet."""

    FINAL = "final"
    SO_FAR = "so_far"
    NOT_YET = "not_yet"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A level 0..5, what it rests on, and what is missing. Reasons carry numbers for their texts."""

    level: int
    because: tuple[tuple[Reason, dict[str, object]], ...]
    missing: tuple[tuple[Reason, dict[str, object]], ...] = ()


@dataclass(frozen=True, slots=True)
class SurveyFacts:
    """One survey of the year: what was asked, of how many, by which rule. None: nobody knows it.

    `population`: the users of its period.
    """

    period: str
    respondents: int | None
    target: int | None
    by_2017_rule: bool
    all_elements: bool
    population: int | None = None

    @property
    def is_census(self) -> bool:
        """Whether it is known that as many answered as there were users."""
        known = self.population is not None and self.respondents is not None
        return known and 0 < (self.population or 0) <= (self.respondents or 0)

    @property
    def is_by_rule(self) -> bool:
        """Whether nothing is known that speaks against its being done by the regulation."""
        return self.by_2017_rule and self.all_elements and not self.has_too_few and self.respondents != 0

    @property
    def has_too_few(self) -> bool:
        """Whether it is known that fewer answered than were wanted."""
        known = self.target is not None and self.respondents is not None
        return known and (self.respondents or 0) < (self.target or 0)


@dataclass(frozen=True, slots=True)
class MediumFacts:
    """An appearance of a published result. It counts where it shows method, process and result."""

    kind: str
    complete: bool


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """The follow-up plan of one survey. `finished` has a day for each action, None: not done.

    `reported`: there is a report on the plan's execution.
    """

    period: str
    issued_on: date | None
    finished: tuple[date | None, ...]
    reported: bool

    @property
    def planned(self) -> int:
        """How many actions were planned."""
        return len(self.finished)

    @property
    def done(self) -> int:
        """How many are finished."""
        return sum(day is not None for day in self.finished)


def indicator_6(
    surveys: Sequence[SurveyFacts], media: Collection[MediumFacts], plans: Sequence[PlanFacts]
) -> Proposal:
    """SKM according to the regulation: done, by the rule, on paper, electronically too, followed up.

    The levels build on one another: what is published electronically only stays on level 2.
    """
    answered = [one for one in surveys if one.respondents != 0]
    if not answered:
        return Proposal(0, (), ((Reason.NO_SURVEY, {}),))
    because: list[tuple[Reason, dict[str, object]]] = [
        (
            Reason.SURVEYED,
            {"count": len(answered), "respondents": sum(one.respondents or 0 for one in answered)},
        )
    ]
    missing = [fault for one in answered for fault in _faults(one)]
    doubts: list[tuple[Reason, dict[str, object]]] = [
        (Reason.TARGET_UNKNOWN, {"period": one.period}) for one in answered if one.target is None
    ]
    if not any(one.is_by_rule for one in answered):
        return Proposal(1, tuple(because), tuple(missing))
    because.append((Reason.BY_RULE, {}))
    kinds = {one.kind for one in media if one.complete}
    followed = any(one.done for one in plans)
    steps = (
        (bool(kinds & NOT_ELECTRONIC), Reason.ON_PAPER, Reason.NOT_ON_PAPER),
        (bool(kinds - NOT_ELECTRONIC), Reason.ELECTRONICALLY, Reason.NOT_ELECTRONICALLY),
        (followed, Reason.FOLLOWED_UP, Reason.NOT_FOLLOWED_UP),
    )
    level, unbroken = 2, True
    for met, reason, lack in steps:
        unbroken = unbroken and met
        level += unbroken
        because += [(reason, {})] if met else []
        missing += [] if met else [(lack, {})]
    return Proposal(level, tuple(because), (*doubts, *missing))


def indicator_7(media: Collection[MediumFacts]) -> Proposal:
    """Number of media that show method, process and result: their number, and 5 for more than four."""
    kinds = {one.kind for one in media if one.complete}
    incomplete = {one.kind for one in media} - kinds
    missing: list[tuple[Reason, dict[str, object]]] = []
    if incomplete:
        missing.append((Reason.MEDIA_INCOMPLETE, {"kinds": listed(incomplete)}))
    if not kinds:
        missing.append((Reason.NOT_PUBLISHED, {}))
    because = ((Reason.MEDIA, {"count": len(kinds), "kinds": listed(kinds)}),) if kinds else ()
    return Proposal(min(len(kinds), MEDIA_FOR_FIVE), because, tuple(missing))


def indicator_8(plan: PlanFacts | None) -> Proposal:
    """Share of the follow-up plan of the year before that is finished; levels from 2 need a report on it."""
    if plan is None or not plan.planned:
        return Proposal(0, (), ((Reason.NO_PLAN, {}),))
    share = share_done(plan.planned, plan.done)
    numbers: dict[str, object] = {"done": plan.done, "planned": plan.planned, "percent": percent(share)}
    missing: list[tuple[Reason, dict[str, object]]] = []
    if not plan.reported:
        missing.append((Reason.NO_EXECUTION_REPORT, {}))
    if plan.done < plan.planned:
        missing.append((Reason.UNFINISHED, {"count": plan.planned - plan.done}))
    level = completion_level(plan.planned, plan.done, reported=plan.reported)
    return Proposal(level, ((Reason.PLAN, numbers),), tuple(missing))


def indicator_9(plans: Sequence[PlanFacts], years: Sequence[int]) -> Proposal:
    """How fast all recommendations of the last two years were done: of several surveys the slowest counts.

    `years` are the two that are looked at; `plans` those of their surveys.
    """
    found = pace(plans, speed_level)
    covered = {int(plan.period[:4]) for plan in plans if plan.planned}
    absent: list[tuple[Reason, dict[str, object]]] = [
        (Reason.YEAR_MISSING, {"year": year}) for year in years if covered and year not in covered
    ]
    return Proposal(found.level, found.because, (*found.missing, *absent))


def pace(plans: Sequence[PlanFacts], level_of: Callable[[date, Sequence[date | None]], int]) -> Proposal:
    """How fast everything was done, by the steps of `level_of`; of several surveys the slowest counts."""
    some = [one for one in plans if one.planned]
    if not some:
        return Proposal(0, (), ((Reason.NO_PLAN, {}),))
    because: list[tuple[Reason, dict[str, object]]] = []
    missing: list[tuple[Reason, dict[str, object]]] = []
    levels = []
    for plan in some:
        if plan.issued_on is None:
            levels.append(0)
            missing.append((Reason.NO_REPORT_DATE, {"period": plan.period}))
            continue
        levels.append(level_of(plan.issued_on, plan.finished))
        last = max((day for day in plan.finished if day is not None), default=None)
        if plan.done < plan.planned or last is None:
            missing.append((Reason.UNFINISHED, {"count": plan.planned - plan.done, "period": plan.period}))
            continue
        reason = Reason.BEFORE_REPORT if last < plan.issued_on else Reason.FINISHED
        because.append((reason, {"period": plan.period, "from": plan.issued_on, "until": last}))
    return Proposal(min(levels), tuple(because), tuple(missing))


def listed(kinds: Collection[str]) -> tuple[str, ...]:
    """Classes of media in the order of the form."""
    return tuple(kind for kind in MEDIA if kind in kinds)


def standing(role: Role, level: int, year: int, today: date) -> Standing:
    """Whether the level of an evaluation's `year` says anything yet on this day.

    Survey and publication (6 and 7) rest on the year itself, follow-up and speed (8 and 9) on the year before.
    While it runs, 0 only means that nothing has happened so far.
    """
    rests_on = year if role in _OF_THE_YEAR else year - 1
    if rests_on < today.year:
        return Standing.FINAL
    return Standing.SO_FAR if rests_on == today.year and level else Standing.NOT_YET


def percent(share: Fraction | None) -> Fraction:
    """A share in per cent, exact; 0 without one."""
    return Fraction(0) if share is None else share * 100


def _faults(survey: SurveyFacts) -> list[tuple[Reason, dict[str, object]]]:
    """What keeps a survey from being one by the regulation."""
    found: list[tuple[Reason, dict[str, object]]] = []
    if not survey.by_2017_rule:
        found.append((Reason.OTHER_RULE, {"period": survey.period}))
    if not survey.all_elements:
        found.append((Reason.NOT_NINE, {"period": survey.period}))
    if survey.has_too_few:
        numbers: dict[str, object] = {
            "respondents": survey.respondents,
            "target": survey.target,
            "period": survey.period,
        }
        found.append((Reason.TOO_FEW, numbers | {"period": survey.period}))
    return found
