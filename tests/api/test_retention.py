"""What is kept how long: what has had its time is erased, the figures stay to the last digit."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from app.core.db import Database
from app.core.settings import Settings
from app.instruments.catalog import Catalog
from app.responses import retention
from app.responses.retention import Rule
from app.responses.tables import Comment, Response
from app.responses.verify import verify_unit
from app.units.queries import unit_by_code

TODAY = date(2026, 10, 15)
PROFILE = {"sex": "P", "age": 34, "education": "S1", "occupation": "PNS", "disability": False}


def rule(settings: Settings, name: str) -> Rule:
    return next(one for one in retention.rules_of(settings, TODAY) if one.name == name)


@pytest.fixture
def stored(client: TestClient, city: Database, body: Callable[..., dict[str, Any]]) -> Database:
    """One answer of September 2024, one of October 2024, one of today; all with everything in them."""
    for day in ("2024-09-30", "2024-10-01", "2026-10-15"):
        answer = body(
            3, answered_at=f"{day}T08:00:00+07:00", profile=PROFILE, comment="Antre lama", seconds=4
        )
        assert client.post("/api/v1/responses", json=answer).status_code == 201
    return city


def rows(database: Database) -> list[Response]:
    with database.read() as session:
        return list(session.exec(select(Response).order_by(Response.local_date)))  # type: ignore[arg-type]


def test_comments_go_after_two_years_by_whole_months(stored: Database, settings: Settings) -> None:
    two_years = rule(settings, "comment")
    assert two_years == Rule("comment", 24, date(2024, 10, 1))
    with stored.write() as session:
        assert retention.due(session, two_years) == 1
        assert retention.apply(session, two_years) == 1
        assert retention.apply(session, two_years) == 0
        assert len(session.exec(select(Comment)).all()) == 2


def test_traces_go_after_a_year_and_nothing_else(stored: Database, settings: Settings) -> None:
    with stored.write() as session:
        assert retention.apply(session, rule(settings, "traces")) == 2
    found = rows(stored)
    assert [(one.seconds, one.flags) for one in found] == [
        (None, None),
        (None, None),
        (4, ["straight", "fast", "unsigned"]),
    ]
    assert [one.age for one in found] == [34, 34, 34]


def test_the_profile_goes_and_the_figures_stay(
    stored: Database, settings: Settings, catalog: Catalog
) -> None:
    short = settings.model_copy(update={"keep_profile_months": 24})
    with stored.write() as session:
        assert retention.apply(session, rule(short, "profile")) == 1
    found = rows(stored)
    assert [(one.sex, one.age, one.disability) for one in found] == [
        (None, None, None),
        ("P", 34, False),
        ("P", 34, False),
    ]
    assert all(set(one.scores.values()) == {3} for one in found)
    with stored.read() as session:
        unit = unit_by_code(session, "ptsp")
    assert unit is not None
    assert unit.id is not None
    assert verify_unit(stored, catalog, unit.id).differences == []


def test_zero_keeps_for_ever(stored: Database, settings: Settings) -> None:
    for_ever = settings.model_copy(update={"keep_comments_months": 0})
    with stored.write() as session:
        assert retention.apply(session, rule(for_ever, "comment")) == 0
        assert retention.due(session, rule(for_ever, "comment")) == 0
