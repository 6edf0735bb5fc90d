"""What comes beside an answer: the token of its page, a proof of work, a field that nobody sees. It only flags."""

import base64
import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from app.core.db import Database
from app.responses.tables import Response
from app.units.service import count_change
from app.units.tables import Point
from tests.conftest import ELEMENTS, NOW

Body = Callable[..., dict[str, Any]]
Challenge = dict[str, Any]
ANSWERS = "/api/v1/responses"
MIXED = {**dict.fromkeys(ELEMENTS, 3), "waktu": 2}


@pytest.fixture
def at(client: TestClient) -> Callable[[timedelta], None]:
    """Moves the service's clock."""

    def move(later: timedelta) -> None:
        client.app.state.reception.clock = lambda: NOW + later  # type: ignore[attr-defined]

    return move


@pytest.fixture
def page(client: TestClient) -> Callable[..., str]:
    """The token on a form that is opened now."""

    def opened(point: str = "ptsp-nib-qr") -> str:
        html = client.get(f"/s/{point}", headers={"Accept": "text/html"}).text
        return html.partition('name="page" value="')[2].partition('"')[0]

    return opened


@pytest.fixture
def proven(city: Database) -> None:
    with city.write() as session:
        session.exec(select(Point).where(Point.code == "ptsp-nib-qr")).one().proof_of_work = True
        count_change(session)


def flags(database: Database, answer: dict[str, Any]) -> list[str] | None:
    with database.read() as session:
        rows = {str(row.id): row.flags for row in session.exec(select(Response))}
    return rows[answer["id"]]


def solved(challenge: Challenge) -> str:
    """A solution by another implementation: PBKDF2 of the standard library, one try after the other."""
    asked = challenge["parameters"]
    assert asked["algorithm"] == "PBKDF2/SHA-256"
    nonce, salt = bytes.fromhex(asked["nonce"]), bytes.fromhex(asked["salt"])
    for counter in range(1000):
        password = nonce + counter.to_bytes(4, "big")
        key = hashlib.pbkdf2_hmac("sha256", password, salt, asked["cost"], asked["keyLength"]).hex()
        if key.startswith(asked["keyPrefix"]):
            return packed({"challenge": challenge, "solution": {"counter": counter, "derivedKey": key}})
    raise AssertionError("no solution")


def packed(payload: object) -> str:
    return base64.b64encode(json.dumps(payload).encode()).decode()


def challenge_of(client: TestClient, answer: dict[str, Any]) -> Challenge:
    found = client.get("/api/v1/points/ptsp-nib-qr/challenge", params={"id": answer["id"]})
    assert found.status_code == 200
    assert found.headers["cache-control"] == "no-store"
    return dict(found.json())


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        (timedelta(seconds=8), ["fast"]),
        (timedelta(seconds=9), None),
        (timedelta(minutes=1), None),
        (timedelta(days=30), None),
        (timedelta(days=30, seconds=1), ["unsigned"]),
        (timedelta(minutes=-5), ["fast"]),
        (timedelta(minutes=-5, seconds=-1), ["unsigned"]),
    ],
)
def test_the_age_of_the_page_by_the_service_s_own_clock(
    client: TestClient, city: Database, body: Body, page: Any, at: Any, later: timedelta, expected: list[str]
) -> None:
    """Nine questions in under nine seconds are too fast; a page of thirty days is too old to say anything."""
    answer, headers = body(scores=MIXED), {"X-Eskm-Page": page()}
    at(later)
    assert client.post(ANSWERS, json=answer, headers=headers).status_code == 201
    assert flags(city, answer) == expected


def test_what_was_answered_without_network_is_judged_by_its_own_seconds(
    client: TestClient, city: Database, body: Body, page: Any, at: Any
) -> None:
    headers = {"X-Eskm-Page": page()}
    at(timedelta(seconds=2))
    given = (NOW + timedelta(seconds=1)).isoformat()
    slow, quick = (body(scores=MIXED, answered_at=given, seconds=seconds) for seconds in (40, 3))
    for answer in (slow, quick):
        assert client.post(ANSWERS, json=answer, headers=headers).status_code == 201
    assert (flags(city, slow), flags(city, quick)) == (None, ["fast"])


def test_too_fast_by_both_clocks_is_said_once(
    client: TestClient, city: Database, body: Body, page: Any
) -> None:
    answer = body(scores=MIXED, seconds=1)
    client.post(ANSWERS, json=answer, headers={"X-Eskm-Page": page()})
    assert flags(city, answer) == ["fast"]


@pytest.mark.parametrize("point", ["ptsp-daring", None])
def test_another_point_s_page_and_no_page_are_flagged_and_stored(
    client: TestClient, city: Database, body: Body, page: Any, point: str | None
) -> None:
    answer = body(scores=MIXED)
    headers = {"X-Eskm-Page": page(point)} if point else {}
    assert client.post(ANSWERS, json=answer, headers=headers).status_code == 201
    assert flags(city, answer) == ["unsigned"]


def test_a_token_that_was_altered_is_none(
    client: TestClient, city: Database, body: Body, page: Any, at: Any
) -> None:
    good = page()
    at(timedelta(minutes=1))
    earlier = f"{int(good[:8], 16) - 1:08x}{good[8:]}"
    for token in (good[:-1], good + "0", earlier, good[:-1] + "é", "x" * 28, "0" * 5000, ""):
        answer = body(scores=MIXED)
        headers = {"X-Eskm-Page": token.encode("latin-1")}
        assert client.post(ANSWERS, json=answer, headers=headers).status_code == 201
        assert flags(city, answer) == ["unsigned"], token
    assert len(good) == 28


def test_the_token_names_nobody_and_lives_through_a_restart(page: Any, client: TestClient) -> None:
    """The same for everybody who opens the form in the same second."""
    assert page() == page()
    assert int(page()[:8], 16) == int(NOW.timestamp())


def test_where_no_page_is_claimed_none_is_missed(
    client: TestClient, city: Database, body: Body, kiosk: Callable[..., dict[str, str]]
) -> None:
    with city.write() as session:
        session.exec(select(Point).where(Point.code == "ptsp-nib-qr")).one().channel = "counter"
        count_change(session)
    counter = body(scores=MIXED)
    assert client.post(ANSWERS, json=counter).status_code == 201
    assert flags(city, counter) is None
    standing = {**body(scores=MIXED), "service": "nib"}
    del standing["point"]
    batch = {"responses": [standing], "queue": 0, "oldest": None, "version": "1"}
    sent = client.post("/api/v1/kiosk/batches", json=batch, headers=kiosk("ptsp-kios"))
    assert sent.json()["results"][0]["status"] == "stored", sent.text
    assert flags(city, standing) is None


def test_the_same_answer_with_other_evidence_is_the_same_answer(
    client: TestClient, city: Database, body: Body, page: Any, at: Any
) -> None:
    answer, token = body(scores=MIXED), page()
    at(timedelta(minutes=1))
    sent = [
        client.post(ANSWERS, json=answer, headers=headers).status_code
        for headers in ({"X-Eskm-Page": token}, {}, {"X-Eskm-Page": "0" * 28}, {"X-Eskm-Extra": "1"})
    ]
    assert sent == [201, 200, 200, 200]
    assert flags(city, answer) is None


def test_a_field_that_nobody_sees_flags_and_loses_nothing(
    client: TestClient, city: Database, body: Body, page: Any, at: Any, token: Callable[..., dict[str, str]]
) -> None:
    answer, headers = body(4), {"X-Eskm-Page": page(), "X-Eskm-Extra": "1"}
    at(timedelta(minutes=1))
    assert client.post(ANSWERS, json=answer, headers=headers).status_code == 201
    assert flags(city, answer) == ["straight", "trapped"]
    asked = {"period": "2026-Q4"}
    found = client.get("/api/v1/units/ptsp/ikm", params=asked, headers=token("ptsp")).json()
    assert (found["respondents"], found["ikm"]) == (1, 100.0)


@pytest.mark.usefixtures("proven")
def test_a_proof_is_good_for_the_one_answer_that_it_was_made_for(
    client: TestClient, city: Database, body: Body, page: Any, at: Any
) -> None:
    first, second, neither = (body(scores=MIXED) for _ in range(3))
    proof, token = solved(challenge_of(client, first)), page()
    at(timedelta(minutes=1))
    for answer, sent in ((first, proof), (second, proof), (neither, "")):
        headers = {"X-Eskm-Page": token, "X-Eskm-Proof": sent}
        assert client.post(ANSWERS, json=answer, headers=headers).status_code == 201
    assert flags(city, first) is None
    assert flags(city, second) == ["unproven"]
    assert flags(city, neither) == ["unproven"]
    again = client.post(ANSWERS, json=first, headers={"X-Eskm-Page": token, "X-Eskm-Proof": proof})
    assert again.status_code == 200


@pytest.mark.usefixtures("proven")
def test_a_proof_waits_with_its_answer_however_long(
    client: TestClient, city: Database, body: Body, page: Any, at: Any
) -> None:
    answer = body(scores=MIXED)
    headers = {"X-Eskm-Page": page(), "X-Eskm-Proof": solved(challenge_of(client, answer))}
    at(timedelta(days=20))
    given = (NOW + timedelta(minutes=2)).isoformat()
    assert client.post(ANSWERS, json={**answer, "answered_at": given}, headers=headers).status_code == 201
    assert flags(city, answer) is None


@pytest.mark.usefixtures("proven")
def test_what_is_no_proof_is_flagged_and_breaks_nothing(
    client: TestClient, city: Database, body: Body, page: Any, at: Any
) -> None:
    token, named = page(), str(uuid4())
    made = challenge_of(client, {"id": named})
    good = json.loads(base64.b64decode(solved(made)))
    eased = {**made, "parameters": {**made["parameters"], "keyPrefix": ""}}
    wrong: list[object] = [
        {},
        [],
        None,
        7,
        {"challenge": [], "solution": []},
        {"challenge": {"parameters": []}, "solution": {}},
        {**good, "solution": {"counter": 0, "derivedKey": "00" * 32}},
        {**good, "solution": {"counter": "x", "derivedKey": 5}},
        {**good, "challenge": eased},
        {**good, "challenge": {**made, "signature": 5}},
        {**good, "challenge": {**made, "signature": None}},
        {**good, "challenge": {"parameters": {**made["parameters"], "data": {"answer": named}}}},
    ]
    at(timedelta(minutes=1))
    for proof in ("kosong", "====", "é", "A" * 3000, *map(packed, wrong)):
        answer = body(scores=MIXED)
        if proof in (packed(wrong[6]), packed(wrong[8])):
            answer["id"] = str(uuid4())
        headers = {"X-Eskm-Page": token.encode(), "X-Eskm-Proof": proof.encode("latin-1")}
        assert client.post(ANSWERS, json=answer, headers=headers).status_code == 201, proof
        assert flags(city, answer) == ["unproven"], proof
    right = body(id=named, scores=MIXED)
    headers = {"X-Eskm-Page": token.encode(), "X-Eskm-Proof": packed(good).encode()}
    client.post(ANSWERS, json=right, headers=headers)
    assert flags(city, right) is None


@pytest.mark.usefixtures("proven")
def test_a_wrong_solution_for_the_right_answer_is_flagged(
    client: TestClient, city: Database, body: Body
) -> None:
    answer = body(scores=MIXED)
    made = challenge_of(client, answer)
    eased = {**made, "parameters": {**made["parameters"], "keyPrefix": "", "keySignature": None}}
    headers = {
        "X-Eskm-Proof": packed({"challenge": eased, "solution": {"counter": 0, "derivedKey": "00" * 32}})
    }
    assert client.post(ANSWERS, json=answer, headers=headers).status_code == 201
    assert flags(city, answer) == ["unsigned", "unproven"]


def test_a_point_that_asks_for_no_proof_has_no_challenge(client: TestClient) -> None:
    asked = client.get("/api/v1/points/ptsp-nib-qr/challenge", params={"id": str(uuid4())})
    assert (asked.status_code, asked.json()["code"]) == (404, "not_found")
    assert client.get("/api/v1/points/ptsp-nib-qr").json()["proof_of_work"] is False


@pytest.mark.usefixtures("proven")
def test_a_challenge_names_its_answer_and_point(client: TestClient) -> None:
    id_ = str(uuid4())
    made = challenge_of(client, {"id": id_})
    assert made["parameters"]["data"] == {"answer": id_, "point": "ptsp-nib-qr"}
    assert made["parameters"]["nonce"] != challenge_of(client, {"id": id_})["parameters"]["nonce"]
    assert client.get("/api/v1/points/ptsp-nib-qr/challenge", params={"id": "x"}).status_code == 422
    assert client.get("/api/v1/points/tidak-ada/challenge", params={"id": id_}).status_code == 404
    assert client.get("/api/v1/points/ptsp-nib-qr").json()["proof_of_work"] is True


def test_times_of_this_century_fit_into_a_token() -> None:
    assert int(datetime(2100, 1, 1, tzinfo=UTC).timestamp()) < 16**8
