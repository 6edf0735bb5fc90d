"""Proposed levels, boundary by boundary, against the table of the instrument (reference, section 2)."""

from datetime import date

import pytest

from app.pekppp.scoring import (
    MediumFacts,
    PlanFacts,
    Reason,
    Role,
    Standing,
    SurveyFacts,
    indicator_6,
    indicator_7,
    indicator_8,
    indicator_9,
    standing,
)

GOOD = SurveyFacts("2026", 364, 364, by_2017_rule=True, all_elements=True)
PAPER, SITE = MediumFacts("print", True), MediumFacts("website", True)
REPORT = date(2026, 1, 31)


def plan(*finished: date | None, issued: date | None = REPORT, reported: bool = True) -> PlanFacts:
    return PlanFacts("2025", issued, finished, reported)


def lacks(found: object) -> set[Reason]:
    return {reason for reason, _ in found.missing}  # type: ignore[attr-defined]


DONE = plan(date(2026, 2, 1))


@pytest.mark.parametrize(
    ("surveys", "media", "plans", "level"),
    [
        ([], [], [], 0),
        ([SurveyFacts("2026", 0, 364, True, True)], [PAPER], [DONE], 0),
        ([SurveyFacts("2026", 363, 364, True, True)], [PAPER, SITE], [DONE], 1),
        ([SurveyFacts("2026", 400, 364, False, True)], [PAPER, SITE], [DONE], 1),
        ([SurveyFacts("2026", 400, 364, True, False)], [PAPER, SITE], [DONE], 1),
        ([GOOD], [], [], 2),
        ([GOOD], [SITE], [DONE], 2),
        ([GOOD], [PAPER], [], 3),
        ([GOOD], [MediumFacts("billboard", True)], [DONE], 3),
        ([GOOD], [MediumFacts("print", False), SITE], [DONE], 2),
        ([GOOD], [PAPER, SITE], [], 4),
        ([GOOD], [PAPER, SITE], [plan(None)], 4),
        ([GOOD], [PAPER, SITE], [DONE], 5),
        ([SurveyFacts("2026", 12, None, True, True)], [], [], 2),
        ([SurveyFacts("2026-S1", 5, 100, True, True), GOOD], [], [], 2),
    ],
)
def test_indicator_6(
    surveys: list[SurveyFacts], media: list[MediumFacts], plans: list[PlanFacts], level: int
) -> None:
    assert indicator_6(surveys, media, plans).level == level


def test_what_indicator_6_lacks_is_named() -> None:
    found = indicator_6([GOOD], [SITE], [])
    assert lacks(found) == {Reason.NOT_ON_PAPER, Reason.NOT_FOLLOWED_UP}
    assert Reason.ELECTRONICALLY in {reason for reason, _ in found.because}
    [(reason, numbers)] = indicator_6([SurveyFacts("2026", 5, 9, True, True)], [], []).missing
    assert (reason, numbers) == (Reason.TOO_FEW, {"respondents": 5, "target": 9, "period": "2026"})
    unknown = indicator_6([SurveyFacts("2026", 5, None, True, True)], [PAPER, SITE], [DONE])
    assert lacks(unknown) == {Reason.TARGET_UNKNOWN}


@pytest.mark.parametrize(
    ("kinds", "level"),
    [
        ("", 0),
        ("print", 1),
        ("print print", 1),
        ("print website", 2),
        ("print website social", 3),
        ("print website social billboard", 4),
        ("print website social billboard electronic", 5),
        ("print website social billboard electronic application", 5),
    ],
)
def test_indicator_7(kinds: str, level: int) -> None:
    media = [MediumFacts(kind, True) for kind in kinds.split()]
    assert indicator_7(media).level == level
    assert indicator_7([*media, MediumFacts("application", False)]).level == level


@pytest.mark.parametrize(
    ("done", "planned", "level"),
    [
        (0, 0, 0),
        (0, 7, 1),
        (29, 100, 2),
        (3, 10, 3),  # 30 % belongs to level 3
        (299, 1000, 2),
        (4, 5, 3),  # 80 % too
        (801, 1000, 4),
        (99, 100, 4),
        (7, 7, 5),
    ],
)
def test_indicator_8(done: int, planned: int, level: int) -> None:
    days = [date(2026, 2, 1)] * done + [None] * (planned - done)
    assert indicator_8(plan(*days)).level == level
    if done:
        unreported = indicator_8(plan(*days, reported=False))
        assert unreported.level == 1
        assert Reason.NO_EXECUTION_REPORT in lacks(unreported)


def test_no_plan_at_all() -> None:
    assert indicator_8(None).level == 0
    assert indicator_9([], (2024, 2025)).level == 0


@pytest.mark.parametrize(
    ("last", "level"),
    [
        (date(2026, 2, 28), 5),  # a month after 31 January
        (date(2026, 3, 1), 4),
        (date(2026, 4, 30), 4),
        (date(2026, 5, 1), 3),
        (date(2026, 7, 31), 3),
        (date(2026, 8, 1), 2),
        (date(2026, 10, 31), 2),
        (date(2026, 11, 1), 1),
        (date(2027, 1, 31), 1),
        (date(2027, 2, 1), 0),
    ],
)
def test_indicator_9(last: date, level: int) -> None:
    assert indicator_9([plan(REPORT, last)], (2024, 2025)).level == level
    assert indicator_9([plan(REPORT, last), plan(REPORT)], (2024, 2025)).level == level, "the slowest counts"


def test_indicator_9_without_an_end_or_a_beginning() -> None:
    assert indicator_9([plan(REPORT, None)], (2024, 2025)).level == 0
    unknown = indicator_9([plan(REPORT, issued=None)], (2025,))
    assert (unknown.level, lacks(unknown)) == (0, {Reason.NO_REPORT_DATE})
    found = indicator_9([plan(REPORT)], (2024, 2025))
    assert (found.level, lacks(found)) == (5, {Reason.YEAR_MISSING})


@pytest.mark.parametrize(
    ("role", "level", "year", "known"),
    [
        # On 15 October 2026. The year itself decides 6 and 7, the year before 8 and 9.
        (Role.SURVEY, 0, 2025, Standing.FINAL),
        (Role.SURVEY, 0, 2026, Standing.NOT_YET),
        (Role.SURVEY, 2, 2026, Standing.SO_FAR),
        (Role.PUBLICATION, 5, 2027, Standing.NOT_YET),
        (Role.FOLLOW_UP, 0, 2026, Standing.FINAL),
        (Role.SPEED, 4, 2026, Standing.FINAL),
        (Role.FOLLOW_UP, 1, 2027, Standing.SO_FAR),
        (Role.SPEED, 0, 2027, Standing.NOT_YET),
        (Role.SPEED, 4, 2028, Standing.NOT_YET),
    ],
)
def test_a_zero_of_a_year_that_is_not_over_is_no_judgement(
    role: Role, level: int, year: int, known: Standing
) -> None:
    assert standing(role, level, year, date(2026, 10, 15)) is known
