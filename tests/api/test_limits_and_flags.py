"""Limits and flags over HTTP: what a network may send, and what is written beside an answer."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from app.core.db import Database
from app.core.settings import Settings
from app.factory import create_app
from app.responses.arrivals import Arrivals
from app.responses.tables import Comment, Response
from tests.conftest import NOW

Body = Callable[..., dict[str, Any]]
ANSWERS = "/api/v1/responses"


@pytest.fixture
def proxied(city: Database, settings: Settings) -> Iterator[TestClient]:
    """Behind a proxy on 127.0.0.1 that tells who asks."""
    told = settings.model_copy(
        update={"trusted_proxies": Settings(trusted_proxies=("127.0.0.1",)).trusted_proxies}
    )
    app = create_app(told, clock=lambda: NOW)
    with TestClient(app, raise_server_exceptions=False, client=("127.0.0.1", 50_000)) as client:
        yield client


def flags_of(database: Database) -> dict[str, list[str] | None]:
    with database.read() as session:
        return {str(row.id): row.flags for row in session.exec(select(Response))}


def phone(number: int) -> dict[str, str]:
    return {"X-Forwarded-For": "203.0.113.9", "User-Agent": f"Phone/{number}"}


def test_two_hundred_phones_behind_one_address_then_a_script(
    proxied: TestClient, settings: Settings, body: Body
) -> None:
    standing = Arrivals(settings.answers_per_minute, settings.answers_at_once, seconds=lambda: 0.0)
    proxied.app.state.reception.arrivals = standing  # type: ignore[attr-defined]
    for number in range(200):
        assert proxied.post(ANSWERS, json=body(3), headers=phone(number)).status_code == 201
    found = [proxied.post(ANSWERS, json=body(3), headers=phone(999)) for _ in range(60)]
    refused = [one for one in found if one.status_code == 429]
    assert len(refused) == 20  # 240 at once; the clock stands, so that no minute gives any back
    assert refused[0].json()["code"] == "too_many"
    assert int(refused[0].headers["Retry-After"]) >= 1
    elsewhere = {"X-Forwarded-For": "198.51.100.4"}
    assert proxied.post(ANSWERS, json=body(3), headers=elsewhere).status_code == 201


def test_the_machine_itself_is_not_limited(client: TestClient, body: Body) -> None:
    client.app.state.reception.arrivals = Arrivals(1, 1)  # type: ignore[attr-defined]
    assert {client.post(ANSWERS, json=body(3)).status_code for _ in range(5)} == {201}


def test_flags_are_written_beside_the_answer(client: TestClient, city: Database, body: Body) -> None:
    """A program has no page of the form, and is marked so at a point with a QR code."""
    plain = body(3)
    plain["scores"] = {**plain["scores"], "waktu": 2}
    straight, fast = body(3), {**body(3), "seconds": 8}
    fast["scores"] = {**fast["scores"], "waktu": 2}
    slow = {**plain, "id": body()["id"], "seconds": 9}
    for answer in (plain, straight, fast, slow):
        assert client.post(ANSWERS, json=answer).status_code == 201
    assert flags_of(city) == {
        plain["id"]: ["unsigned"],
        straight["id"]: ["straight", "unsigned"],
        fast["id"]: ["fast", "unsigned"],
        slow["id"]: ["unsigned"],
    }


def test_a_flagged_answer_counts(
    client: TestClient, token: Callable[..., dict[str, str]], body: Body
) -> None:
    client.post(ANSWERS, json=body(4, seconds=2))
    found = client.get("/api/v1/units/ptsp/ikm", params={"period": "2026-Q4"}, headers=token("ptsp")).json()
    assert (found["respondents"], found["excluded"], found["ikm"]) == (1, 0, 100.0)


def test_the_same_answer_again_is_the_same_whatever_its_flags(proxied: TestClient, body: Body) -> None:
    answer = body(2)
    assert [proxied.post(ANSWERS, json=answer, headers=phone(1)).status_code for _ in range(6)] == [
        201,
        *[200] * 5,
    ]


def test_personal_data_in_a_comment_is_covered_before_it_is_stored(
    client: TestClient, city: Database, body: Body
) -> None:
    answer = body(3, comment="Tolong telepon 081234567890, NIK 3173051201900001")
    assert client.post(ANSWERS, json=answer).status_code == 201
    assert (
        client.post(ANSWERS, json=answer).status_code == 200
    )  # the same again, though it is stored otherwise
    with city.read() as session:
        (stored,) = session.exec(select(Comment)).all()
    assert stored.text == f"Tolong telepon {'█' * 12}, NIK {'█' * 16}"
