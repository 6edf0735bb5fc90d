"""A desk from which comments are dealt with, and citizens who write them."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlmodel import select
from starlette.testclient import TestClient

from app.audit.service import Actor
from app.audit.tables import AuditEntry
from app.auth.roles import Role
from app.auth.tables import User
from app.comments.tables import CommentEvent
from app.core.db import Database
from app.responses.tables import Comment
from app.units.queries import unit_by_code
from tests.conftest import ELEMENTS

Headers = dict[str, str]
ACTOR = Actor("command", None, "test")


@pytest.fixture
def desk(app: FastAPI) -> Iterator[TestClient]:
    """Follows no redirect by itself, so that each answer can be looked at."""
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as client:
        yield client


@pytest.fixture
def staff(person: Callable[..., User], signed_in: Callable[..., Headers]) -> Callable[..., Headers]:
    """Makes a browser of somebody with one role: `staff("ptsp", Role.VIEWER)`; a unit's head by default."""

    def headers(unit: str = "ptsp", role: Role = Role.UNIT_HEAD) -> Headers:
        return signed_in(person(f"{unit}-{role.value}", (unit, role), home=unit))

    return headers


@pytest.fixture
def write(desk: TestClient, body: Callable[..., dict[str, Any]]) -> Callable[..., UUID]:
    """A citizen writes: `write("Antre lama", day="2026-10-01", waktu=1)`; the id of the answer."""

    def send(
        text: str, day: str = "2026-10-05", point: str = "ptsp-nib-qr", score: int = 3, **scores: int
    ) -> UUID:
        given = dict.fromkeys(ELEMENTS, score) | scores
        answer = body(
            point=point, comment=text, scores=given, answered_at=f"{day}T09:00:00+08:00", seconds=40
        )
        assert desk.post("/api/v1/responses", json=answer).status_code == 201
        return UUID(answer["id"])

    return send


@pytest.fixture
def ids(city: Database) -> dict[str, int]:
    """Unit ids by code."""
    with city.read() as session:
        found = {code: unit_by_code(session, code) for code in ("kota", "ptsp", "timur", "timur-cabang")}
        return {code: unit.id for code, unit in found.items() if unit is not None and unit.id is not None}


@pytest.fixture
def stored(city: Database) -> Callable[[UUID], Comment]:
    """The comment of an answer as it is stored."""

    def read(id_: UUID) -> Comment:
        with city.read() as session:
            found = session.exec(select(Comment).where(Comment.response_id == id_)).one()
            session.expunge(found)
        return found

    return read


@pytest.fixture
def events(city: Database) -> Callable[[UUID], list[tuple[str, str | None, str | None, str | None]]]:
    """The history of a comment: deed, before, after, note."""

    def read(id_: UUID) -> list[tuple[str, str | None, str | None, str | None]]:
        with city.read() as session:
            wanted = select(CommentEvent).where(CommentEvent.response_id == id_)
            rows = session.exec(wanted.order_by(CommentEvent.number)).all()  # type: ignore[arg-type]
            return [(row.deed, row.before, row.after, row.note) for row in rows]

    return read


@pytest.fixture
def recorded(city: Database) -> Callable[[str], list[dict[str, Any]]]:
    """The details of all entries of the record with this code."""

    def read(action: str) -> list[dict[str, Any]]:
        with city.read() as session:
            rows = session.exec(select(AuditEntry).where(AuditEntry.action == action)).all()
            return [row.details for row in rows]

    return read
