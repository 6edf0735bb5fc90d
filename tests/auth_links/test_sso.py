"""Single sign-on with a real provider process: who comes in, and what is refused on the way back."""

import base64
import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import KeySet, RSAKey
from sqlmodel import select
from starlette.testclient import TestClient

from app.auth import oidc_tokens
from app.auth.roles import Role
from app.auth.tables import LoginSession, SingleSignOn, User
from app.core.db import Database
from tests.auth_links import provider as providers
from tests.auth_links.conftest import Clock
from tests.auth_links.provider import Provider, asked, depart

BACKENDS = ("sqlite",)  # what a browser sends and keeps: no database decides it

Person = Callable[..., User]
MAIL = "ani@kota.example"


@pytest.fixture(scope="session")
def provider() -> Iterator[Provider]:
    """A running identity provider."""
    running = providers.start()
    yield running
    running.process.terminate()
    running.process.wait(10)


@pytest.fixture
def sso(
    serve: Callable[..., TestClient], provider: Provider, clock: Clock, tmp_path: Path
) -> Callable[[], TestClient]:
    """Makes browsers on one service that uses the provider, in the present: the provider has no other time."""
    clock.now = datetime.now(UTC)
    secret = tmp_path / "sso.secret"
    secret.write_text("rahasia\n")
    secret.chmod(0o600)
    first = serve(
        oidc_issuer=provider.issuer,
        oidc_client_id="eskm",
        oidc_client_secret_file=secret,
        oidc_name="akun Kota",
    )

    def another() -> TestClient:
        return TestClient(
            first.app, raise_server_exceptions=False, follow_redirects=False, headers=dict(first.headers)
        )

    return another


def user_named(database: Database, name: str) -> User:
    with database.read() as session:
        return session.exec(select(User).where(User.name == name)).one()


def sessions(database: Database) -> list[LoginSession]:
    with database.read() as session:
        return list(session.exec(select(LoginSession)))


def test_at_first_the_verified_address_links_then_the_subject_counts(
    sso: Callable[[], TestClient], provider: Provider, city: Database, person: Person
) -> None:
    person("ani", ("kota", Role.VIEWER), email=MAIL)
    provider.knows("s-1", email="Ani@Kota.example", email_verified=True)
    browser = sso()
    back = provider.approve(depart(browser, "/kelola/unit?u=1"), "s-1")
    arrived = browser.get(back)
    assert (arrived.status_code, arrived.headers["location"]) == (303, "/kelola/unit?u=1")
    assert browser.get("/api/v1/units").status_code == 200
    ani = user_named(city, "ani")
    assert (ani.oidc_issuer, ani.oidc_subject) == (provider.issuer, "s-1")
    provider.knows("s-1", email="other@elsewhere.example", email_verified=False)
    again = sso()
    assert again.get(provider.approve(depart(again), "s-1")).headers["location"] == "/petugas"
    assert again.get("/api/v1/units").status_code == 200


def test_what_the_provider_is_asked(
    sso: Callable[[], TestClient], provider: Provider, city: Database
) -> None:
    browser = sso()
    gone = browser.get("/masuk/sso")
    address = gone.headers["location"]
    assert address.startswith(f"{provider.issuer}/oauth2/authorize?")
    sent = asked(address)
    assert (sent["response_type"], sent["client_id"]) == ("code", "eskm")
    assert sent["redirect_uri"] == "http://127.0.0.1:8000/masuk/sso/balik"
    with city.read() as session:
        kept = session.exec(select(SingleSignOn)).one()
    digest = hashlib.sha256(kept.verifier.encode()).digest()
    assert sent["code_challenge"] == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    assert (sent["code_challenge_method"], sent["nonce"]) == ("S256", kept.nonce)
    assert sent["state"] not in str(kept.model_dump())
    assert {"HttpOnly", "Max-Age=600", "Path=/", "SameSite=lax"} <= set(
        gone.headers["set-cookie"].split("; ")
    )


def test_a_browser_in_production_gets_a_host_cookie(
    serve: Callable[..., TestClient], provider: Provider
) -> None:
    browser = serve(
        oidc_issuer=provider.issuer, oidc_client_id="eskm", public_url="https://testserver", allowed_hosts=()
    )
    cookie = browser.get("/masuk/sso").headers["set-cookie"]
    assert cookie.startswith("__Host-eskm-sso=")
    assert "Secure" in cookie.split("; ")


def refused(database: Database, browser: TestClient, back: str, text: str) -> None:
    answer = browser.get(back)
    assert answer.status_code == 403
    assert text in answer.text
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert sessions(database) == []


@pytest.mark.parametrize(
    "claims",
    [
        {"email": MAIL, "email_verified": False},
        {"email": MAIL},
        {"email": MAIL, "email_verified": "true"},
        {"email": "unknown@kota.example", "email_verified": True},
        {},
    ],
)
def test_whoever_cannot_be_told_is_nobody(
    sso: Callable[[], TestClient],
    provider: Provider,
    city: Database,
    person: Person,
    claims: dict[str, object],
) -> None:
    person("ani", email=MAIL)
    provider.knows("s-2", **claims)
    browser = sso()
    refused(city, browser, provider.approve(depart(browser), "s-2"), "Belum ada akun e-SKM untuk Anda")
    assert user_named(city, "ani").oidc_subject is None


def test_closed_accounts_and_those_of_somebody_else(
    sso: Callable[[], TestClient], provider: Provider, city: Database, person: Person
) -> None:
    provider.knows("s-3", email=MAIL, email_verified=True)
    ani = person("ani", email=MAIL)
    browser = sso()
    with city.write() as session:
        found = session.get_one(User, ani.id)
        found.oidc_issuer, found.oidc_subject = provider.issuer, "another"
    refused(city, browser, provider.approve(depart(browser), "s-3"), "Belum ada akun")
    with city.write() as session:
        found = session.get_one(User, ani.id)
        found.oidc_subject, found.active = "s-3", False
    refused(city, browser, provider.approve(depart(browser), "s-3"), "Belum ada akun")


@pytest.fixture
def ani(person: Person, provider: Provider) -> User:
    """Somebody whom the provider knows too."""
    provider.knows("s-4", email=MAIL, email_verified=True)
    return person("ani", ("kota", Role.ADMIN), email=MAIL)


@pytest.mark.usefixtures("ani")
def test_a_state_works_once(sso: Callable[[], TestClient], provider: Provider, city: Database) -> None:
    browser = sso()
    back = provider.approve(depart(browser), "s-4")
    waiting = browser.cookies["eskm-sso"]
    assert browser.get(back).status_code == 303
    browser.cookies.set("eskm-sso", waiting)
    assert browser.get(back).status_code == 403
    assert len(sessions(city)) == 1


@pytest.mark.usefixtures("ani")
def test_a_state_of_another_browser(
    sso: Callable[[], TestClient], provider: Provider, city: Database
) -> None:
    mine, theirs = sso(), sso()
    back = provider.approve(depart(mine), "s-4")
    refused(city, theirs, back, "tidak berhasil")  # no cookie at all
    depart(theirs)
    refused(city, theirs, back, "tidak berhasil")
    assert mine.get(back).status_code == 303


@pytest.mark.usefixtures("ani")
def test_two_tabs_of_one_browser(sso: Callable[[], TestClient], provider: Provider) -> None:
    browser = sso()
    first, second = depart(browser), depart(browser)
    assert browser.get(provider.approve(first, "s-4")).status_code == 303
    assert first != second


@pytest.mark.usefixtures("ani")
def test_ten_minutes_are_enough(
    sso: Callable[[], TestClient], provider: Provider, city: Database, clock: Clock
) -> None:
    browser = sso()
    back = provider.approve(depart(browser), "s-4")
    clock.now += timedelta(minutes=10)
    refused(city, browser, back, "tidak berhasil")


@pytest.mark.usefixtures("ani")
def test_a_token_for_another_sign_in(
    sso: Callable[[], TestClient], provider: Provider, city: Database
) -> None:
    browser = sso()
    address = depart(browser)
    other = address.replace(asked(address)["nonce"], "eskmn_another")
    refused(city, browser, provider.approve(other, "s-4"), "tidak berhasil")


@pytest.mark.usefixtures("ani")
def test_a_code_for_another_client(sso: Callable[[], TestClient], provider: Provider, city: Database) -> None:
    browser = sso()
    other = depart(browser).replace("client_id=eskm", "client_id=somebody")
    refused(city, browser, provider.approve(other, "s-4"), "tidak berhasil")


@pytest.mark.usefixtures("ani")
def test_other_ways_back(sso: Callable[[], TestClient], provider: Provider, city: Database) -> None:
    browser = sso()
    state = asked(depart(browser))["state"]
    refused(city, browser, f"/masuk/sso/balik?state={state}&error=access_denied", "tidak berhasil")
    state = asked(depart(browser))["state"]
    refused(city, browser, f"/masuk/sso/balik?state={state}&code=invented", "tidak berhasil")
    refused(city, browser, "/masuk/sso/balik", "tidak berhasil")
    back = provider.approve(depart(browser), "s-4")
    refused(city, browser, f"{back}&iss=https%3A%2F%2Felsewhere.example", "tidak berhasil")


@pytest.mark.usefixtures("ani")
@pytest.mark.parametrize(
    "onward", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example"]
)
def test_nobody_is_led_elsewhere(sso: Callable[[], TestClient], provider: Provider, onward: str) -> None:
    browser = sso()
    arrived = browser.get(provider.approve(depart(browser, onward), "s-4"))
    assert arrived.headers["location"] == "/petugas"


def test_the_second_factor_is_the_providers(
    sso: Callable[[], TestClient], provider: Provider, city: Database, ani: User
) -> None:
    with city.write() as session:
        found = session.get_one(User, ani.id)
        found.totp_secret, found.totp_confirmed_at = b"sealed", found.created_at
    browser = sso()
    assert browser.get(provider.approve(depart(browser), "s-4")).headers["location"] == "/petugas"
    assert browser.get("/api/v1/units").status_code == 200


def test_without_single_sign_on_there_is_none(browser: TestClient) -> None:
    for path in ("/masuk/sso", "/masuk/sso/balik?state=a&code=b"):
        assert browser.get(path).status_code == 404


def test_a_provider_that_is_away(serve: Callable[..., TestClient]) -> None:
    browser = serve(oidc_issuer="http://127.0.0.1:9", oidc_client_id="eskm")
    for _ in range(2):
        answer = browser.get("/masuk/sso")
        assert answer.status_code == 502
        assert "tidak berhasil" in answer.text


def test_a_provider_by_another_name(serve: Callable[..., TestClient], provider: Provider) -> None:
    browser = serve(oidc_issuer=provider.issuer.replace("127.0.0.1", "localhost"), oidc_client_id="eskm")
    answer = browser.get("/masuk/sso")
    assert answer.status_code == 303  # it calls itself what it is asked as
    other = serve(oidc_issuer=provider.issuer + "/", oidc_client_id="eskm")
    assert other.get("/masuk/sso").status_code == 502


@pytest.mark.usefixtures("ani")
def test_an_address_that_only_the_userinfo_endpoint_tells(
    sso: Callable[[], TestClient], provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = oidc_tokens.claims_of

    def without_address(*given: Any, **expected: Any) -> dict[str, Any]:
        claims = real(*given, **expected)
        return {name: claims[name] for name in claims if not name.startswith("email")}

    monkeypatch.setattr(oidc_tokens, "claims_of", without_address)
    browser = sso()
    assert browser.get(provider.approve(depart(browser), "s-4")).headers["location"] == "/petugas"


@pytest.mark.usefixtures("ani")
def test_a_provider_that_changed_its_keys(
    sso: Callable[[], TestClient], provider: Provider, clock: Clock
) -> None:
    """What was kept of it is asked for again, but not more often than every 15 seconds."""
    browser = sso()
    back = provider.approve(depart(browser), "s-4")
    kept = browser.app.state.identity_provider._kept  # type: ignore[attr-defined]
    kept.keys = KeySet([RSAKey.generate_key(2048)])
    assert browser.get(back).status_code == 403
    clock.now += timedelta(seconds=15)
    assert browser.get(provider.approve(depart(browser), "s-4")).status_code == 303
