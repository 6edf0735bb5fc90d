"""Proposed levels by the F-02 sheet that held before 2022: indicators 10 to 13 of 37 (PermenPANRB 17/2017). Pure.

They look at how often and whom the survey asks, where its information can be read, for how many kinds of service it
was followed up, and how fast. Between two steps the lower one holds, as in the newer instrument.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.followups.clock import speed_level_2017
from app.pekppp.scoring import (
    BILLBOARD,
    PRINT,
    SOCIAL,
    WEBSITE,
    MediumFacts,
    PlanFacts,
    Proposal,
    Reason,
    SurveyFacts,
    listed,
    pace,
)

Said = tuple[Reason, dict[str, object]]
HALF_YEARLY, QUARTERLY = 2, 4
ALL_MEDIA = (PRINT, BILLBOARD, WEBSITE, SOCIAL)
FIFTH = Fraction(1, 5)


@dataclass(frozen=True, slots=True)
class ServicesFacts:
    """Kinds of service: how many there are, and for how many the survey's results were followed up.

    `assumed`: some follow-up was recorded for the unit as a whole, and counts for all services that were surveyed.
    """

    total: int
    followed_up: int
    assumed: bool


def participation(surveys: Sequence[SurveyFacts]) -> Proposal:
    """Indicator 10: once a year, every half year, every quarter; 4 where all users answered.

    Level 5 wants proof that those whose application was refused were asked too. Answers do not tell that.
    """
    answered = [one for one in surveys if one.respondents != 0]
    if not answered:
        return Proposal(0, (), ((Reason.NO_SURVEY, {}),))
    times = len({one.period for one in answered})
    because: list[Said] = [(Reason.TIMES, {"count": times})]
    if all(one.is_census for one in answered):
        return Proposal(4, (*because, (Reason.ALL_ASKED, {})), ((Reason.REFUSED_TOO, {}),))
    level = 3 if times >= QUARTERLY else 2 if times >= HALF_YEARLY else 1
    missing: list[Said] = [(Reason.NOT_QUARTERLY, {"count": times})] if times < QUARTERLY else []
    return Proposal(level, tuple(because), (*missing, (Reason.NOT_ALL_ASKED, {})))


def openness(surveys: Sequence[SurveyFacts], media: Collection[MediumFacts]) -> Proposal:
    """Indicator 11: where people can read method, process and result. Print stands for the service area.

    1 documented, 2 in the service area, 3 on billboards too, 4 on a website, 5 all of these and social media.
    """
    if not any(one.respondents != 0 for one in surveys):
        return Proposal(0, (), ((Reason.NO_SURVEY, {}),))
    kinds = {one.kind for one in media if one.complete}
    incomplete = {one.kind for one in media} - kinds
    because: list[Said] = [(Reason.DOCUMENTED, {})]
    if kinds:
        because.append((Reason.MEDIA, {"count": len(kinds), "kinds": listed(kinds)}))
    missing: list[Said] = []
    if incomplete:
        missing.append((Reason.MEDIA_INCOMPLETE, {"kinds": listed(incomplete)}))
    wanted = set(ALL_MEDIA) - kinds
    if wanted:
        missing.append((Reason.MEDIA_WANTED, {"kinds": listed(wanted)}))
    return Proposal(_openness(kinds), tuple(because), tuple(missing))


def _openness(kinds: Collection[str]) -> int:
    if PRINT not in kinds:
        return 1
    if all(one in kinds for one in ALL_MEDIA):
        return 5
    if WEBSITE in kinds:
        return 4
    return 3 if BILLBOARD in kinds else 2


def reach(services: ServicesFacts) -> Proposal:
    """Indicator 12: the share of the kinds of service whose results were followed up; a level for each fifth."""
    if not services.total:
        return Proposal(0, (), ((Reason.NO_SERVICES, {}),))
    if not services.followed_up:
        return Proposal(0, (), ((Reason.NOT_FOLLOWED_UP, {}),))
    share = Fraction(services.followed_up, services.total)
    numbers: dict[str, object] = {
        "done": services.followed_up,
        "planned": services.total,
        "percent": share * 100,
    }
    missing: list[Said] = [(Reason.SERVICES_ASSUMED, {})] if services.assumed else []
    if services.followed_up < services.total:
        missing.append((Reason.SERVICES_LEFT, {"count": services.total - services.followed_up}))
    return Proposal(int(share / FIFTH), ((Reason.SERVICES, numbers),), tuple(missing))


def speed(plans: Sequence[PlanFacts]) -> Proposal:
    """Indicator 13: how fast everything was done after the report, or before it."""
    return pace(plans, speed_level_2017)
