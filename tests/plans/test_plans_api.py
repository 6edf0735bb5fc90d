"""Plans over the API: made, changed only by who has seen them, counted live, kept within one's units."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from app.audit.tables import AuditEntry
from app.auth.roles import Role
from app.core.db import Database
from app.plans import queries
from app.plans.tables import Plan
from app.units.queries import service_by_code, unit_by_code
from tests.conftest import ELEMENTS

Headers = dict[str, str]
Answered = Callable[..., None]
PLANS = "/api/v1/units/ptsp/plans"
TODAY = date(2026, 10, 15)


@pytest.fixture
def head(token: Callable[..., Headers]) -> Headers:
    """A program of the head of `ptsp`."""
    return token("ptsp", Role.UNIT_HEAD)


def put(
    desk: TestClient, headers: Headers, period: str = "2026-Q4", service: str | None = "nib", **body: Any
) -> Any:
    query = {"service": service} if service else {}
    return desk.put(f"{PLANS}/{period}", params=query, json=body, headers=headers)


def test_a_plan_takes_the_population_of_the_registry(
    desk: TestClient, head: Headers, recorded: Callable[..., list[AuditEntry]]
) -> None:
    answer = put(desk, head, method="krejcie_morgan_table")
    assert answer.status_code == 201, answer.text
    plan = answer.json()
    # 4384 users a year, 92 of 365 days: 1105.008, rounded up; the row of 1200.
    assert (plan["population"], plan["population_origin"], plan["target"]) == (1106, "registry", 291)
    assert plan["samples"] == {
        "krejcie_morgan_table": 291,
        "krejcie_morgan_formula": 285,
        "cochran": 286,
    }
    assert (plan["first_day"], plan["last_day"], plan["version"]) == ("2026-10-01", "2026-12-31", 1)
    (entry,) = recorded("plan.")
    assert (entry.action, entry.details["target"]) == ("plan.added", 291)


def test_the_same_again_changes_nothing_and_another_needs_the_version(
    desk: TestClient, head: Headers, recorded: Callable[..., list[AuditEntry]]
) -> None:
    put(desk, head, method="krejcie_morgan_table")
    assert put(desk, head, method="krejcie_morgan_table").status_code == 200
    refused = put(desk, head, method="krejcie_morgan_formula")
    assert (refused.status_code, refused.json()["code"]) == (409, "plan_changed")
    changed = put(desk, head, method="krejcie_morgan_formula", version=1).json()
    assert (changed["target"], changed["version"]) == (285, 2)
    assert put(desk, head, method="cochran", version=1).status_code == 409
    assert [entry.action for entry in recorded("plan.")] == ["plan.added", "plan.changed"]
    assert recorded("plan.changed")[0].details["changes"]["target"] == [291, 285]


def test_a_whole_unit_of_which_a_service_knows_no_users_must_be_told(desk: TestClient, head: Headers) -> None:
    refused = put(desk, head, service=None, method="krejcie_morgan_table")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "population_missing")
    assert put(desk, head, service=None, method="own_number", population=500, target=60).status_code == 201


def test_one_plan_for_each_unit_or_service_and_period(
    desk: TestClient, head: Headers, city: Database
) -> None:
    for service in (None, "nib", "daring"):
        put(desk, head, service=service, method="own_number", population=500, target=60)
        put(desk, head, "2026-S2", service=service, method="own_number", population=500, target=60)
    with city.read() as session:
        assert len(session.exec(select(Plan)).all()) == 6
    listed = desk.get(PLANS, headers=head).json()
    # By the window; those of the half-year begin in July.
    assert [(one["period"], one["service"] and one["service"]["code"]) for one in listed["plans"]] == [
        ("2026-S2", None),
        ("2026-S2", "nib"),
        ("2026-S2", "daring"),
        ("2026-Q4", None),
        ("2026-Q4", "nib"),
        ("2026-Q4", "daring"),
    ]
    assert desk.get(f"{PLANS}?year=2025", headers=head).json()["plans"] == []


def test_answers_of_the_window_count_and_no_others(
    desk: TestClient, head: Headers, answered: Answered
) -> None:
    window = {"first_day": "2026-09-20", "last_day": "2026-10-20"}
    for service in (None, "nib"):
        put(desk, head, "2026", service, method="own_number", population=500, target=60, **window)
    for day, number in ((19, 1), (20, 2), (30, 3)):
        answered(date(2026, 9, day), number)
    asked = [one for one in ELEMENTS if one not in ("kompetensi", "perilaku")]  # of a service online
    answered(date(2026, 10, 15), 2, point="ptsp-daring", scores=dict.fromkeys(asked, 3))
    whole, nib = (one["progress"] for one in desk.get(PLANS, headers=head).json()["plans"])
    assert (whole["answers"], whole["by_service"]) == (7, {"nib": 5, "daring": 2})
    assert (nib["answers"], nib["by_service"]) == (5, {"nib": 5})
    assert desk.get(f"{PLANS}/2026", headers=head).json()["progress"] == whole


def test_a_slow_survey_is_at_risk_and_a_quick_one_is_not(
    desk: TestClient, head: Headers, answered: Answered, city: Database
) -> None:
    for number in range(1, 15):
        answered(TODAY - timedelta(days=number), 2)  # fourteen a week since 1 October
    put(desk, head, service="nib", method="own_number", population=900, target=100)
    put(desk, head, service=None, method="own_number", population=900, target=300)
    quick, slow = (
        desk.get(f"{PLANS}/2026-Q4", params=query, headers=head).json()["progress"]
        for query in ({"service": "nib"}, {})
    )
    # 72 are missing, two a day: 36 days from today, the last of them 19 November.
    assert (quick["state"], quick["expected"]) == ("on_course", "2026-11-19")
    # 272 are missing: 136 days, well after the year's end; 272 / 78 days from today to 31 December.
    assert (slow["state"], slow["expected"], slow["needed_a_day"]) == ("late", "2027-02-27", 4)
    with city.read() as session:
        ptsp = unit_by_code(session, "ptsp")
        assert ptsp is not None
        assert ptsp.id is not None
        (late,) = queries.at_risk(session, [ptsp.id], TODAY)
        assert (late.plan.target, late.plan.service_id, late.answers) == (300, None, 28)
        assert queries.at_risk(session, [ptsp.id + 1000], TODAY) == []
        assert queries.at_risk(session, [ptsp.id], date(2027, 1, 1)) == []
        nib = service_by_code(session, ptsp.id, "nib")
        assert nib is not None
        target = queries.target_of(session, ptsp.id, nib.id, "2026-Q4")
        assert target == queries.Target(100, 900, "own_number")
        assert queries.target_of(session, ptsp.id, nib.id, "2026-S2") is None
        summary = queries.summary(session, ptsp.id, "2026-Q4", TODAY)
        assert summary is not None
        assert summary.whole is not None
        assert [one.plan.target for one in summary.at_risk] == [300]
        assert [one.plan.service_id for one in summary.services] == [nib.id]
        assert queries.summary(session, ptsp.id, "2026-Q3", TODAY) is None
        assert [one.target for one in queries.plans_of(session, ptsp.id, 2026)] == [300, 100]


def test_a_unit_counts_what_is_below_it(
    desk: TestClient, token: Callable[..., Headers], answered: Answered
) -> None:
    admin = token("kota", Role.ADMIN)
    body = {"method": "own_number", "population": 900, "target": 100}
    desk.put("/api/v1/units/kota/plans/2026-Q4", json=body, headers=admin)
    answered(TODAY, 1)
    answered(TODAY, 2, point="timur-arsip-qr")
    found = desk.get("/api/v1/units/kota/plans/2026-Q4", headers=admin).json()["progress"]
    assert (found["answers"], found["by_service"]) == (3, {"ptsp/nib": 1, "timur/arsip": 2})


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        (f"{PLANS}/2026-Q9", {"method": "cochran"}, 422, "period_invalid"),
        (f"{PLANS}/2026-Q4?service=nib", {"method": "slovin"}, 422, None),
        (f"{PLANS}/2026-Q4?service=nib", {"method": "own_number"}, 422, "target_missing"),
        (f"{PLANS}/2026-Q4?service=nib", {"method": "cochran", "margin": 20}, 422, None),
        (f"{PLANS}/2026-Q4?service=lain", {"method": "cochran"}, 404, None),
        ("/api/v1/units/timur/plans/2026-Q4", {"method": "cochran", "population": 9}, 404, None),
    ],
)
def test_what_is_refused(
    desk: TestClient, head: Headers, path: str, body: dict[str, Any], status: int, code: str | None
) -> None:
    answer = desk.put(path, json=body, headers=head)
    assert answer.status_code == status
    if code:
        assert answer.json()["errors"][0]["code"] == code


def test_who_reads_results_may_read_plans_and_not_change_them(
    desk: TestClient, head: Headers, token: Callable[..., Headers]
) -> None:
    put(desk, head, method="krejcie_morgan_table")
    reader = token("ptsp", Role.VIEWER)
    assert desk.get(PLANS, headers=reader).status_code == 200
    assert put(desk, reader, method="cochran").status_code == 403
    assert desk.get(PLANS, headers=token("timur", Role.ADMIN)).status_code == 404
    assert desk.get(f"{PLANS}/2026-Q1", headers=reader).status_code == 404
