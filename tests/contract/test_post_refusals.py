"""`POST /api/v1/responses`: every refusal, its pointer and code, and that nothing of it was stored."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy import text
from starlette.testclient import TestClient

from app.core.db import Database

BACKENDS = ("sqlite",)  # refused before any database is asked

Body = Callable[..., dict[str, Any]]
Send = Callable[..., Response]
Stored = Callable[[], tuple[int, int, int, int]]
Faults = Callable[[Any], list[tuple[str, str]]]


def test_scores_are_whole_numbers_on_the_scale(body: Body, faults: Faults) -> None:
    for wrong in (5, 0, -1, "4", 4.0, 3.5, True, False, None, [], [4], {}, 10**30, 1e300):
        sent = body()
        sent["scores"]["waktu"] = wrong
        assert faults(sent) == [("/scores/waktu", "score_invalid")], wrong
    for literal in ("4.0", "4e0", "1E400", "-0", "99999999999999999999999", "NaN", "Infinity"):
        raw = json.dumps(body()).replace('"waktu": 3', f'"waktu": {literal}')
        assert faults(raw.encode()) == [("/scores/waktu", "score_invalid")], literal


def test_literals_that_are_no_json(body: Body, faults: Faults) -> None:
    for literal in ("04", "+4", "nan", "4.", "'4'", "0x4"):
        raw = json.dumps(body()).replace('"waktu": 3', f'"waktu": {literal}')
        assert faults(raw.encode()) == [("", "json_invalid")], literal


def test_each_question_once_and_no_other(body: Body, faults: Faults) -> None:
    sent = body()
    del sent["scores"]["waktu"], sent["scores"]["sarana"]
    sent["scores"]["U3"] = 4
    assert faults(sent) == [
        ("/scores/U3", "question_unknown"),
        ("/scores/sarana", "question_missing"),
        ("/scores/waktu", "question_missing"),
    ]
    nothing = [(f"/scores/{key}", "question_missing") for key in sorted(body()["scores"])]
    assert faults(body(scores={})) == nothing
    # A pointer escapes what a key holds (RFC 6901).
    sent = body()
    sent["scores"]["a/b~c"] = 1
    assert faults(sent) == [("/scores/a~1b~0c", "question_unknown")]


def test_scores_are_an_object(body: Body, faults: Faults) -> None:
    for wrong in (None, [4] * 9, "4", 4, True):
        assert faults(body(scores=wrong)) == [("/scores", "value_invalid")]
    assert faults(body(scores=...)) == [("/scores", "field_missing")]


def test_members_that_nobody_knows(body: Body, faults: Faults) -> None:
    assert faults(body(nik="7371000000000001")) == [("/nik", "field_unknown")]
    assert faults(body(profile={"name": "A", "sex": "L"})) == [("/profile/name", "field_unknown")]
    assert faults(body(state="excluded", unit_id=1)) == [
        ("/state", "field_unknown"),
        ("/unit_id", "field_unknown"),
    ]


def test_an_id_is_a_uuid_in_its_usual_form(body: Body, faults: Faults) -> None:
    for wrong in (
        "",
        "1",
        "0197f3a26f0c7cc19d551a2b3c4d5e6f",
        "{0197f3a2-6f0c-7cc1-9d55-1a2b3c4d5e6f}",
        "urn:uuid:0197f3a2-6f0c-7cc1-9d55-1a2b3c4d5e6f",
        "0197f3a2-6f0c-7cc1-9d55-1a2b3c4d5e6g",
        "0197f3a2-6f0c-7cc1-9d55-1a2b3c4d5e6f\n",
        7,
        None,
        ["0197f3a2-6f0c-7cc1-9d55-1a2b3c4d5e6f"],
    ):
        assert faults(body(id=wrong)) == [("/id", "id_invalid")], wrong
    assert faults(body(id=...)) == [("/id", "field_missing")]


def test_the_profile(body: Body, faults: Faults) -> None:
    for age in (121, -1, 1000):
        assert faults(body(profile={"age": age})) == [("/profile/age", "age_out_of_range")], age
    for age in ("34", 34.0, 34.5, True, [34]):
        assert faults(body(profile={"age": age})) == [("/profile/age", "age_invalid")], age
    for sex in ("l", "M", "F", "", "Laki-laki"):
        assert faults(body(profile={"sex": sex})) == [("/profile/sex", "choice_unknown")], sex
    for education in ("D1", "D4", "s1", "S4", "TK"):
        assert faults(body(profile={"education": education})) == [("/profile/education", "choice_unknown")]
    for occupation in ("Swasta", "GURU", ""):
        assert faults(body(profile={"occupation": occupation})) == [("/profile/occupation", "choice_unknown")]
    for disability in (0, 1, "true", "ya"):
        assert faults(body(profile={"disability": disability})) == [("/profile/disability", "value_invalid")]
    for wrong in ([], "L", 3):
        assert faults(body(profile=wrong)) == [("/profile", "value_invalid")]


def test_the_time_of_the_answer(body: Body, faults: Faults) -> None:
    # It is 2026-10-15T03:00Z.
    for future in (
        "2026-10-15T03:06:00Z",
        "2026-10-15T03:05:01Z",
        "2026-10-15T11:06:00+08:00",
        "2099-01-01T00:00:00Z",
    ):
        assert faults(body(answered_at=future)) == [("/answered_at", "answered_in_future")], future
    for wrong in (
        "2026-09-30T23:30:00",
        "2026-09-30",
        "2026-02-30T10:00:00Z",
        "2026-09-30T25:00:00Z",
        "2026-09-30T23:30:00+99:00",
        "1999-12-31T23:30:00Z",
        "kemarin",
        "",
        1790000000,
        True,
    ):
        assert faults(body(answered_at=wrong)) == [("/answered_at", "time_invalid")], wrong


def test_comment_and_seconds(body: Body, faults: Faults) -> None:
    for long in ("x" * 2001, "\U0001f600" * 2001):
        assert faults(body(comment=long)) == [("/comment", "comment_too_long")]
    assert faults(body(comment=5)) == [("/comment", "value_invalid")]
    for wrong in (-1, 1.5, "48", True, 2**31):
        assert faults(body(seconds=wrong)) == [("/seconds", "seconds_invalid")], wrong


def test_half_a_surrogate_is_no_text(body: Body, faults: Faults) -> None:
    raw = json.dumps(body(comment="x")).replace('"x"', '"\\ud83d"')
    assert faults(raw.encode()) == [("", "json_invalid")]


def test_the_service(body: Body, faults: Faults) -> None:
    assert faults(body(service="daring")) == [("/service", "service_unknown")]
    assert faults(body(service="arsip")) == [("/service", "service_unknown")]
    assert faults(body(point="ptsp-kios")) == [("/service", "service_missing")]
    assert faults(body(point="ptsp-kios", service="arsip")) == [("/service", "service_unknown")]
    assert faults(body(service=7)) == [("/service", "value_invalid")]


def test_the_point(body: Body, faults: Faults) -> None:
    assert faults(body(point=...)) == [("/point", "field_missing")]
    for wrong in (None, 7, ["ptsp-nib-qr"]):
        assert faults(body(point=wrong)) == [("/point", "value_invalid")]


def test_json_of_other_kinds(faults: Faults) -> None:
    for other in (b"[]", b"null", b"4", b'"x"', b"true"):
        assert faults(other) == [("", "value_invalid")], other
    for none in (b"", b"{", b"{} {}", b"\xff\xfe", b"point=x&id=y", b"[" * 5000):
        assert faults(none) == [("", "json_invalid")], none[:9]


def test_all_faults_are_named_at_once(body: Body, faults: Faults) -> None:
    sent = body(id="x", seconds=-1, comment="x" * 2001, profile={"age": 121}, more=1)
    sent["scores"]["waktu"] = 5
    assert faults(sent) == [
        ("/comment", "comment_too_long"),
        ("/id", "id_invalid"),
        ("/more", "field_unknown"),
        ("/profile/age", "age_out_of_range"),
        ("/scores/waktu", "score_invalid"),
        ("/seconds", "seconds_invalid"),
    ]


def test_unknown_and_closed_points(send: Send, body: Body, stored: Stored, city: Database) -> None:
    for code in ("tidak-ada", "", "x" * 5000, "ptsp-nib-qr ", "' OR 1=1 --", "a\x00b"):
        response = send(body(point=code))
        assert (response.status_code, response.json()["code"]) == (404, "point_unknown"), code
        assert response.headers["content-type"] == "application/problem+json"
    response = send(body(point="ptsp-tutup"))
    assert (response.status_code, response.json()["code"]) == (410, "point_closed")
    assert response.headers["content-type"] == "application/problem+json"
    with city.write() as session:
        session.connection().execute(text("UPDATE unit SET active = false WHERE code = 'timur'"))
        session.connection().execute(text("UPDATE service SET active = false WHERE code = 'salinan'"))
    assert send(body(point="timur-arsip-qr")).status_code == 410  # the unit has gone
    assert send(body(point="cabang-qr")).status_code == 410  # its only service has gone
    assert stored() == (0, 0, 0, 0)


@pytest.mark.parametrize("declared_length", [True, False], ids=["length", "chunked"])
def test_a_body_of_two_megabytes_is_too_large(
    client: TestClient, body: Body, stored: Stored, declared_length: bool
) -> None:
    raw = json.dumps(body(comment="x" * 2_000_000)).encode()
    content: Any = raw if declared_length else (raw[at : at + 65536] for at in range(0, len(raw), 65536))
    headers = {"Content-Type": "application/json"}
    response = client.post("/api/v1/responses", content=content, headers=headers)
    assert ("content-length" in response.request.headers) is declared_length
    assert (response.status_code, response.json()["code"]) == (413, "too_large")
    assert response.headers["content-type"] == "application/problem+json"
    assert stored() == (0, 0, 0, 0)


def test_other_media_types(client: TestClient, body: Body, stored: Stored) -> None:
    raw = json.dumps(body()).encode()
    for media_type in ("text/plain", "application/x-www-form-urlencoded", "application/jsonx", "", "json"):
        response = client.post("/api/v1/responses", content=raw, headers={"Content-Type": media_type})
        assert (response.status_code, response.json()["code"]) == (415, "not_json"), media_type
        assert response.headers["content-type"] == "application/problem+json"
    assert client.post("/api/v1/responses", content=raw).status_code == 415
    assert stored() == (0, 0, 0, 0)
    for media_type in ("application/json; charset=utf-8", "Application/JSON"):
        sent = client.post("/api/v1/responses", content=raw, headers={"Content-Type": media_type})
        assert sent.status_code in (200, 201)


def test_problems_speak_the_callers_language(send: Send, body: Body) -> None:
    sent = body(seconds=-1)
    sent["scores"]["waktu"] = 5
    found = {}
    for language in ("id", "en-GB,en;q=0.8", "de, en;q=0.2, id;q=0.1", "de", ""):
        problem = send(sent, Accept_Language=language).json()
        messages = {fault["pointer"]: fault["message"] for fault in problem["errors"]}
        found[language] = (problem["detail"], messages["/scores/waktu"])
    indonesian = ("Ada isian yang belum benar.", "Nilai harus bilangan bulat 1 sampai 4.")
    assert found["id"] == found["de"] == found[""] == indonesian
    assert found["en-GB,en;q=0.8"] == found["de, en;q=0.2, id;q=0.1"]
    detail, message = found["en-GB,en;q=0.8"]
    assert "1" in message
    assert "4" in message
    assert detail != indonesian[0]
    assert message != indonesian[1]


def test_what_was_sent_is_never_repeated(send: Send, body: Body) -> None:
    secret = "7371012345678901"
    for sent in (
        body(comment=secret + "x" * 2000),
        body(id=secret),
        body(profile={"sex": secret, "age": secret}),
        body(answered_at=secret),
        body(scores=dict.fromkeys(body()["scores"], secret)),
        body(service=secret),
        body(point=secret),
        f'{{"point": "{secret}'.encode(),
    ):
        response = send(sent)
        assert response.status_code in (404, 422)
        assert secret not in response.text


def test_a_problem_has_the_members_of_the_standard(send: Send, body: Body) -> None:
    response = send(body(seconds=-1))
    problem = response.json()
    assert problem.keys() == {"type", "title", "status", "code", "detail", "errors"}
    assert problem["type"].startswith("urn:")
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-content-type-options"] == "nosniff"


def test_posts_from_other_sites_are_refused(send: Send, body: Body, stored: Stored) -> None:
    for headers in (
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Origin": "https://x.example"},
    ):
        response = send(body(), **headers)
        assert (response.status_code, response.json()["code"]) == (403, "cross_site")
    assert stored() == (0, 0, 0, 0)
    assert send(body(), Sec_Fetch_Site="same-origin").status_code == 201


def test_unknown_addresses_and_methods_are_problems_too(client: TestClient) -> None:
    for method, path, status in (
        ("GET", "/api/v1/responses", 405),
        ("DELETE", "/api/v1/responses", 405),
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/api/v2/responses", 404),
    ):
        response = client.request(method, path)
        assert response.status_code == status
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json()["status"] == status
