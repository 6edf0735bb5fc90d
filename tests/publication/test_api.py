"""Publishing and reading over HTTP: who may, what comes back, what caches may keep."""

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.auth.roles import Role
from app.core.db import Database
from app.publication.tables import SigningKey
from tests.publication.conftest import Answered, Issued

Token = Callable[..., dict[str, str]]
PATH = "/api/v1/units/ptsp/publications"


def code(answer: Any) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


def test_a_head_publishes_and_everybody_reads(client: TestClient, token: Token, answered: Answered) -> None:
    answered(6, 4)
    made = client.post(PATH, json={"period": "2026-Q3"}, headers=token("ptsp", Role.UNIT_HEAD))
    assert made.status_code == 201, made.text
    assert made.headers["location"] == "/api/v1/publications/SKM-kota-2026-0001"
    assert made.json()["number"] == "SKM/kota/2026/0001"
    assert (made.json()["ikm"], made.json()["mutu"], made.json()["respondents"]) == ("100.00", "A", 6)
    signed = client.get(made.headers["location"])
    assert signed.json()["sha256"] == made.json()["sha256"]
    assert signed.headers["cache-control"] == "public, max-age=300"
    assert 'rel="describedby"' in signed.headers["link"]
    again = client.get(made.headers["location"], headers={"If-None-Match": signed.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/api/v1/publications/SKM/kota/2026/0001").status_code == 404
    assert code(client.get("/api/v1/publications/SKM-kota-2026-0002")) == (404, "not_found")


def test_lists_name_corrections_and_can_be_narrowed(
    client: TestClient, answered: Answered, issued: Issued
) -> None:
    answered(6)
    answered(6, point="timur-arsip-qr")
    first = issued()
    answered(5, 1)
    second = issued(replaces=first.number)
    issued("timur", "2026-08")
    listed = client.get("/api/v1/publications", params={"unit": "ptsp"}).json()
    assert [(one["number"], one["replaced_by"]) for one in listed["publications"]] == [
        (second.number, None),
        (first.number, second.number),
    ]
    assert listed["publications"][0]["reason"] == "Dua jawaban percobaan dikeluarkan"
    assert listed["next"] is None
    months = client.get("/api/v1/publications", params={"period": "2026-08"}).json()["publications"]
    assert [one["unit"]["code"] for one in months] == ["timur"]
    assert len(client.get("/api/v1/publications").json()["publications"]) == 3
    assert client.get("/api/v1/publications", params={"unit": "tidak-ada"}).json()["publications"] == []
    assert code(client.get("/api/v1/publications", params={"period": "Q3"})) == (422, "invalid_input")
    old = client.get("/api/v1/publications/SKM-kota-2026-0001")
    assert '</api/v1/publications/SKM-kota-2026-0002>; rel="successor-version"' in old.headers["link"]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"period": "2026-Q3"}, (409, "figures_unchanged")),
        ({"period": "2026-Q4"}, (409, "period_not_over")),
        ({"period": "2026-Q1"}, (409, "no_answers")),
        ({"period": "2026-Q3", "service": "arsip"}, (404, "not_found")),
        ({"period": "2026-Q3", "instrument": "skm-2017@9"}, (409, "no_answers")),
        ({"period": "2026-Q3", "replaces": "SKM/kota/2026/0001"}, (422, "invalid_input")),
        ({"period": "2026-Q3", "replaces": "x", "reason": "y"}, (409, "not_current")),
        ({"period": "2026-Q3", "reason": "y"}, (422, "invalid_input")),
        ({"period": "kemarin"}, (422, "invalid_input")),
        ({"period": "2026-Q3", "extra": 1}, (422, "invalid_input")),
        ({}, (422, "invalid_input")),
    ],
)
def test_refusals_have_codes(
    client: TestClient,
    token: Token,
    answered: Answered,
    issued: Issued,
    wanted: dict[str, Any],
    expected: tuple[int, str],
) -> None:
    answered(6)
    issued()
    assert code(client.post(PATH, json=wanted, headers=token("ptsp", Role.ADMIN))) == expected


def test_changed_figures_are_a_correction(
    client: TestClient, token: Token, answered: Answered, issued: Issued
) -> None:
    answered(6)
    first = issued()
    answered(1, 1)
    headers = token("kota", Role.ADMIN)
    assert code(client.post(PATH, json={"period": "2026-Q3"}, headers=headers)) == (409, "already_published")
    body = {"period": "2026-Q3", "replaces": "SKM-kota-2026-0001", "reason": "Satu jawaban terlambat"}
    made = client.post(PATH, json=body, headers=headers)
    assert made.status_code == 201
    assert made.json()["replaces"] == first.number


def test_keys_are_published_without_their_private_part(
    client: TestClient, answered: Answered, issued: Issued, city: Database
) -> None:
    assert client.get("/api/v1/publication-keys").json() == {"keys": []}
    answered(6)
    publication = issued()
    answer = client.get("/api/v1/publication-keys")
    (key,) = answer.json()["keys"]
    assert key["key_id"] == publication.key_id
    assert key["government"] == {"code": "kota", "name": "Kota Uji"}
    assert key["pem"].startswith("-----BEGIN PUBLIC KEY-----")
    assert "private" not in answer.text
    with city.read() as session:
        stored = session.get_one(SigningKey, (publication.government_id, publication.key_id))
        assert stored.private_key is not None
        assert len(stored.private_key) > 32, "sealed, not as it is"
