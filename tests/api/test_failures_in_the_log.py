"""A failure of ours is logged by kind and place; the text of the error, which may quote a row, is not."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import text
from starlette.testclient import TestClient

from app.core.db import Database
from app.core.guards import public
from app.web import handlers

SECRET = "RAHASIA: isi sebuah jawaban"


def test_the_text_of_an_error_stays_out_of_the_log(app: FastAPI, capsys: pytest.CaptureFixture[str]) -> None:
    @app.get("/api/v1/broken")
    @public
    def broken() -> None:
        raise RuntimeError(SECRET)

    with TestClient(app) as client:  # raises what a server would be given to log
        response = client.get("/api/v1/broken")
    assert response.status_code == 500
    assert response.json()["code"] == "internal"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert SECRET not in response.text
    written = capsys.readouterr()
    assert SECRET not in written.err + written.out


def test_a_record_that_cannot_be_written_stays_out_of_the_log(
    client: TestClient,
    token: Callable[..., dict[str, str]],
    body: Callable[..., dict[str, Any]],
    city: Database,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Neither the entry, whose details name people, nor what would have been exported."""
    logged: list[str] = []
    log = SimpleNamespace(error=lambda event, **more: logged.append(f"{event} {more}"))
    monkeypatch.setattr(handlers, "log", log)
    answer = body(3, comment=SECRET, answered_at="2026-09-01T09:00:00+08:00")
    assert client.post("/api/v1/responses", json=answer).status_code == 201
    headers = token("kota")
    with city.write_connection() as connection:
        connection.execute(text("DROP TABLE audit_head"))
    address = "/api/v1/units/ptsp/exports/responses.csv?period=2026-Q3&comments=true"
    response = client.get(address, headers=headers)
    assert response.status_code >= 500
    written = capsys.readouterr()
    told = "".join([*logged, written.err, written.out, response.text])
    secret = headers["Authorization"].removeprefix("Bearer eskm_")
    assert not any(word in told for word in (SECRET, secret, "comments.exported", "audit_head"))
    assert len(logged) == 1
