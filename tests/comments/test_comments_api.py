"""Comments over HTTP: the list, and changing one with a version."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from starlette.testclient import TestClient

from app.auth.roles import Role
from app.comments import topics
from app.comments.schemas import CHANGE_EXAMPLES
from app.comments.topics import Draft
from app.core.db import Database
from app.responses.tables import Comment
from tests.comments.conftest import ACTOR, Headers
from tests.conftest import ELEMENTS, NOW

PLACE = "/api/v1/units/ptsp/comments"
Write = Callable[..., UUID]
Token = Callable[..., Headers]


def test_a_comment_with_what_surrounds_it(
    desk: TestClient, token: Token, write: Write, city: Database, ids: dict[str, int]
) -> None:
    with city.write() as session:
        topics.save(session, ACTOR, ids["kota"], Draft("Antrean", "antre*", "waktu"), ELEMENTS, NOW)
    id_ = write("Antre lama", day="2026-10-09", waktu=1)
    found = desk.get(PLACE, params={"period": "2026-Q4"}, headers=token("ptsp")).json()
    assert found == {
        "unit": {"code": "ptsp", "name": "Pelayanan Terpadu"},
        "period": {"code": "2026-Q4", "start": "2026-10-01", "end": "2027-01-01"},
        "counts": {"new": 1, "reviewed": 0, "acted_on": 0, "done": 0},
        "comments": [
            {
                "id": str(id_),
                "unit": {"code": "ptsp", "name": "Pelayanan Terpadu"},
                "service": {"code": "nib", "name": "Penerbitan NIB"},
                "date": "2026-10-09",
                "channel": "qr",
                "text": "Antre lama",
                "state": "new",
                "topic": {"key": "antrean", "name": "Antrean", "by_hand": False},
                "lowest": {
                    "score": 1,
                    "of": 4,
                    "all_alike": False,
                    "elements": [{"key": "waktu", "code": "U3", "name": "Waktu Penyelesaian"}],
                },
                "reply": None,
                "handover": None,
                "version": 0,
            }
        ],
        "next": None,
        "looked_at_since": None,
    }


@pytest.mark.parametrize("order", ["newest", "lowest"])
def test_a_cursor_goes_through_all(desk: TestClient, token: Token, write: Write, order: str) -> None:
    written = [
        write(f"Nomor {number}", day=f"2026-10-0{1 + number % 2}", score=1 + number % 3)
        for number in range(6)
    ]
    written.append(write("Timur", point="timur-arsip-qr"))
    headers, cursor, seen = token("kota"), "", []
    for _ in range(4):
        params = {"period": "2026-10", "limit": "2", "order": order, "cursor": cursor}
        found = desk.get("/api/v1/units/kota/comments", params=params, headers=headers).json()
        seen += found["comments"]
        cursor = found["next"]
        if cursor is None:
            break
    assert cursor is None
    assert sorted(one["id"] for one in seen) == sorted(map(str, written))
    if order == "newest":
        days = [one["date"] for one in seen]
        assert days == sorted(days, reverse=True)
    else:
        scores = [one["lowest"]["score"] for one in seen]
        assert scores == sorted(scores)


def test_filters(desk: TestClient, token: Token, write: Write) -> None:
    write("Antre lama")
    write("Ramah sekali")
    headers = token("ptsp")

    def texts(**params: str) -> list[str]:
        found = desk.get(PLACE, params={"period": "2026-10", **params}, headers=headers)
        assert found.status_code == 200, found.text
        return [one["text"] for one in found.json()["comments"]]

    assert texts(q="ANTRE") == ["Antre lama"]
    assert texts(q="an\0tre") == sorted(texts(), key=texts().index)  # nothing that could be stored: no words
    assert texts(state="done") == []
    assert len(texts(topic="-")) == 2
    assert len(texts(service="nib")) == 2
    assert texts(service="daring") == []
    for wrong in (
        {"service": "arsip"},
        {"state": "hidden"},
        {"cursor": "x"},
        {"limit": "0"},
        {"period": "x"},
    ):
        params = {"period": "2026-10", **wrong}
        assert desk.get(PLACE, params=params, headers=headers).status_code == 422, wrong


def test_changing_all_at_once(
    desk: TestClient, token: Token, write: Write, stored: Callable[[UUID], Comment]
) -> None:
    id_ = write("Sudah lapor, tanpa jawaban", day="2026-10-01")
    change = {
        "version": 0,
        "state": "reviewed",
        "note": "Dibahas",
        "reply": {"text": "Terima kasih.", "published": True},
        "handover": {"lapor_number": "81", "handed_over_on": "2026-10-02", "verified_on": "2026-10-06"},
    }
    sent = desk.patch(f"{PLACE}/{id_}", json=change, headers=token("ptsp", Role.UNIT_HEAD))
    assert sent.status_code == 200, sent.text
    found = sent.json()
    assert (found["state"], found["version"]) == ("acted_on", 4)
    assert found["reply"]["published_at"] is not None
    assert found["handover"]["status"] == "verified"
    assert found["handover"]["steps"][2] == {
        "name": "finished",
        "working_days": 14,
        "due": "2026-10-22",
        "done_on": None,
        "late": False,
    }
    assert stored(id_).version == 4


def test_all_of_it_or_nothing(
    desk: TestClient, token: Token, write: Write, stored: Callable[[UUID], Comment]
) -> None:
    id_ = write("Antre lama")
    change = {"version": 0, "state": "done", "topic": "tidak-ada"}
    sent = desk.patch(f"{PLACE}/{id_}", json=change, headers=token("ptsp", Role.UNIT_HEAD))
    assert sent.status_code == 422
    assert sent.json()["errors"][0]["pointer"] == "/topic"
    assert (stored(id_).state, stored(id_).version) == ("new", 0)


def test_an_old_version_is_a_conflict(
    desk: TestClient, token: Token, write: Write, stored: Callable[[UUID], Comment]
) -> None:
    id_, headers = write("Antre lama"), token("ptsp", Role.ADMIN)
    assert (
        desk.patch(f"{PLACE}/{id_}", json={"version": 0, "state": "done"}, headers=headers).status_code == 200
    )
    late = desk.patch(f"{PLACE}/{id_}", json={"version": 0, "state": "new"}, headers=headers)
    assert (late.status_code, late.json()["code"]) == (409, "comment_changed")
    assert stored(id_).state == "done"


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"version": 0, "text": "lain"},
        {"version": -1},
        {"version": 0, "state": "hidden"},
        {"version": 0, "reply": {"text": "a" * 1001}},
        {"version": 0, "handover": {"kind": "praise"}},
    ],
)
def test_a_body_that_means_nothing(
    desk: TestClient, token: Token, write: Write, change: dict[str, Any], stored: Callable[[UUID], Comment]
) -> None:
    id_ = write("Antre lama")
    sent = desk.patch(f"{PLACE}/{id_}", json=change, headers=token("ptsp", Role.UNIT_HEAD))
    assert sent.status_code == 422
    assert (stored(id_).text, stored(id_).version) == ("Antre lama", 0)


def test_who_may_read_and_who_may_change(desk: TestClient, token: Token, write: Write) -> None:
    id_ = write("Antre lama")
    reads = {role: desk.get(f"{PLACE}?period=2026", headers=token("ptsp", role)).status_code for role in Role}
    changes = {
        role: desk.patch(f"{PLACE}/{id_}", json={"version": 0}, headers=token("ptsp", role)).status_code
        for role in Role
    }
    assert reads == {
        Role.ADMIN: 200,
        Role.UNIT_HEAD: 200,
        Role.OPERATOR: 403,
        Role.EVALUATOR: 200,
        Role.VIEWER: 403,
    }
    assert changes == {
        Role.ADMIN: 200,
        Role.UNIT_HEAD: 200,
        Role.OPERATOR: 403,
        Role.EVALUATOR: 403,
        Role.VIEWER: 403,
    }


def test_next_door_there_is_nothing(desk: TestClient, token: Token, write: Write) -> None:
    id_ = write("Antre lama")
    head = token("timur", Role.UNIT_HEAD)
    assert desk.get(f"{PLACE}?period=2026", headers=head).status_code == 404
    assert desk.patch(f"{PLACE}/{id_}", json={"version": 0}, headers=head).status_code == 404
    elsewhere = f"/api/v1/units/timur/comments/{id_}"
    assert desk.patch(elsewhere, json={"version": 0}, headers=head).status_code == 404
    gone = f"{PLACE}/0197f3a2-6f0c-7cc1-9d55-1a2b3c4d5e6f"
    sent = desk.patch(gone, json={"version": 0}, headers=token("ptsp", Role.ADMIN))
    assert (sent.status_code, sent.json()["code"]) == (404, "comment_gone")


def test_the_examples_of_the_document_work(desk: TestClient, token: Token, write: Write) -> None:
    id_, headers = write("Antre lama", day="2026-10-01"), token("ptsp", Role.UNIT_HEAD)
    for expected, example in enumerate(CHANGE_EXAMPLES):
        sent = desk.patch(f"{PLACE}/{id_}", json={**example, "version": expected}, headers=headers)
        assert sent.status_code == 200, sent.text
    document = desk.get("/openapi.json").json()
    assert document["components"]["schemas"]["CommentChange"]["examples"] == CHANGE_EXAMPLES
    assert "examples" in document["components"]["schemas"]["CommentOut"]
