"""Cookies and tokens that must be worth nothing any more, and what the cookies look like."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from app.audit.service import SYSTEM
from app.auth import accounts, passwords
from app.auth.roles import Role
from app.auth.service import create_token
from app.auth.tables import User
from app.core.db import Database
from tests.conftest import NOW
from tests.security.conftest import PUBLIC

Person = Callable[..., User]
Cookies = Callable[..., dict[str, str]]
PASSWORD = "kuda baterai jepitan benar"


def opened(client: TestClient, headers: dict[str, str]) -> int:
    """The status of a staff page and of the API with the same credentials, which must agree."""
    page = client.get("/akun", headers=headers, follow_redirects=False)
    api = client.get("/api/v1/units", headers={**headers, "Accept": "application/json"})
    assert (page.status_code, api.status_code) in ((200, 200), (303, 401))
    return int(api.status_code)


def test_a_stolen_cookie_is_worthless_after_sign_out(
    client: TestClient, person: Person, signed_in: Cookies
) -> None:
    owner = signed_in(person("ani", ("kota", Role.ADMIN)))
    assert opened(client, owner) == 200
    left = client.post("/keluar", headers={**owner, "Origin": "http://testserver"}, follow_redirects=False)
    assert left.status_code == 303
    assert "Max-Age=0" in left.headers["set-cookie"]
    assert opened(client, owner) == 401


def test_a_session_ends_with_its_account_and_with_its_time(
    client: TestClient, person: Person, signed_in: Cookies, city: Database
) -> None:
    user = person("ani", ("kota", Role.ADMIN))
    assert opened(client, signed_in(user)) == 200
    assert opened(client, signed_in(user, at=NOW - timedelta(hours=13))) == 401
    assert opened(client, signed_in(user, at=NOW - timedelta(minutes=61))) == 401
    assert opened(client, {"Cookie": "eskm=eskms_" + "a" * 43, "Accept": "text/html"}) == 401
    before = signed_in(user)
    with city.write() as session:
        stored = session.get_one(User, user.id)
        accounts.deactivate(session, SYSTEM, stored, NOW)
    assert opened(client, before) == 401
    with city.write() as session:
        accounts.reactivate(session, SYSTEM, session.get_one(User, user.id), NOW)
    assert opened(client, before) == 401


def test_somebody_half_way_in_is_not_in(client: TestClient, person: Person, signed_in: Cookies) -> None:
    user = person("ani", ("kota", Role.ADMIN))
    for stage in ("factor", "enrol"):
        headers = signed_in(user, stage=stage)
        assert client.get("/akun", headers=headers, follow_redirects=False).status_code == 303
        api = client.get("/api/v1/units", headers={**headers, "Accept": "application/json"})
        assert (api.status_code, api.json()["code"]) == (401, "second_factor_missing")


def test_a_token_dies_with_its_owner(client: TestClient, person: Person, city: Database) -> None:
    user = person("ani", ("kota", Role.EVALUATOR))
    with city.write() as session:
        secret = create_token(
            session, role=Role.EVALUATOR, unit_id=user.unit_id, name="t", now=NOW, user_id=user.id
        )
    headers = {"Authorization": f"Bearer {secret}"}
    assert client.get("/api/v1/units", headers=headers).status_code == 200
    with city.write() as session:
        accounts.deactivate(session, SYSTEM, session.get_one(User, user.id), NOW)
    refused = client.get("/api/v1/units", headers=headers)
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")


def test_a_token_dies_with_the_grant_that_it_was_made_from(
    client: TestClient, person: Person, city: Database
) -> None:
    user = person("ani", ("kota", Role.EVALUATOR), ("ptsp", Role.VIEWER))
    with city.write() as session:
        secret = create_token(
            session, role=Role.EVALUATOR, unit_id=user.unit_id, name="t", now=NOW, user_id=user.id
        )
        stored = session.get_one(User, user.id)
        grant = next(one for one in accounts.grants_of(session, stored.id or 0) if one.role == "evaluator")
        accounts.withdraw_grant(session, SYSTEM, stored, grant, NOW)
    assert client.get("/api/v1/units", headers={"Authorization": f"Bearer {secret}"}).status_code == 401


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic YTpi",
        "bearer eskm_",
        "Bearer x y",
        "Bearer " + "a" * 20_000,
        "Bearer \xff",
    ],
)
def test_what_is_no_token(client: TestClient, value: str) -> None:
    answer = client.get("/api/v1/units", headers={"Authorization": value.encode("latin-1")})
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


def test_credentials_count_in_headers_alone(client: TestClient, token: Callable[..., dict[str, str]]) -> None:
    """In an address they would end up in histories and logs."""
    secret = token()["Authorization"].removeprefix("Bearer ")
    for name in ("token", "access_token", "key", "eskm", "authorization"):
        assert client.get("/api/v1/units", params={name: secret}).status_code == 401


def flags(header: str) -> set[str]:
    return {part.strip().lower().partition("=")[0] for part in header.split(";")[1:]}


def test_cookies_in_production(public: TestClient, person: Person, city: Database) -> None:
    user = person("ani", ("kota", Role.VIEWER))
    with city.write() as session:
        passwords.store(
            session, SYSTEM, session.get_one(User, user.id), passwords.hash_password(PASSWORD), NOW
        )
    own = {"Origin": PUBLIC, "Accept": "text/html"}
    answer = public.post("/masuk?lang=en", data={"login": "ani", "password": PASSWORD}, headers=own)
    assert answer.status_code == 303, answer.text
    set_cookies = answer.headers.get_list("set-cookie")
    assert set_cookies
    pages = public.get("/akun?lang=en", headers={"Accept": "text/html"}).headers.get_list("set-cookie")
    for one in [*set_cookies, *pages]:
        assert {"secure", "httponly", "path", "samesite"} <= flags(one), one
        assert "domain" not in flags(one), one
        assert re.search(r"samesite=(lax|strict)", one, re.IGNORECASE), one
        assert "path=/" in one.lower()
        # Which language somebody prefers is no secret, and worth nothing to whoever sets it.
        assert one.startswith(("__Host-", "__Secure-", "eskm_lang=")), one
    session = next(one for one in set_cookies if one.startswith("__Host-eskm="))
    assert {"max-age", "expires"}.isdisjoint(flags(session))  # gone with the browser
    secret = session.partition("=")[2].partition(";")[0]
    assert secret not in answer.text
    with city.read() as reading:
        assert (
            secret.encode()
            not in repr(reading.connection().exec_driver_sql("SELECT * FROM login_session").all()).encode()
        )


def test_citizens_get_no_cookie(client: TestClient) -> None:
    for path in (
        "/",
        "/?lang=en",
        "/s/ptsp-nib-qr",
        "/s/ptsp-nib-qr?lang=en",
        "/api/v1/points/ptsp-nib-qr",
        "/nowhere",
    ):
        assert "set-cookie" not in client.get(path, headers={"Accept": "text/html"}).headers, path
