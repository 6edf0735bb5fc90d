"""The kiosk interface: batches in order, one bad answer never holds up the rest, signs of life."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy import text
from starlette.testclient import TestClient

from app.core.db import Database

Body = Callable[..., dict[str, Any]]
Stored = Callable[[], tuple[int, int, int, int]]
Post = Callable[..., Response]


@pytest.fixture
def post(client: TestClient, kiosk: Callable[[str], dict[str, str]]) -> Post:
    """Posts a batch with the token of a device at `ptsp-kios`."""
    headers = kiosk("ptsp-kios")

    def batch(items: Any, **more: Any) -> Response:
        content = {"responses": items, **more}
        return client.post("/api/v1/kiosk/batches", json=content, headers=headers)

    return batch


@pytest.fixture
def item(body: Body) -> Body:
    """Makes an answer without a point, about `nib`."""
    return lambda score=3, **fields: body(score, **{"point": ..., "service": "nib", **fields})


def device(city: Database) -> Any:
    with city.read() as session:
        return session.connection().execute(text("SELECT * FROM device")).mappings().one()


def test_a_mixture_is_judged_one_by_one_and_in_order(post: Post, item: Body, stored: Stored) -> None:
    known, fresh, last = item(4), item(2, comment="Antre"), item(1)
    assert post([known]).status_code == 200
    off_scale = item()
    off_scale["scores"]["waktu"] = 5
    batch = [
        fresh,
        known,
        off_scale,
        {**known, "seconds": 9},
        "no object",
        item(point="ptsp-kios"),
        item(service=...),
        item(service="arsip"),
        {**fresh},
        {},
        item(id="x"),
        last,
    ]
    response = post(batch, queue=12, oldest="2026-10-15T08:00:00+08:00", version="1.4.0")
    assert response.status_code == 200, response.text
    results = response.json()["results"]
    assert [one["status"] for one in results] == [
        "stored",
        "duplicate",
        "rejected",
        "conflict",
        "rejected",
        "rejected",
        "rejected",
        "rejected",
        "duplicate",
        "rejected",
        "rejected",
        "stored",
    ]
    ids = [one.get("id") if isinstance(one, dict) else None for one in batch]
    assert [one["id"] for one in results] == ids
    assert all((one["problem"] is None) == (one["status"] in ("stored", "duplicate")) for one in results)
    assert all(bool(one["receipt"]) == (one["status"] in ("stored", "duplicate")) for one in results)
    assert results[0]["receipt"] == results[8]["receipt"]
    pointers = [
        [(fault["pointer"], fault["code"]) for fault in (one["problem"] or {}).get("errors", [])]
        for one in results
    ]
    assert pointers[2] == [("/scores/waktu", "score_invalid")]
    assert results[3]["problem"]["code"] == "id_conflict"
    assert results[3]["problem"]["status"] == 409
    assert pointers[4] == [("", "value_invalid")]
    assert pointers[5] == [("/point", "field_unknown")]
    assert pointers[6] == [("/service", "service_missing")]
    assert pointers[7] == [("/service", "service_unknown")]
    assert pointers[10] == [("/id", "id_invalid")]
    assert stored() == (3, 1, 3, 27)


def test_a_lost_answer_to_a_batch_is_cured_by_sending_it_again(
    post: Post, item: Body, stored: Stored
) -> None:
    batch = [item(score) for score in (1, 2, 3, 4)]
    first = post(batch).json()["results"]
    again = post(batch).json()["results"]
    assert [one["status"] for one in first] == ["stored"] * 4
    assert [one["status"] for one in again] == ["duplicate"] * 4
    assert [one["receipt"] for one in again] == [one["receipt"] for one in first]
    assert stored() == (4, 0, 4, 36)


def test_the_form_and_the_kiosk_recognise_each_others_answers(
    post: Post, item: Body, client: TestClient
) -> None:
    sent = item(4)
    assert post([sent]).json()["results"][0]["status"] == "stored"
    assert client.post("/api/v1/responses", json={**sent, "point": "ptsp-kios"}).status_code == 200


def test_five_hundred_and_no_more(post: Post, item: Body, stored: Stored) -> None:
    batch = [item(4, comment="\U0001f600" * 2000) for _ in range(501)]
    refused = post(batch)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/responses")
    assert stored() == (0, 0, 0, 0)
    accepted = post(batch[:500])
    assert {one["status"] for one in accepted.json()["results"]} == {"stored"}
    assert stored() == (500, 500, 500, 4500)


def test_an_empty_batch_is_a_sign_of_life(post: Post, city: Database) -> None:
    assert post([]).json() == {"results": []}
    assert str(device(city)["last_seen_at"])[:16] == "2026-10-15 03:00"


def test_batches_that_are_refused_as_a_whole(
    post: Post, client: TestClient, kiosk: Any, stored: Stored
) -> None:
    for wrong in ({}, None, "x", 4):
        response = post(wrong)
        assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, "/responses")
    for field, value in (
        ("queue", -1),
        ("queue", "12"),
        ("queue", 2**31),
        ("oldest", "gestern"),
        ("version", "x" * 101),
        ("version", "1\x000"),
        ("more", 1),
    ):
        response = post([], **{field: value})
        assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, f"/{field}")
    headers = kiosk("ptsp-kios")
    for raw, media_type, status in (
        (b"{", "application/json", 422),
        (b"[]", "application/json", 422),
        (b"{}", "text/plain", 415),
        (b" " * (8 * 1024 * 1024 + 1), "application/json", 413),
    ):
        response = client.post(
            "/api/v1/kiosk/batches", content=raw, headers={**headers, "Content-Type": media_type}
        )
        assert response.status_code == status
        assert response.headers["content-type"] == "application/problem+json"
    assert stored() == (0, 0, 0, 0)


def test_who_is_no_device(
    client: TestClient, item: Body, stored: Stored, token: Any, kiosk: Any, city: Database
) -> None:
    revoked = kiosk("ptsp-kios")
    with city.write() as session:
        session.connection().execute(text("UPDATE device SET revoked_at = created_at"))
    for headers in (
        {},
        {"Authorization": "Bearer kiosk_x"},
        {"Authorization": "Basic eDp5"},
        token(),
        revoked,
    ):
        for path, content in (("batches", {"responses": [item()]}), ("heartbeat", {})):
            response = client.post(f"/api/v1/kiosk/{path}", json=content, headers=headers)
            assert (response.status_code, response.json()["code"]) == (401, "unauthenticated")
            assert response.headers["www-authenticate"] == "Bearer"
    assert stored() == (0, 0, 0, 0)


def test_a_device_at_a_closed_point(client: TestClient, item: Body, stored: Stored, kiosk: Any) -> None:
    response = client.post("/api/v1/kiosk/batches", json={"responses": [item()]}, headers=kiosk("ptsp-tutup"))
    assert (response.status_code, response.json()["code"]) == (410, "point_closed")
    assert stored() == (0, 0, 0, 0)


def test_where_the_point_has_one_service_none_need_be_named(
    client: TestClient, body: Body, kiosk: Any, stored: Stored
) -> None:
    items = [body(point=...), body(point=..., service="salinan"), body(point=..., service="nib")]
    response = client.post("/api/v1/kiosk/batches", json={"responses": items}, headers=kiosk("cabang-qr"))
    assert [one["status"] for one in response.json()["results"]] == ["stored", "stored", "rejected"]


def test_a_device_is_heard_from(
    client: TestClient, kiosk: Any, city: Database, post: Post, item: Body
) -> None:
    post([item()], queue=12, oldest="2026-10-15T08:00:00+08:00", version="1.4.0")
    seen = device(city)
    assert (seen["queue_length"], seen["version"]) == (12, "1.4.0")
    assert str(seen["oldest_waiting_at"])[:16] == "2026-10-15 00:00"
    assert str(seen["last_seen_at"])[:16] == "2026-10-15 03:00"


def test_heartbeat(client: TestClient, kiosk: Any, city: Database) -> None:
    headers = kiosk("ptsp-kios")
    response = client.post("/api/v1/kiosk/heartbeat", json={"queue": 0, "version": "2"}, headers=headers)
    assert (response.status_code, response.json()) == (200, {"time": "2026-10-15T03:00:00Z"})
    assert (device(city)["queue_length"], device(city)["version"]) == (0, "2")
    for wrong in (b"{", b"[]", b'{"queue": -1}', b'{"responses": []}'):
        refused = client.post(
            "/api/v1/kiosk/heartbeat", content=wrong, headers={**headers, "Content-Type": "application/json"}
        )
        assert refused.status_code == 422
        assert refused.headers["content-type"] == "application/problem+json"


def test_ids_of_items_are_given_back_only_when_they_may_be_ids(post: Post) -> None:
    results = post([{"id": 7}, {"id": "x" * 5000}, {"id": None}, [], None, 4]).json()["results"]
    assert [one["id"] for one in results] == [None] * 6
    assert {one["status"] for one in results} == {"rejected"}


def test_numbers_keep_their_kind_inside_a_batch(post: Post, item: Body) -> None:
    raw = json.dumps(item()).replace('"waktu": 3', '"waktu": 3.0')
    items = [json.loads(raw), item(seconds=True), item(profile={"age": 34.0})]
    assert [one["status"] for one in post(items).json()["results"]] == ["rejected"] * 3
