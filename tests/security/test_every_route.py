"""What holds for every route there is: it is found by walking them, so a new one cannot escape."""

import re
from collections.abc import Callable

import pytest
from fastapi import FastAPI
from sqlalchemy import text
from starlette.testclient import TestClient

from app.auth.roles import Role
from app.auth.tables import User
from app.core.db import Database
from app.core.security import CONTENT_POLICY
from app.core.settings import Settings
from app.factory import create_app
from tests.conftest import NOW
from tests.security.conftest import PUBLIC
from tests.security.routes import calls

BACKENDS = ("sqlite",)  # headers and methods: no database decides them

Cookies = Callable[..., dict[str, str]]
Person = Callable[..., User]

STAFF = ("/kelola", "/akun", "/petugas", "/masuk", "/keluar", "/lupa", "/awal")
WANTED = {"x-content-type-options": "nosniff", "cross-origin-opener-policy": "same-origin"}
# Pages whose address is a secret tell it to nobody.
REFERRERS = [["strict-origin-when-cross-origin"], ["same-origin"], ["no-referrer"]]


@pytest.fixture
def administrator(person: Person, signed_in: Cookies) -> dict[str, str]:
    """The headers of a browser in which the government's administrator is signed in."""
    return signed_in(person("kepala", ("kota", Role.ADMIN)))


def counted(database: Database) -> list[tuple[str, int]]:
    """Rows of every table that a person can change something in, and of the record."""
    tables = (
        *("unit", "service", "point", "response", "user_account", "role_grant", "api_token"),
        *("account_link", "recovery_code", "audit_entry", "device"),
    )
    with database.read() as session:
        found = [(name, session.scalar(text(f"SELECT count(*) FROM {name}")) or 0) for name in tables]
        ended = "SELECT count(*) FROM login_session WHERE ended_at IS NULL"
        return [*found, ("running", session.scalar(text(ended)) or 0)]


def test_every_answer_has_the_headers(
    client: TestClient, app: FastAPI, administrator: dict[str, str]
) -> None:
    called = 0
    for method, address, path in calls(app):
        for headers in ({}, {"Accept": "text/html"}, administrator):
            answer = client.request(method, address, headers=headers, follow_redirects=False)
            assert answer.status_code < 500, (method, address, answer.text[:300])
            for name, value in WANTED.items():
                assert answer.headers.get_list(name) == [value], (method, address, name)
            assert answer.headers.get_list("referrer-policy") in REFERRERS, (method, address)
            policies = answer.headers.get_list("content-security-policy")
            assert len(policies) == 1, (method, address)
            assert "frame-ancestors 'none'" in policies[0], (method, address)
            assert "unsafe" not in policies[0]
            assert len(answer.headers.get_list("cache-control")) == 1, (method, address)
            assert "server" not in answer.headers
            assert "access-control-allow-origin" not in answer.headers
            if path.startswith(STAFF) or (path.startswith("/api/") and answer.status_code != 200):
                assert answer.headers["cache-control"] == "no-store", (method, address)
            called += 1
    assert called > 60


def test_every_answer_says_what_it_is(
    client: TestClient, app: FastAPI, administrator: dict[str, str]
) -> None:
    for method, address, _ in calls(app):
        answer = client.request(method, address, headers=administrator, follow_redirects=False)
        if answer.content:
            kind = answer.headers["content-type"]
            assert not kind.startswith("text/") or "charset=utf-8" in kind, (address, kind)
            assert kind.partition(";")[0] != "text/html" or answer.text.startswith("<!DOCTYPE html>"), address


def test_no_unsafe_route_takes_a_post_from_another_site(
    client: TestClient, app: FastAPI, administrator: dict[str, str], city: Database
) -> None:
    before = counted(city)
    tried = 0
    for method, address, _ in calls(app):
        if method in ("GET", "HEAD"):
            continue
        for foreign in (
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"},
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Origin": "http://testserver.evil.example"},
        ):
            for kind in ("application/x-www-form-urlencoded", "text/plain", "application/json"):
                headers = {**administrator, **foreign, "Content-Type": kind}
                answer = client.request(
                    method, address, headers=headers, content="a=b", follow_redirects=False
                )
                assert answer.status_code == 403, (method, address, foreign)
                assert "dari situs lain" in answer.text
                tried += 1
    assert tried > 100
    assert counted(city) == before


def test_reading_changes_nothing(
    client: TestClient, app: FastAPI, administrator: dict[str, str], city: Database
) -> None:
    """A link, an image or a prefetch elsewhere can make a browser ask with GET, cookie included."""
    before = [one for one in counted(city) if one[0] != "audit_entry"]  # exports are recorded
    for method, address, _ in calls(app):
        if method == "GET":
            client.get(address, headers=administrator, follow_redirects=False)
    assert [one for one in counted(city) if one[0] != "audit_entry"] == before


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND"])
def test_methods_that_no_route_has(client: TestClient, app: FastAPI, method: str) -> None:
    # An address may fit a route of another name: where this method has one, it is no stranger.
    own = [re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path)) for one, _, path in calls(app) if one == method]
    for _, address, _ in calls(app):
        if any(path.fullmatch(address.partition("?")[0]) for path in own):
            continue
        headers = {"Secret": "abcdef", "Origin": "http://testserver", "Access-Control-Request-Method": "POST"}
        answer = client.request(method, address, headers=headers, follow_redirects=False)
        assert answer.status_code in (404, 405), (method, address)
        assert "abcdef" not in answer.text
        assert answer.headers["content-security-policy"] == CONTENT_POLICY


def test_production_says_on_every_answer_that_there_is_no_way_back_from_tls(
    public: TestClient, client: TestClient, app: FastAPI
) -> None:
    for method, address, _ in calls(app):
        answer = public.request(method, address)
        assert answer.headers.get_list("strict-transport-security") == ["max-age=31536000; includeSubDomains"]
        assert (
            "strict-transport-security" not in client.request(method, address, follow_redirects=False).headers
        )
    for path in ("/nowhere", "/static/none.css", "/?" + "a" * 10_000):
        assert "strict-transport-security" in public.get(path).headers, path
    assert "strict-transport-security" in public.get("/", headers={"Host": "evil.example"}).headers


def test_a_failure_has_the_headers_too(settings: Settings, city: Database) -> None:
    app = create_app(settings.model_copy(update={"public_url": PUBLIC}), clock=lambda: NOW)
    with TestClient(app, base_url=PUBLIC, raise_server_exceptions=False) as client:
        app.state.database = app.state.reception = None
        for path in ("/", "/s/ptsp-nib-qr", "/api/v1/points/ptsp-nib-qr"):
            answer = client.get(path)
            assert answer.status_code == 500
            assert answer.headers["content-security-policy"] == CONTENT_POLICY
            assert answer.headers["strict-transport-security"]
            assert "Traceback" not in answer.text


def test_an_accepted_answer_has_them_on_the_short_way(
    public: TestClient, body: Callable[..., dict[str, object]]
) -> None:
    for _ in range(2):
        answer = public.post("/api/v1/responses", json=body())
        assert answer.status_code == 201
        for name, value in WANTED.items():
            assert answer.headers.get_list(name) == [value]
        assert answer.headers.get_list("strict-transport-security") == ["max-age=31536000; includeSubDomains"]
        assert answer.headers.get_list("cache-control") == ["no-store"]
