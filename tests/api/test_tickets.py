"""One-time links: one answer each, until they expire; how many were asked and how many answered."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from app.audit.tables import AuditEntry
from app.auth.roles import Role
from app.core.db import Database
from app.units.service import count_change
from app.units.tables import Point

Headers = Callable[..., dict[str, str]]
Body = Callable[..., dict[str, Any]]
MADE = "/api/v1/units/ptsp/tickets"


@pytest.fixture
def operator(token: Headers) -> dict[str, str]:
    return token("ptsp", Role.OPERATOR)


def make(client: TestClient, headers: dict[str, str], **fields: Any) -> list[dict[str, Any]]:
    response = client.post(MADE, json={"point": "ptsp-nib-qr", **fields}, headers=headers)
    assert response.status_code == 201, response.text
    found: list[dict[str, Any]] = response.json()["tickets"]
    return found


@pytest.fixture
def only_tickets(city: Database) -> None:
    with city.write() as session:
        session.exec(select(Point).where(Point.code == "ptsp-nib-qr")).one().tickets = True
        count_change(session)


def test_each_link_names_its_point_and_is_different(client: TestClient, operator: dict[str, str]) -> None:
    made = make(client, operator, count=3, hours=2)
    assert len({one["id"] for one in made}) == 3
    assert [one["address"] for one in made] == [
        f"http://127.0.0.1:8000/s/ptsp-nib-qr?t={one['id']}" for one in made
    ]
    assert {one["expires_at"] for one in made} == {"2026-10-15T05:00:00Z"}


@pytest.mark.usefixtures("only_tickets")
def test_a_ticket_is_answered_once(client: TestClient, operator: dict[str, str], body: Body) -> None:
    (ticket,) = make(client, operator)
    first = body(3, id=ticket["id"])
    assert client.post("/api/v1/responses", json=first).status_code == 201
    assert client.post("/api/v1/responses", json=first).status_code == 200
    assert client.post("/api/v1/responses", json=body(4, id=ticket["id"])).status_code == 409


@pytest.mark.usefixtures("only_tickets")
def test_nobody_answers_without_one(client: TestClient, body: Body) -> None:
    refused = client.post("/api/v1/responses", json=body(3))
    assert refused.status_code == 422
    assert [(one["pointer"], one["code"]) for one in refused.json()["errors"]] == [("/id", "ticket_unknown")]


@pytest.mark.usefixtures("only_tickets")
def test_a_ticket_of_another_point_is_none(
    client: TestClient, operator: dict[str, str], city: Database, body: Body
) -> None:
    made = client.post(MADE, json={"point": "ptsp-daring"}, headers=operator)
    assert made.status_code == 201, made.text
    refused = client.post("/api/v1/responses", json=body(3, id=made.json()["tickets"][0]["id"]))
    assert refused.json()["errors"][0]["code"] == "ticket_unknown"


@pytest.mark.usefixtures("only_tickets")
def test_an_expired_ticket_is_refused_unless_it_was_answered(
    client: TestClient, app: Any, operator: dict[str, str], body: Body
) -> None:
    used, late = make(client, operator, count=2, hours=1)
    answer = body(3, id=used["id"])
    assert client.post("/api/v1/responses", json=answer).status_code == 201
    app.state.reception.clock = lambda: datetime(2026, 10, 15, 4, 1, tzinfo=UTC)
    assert client.post("/api/v1/responses", json=answer).status_code == 200
    refused = client.post("/api/v1/responses", json=body(3, id=late["id"]))
    assert refused.json()["errors"][0]["code"] == "ticket_expired"
    # Given in time and sent later, as from a phone without network.
    given = datetime(2026, 10, 15, 3, 30, tzinfo=UTC).isoformat()
    assert client.post("/api/v1/responses", json=body(3, id=late["id"], answered_at=given)).status_code == 201


def test_the_result_tells_how_many_answered(
    client: TestClient, operator: dict[str, str], token: Headers, body: Body
) -> None:
    head = token("ptsp", Role.UNIT_HEAD)
    asked = {"period": "2026-Q4"}
    assert client.get("/api/v1/units/ptsp/ikm", params=asked, headers=head).json()["tickets"] is None
    made = make(client, operator, count=3)
    for ticket in made[:2]:
        assert client.post("/api/v1/responses", json=body(3, id=ticket["id"])).status_code == 201
    client.post("/api/v1/responses", json=body(4))  # somebody who was not asked
    found = client.get("/api/v1/units/ptsp/ikm", params=asked, headers=head).json()
    assert found["respondents"] == 3
    assert found["tickets"] == {"issued": 3, "answered": 2, "rate": 66.67}
    nib = client.get("/api/v1/units/ptsp/ikm", params={**asked, "service": "nib"}, headers=head).json()
    assert nib["tickets"] == {"issued": 3, "answered": 2, "rate": 66.67}
    before = client.get("/api/v1/units/ptsp/ikm", params={"period": "2026-Q3"}, headers=head).json()
    assert before["tickets"] is None


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({"point": "no-such"}, "/point", "point_unknown"),
        ({"point": "ptsp-kios"}, "/point", "point_is_kiosk"),
        ({"point": "ptsp-nib-qr", "service": "none"}, "/service", "service_unknown"),
    ],
)
def test_what_cannot_be_made(
    client: TestClient, operator: dict[str, str], fields: dict[str, str], pointer: str, code: str
) -> None:
    refused = client.post(MADE, json=fields, headers=operator)
    assert refused.status_code == 422
    assert [(one["pointer"], one["code"]) for one in refused.json()["errors"]] == [(pointer, code)]


@pytest.mark.parametrize("fields", [{"count": 0}, {"count": 501}, {"hours": 0}, {"colour": "red"}])
def test_the_order_is_strict(client: TestClient, operator: dict[str, str], fields: dict[str, Any]) -> None:
    assert client.post(MADE, json={"point": "ptsp-nib-qr", **fields}, headers=operator).status_code == 422


def test_who_may_make_them(client: TestClient, token: Headers) -> None:
    wanted = {"point": "ptsp-nib-qr"}
    assert client.post(MADE, json=wanted).status_code == 401
    assert client.post(MADE, json=wanted, headers=token("ptsp", Role.VIEWER)).status_code == 403
    assert client.post(MADE, json=wanted, headers=token("timur", Role.OPERATOR)).status_code == 404
    assert client.post(MADE, json=wanted, headers=token("kota", Role.ADMIN)).status_code == 201


def test_making_them_is_recorded(client: TestClient, operator: dict[str, str], city: Database) -> None:
    make(client, operator, count=2, hours=5)
    with city.read() as session:
        (entry,) = session.exec(select(AuditEntry).where(AuditEntry.action == "tickets.made")).all()
    assert (entry.subject, entry.details) == ("point:ptsp-nib-qr", {"count": 2, "hours": 5})


def test_a_point_without_the_rule_takes_everybody(
    client: TestClient, operator: dict[str, str], body: Body
) -> None:
    (ticket,) = make(client, operator)
    assert client.post("/api/v1/responses", json=body(3, id=str(uuid4()))).status_code == 201
    assert client.post("/api/v1/responses", json=body(3, id=ticket["id"])).status_code == 201


def test_hours_are_counted_from_now(client: TestClient, operator: dict[str, str]) -> None:
    (ticket,) = make(client, operator)
    expires = datetime.fromisoformat(ticket["expires_at"])
    assert expires - datetime(2026, 10, 15, 3, tzinfo=UTC) == timedelta(hours=72)
