"""Exports in the background: made, watched, downloaded in parts, cancelled, expired, and made after a restart."""

import hashlib
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlmodel import select, update
from starlette.testclient import TestClient

from app.audit.tables import AuditEntry
from app.auth.roles import Role
from app.auth.tables import User
from app.core.db import Database
from app.core.settings import Settings
from app.exports import jobs, processes
from app.exports.processes import ExportFailed
from app.exports.tables import ExportJob
from app.factory import create_app
from app.responses.submission import Submission
from app.responses.writer import write_batch
from app.units.tables import Unit
from tests.conftest import NOW

Headers = Callable[..., dict[str, str]]
Submit = Callable[..., Submission]
PLACE = "/api/v1/units/ptsp/exports"
ORDER = {"format": "csv", "period": "2026"}
PATIENCE_SECONDS = 60


@pytest.fixture
def answers(city: Database, submit: Submit) -> None:
    with city.write_connection() as connection:
        write_batch(connection, [submit() for _ in range(40)])


def ended(client: TestClient, headers: dict[str, str], job: dict[str, Any]) -> dict[str, Any]:
    """The export once it is neither waiting nor being made."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        found: dict[str, Any] = client.get(f"{PLACE}/{job['id']}", headers=headers).json()
        if found["state"] not in ("queued", "running"):
            return found
        time.sleep(0.05)
    raise AssertionError("the export took too long")


def deeds(city: Database) -> list[tuple[str, dict[str, Any]]]:
    with city.read() as session:
        found = session.exec(select(AuditEntry).order_by(AuditEntry.sequence))  # type: ignore[arg-type]
        return [(one.action, one.details) for one in found]


def test_an_export_is_made_and_downloaded_in_parts(
    client: TestClient, token: Headers, answers: None, city: Database
) -> None:
    headers = token()
    reply = client.post(PLACE, json=ORDER, headers=headers)
    assert reply.status_code == 202
    job = reply.json()
    assert (job["state"], job["rows"], job["download"], job["sha256"]) == ("queued", 40, None, None)
    done = ended(client, headers, job)
    assert (done["state"], done["rows_done"], done["progress"], done["reason"]) == ("done", 40, 1.0, None)
    whole = client.get(done["download"], headers=headers)
    assert whole.status_code == 200
    assert whole.headers["content-disposition"] == 'attachment; filename="responses-ptsp-2026.csv"'
    assert whole.content.count(b"\r\n") == 41
    assert hashlib.sha256(whole.content).hexdigest() == done["sha256"]
    assert (len(whole.content), whole.headers["etag"]) == (done["size"], f'"{done["sha256"]}"')
    tail = {**headers, "Range": "bytes=1000-", "If-Range": whole.headers["etag"]}
    rest = client.get(done["download"], headers=tail)
    assert (rest.status_code, rest.content) == (206, whole.content[1000:])
    assert rest.headers["content-range"] == f"bytes 1000-{done['size'] - 1}/{done['size']}"
    other = client.get(done["download"], headers={**tail, "If-Range": '"another"'})
    assert (other.status_code, other.content) == (200, whole.content)  # another file: from its beginning
    beyond = client.get(done["download"], headers={**headers, "Range": "bytes=99999999-"})
    assert beyond.status_code == 416
    listed = client.get(PLACE, headers=headers).json()["exports"]
    assert [one["id"] for one in listed] == [job["id"]]
    asked, *fetched = [one for one in deeds(city) if one[0].startswith(("answers.", "export."))]
    assert asked[0] == "answers.exported"
    assert asked[1].items() >= {
        ("file", "responses.csv"),
        ("period", "2026"),
        ("rows", 40),
        ("comments", False),
    }
    assert [one[1]["part"] for one in fetched] == [False, True, True, True]


@pytest.mark.parametrize("form", ["xlsx", "parquet", "sav"])
def test_every_format_is_made_in_a_process_of_its_own(
    client: TestClient, token: Headers, answers: None, form: str
) -> None:
    headers = token()
    job = client.post(PLACE, json={**ORDER, "format": form}, headers=headers).json()
    done = ended(client, headers, job)
    content = client.get(done["download"], headers=headers).content
    assert content.startswith({"xlsx": b"PK", "parquet": b"PAR1", "sav": b"$FL2"}[form])


def test_comments_are_recorded_as_such(
    client: TestClient, token: Headers, answers: None, city: Database
) -> None:
    client.post(PLACE, json={**ORDER, "comments": True}, headers=token())
    assert ("comments.exported", True) in [
        (action, details.get("comments")) for action, details in deeds(city)
    ]


@pytest.mark.parametrize(
    ("order", "status"),
    [
        ({"period": "2026-Q5"}, 422),
        ({"format": "ods"}, 422),
        ({"locale": "fr"}, 422),
        ({"service": "tidak-ada"}, 404),
    ],
)
def test_faults_are_problems(client: TestClient, token: Headers, order: dict[str, str], status: int) -> None:
    reply = client.post(PLACE, json=ORDER | order, headers=token())
    assert (reply.status_code, reply.headers["content-type"]) == (status, "application/problem+json")


def test_somebody_elses_export_is_nobodys(client: TestClient, token: Headers, answers: None) -> None:
    mine, other = token(), token()
    job = client.post(PLACE, json=ORDER, headers=mine).json()
    ended(client, mine, job)
    for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/file")):
        assert client.request(method, f"{PLACE}/{job['id']}{path}", headers=other).status_code == 404
    assert client.get(PLACE, headers=other).json()["exports"] == []
    assert client.get(f"{PLACE}/{job['id']}", headers=token("ptsp", Role.VIEWER)).status_code == 403
    assert client.get(f"{PLACE}/seven", headers=mine).status_code == 404


def test_a_cancelled_export_has_no_file(
    client: TestClient, token: Headers, answers: None, settings: Settings
) -> None:
    headers = token()
    job = client.post(PLACE, json=ORDER, headers=headers).json()
    done = ended(client, headers, job)
    assert client.delete(f"{PLACE}/{job['id']}", headers=headers).status_code == 204
    assert client.get(f"{PLACE}/{job['id']}", headers=headers).json()["state"] == "cancelled"
    reply = client.get(done["download"], headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (409, "export_not_ready")
    assert list((settings.secret_key_file.parent / "exports").iterdir()) == []


@pytest.fixture
def at_rest(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    """The application before it starts; its thread makes no export unless a test says so."""
    monkeypatch.setattr("app.exports.runner.Runner.__enter__", lambda self: self)
    monkeypatch.setattr("app.exports.runner.Runner.__exit__", lambda *_: None)
    return app


def test_one_may_wait_for_five(at_rest: FastAPI, token: Headers, answers: None) -> None:
    headers = token()
    with TestClient(at_rest) as client:
        replies = [client.post(PLACE, json=ORDER, headers=headers) for _ in range(jobs.OPEN_MOST + 1)]
        assert [one.status_code for one in replies] == [202] * 5 + [409]
        assert replies[-1].json()["code"] == "too_many_exports"
        client.delete(f"{PLACE}/{replies[0].json()['id']}", headers=headers)
        assert client.post(PLACE, json=ORDER, headers=headers).status_code == 202


def test_cancelled_while_it_is_made(
    at_rest: FastAPI, token: Headers, answers: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = token()
    with TestClient(at_rest) as client:
        job = client.post(PLACE, json=ORDER, headers=headers).json()
        made = processes.made_patiently

        def slow(recipe: Any, rows: int, path: Path, goes_on: Callable[[int], bool]) -> Any:
            assert goes_on(7)
            shown = client.get(f"{PLACE}/{job['id']}", headers=headers).json()
            assert (shown["state"], shown["rows_done"], shown["progress"]) == ("running", 7, 0.17)
            client.delete(f"{PLACE}/{job['id']}", headers=headers)
            return made(recipe, rows, path, lambda _: False)

        monkeypatch.setattr(processes, "made_patiently", slow)
        assert at_rest.state.exports.once()
        assert client.get(f"{PLACE}/{job['id']}", headers=headers).json()["state"] == "cancelled"
        assert list(at_rest.state.exports.directory.iterdir()) == []


def test_a_failed_export_says_why(
    at_rest: FastAPI, token: Headers, answers: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = token()
    with TestClient(at_rest) as client:
        job = client.post(PLACE, json=ORDER, headers=headers).json()
        monkeypatch.setattr("app.exports.processes.sys.executable", "/bin/false")
        assert at_rest.state.exports.once()
        failed = client.get(f"{PLACE}/{job['id']}", headers=headers).json()
        assert (failed["state"], failed["reason"], failed["download"]) == ("failed", ExportFailed.code, None)
        assert not at_rest.state.exports.once(), "a failed one is not tried again"


def test_an_export_outlives_a_service_that_was_killed(
    at_rest: FastAPI,
    settings: Settings,
    token: Headers,
    answers: None,
    city: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    headers = token()
    with TestClient(at_rest) as client:
        job = client.post(PLACE, json=ORDER, headers=headers).json()
    with city.write() as session:  # taken up by a process that was killed a minute ago
        found = jobs.claim(session, NOW - timedelta(seconds=61))
        assert found is not None
    monkeypatch.undo()
    unasked = settings.model_copy(update={"chores_seconds": 20})
    with TestClient(create_app(unasked, clock=lambda: NOW)) as client:
        assert ended(client, headers, job)["state"] == "done"
    with city.read() as session:
        assert session.exec(select(ExportJob.attempts)).one() == 2


def test_what_kills_the_service_each_time_is_given_up(
    at_rest: FastAPI, token: Headers, answers: None, city: Database
) -> None:
    headers = token()
    with TestClient(at_rest) as client:
        job = client.post(PLACE, json=ORDER, headers=headers).json()
        with city.write() as session:
            values = {"state": "running", "attempts": 3, "seen_at": NOW - timedelta(minutes=5)}
            session.execute(update(ExportJob).values(**values))
        assert not at_rest.state.exports.once()
        shown = client.get(f"{PLACE}/{job['id']}", headers=headers).json()
        assert (shown["state"], shown["reason"]) == ("failed", "interrupted")


def test_one_that_is_being_made_elsewhere_is_left_alone(
    at_rest: FastAPI, token: Headers, answers: None, city: Database
) -> None:
    with TestClient(at_rest) as client:
        client.post(PLACE, json=ORDER, headers=token())
        with city.write() as session:
            assert jobs.claim(session, NOW - timedelta(seconds=30)) is not None
        assert not at_rest.state.exports.once()


def test_files_expire_and_strangers_are_left_alone(
    at_rest: FastAPI, token: Headers, answers: None, city: Database
) -> None:
    headers, runner = token(), None
    with TestClient(at_rest) as client:
        runner = at_rest.state.exports
        job = client.post(PLACE, json=ORDER, headers=headers).json()
        assert runner.once()
        done = client.get(f"{PLACE}/{job['id']}", headers=headers).json()
        assert done["expires_at"].startswith("2026-10-18T03:00:00")
        orphan, stranger = runner.directory / f"{UUID(int=9)}.part", runner.directory / "README"
        orphan.touch()
        stranger.touch()
        runner.tidy()
        assert {path.name for path in runner.directory.iterdir()} == {f"{job['id']}.csv", "README"}
        with city.write() as session:
            session.execute(update(ExportJob).values(expires_at=NOW))
        runner.tidy()
        assert {path.name for path in runner.directory.iterdir()} == {"README"}
        assert client.get(f"{PLACE}/{job['id']}", headers=headers).json()["state"] == "expired"


def test_the_page_lists_ones_exports_and_lets_small_ones_go_at_once(
    at_rest: FastAPI,
    person: Callable[..., User],
    signed_in: Callable[..., dict[str, str]],
    answers: None,
    city: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    headers = {
        **signed_in(person("ani", ("ptsp", Role.EVALUATOR), home="ptsp")),
        "Sec-Fetch-Site": "same-origin",
    }
    form = {"unit": "ptsp", "period": "2026", "format": "xlsx", "comments": "true"}
    with TestClient(at_rest, follow_redirects=False) as client:
        small = client.post("/kelola/ekspor", data=form, headers=headers)
        assert small.status_code == 303
        target = small.headers["location"]
        assert target.startswith("/api/v1/units/ptsp/exports/responses.xlsx?period=2026&")
        assert "comments=true" in target
        assert client.get(target, headers=headers).content.startswith(b"PK")
        monkeypatch.setattr("app.exports.pages.AT_ONCE_ROWS", 10)
        large = client.post("/kelola/ekspor", data=form, headers=headers)
        assert large.headers["location"] == "/kelola/ekspor?unit=ptsp&period=2026#daftar"
        waiting = client.get("/kelola/ekspor?unit=ptsp&period=2026", headers=headers)
        assert (waiting.headers["refresh"], "Menunggu giliran" in waiting.text) == ("4", True)
        assert at_rest.state.exports.once()
        ready = client.get("/kelola/ekspor?unit=ptsp&period=2026", headers=headers)
        assert "refresh" not in ready.headers
        assert "Siap, " in ready.text
        with city.read() as session:
            job = session.exec(select(ExportJob)).one()
            unit = session.get_one(Unit, job.unit_id)
        file = client.get(f"/kelola/ekspor/{unit.code}/{job.id}/berkas", headers=headers)
        assert file.content.startswith(b"PK")
        bad = client.post("/kelola/ekspor", data={**form, "period": "2026-Q7"}, headers=headers)
        assert (bad.status_code, "Ekspor belum dibuat" in bad.text) == (422, True)
