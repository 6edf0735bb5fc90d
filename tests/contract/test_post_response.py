"""`POST /api/v1/responses`: what is stored, and what happens when it is sent again."""

import json
import re
from collections.abc import Callable
from typing import Any

from httpx2 import Response
from sqlalchemy import text
from starlette.testclient import TestClient

from app.core.db import Database

Body = Callable[..., dict[str, Any]]
Send = Callable[..., Response]
Stored = Callable[[], tuple[int, int, int, int]]

RECEIPT = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}")


def test_an_answer_is_stored_and_acknowledged(send: Send, body: Body, stored: Stored) -> None:
    sent = body(4)
    response = send(sent)
    assert response.status_code == 201
    assert response.headers["content-type"] == "application/json"
    assert response.json().keys() == {"id", "receipt", "status"}
    assert response.json()["id"] == sent["id"]
    assert response.json()["status"] == "stored"
    assert RECEIPT.fullmatch(response.json()["receipt"])
    assert stored() == (1, 0, 1, 9)


def test_everything_that_was_sent_is_in_the_row(send: Send, body: Body, city: Database) -> None:
    profile = {"sex": "P", "age": 120, "education": "D1-D4", "occupation": "IRT", "disability": True}
    sent = body(
        2,
        answered_at="2026-10-01T00:30:00+09:00",
        profile=profile,
        comment="Ramah.\nTerima kasih",
        seconds=48,
    )
    assert send(sent).status_code == 201
    with city.read() as session:
        row = session.connection().execute(text("SELECT * FROM response")).mappings().one()
        comment = session.connection().execute(text("SELECT text, state FROM comment")).one()
    assert (row["sex"], row["age"], row["education"], row["occupation"]) == ("P", 120, "D1-D4", "IRT")
    assert (bool(row["disability"]), row["seconds"]) == (True, 48)
    assert (row["state"], row["channel"], row["instrument"]) == ("counted", "qr", "skm-2017@1")
    # 00:30 in the east is 15:30 UTC and 23:30 of the day before in Makassar, where the unit is.
    assert str(row["answered_at"])[:16] == "2026-09-30 15:30"
    assert str(row["local_date"]) == "2026-09-30"
    assert str(row["received_at"])[:16] == "2026-10-15 03:00"
    # Nine elements of 2: the mean is 2, in units of 1/45360.
    assert row["respondent_mean"] == 90720
    assert tuple(comment) == ("Ramah.\nTerima kasih", "new")


def test_optional_members_may_be_absent_or_null(send: Send, body: Body, stored: Stored) -> None:
    empty = {"sex": None, "age": None, "education": None, "occupation": None, "disability": None}
    nulls: dict[str, Any] = dict.fromkeys(("service", "answered_at", "profile", "comment", "seconds"))
    for sent in (body(), body(profile={}), body(profile=empty), body(**nulls), body(comment="  \n ")):
        assert send(sent).status_code == 201
    assert stored() == (5, 0, 5, 45)


def test_bounds_belong_to_what_is_accepted(send: Send, body: Body) -> None:
    for sent in (
        body(1),
        body(4),
        body(profile={"age": 0}),
        body(profile={"age": 120}),
        body(seconds=0),
        body(comment="x" * 2000),
        body(comment="\U0001f600" * 2000),
        # It is 03:00 UTC; four minutes ahead a clock may be, and five.
        body(answered_at="2026-10-15T03:04:00Z"),
        body(answered_at="2026-10-15T11:05:00+08:00"),
        body(service="nib"),
    ):
        response = send(sent)
        assert response.status_code == 201, response.text


def test_a_comment_of_signs_outside_the_basic_plane_comes_back_whole(
    send: Send, body: Body, city: Database
) -> None:
    assert send(json.dumps(body(comment="\U0001f600" * 2000)).encode()).status_code == 201
    with city.read() as session:
        assert session.connection().scalar(text("SELECT text FROM comment")) == "\U0001f600" * 2000


def test_the_same_answer_again_changes_nothing(send: Send, body: Body, stored: Stored) -> None:
    sent = body(3, comment="Baik", answered_at="2026-09-30T23:30:00+08:00", profile={"sex": "L", "age": 34})
    first = send(sent)
    before = stored()
    reordered = dict(reversed(sent.items()))
    reordered["scores"] = dict(reversed(sent["scores"].items()))
    spellings = (
        sent,
        reordered,
        {**sent, "answered_at": "2026-09-30T15:30:00Z"},
        {**sent, "answered_at": "2026-10-01T00:30:00.000+09:00"},
        {**sent, "id": sent["id"].upper()},
        {**sent, "service": "nib"},
        {**sent, "profile": {"age": 34, "sex": "L", "education": None}},
        {**sent, "seconds": None},
    )
    for again in spellings:
        response = send(json.dumps(again, indent=3).encode())
        assert response.status_code == 200, response.text
        assert response.json() == {**first.json(), "status": "duplicate"}
    assert stored() == before


def test_the_same_id_with_other_content_is_a_conflict(
    send: Send, body: Body, stored: Stored, city: Database
) -> None:
    sent = body(3, comment="Baik", answered_at="2026-09-30T23:30:00+08:00", profile={"sex": "L"}, seconds=9)
    assert send(sent).status_code == 201
    before = stored()
    others = (
        {**sent, "scores": {**sent["scores"], "waktu": 4}},
        {**sent, "comment": "Buruk"},
        {**sent, "comment": None},
        {**sent, "answered_at": "2026-09-30T23:30:01+08:00"},
        {**sent, "answered_at": None},
        {**sent, "profile": {"sex": "P"}},
        {**sent, "profile": {"sex": "L", "age": 0}},
        {**sent, "profile": {"sex": "L", "disability": False}},
        {**sent, "seconds": 10},
        {**sent, "point": "ptsp-kios", "service": "nib"},
    )
    for other in others:
        response = send(other)
        assert response.status_code == 409, response.text
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json()["code"] == "id_conflict"
        # Who guesses an id learns neither the content nor the receipt.
        assert response.json().keys() == {"type", "title", "status", "code", "detail"}
    assert stored() == before
    assert send(sent).status_code == 200
    with city.read() as session:
        assert session.connection().scalar(text("SELECT text FROM comment")) == "Baik"


def test_the_same_id_at_another_unit_is_another_answer(send: Send, body: Body, stored: Stored) -> None:
    here = body(3)
    there = {**here, "point": "timur-arsip-qr"}
    first, second = send(here), send(there)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["receipt"] != second.json()["receipt"]
    assert stored() == (2, 0, 2, 18)


def test_elements_that_a_service_does_not_ask_are_left_out(
    send: Send, body: Body, faults: Callable[[Any], list[tuple[str, str]]]
) -> None:
    whole = body(4, point="ptsp-daring")
    assert faults(whole) == [
        ("/scores/kompetensi", "question_unknown"),
        ("/scores/perilaku", "question_unknown"),
    ]
    asked = {key: 4 for key in whole["scores"] if key not in ("kompetensi", "perilaku")}
    assert send({**whole, "scores": asked}).status_code == 201


def test_the_example_of_the_contract_to_the_letter(client: TestClient, city: Database, tmp_path: Any) -> None:
    from_the_contract = """
    { "id": "0197f3a2-6f0c-7cc1-9d55-1a2b3c4d5e6f", "point": "ptsp-nib-qr", "service": "nib",
      "answered_at": "2026-09-30T23:30:00+08:00",
      "scores": { "persyaratan": 4, "prosedur": 3, "waktu": 4, "biaya": 4, "produk": 3, "kompetensi": 4,
                  "perilaku": 4, "sarana": 3, "pengaduan": 4 },
      "profile": { "sex": "L", "age": 34, "education": "S1", "occupation": "WIRAUSAHA", "disability": false },
      "comment": "…", "seconds": 48 }
    """.replace("ptsp-nib-qr", "dpmptsp-nib-qr")
    with city.write() as session:
        session.connection().execute(
            text("UPDATE point SET code = 'dpmptsp-nib-qr' WHERE code = 'ptsp-nib-qr'")
        )
    headers = {"Content-Type": "application/json"}
    first = client.post("/api/v1/responses", content=from_the_contract.encode(), headers=headers)
    assert first.status_code == 201
    assert first.json()["id"] == "0197f3a2-6f0c-7cc1-9d55-1a2b3c4d5e6f"
    again = client.post("/api/v1/responses", content=from_the_contract.encode(), headers=headers)
    assert (again.status_code, again.json()["status"]) == (200, "duplicate")
    with city.read() as session:
        one = session.connection()
        # 3 + 3 + 3 and six fours: 33 of 9 elements.
        assert one.scalar(text("SELECT respondent_mean FROM response")) == 33 * 45360 // 9
        assert str(one.scalar(text("SELECT local_date FROM response"))) == "2026-09-30"
        assert one.scalar(text("SELECT c4 FROM tally WHERE question = 'waktu'")) == 1
        assert one.scalar(text("SELECT c3 FROM tally WHERE question = 'sarana'")) == 1
