"""What clients see when storing is not possible, or not now."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from app.core import db
from app.core.db import Database
from app.core.session import WriteSession
from app.core.settings import Settings
from app.factory import create_app
from app.units.tables import Unit

Body = Callable[..., dict[str, Any]]
Away = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def impatient_client(
    city: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[TestClient]:
    """A client of a service that waits for a lock for a moment only."""
    city.dispose()
    monkeypatch.setattr(db, "BUSY_MILLISECONDS", 100)
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        yield client


def assert_busy(response: Any) -> None:
    assert (response.status_code, response.json()["code"]) == (503, "busy"), response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert int(response.headers["retry-after"]) >= 1


@pytest.mark.parametrize("known", [True, False], ids=["point known", "point not looked up yet"])
def test_a_database_that_is_away(
    impatient_client: TestClient, away: Away, body: Body, kiosk: Any, city: Database, known: bool
) -> None:
    client, sent = impatient_client, body(answered_at="2026-09-01T10:00:00+08:00")
    headers = kiosk("ptsp-nib-qr")
    city.dispose()
    if known:
        assert client.get("/api/v1/points/ptsp-nib-qr").status_code == 200
    item = {key: value for key, value in sent.items() if key != "point"}
    with away():
        assert_busy(client.post("/api/v1/responses", json=sent))
        assert_busy(client.post("/api/v1/kiosk/batches", json={"responses": [item]}, headers=headers))
        assert_busy(client.get("/readyz"))
        assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 200
    assert client.post("/api/v1/responses", json=sent).status_code == 201


def test_a_database_that_only_reads_for_now(client: TestClient, app: FastAPI, kiosk: Any) -> None:
    """A standby in a failover: what it refuses is as good as before, and the same again succeeds later."""
    headers, beat = kiosk("ptsp-nib-qr"), {"queue": 0}
    database = app.state.database
    only_reads = "PRAGMA query_only = 1" if database.is_sqlite else "SET TRANSACTION READ ONLY"

    def refuse(connection: Any) -> None:
        connection.exec_driver_sql(only_reads)

    assert client.post("/api/v1/kiosk/heartbeat", json=beat, headers=headers).status_code == 200
    event.listen(database.engine, "begin", refuse)
    assert_busy(client.post("/api/v1/kiosk/heartbeat", json=beat, headers=headers))


def test_a_full_queue(city: Database, settings: Settings, body: Body) -> None:
    app = create_app(settings.model_copy(update={"queue_limit": 3}))

    async def run() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app=app)
        async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport) as client:
            await client.get("http://test/api/v1/points/ptsp-nib-qr")
            at = "2026-09-01T10:00:00+08:00"
            posts = [
                client.post("http://test/api/v1/responses", json=body(answered_at=at)) for _ in range(40)
            ]
            found = await asyncio.gather(*posts)
            after = await client.post("http://test/api/v1/responses", json=body(answered_at=at))
            assert after.status_code == 201
            return found

    found = asyncio.run(run())
    refused = [one for one in found if one.status_code != 201]
    assert refused
    for one in refused:
        assert_busy(one)
    with city.read() as session:
        assert session.connection().scalar(text("SELECT count(*) FROM response")) == 41 - len(refused)


def test_a_failed_commit_is_never_answered_with_success(
    client: TestClient,
    app: FastAPI,
    body: Body,
    broken_disk: Callable[[Database], AbstractContextManager[None]],
) -> None:
    client.get("/api/v1/points/ptsp-nib-qr")
    with broken_disk(app.state.database):
        assert_busy(client.post("/api/v1/responses", json=body()))
    assert client.post("/api/v1/responses", json=body()).status_code == 201


def test_a_session_commits_before_the_response_leaves(city: Database) -> None:
    """With a dependency of the usual scope the commit would come after a 200 had been sent."""
    app = FastAPI(telemetry={"tracing": False})
    app.state.database = city

    @app.post("/units")
    def add(session: WriteSession) -> dict[str, str]:
        session.add(Unit(code="baru", name="Baru"))
        return {"status": "stored"}

    def fail(_connection: object) -> None:
        raise OperationalError("COMMIT", None, Exception("disk is full"))

    with TestClient(app, raise_server_exceptions=False) as client:
        event.listen(city.engine, "commit", fail)
        assert client.post("/units").status_code == 500
        event.remove(city.engine, "commit", fail)
        with city.read() as session:
            assert session.connection().scalar(text("SELECT count(*) FROM unit WHERE code = 'baru'")) == 0
        assert client.post("/units").status_code == 200


@pytest.mark.timeout(25)
def test_more_requests_than_connections_do_not_stall(settings: Settings, token: Any, body: Body) -> None:
    """Threads that hold a connection must never wait for threads that wait for one."""
    headers = token("kota")
    app = create_app(settings.model_copy(update={"threads": 2}))
    paths = (
        "/api/v1/units/kota/ikm?period=2026",
        "/api/v1/ikm?under=kota&period=2026",
        "/api/v1/units",
        "/api/v1/points/ptsp-nib-qr",
        "/readyz",
    )

    async def run() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app=app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://test", timeout=20) as client,
        ):
            gets = [client.get(paths[place % 5], headers=headers) for place in range(40)]
            posts = [
                client.post("/api/v1/responses", json=body(answered_at="2026-09-01T10:00:00+08:00"))
                for _ in range(10)
            ]
            return await asyncio.gather(*gets, *posts)

    assert [one.status_code for one in asyncio.run(run())] == [200] * 40 + [201] * 10
