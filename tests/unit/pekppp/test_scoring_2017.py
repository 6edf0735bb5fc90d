"""Proposed levels before 2022, boundary by boundary, against the F-02 sheet of that time (indicators 10 to 13)."""

from datetime import date

import pytest

from app.core.places import SURVEYS
from app.pekppp.instrument import instrument_for
from app.pekppp.scoring import MediumFacts, PlanFacts, Proposal, Reason, Role, SurveyFacts
from app.pekppp.scoring_2017 import ServicesFacts, openness, participation, reach, speed

REPORT = date(2020, 1, 31)


def survey(period: str, respondents: int | None = 100, population: int | None = None) -> SurveyFacts:
    return SurveyFacts(period, respondents, None, True, True, population)


def surveys(*periods: str) -> list[SurveyFacts]:
    return [survey(period) for period in periods]


def lacks(found: Proposal) -> set[Reason]:
    return {reason for reason, _ in found.missing}


@pytest.mark.parametrize(
    ("asked", "level"),
    [
        ([], 0),
        ([survey("2020", 0)], 0),
        (surveys("2020"), 1),
        ([survey("2020", None)], 1),  # an old document that does not say how many
        (surveys("2020", "2020"), 1),  # two services in the same period are one survey of the year
        (surveys("2020-S1", "2020-S2"), 2),
        (surveys("2020-Q1", "2020-Q2", "2020-Q3"), 2),
        (surveys("2020-Q1", "2020-Q2", "2020-Q3", "2020-Q4"), 3),
        ([*surveys("2020-Q1", "2020-Q2", "2020-Q3"), survey("2020-Q4", 0)], 2),
        ([survey("2020", 499, 500)], 1),
        ([survey("2020", 500, 500)], 4),
        ([survey("2020-S1", 500, 500), survey("2020-S2", 499, 500)], 2),
    ],
)
def test_participation(asked: list[SurveyFacts], level: int) -> None:
    assert participation(asked).level == level


def test_nobody_knows_whether_the_refused_were_asked() -> None:
    assert lacks(participation([survey("2020", 500, 500)])) == {Reason.REFUSED_TOO}
    assert lacks(participation(surveys("2020"))) == {Reason.NOT_QUARTERLY, Reason.NOT_ALL_ASKED}
    assert lacks(participation(surveys("2020-Q1", "2020-Q2", "2020-Q3", "2020-Q4"))) == {Reason.NOT_ALL_ASKED}


@pytest.mark.parametrize(
    ("kinds", "level"),
    [
        ("", 1),
        ("website social", 1),  # nothing in the service area
        ("print", 2),
        ("print social", 2),
        ("print billboard", 3),
        ("print website", 4),
        ("print website social", 4),
        ("print website billboard", 4),
        ("print social billboard", 3),
        ("print website social billboard", 5),
    ],
)
def test_openness(kinds: str, level: int) -> None:
    media = [MediumFacts(kind, True) for kind in kinds.split()]
    assert openness(surveys("2020"), media).level == level
    assert openness(surveys("2020"), [*media, MediumFacts("application", False)]).level == level
    assert openness([], media).level == 0


def test_a_medium_without_method_process_and_result_is_none() -> None:
    found = openness(surveys("2020"), [MediumFacts("print", False)])
    assert (found.level, lacks(found)) == (1, {Reason.MEDIA_INCOMPLETE, Reason.MEDIA_WANTED})


@pytest.mark.parametrize(
    ("done", "total", "level"),
    [
        (0, 0, 0),
        (0, 5, 0),
        (1, 6, 0),  # 16.7 %
        (1, 5, 1),  # 20 % belongs to level 1
        (39, 100, 1),
        (2, 5, 2),
        (3, 5, 3),
        (799, 1000, 3),
        (4, 5, 4),
        (99, 100, 4),
        (5, 5, 5),
        (1, 1, 5),
    ],
)
def test_reach(done: int, total: int, level: int) -> None:
    found = reach(ServicesFacts(total, done, assumed=False))
    assert found.level == level
    assert (Reason.SERVICES_LEFT in lacks(found)) == (0 < done < total)
    assert Reason.SERVICES_ASSUMED not in lacks(found)


def test_what_is_assumed_is_said() -> None:
    found = reach(ServicesFacts(3, 3, assumed=True))
    assert (found.level, lacks(found)) == (5, {Reason.SERVICES_ASSUMED})


@pytest.mark.parametrize(
    ("last", "level"),
    [
        (date(2020, 1, 30), 5),
        (date(2020, 1, 31), 4),  # on its day is not before the report
        (date(2020, 2, 29), 4),
        (date(2020, 3, 1), 3),
        (date(2020, 4, 30), 3),
        (date(2020, 5, 1), 2),
        (date(2020, 7, 31), 2),
        (date(2020, 8, 1), 1),  # there is no step at nine months
        (date(2021, 1, 31), 1),
        (date(2021, 2, 1), 0),
    ],
)
def test_speed(last: date, level: int) -> None:
    early = PlanFacts("2019", REPORT, (date(2020, 1, 2),), True)
    plan = PlanFacts("2019", REPORT, (date(2020, 1, 2), last), True)
    assert speed([plan]).level == level
    assert speed([plan, early]).level == level, "the slowest counts"


def test_speed_without_an_end_or_a_beginning() -> None:
    assert lacks(speed([])) == {Reason.NO_PLAN}
    assert lacks(speed([PlanFacts("2019", REPORT, (REPORT, None), True)])) == {Reason.UNFINISHED}
    assert lacks(speed([PlanFacts("2019", None, (REPORT,), True)])) == {Reason.NO_REPORT_DATE}


@pytest.mark.parametrize(
    ("year", "found"),
    [(2016, None), (2017, "PEKPPP-2017"), (2021, "PEKPPP-2017"), (2022, "PEKPPP-2022-kodeA")],
)
def test_the_instrument_of_a_year(year: int, found: str | None) -> None:
    instrument = instrument_for(SURVEYS, year)
    assert (instrument.id if instrument else None) == found


def test_every_version_has_the_same_four_roles() -> None:
    for year, codes in (
        (2021, ["1.c.P", "1.c.T", "1.c.Ak", "1.c.B"]),
        (2022, ["6.a.B", "7.a.T", "8.a.Ak", "9.a.Ak"]),
    ):
        instrument = instrument_for(SURVEYS, year)
        assert instrument is not None
        assert [one.code for one in instrument.indicators] == codes
        assert [one.role for one in instrument.indicators] == list(Role)
