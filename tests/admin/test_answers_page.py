"""The list of answers, and the ledger on screen: two persons, in scope, recorded."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from app.audit.tables import AuditEntry
from app.auth.roles import Role
from app.auth.tables import User
from app.core.db import Database
from app.responses.tables import Exclusion

BACKENDS = ("sqlite",)  # pages: their statements run on PostgreSQL in tests/cli/test_every_link.py

Browser = Callable[..., dict[str, str]]
PAGE = "/kelola/jawaban?unit=ptsp&period=2026-Q4"
FIELDS = {"unit": "ptsp", "period": "2026-Q4"}


@pytest.fixture
def two(
    person: Callable[..., User], signed_in: Callable[..., dict[str, str]]
) -> tuple[dict[str, str], dict[str, str]]:
    """The browsers of two heads of the unit."""
    first, second = (signed_in(person(name, ("ptsp", Role.UNIT_HEAD))) for name in ("ani", "budi"))
    return first, second


@pytest.fixture
def flagged(client: TestClient, body: Callable[..., dict[str, Any]], from_form: dict[str, str]) -> str:
    """One plain answer, and one all alike in two seconds: its id."""
    plain, quick = body(3), body(1, seconds=2)
    plain["scores"] = {**plain["scores"], "waktu": 4}
    for answer in (plain, quick):
        assert client.post("/api/v1/responses", json=answer, headers=from_form).status_code == 201
    return str(quick["id"])


def test_flagged_answers_come_first_and_all_on_request(
    client: TestClient, two: tuple[dict[str, str], dict[str, str]], flagged: str
) -> None:
    found = client.get(PAGE, headers=two[0]).text
    assert found.count('name="answer"') == 1
    assert flagged in found
    assert "semua nilai sama, terlalu cepat" in found
    assert client.get(f"{PAGE}&show=all", headers=two[0]).text.count('name="answer"') == 2


def test_one_proposes_and_another_approves(
    client: TestClient, city: Database, two: tuple[dict[str, str], dict[str, str]], flagged: str
) -> None:
    proposed = {**FIELDS, "answer": flagged, "reason": "machine"}
    sent = client.post("/kelola/jawaban/usul", data=proposed, headers=two[0], follow_redirects=False)
    assert sent.status_code == 303
    with city.read() as session:
        (line,) = session.exec(select(Exclusion)).all()
    own = client.get(PAGE, headers=two[0]).text
    assert "Menunggu keputusan orang lain" in own
    assert "Setujui" not in own
    decided = {**FIELDS, "line": str(line.id), "approve": "true"}
    refused = client.post("/kelola/jawaban/putus", data=decided, headers=two[0])
    assert refused.status_code == 409
    assert "oleh orang lain" in refused.text
    done = client.post("/kelola/jawaban/putus", data=decided, headers=two[1], follow_redirects=False)
    assert done.status_code == 303
    assert client.get(f"{PAGE}&show=excluded", headers=two[1]).text.count("dikeluarkan</td>") == 1
    with city.read() as session:
        actions = [one.action for one in session.exec(select(AuditEntry)) if one.action.startswith("excl")]
    assert actions == ["exclusion.proposed", "exclusion.approved"]


def test_a_proposal_without_a_reason_comes_back(
    client: TestClient, city: Database, two: tuple[dict[str, str], dict[str, str]], flagged: str
) -> None:
    sent = client.post("/kelola/jawaban/usul", data={**FIELDS, "answer": flagged}, headers=two[0])
    assert sent.status_code == 422
    assert 'href="#reason"' in sent.text
    with city.read() as session:
        assert session.exec(select(Exclusion)).all() == []


def test_reading_is_recorded(
    client: TestClient, city: Database, two: tuple[dict[str, str], dict[str, str]], flagged: str
) -> None:
    client.get(PAGE, headers=two[0])
    with city.read() as session:
        entries = session.exec(select(AuditEntry).where(AuditEntry.action == "answers.read")).all()
    assert [(one.actor_name, one.details) for one in entries] == [
        ("ani", {"period": "2026-Q4", "show": "flagged"})
    ]
    assert flagged not in str(entries[0].details)


def test_others_see_nothing(
    client: TestClient,
    person: Callable[..., User],
    signed_in: Callable[..., dict[str, str]],
    flagged: str,
) -> None:
    sibling = signed_in(person("citra", ("timur", Role.UNIT_HEAD)))
    assert client.get(PAGE, headers=sibling).status_code == 404
    sent = {**FIELDS, "answer": flagged, "reason": "machine"}
    assert client.post("/kelola/jawaban/usul", data=sent, headers=sibling).status_code == 404
    viewer = signed_in(person("dedi", ("ptsp", Role.VIEWER)))
    assert client.get(PAGE, headers=viewer).status_code == 403
    evaluator = signed_in(person("eka", ("kota", Role.EVALUATOR)))
    assert 'name="answer"' not in client.get(PAGE, headers=evaluator).text
    assert client.post("/kelola/jawaban/usul", data=sent, headers=evaluator).status_code == 403
