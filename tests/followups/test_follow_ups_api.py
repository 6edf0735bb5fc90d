"""Follow-ups over HTTP: planned, changed without losing an update, finished, published, within one's units."""

import threading
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.exc import DBAPIError
from sqlmodel import select, text
from starlette.testclient import TestClient

from app.audit.tables import AuditEntry
from app.auth.roles import Role
from app.core.db import Database
from app.followups import queries
from app.followups.tables import FollowUpStep
from app.units.queries import unit_by_code
from tests.conftest import NOW
from tests.followups.conftest import API, PLAN

Headers = dict[str, str]
Planned = Callable[..., dict[str, Any]]
Token = Callable[..., Headers]


def unit_id(database: Database, code: str = "ptsp") -> int:
    with database.read() as session:
        unit = unit_by_code(session, code)
        assert unit is not None
        return unit.id or 0


def test_a_plan_is_stored_listed_and_read(desk: TestClient, head: Headers, planned: Planned) -> None:
    made = planned(service="nib")
    assert made["version"] == 1
    assert (made["state"], made["progress"], made["late"]) == ("planned", 0, False)
    assert (made["service"], made["due"], made["deadline"]) == ("nib", "2026-Q4", None)
    found = desk.get(f"{API}/{made['id']}", headers=head)
    assert found.json() == made
    assert found.headers["etag"] == '"1"'
    listed = desk.get(API, headers=head).json()
    assert [one["id"] for one in listed["follow_ups"]] == [made["id"]]
    assert desk.get(f"{API}?state=done", headers=head).json()["follow_ups"] == []
    assert len(desk.get(f"{API}?period=2026-Q2&element=waktu", headers=head).json()["follow_ups"]) == 1
    assert desk.get(f"{API}?element=biaya", headers=head).json()["follow_ups"] == []


def test_the_clock_runs_from_the_report(desk: TestClient, head: Headers, planned: Planned) -> None:
    """It is 15 October 2026: of a report of 12 July, three months are over since three days."""
    open_, done = planned(due="2026-Q3"), planned(due="2026-Q3")
    put = desk.put(
        "/api/v1/units/ptsp/survey-reports/2026-Q2",
        json={"issued_on": "2026-07-12", "number": "12/SKM"},
        headers=head,
    )
    assert put.status_code == 200
    assert [one["until"] for one in put.json()["deadlines"]] == [
        "2026-08-12",
        "2026-10-12",
        "2027-01-12",
        "2027-04-12",
        "2027-07-12",
    ]
    finished = {"version": 1, "state": "done", "done_on": "2026-08-25", "outcome": "Loket dibuka."}
    desk.patch(f"{API}/{done['id']}", json=finished, headers=head).raise_for_status()
    first, second = desk.get(API, headers=head).json()["follow_ups"]
    assert (first["id"], first["late"], first["deadline"]) == (
        open_["id"],
        True,
        {"level": 3, "until": "2027-01-12"},
    )
    assert (second["late"], second["deadline"], second["progress"]) == (False, None, 100)


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"state": "done", "outcome": "x"}, "/done_on", "done_on_missing"),
        ({"state": "done", "done_on": "2026-10-15"}, "/outcome", "outcome_missing"),
        ({"state": "done", "done_on": "2026-10-16", "outcome": "x"}, "/done_on", "day_in_future"),
        ({"done_on": "2026-10-01"}, "/done_on", "done_on_early"),
        ({"state": "cancelled"}, "/reason", "reason_missing"),
        ({"published": True}, "/public_text", "public_text_missing"),
        ({"element": "kecepatan"}, "/element", "element_unknown"),
        ({"service": "arsip"}, "/service", "service_unknown"),
        ({"source": "forum"}, "/forum", "forum_missing"),
        ({"forum": str(uuid4())}, "/forum", "forum_unknown"),
        ({"period": "2026-Q5"}, "/period", "period_invalid"),
        ({"action": " "}, "/action", "field_missing"),
        ({"action": "a\0b"}, "/action", "text_too_long"),
    ],
)
def test_what_is_refused_changes_nothing(
    desk: TestClient, head: Headers, planned: Planned, change: dict[str, Any], pointer: str, code: str
) -> None:
    made = planned()
    answer = desk.patch(f"{API}/{made['id']}", json={"version": 1, **change}, headers=head)
    assert answer.status_code == 422
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [(pointer, code)]
    assert desk.get(f"{API}/{made['id']}", headers=head).json() == made


def test_an_update_is_never_lost(desk: TestClient, head: Headers, planned: Planned) -> None:
    place = f"{API}/{planned()['id']}"
    first = desk.patch(place, json={"progress": 40}, headers={**head, "If-Match": '"1"'})
    assert (first.status_code, first.json()["version"], first.headers["etag"]) == (200, 2, '"2"')
    assert first.json()["state"] == "in_progress"
    stale = desk.patch(place, json={"progress": 10}, headers={**head, "If-Match": '"1"'})
    assert (stale.status_code, stale.json()["code"]) == (409, "follow_up_changed")
    assert desk.patch(place, json={"version": 1, "owner": "Lain"}, headers=head).status_code == 409
    missing = desk.patch(place, json={"progress": 10}, headers=head)
    assert missing.json()["errors"][0]["code"] == "version_missing"
    assert desk.get(place, headers=head).json()["progress"] == 40


def test_of_two_at_once_one_is_told(desk: TestClient, head: Headers, planned: Planned) -> None:
    place, statuses = f"{API}/{planned()['id']}", []

    def send(progress: int) -> None:
        answer = desk.patch(place, json={"version": 1, "progress": progress}, headers=head)
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=send, args=(number,)) for number in (10, 20, 30, 40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 409, 409, 409]
    assert desk.get(place, headers=head).json()["version"] == 2


def test_the_same_again_is_no_new_version(desk: TestClient, head: Headers, planned: Planned) -> None:
    place = f"{API}/{planned()['id']}"
    same = desk.patch(place, json={"version": 1, "owner": PLAN["owner"]}, headers=head)
    assert (same.status_code, same.json()["version"]) == (200, 1)


def test_done_reopened_and_done_again(
    desk: TestClient, head: Headers, planned: Planned, city: Database
) -> None:
    place = f"{API}/{planned()['id']}"
    done = {"state": "done", "done_on": "2026-10-01", "outcome": "Loket dibuka."}
    for version, change in enumerate(
        (done, {"state": "in_progress"}, {"state": "cancelled", "reason": "Pindah gedung"}, done), start=1
    ):
        answer = desk.patch(place, json={"version": version, **change}, headers=head)
        assert answer.status_code == 200, answer.text
        if change == {"state": "in_progress"}:
            assert (answer.json()["done_on"], answer.json()["progress"]) == (None, 0)
    assert answer.json()["reason"] is None
    with city.read() as session:
        steps = session.exec(select(FollowUpStep).order_by(FollowUpStep.id)).all()  # type: ignore[arg-type]
        actions = session.exec(select(AuditEntry.action).where(AuditEntry.action.startswith("followup")))  # type: ignore[attr-defined]
        assert [one.what for one in steps] == ["added", "finished", "reopened", "cancelled", "finished"]
        assert sorted(actions) == sorted(f"followup.{one.what}" for one in steps)
    assert steps[2].changes["done_on"] == ["2026-10-01", None]


def test_the_history_cannot_be_rewritten(planned: Planned, city: Database) -> None:
    planned()
    for statement in ("UPDATE follow_up_step SET what = 'changed'", "DELETE FROM follow_up_step"):
        with pytest.raises(DBAPIError), city.write() as session:
            session.execute(text(statement))


def test_the_record_holds_no_texts(planned: Planned, city: Database) -> None:
    planned(recommendation="Rahasia di dalam kalimat")
    with city.read() as session:
        entries = session.exec(select(AuditEntry).where(AuditEntry.action == "followup.added")).all()
    assert len(entries) == 1
    assert "Rahasia" not in str(entries[0].details)
    assert entries[0].details["period"] == "2026-Q2"


def test_evidence_is_kept_byte_for_byte(
    desk: TestClient, head: Headers, planned: Planned, pdf: bytes
) -> None:
    place = f"{API}/{planned()['id']}"
    for _ in range(2):  # the same content again is the same file
        sent = desk.post(f"{place}/evidence", files={"berkas": ("Berita acara é.pdf", pdf)}, headers=head)
        assert sent.status_code == 201, sent.text
    file = sent.json()
    assert (file["name"], file["media_type"], file["size"]) == (
        "Berita acara é.pdf",
        "application/pdf",
        len(pdf),
    )
    assert desk.get(place, headers=head).json()["evidence"] == [file]
    got = desk.get(file["address"], headers=head)
    assert got.content == pdf
    assert got.headers["content-type"] == "application/pdf"
    assert got.headers["content-disposition"].startswith("attachment; ")
    assert got.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in got.headers["content-security-policy"]
    assert got.headers["cache-control"] == "no-store"


def test_a_page_of_html_is_no_evidence(desk: TestClient, head: Headers, planned: Planned) -> None:
    place = f"{API}/{planned()['id']}/evidence"
    for name, content in (("foto.jpg", b"<html><script>1</script>"), ("a.pdf", b"")):
        answer = desk.post(place, files={"berkas": (name, content, "image/jpeg")}, headers=head)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/berkas")
    assert desk.post(place, headers=head).json()["errors"][0]["code"] == "file_missing"


def test_a_file_above_the_limit(desk: TestClient, head: Headers, planned: Planned, pdf: bytes) -> None:
    place = f"{API}/{planned()['id']}/evidence"
    large = pdf + b"\0" * (10 * 1024 * 1024)
    answer = desk.post(place, files={"berkas": ("a.pdf", large)}, headers=head)
    assert answer.json()["errors"][0]["code"] == "file_too_large"
    huge = pdf + b"\0" * (51 * 1024 * 1024)
    answer = desk.post(place, files={"berkas": ("a.pdf", huge)}, headers=head)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_nobody_without_the_right_gets_a_byte_stored(
    desk: TestClient, token: Token, planned: Planned, pdf: bytes, city: Database
) -> None:
    place = f"{API}/{planned()['id']}/evidence"
    for headers, status in (
        ({}, 401),
        (token("ptsp", Role.VIEWER), 403),
        (token("ptsp", Role.EVALUATOR), 403),
        (token("ptsp", Role.OPERATOR), 403),
        (token("timur", Role.ADMIN), 404),
    ):
        assert desk.post(place, files={"berkas": ("a.pdf", pdf)}, headers=headers).status_code == status
    storage = desk.app.state.files  # type: ignore[attr-defined]
    assert list(storage.entries()) == []


def test_next_door_nothing_is_found(desk: TestClient, token: Token, planned: Planned) -> None:
    made = planned()
    other = token("timur", Role.ADMIN)
    assert desk.get(API, headers=other).status_code == 404
    assert desk.get(f"{API}/{made['id']}", headers=other).status_code == 404
    # Neither under one's own unit with the other's id.
    own = f"/api/v1/units/timur/follow-ups/{made['id']}"
    assert desk.get(own, headers=other).status_code == 404
    assert desk.patch(own, json={"version": 1, "progress": 5}, headers=other).status_code == 404
    assert desk.get(API, headers=token("ptsp", Role.VIEWER)).status_code == 200
    assert desk.get(API, headers=token("ptsp", Role.OPERATOR)).status_code == 403
    assert desk.post(API, json=PLAN, headers=token("ptsp", Role.EVALUATOR)).status_code == 403


def test_queries_for_reports_dashboards_and_citizens(
    desk: TestClient, head: Headers, planned: Planned, city: Database
) -> None:
    first = planned(due="2026-Q3")
    second = planned(element="sarana", action="Tambah kursi", due="2026-Q3")
    third = planned(element=None, action="Latih petugas")
    done = {"version": 1, "state": "done", "done_on": "2026-08-01", "outcome": "Loket dibuka."}
    public = {"published": True, "public_text": "Kini ada loket kedua."}
    desk.patch(f"{API}/{first['id']}", json={**done, **public}, headers=head).raise_for_status()
    cancelled = {"version": 1, "state": "cancelled", "reason": "Tidak perlu"}
    desk.patch(f"{API}/{third['id']}", json=cancelled, headers=head).raise_for_status()
    report = {"issued_on": "2026-07-12"}
    desk.put("/api/v1/units/ptsp/survey-reports/2026-Q2", json=report, headers=head).raise_for_status()
    ptsp, today = unit_id(city), NOW.date()
    with city.read() as session:
        sum_ = queries.summary(session, ptsp, today)
        rows = queries.plan_rows(session, ptsp, "2026-Q2", ["sarana", "waktu"])
        shown = queries.published(session, ptsp)
        (progress,) = queries.progress_of(session, ptsp)
        assert queries.summary(session, unit_id(city, "timur"), today).open == 0
    assert (sum_.open, sum_.late, sum_.done, sum_.cancelled) == (1, 1, 1, 1)
    assert sum_.next_deadline is not None
    assert (sum_.next_deadline.level, sum_.next_period) == (3, "2026-Q2")
    assert [row.action for row in rows] == ["Tambah kursi", "Buka loket kedua", "Latih petugas"]
    assert [(one.text, one.done_on.isoformat() if one.done_on else None) for one in shown] == [
        ("Kini ada loket kedua.", "2026-08-01")
    ]
    assert (progress.planned, progress.done, progress.cancelled) == (3, 1, 1)
    assert sorted(str(day) for day in progress.finished) == ["2026-08-01", "None", "None"]
    assert second["id"] != first["id"]


def test_evidence_of_earlier_years_may_come_finished(planned: Planned) -> None:
    """A unit without history cannot serve its first evaluation: what was done before is entered with its end."""
    made = planned(
        period="2025-S1", due="2025-Q4", state="done", done_on="2025-10-02", outcome="Sudah dipasang."
    )
    assert (made["state"], made["progress"], made["done_on"]) == ("done", 100, "2025-10-02")


def test_the_document_describes_all_of_it(desk: TestClient) -> None:
    paths = desk.get("/openapi.json").json()["paths"]
    base = "/api/v1/units/{code}/follow-ups"
    problems = {
        (base, "get"): {"401", "403", "404", "422"},
        (base, "post"): {"401", "403", "404", "422"},
        (f"{base}/{{follow_up}}", "patch"): {"401", "403", "404", "409", "422"},
        (f"{base}/{{follow_up}}/evidence", "post"): {"401", "403", "404", "413", "422", "503"},
    }
    for (path, method), statuses in problems.items():
        assert statuses <= set(paths[path][method]["responses"]), path
    body = paths[f"{base}/{{follow_up}}/evidence"]["post"]["requestBody"]["content"]
    assert set(body) == {"multipart/form-data"}


def test_the_documented_examples_are_accepted(desk: TestClient, head: Headers) -> None:
    schemas = desk.get("/openapi.json").json()["components"]["schemas"]
    (new,), (change,), (report,) = (
        schemas[name]["examples"] for name in ("FollowUpIn", "FollowUpChange", "ReportIn")
    )
    made = desk.post(API, json=new, headers=head)
    assert made.status_code == 201
    done = desk.patch(f"{API}/{made.json()['id']}", json=change, headers=head)
    assert (done.status_code, done.json()["state"]) == (200, "done")
    put = desk.put("/api/v1/units/ptsp/survey-reports/2026-Q3", json=report, headers=head)
    assert put.status_code == 200
