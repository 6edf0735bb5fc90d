"""Signing in and out: who gets in, what the browser is given, where it is led, when it is over."""

from collections.abc import Callable

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from sqlmodel import select
from starlette.testclient import TestClient

from app.audit.service import SYSTEM
from app.auth import passwords
from app.auth.accounts import deactivate
from app.auth.roles import Role
from app.auth.tables import LoginSession, User
from app.core.db import Database
from app.core.settings import Settings
from tests.auth.conftest import PASSWORD, Browser, Time
from tests.web.markup import Page

BACKENDS = ("sqlite",)  # what a browser sends and keeps: no database decides it

Make = Callable[..., Browser]
Employ = Callable[..., User]


@pytest.mark.parametrize("login", ["ani", "ANI ", "ani@kota.example", "Ani@Kota.Example"])
def test_name_or_address_and_password_let_in(browser: Make, employee: Employ, login: str) -> None:
    employee("ani", email="ani@kota.example")
    used = browser()
    answer = used.sign_in(login)
    assert (answer.status_code, answer.headers["location"]) == (303, "/petugas")
    assert used.is_in


def test_the_form_is_right_for_password_managers(browser: Make, employee: Employ) -> None:
    employee("ani")
    form = browser().page("/masuk")
    assert form.action == "/masuk"
    assert form.having("input", name="login", autocomplete="username", type="text")
    assert form.having("input", name="password", autocomplete="current-password", type="password")


def test_unknown_names_wrong_passwords_and_closed_accounts_look_alike(
    browser: Make, employee: Employ, person: Employ, city: Database, time: Time
) -> None:
    employee("ani")
    person("baru")  # has no password yet
    closed = employee("tutup")
    with city.write() as session:
        deactivate(session, SYSTEM, session.get_one(User, closed.id), time.now)
    answers = [
        browser().sign_in("ani", "salah-semua-ini"),
        browser().sign_in("baru", "salah-semua-ini"),
        browser().sign_in("baru", ""),
        browser().sign_in("tutup"),
        browser().sign_in("tak.dikenal"),
        browser().sign_in("", ""),
        browser().sign_in("nol\0", "nol\0"),
    ]
    assert {answer.status_code for answer in answers} == {422}
    assert {answer.headers.get("set-cookie") for answer in answers} == {None}
    texts = {Page(answer.text).text for answer in answers}
    assert len(texts) == 1
    assert "Nama pengguna atau kata sandi tidak cocok." in texts.pop()


def test_a_refusal_keeps_the_name_and_never_the_password(browser: Make, employee: Employ) -> None:
    employee("ani")
    answer = browser().sign_in("ani", "rahasia <yang> diketik", onward="/akun")
    form = Page(answer.text)
    assert form.fields["login"] == "ani"
    assert form.fields["password"] == ""
    assert form.fields["onward"] == "/akun"
    assert "diketik" not in answer.text
    assert form.links["Nama pengguna atau kata sandi tidak cocok."] == "#login"
    assert form.having("input", id="login", **{"aria-invalid": "true"})


def test_an_unknown_user_costs_as_much_as_a_known_one(
    browser: Make, employee: Employ, person: Employ, monkeypatch: pytest.MonkeyPatch
) -> None:
    employee("ani")
    person("baru")
    verified: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # noqa: A002 - its name there
            verified.append(str(hash))
            return super().verify(hash, password)

    monkeypatch.setattr(passwords, "HASHER", Counting(time_cost=1, memory_cost=8, parallelism=1))
    passwords._nobodys.cache_clear()
    for login in ("ani", "baru", "tak.dikenal"):
        browser().sign_in(login, "salah-semua-ini")
    browser().sign_in("ani", "x" * 5000)
    assert len(verified) == 4
    parameters = {one.rpartition("$")[0].rpartition("$")[0] for one in verified}
    assert parameters == {"$argon2id$v=19$m=8,t=1,p=1"}


def test_a_hash_with_old_parameters_is_renewed_at_sign_in(
    browser: Make, employee: Employ, account: Callable[[str], User], monkeypatch: pytest.MonkeyPatch
) -> None:
    employee("ani")
    old = account("ani").password_hash
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    assert browser().sign_in("ani", "salah-semua-ini").status_code == 422
    assert account("ani").password_hash == old
    assert browser().sign_in("ani").status_code == 303
    renewed = account("ani").password_hash
    assert renewed is not None
    assert renewed.startswith("$argon2id$v=19$m=16,t=2,p=1$")
    assert browser().sign_in("ani").status_code == 303
    assert account("ani").password_hash == renewed


def test_signing_in_gives_another_session_than_the_browser_brought(
    browser: Make, employee: Employ, city: Database
) -> None:
    employee("ani")
    used = browser()
    used.carries("eskms_planted-by-somebody-else")
    used.sign_in("ani")
    first = used.session
    assert first != "eskms_planted-by-somebody-else"
    used.sign_in("ani")
    assert used.session != first
    with city.read() as session:
        running = [one for one in session.exec(select(LoginSession)) if one.ended_at is None]
    assert len(running) == 1, "the session that the browser had is over"


def test_only_hashes_of_sessions_are_stored(browser: Make, employee: Employ, city: Database) -> None:
    employee("ani")
    used = browser()
    used.sign_in("ani")
    with city.read() as session:
        stored = session.exec(select(LoginSession)).one()
    assert used.session is not None
    assert used.session not in str(stored.model_dump())
    assert "203.0.113" not in str(stored.model_dump())
    assert stored.device == "Chrome, Windows"


def test_a_stolen_cookie_is_worth_nothing_after_signing_out(browser: Make, employee: Employ) -> None:
    employee("ani")
    used, thief = browser(), browser("198.51.100.9")
    used.sign_in("ani")
    thief.carries(used.session)
    assert thief.is_in
    answer = used.post("/keluar")
    assert (answer.status_code, answer.headers["location"]) == (303, "/masuk?keluar=1")
    assert answer.headers["clear-site-data"] == '"cache"'
    assert used.session is None
    assert "Anda sudah keluar." in used.page("/masuk?keluar=1").text
    assert not thief.is_in
    assert thief.get("/akun").headers["location"] == "/masuk?onward=%2Fakun"


def test_signing_out_without_a_session_is_no_fault(browser: Make) -> None:
    used = browser()
    used.carries("eskms_unknown")
    assert used.post("/keluar").status_code == 303


def test_another_site_can_neither_sign_in_nor_out(browser: Make, employee: Employ) -> None:
    employee("ani")
    used = browser()
    used.sign_in("ani")
    foreign = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    assert used.client.post("/keluar", headers=foreign).status_code == 403
    assert used.is_in
    fresh = browser()
    fields = {"login": "ani", "password": PASSWORD}
    assert fresh.client.post("/masuk", data=fields, headers=foreign).status_code == 403
    assert fresh.session is None


def test_who_is_signed_in_is_led_on(browser: Make, employee: Employ) -> None:
    employee("ani")
    used = browser()
    used.sign_in("ani")
    assert used.get("/masuk?onward=/akun").headers["location"] == "/akun"
    assert used.get("/masuk").headers["location"] == "/petugas"
    assert used.get("/masuk/kode").headers["location"].startswith("/petugas")


@pytest.mark.parametrize(
    "onward",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        "/\t/evil.example",
        "/ok\r\nSet-Cookie: eskm=x",
        "javascript:alert(1)",
        "evil.example",
        " /akun",
        "/" + "a" * 3000,
        "",
    ],
)
def test_nobody_is_led_to_another_site(browser: Make, employee: Employ, onward: str) -> None:
    employee("ani")
    used = browser()
    answer = used.sign_in("ani", onward=onward)
    assert (answer.status_code, answer.headers["location"]) == (303, "/petugas")
    again = used.client.get("/masuk", params={"onward": onward})
    assert again.headers["location"] == "/petugas"
    assert Page(browser().client.get("/masuk", params={"onward": onward}).text).fields["onward"] == "/petugas"


def test_pages_of_ours_with_a_query_are_led_to(browser: Make, employee: Employ) -> None:
    employee("ani")
    answer = browser().sign_in("ani", onward="/petugas?period=2026-Q3&unit=kota")
    assert answer.headers["location"] == "/petugas?period=2026-Q3&unit=kota"


def test_a_session_ends_without_a_request(browser: Make, employee: Employ, time: Time) -> None:
    employee("ani")
    used = browser()
    used.sign_in("ani")
    time.passes(minutes=59)
    assert used.is_in
    time.passes(minutes=59)
    assert used.is_in, "every request begins the hour anew"
    time.passes(minutes=61)
    assert not used.is_in


def test_a_session_ends_in_any_case(browser: Make, employee: Employ, time: Time) -> None:
    employee("ani")
    used = browser()
    used.sign_in("ani")
    for _ in range(23):
        time.passes(minutes=31)
        assert used.is_in
    time.passes(minutes=8)
    assert not used.is_in, "12 hours are over"


def test_a_deactivated_person_is_out_at_the_next_request(
    browser: Make, employee: Employ, city: Database, time: Time
) -> None:
    made = employee("ani")
    used = browser()
    used.sign_in("ani")
    with city.write() as session:
        session.get_one(User, made.id).active = False  # even if somebody forgot to end the sessions
    assert not used.is_in
    assert used.sign_in("ani").status_code == 422


def test_the_cookie_without_tls(browser: Make, employee: Employ) -> None:
    employee("ani")
    sent = browser().sign_in("ani").headers.get_list("set-cookie")
    session = next(one for one in sent if one.startswith("eskm="))
    assert attributes(session) == {"httponly", "path=/", "samesite=lax"}


def test_nothing_of_it_is_kept_by_caches(browser: Make, employee: Employ) -> None:
    employee("ani")
    used = browser()
    answers = [used.get("/masuk"), used.sign_in("ani"), used.get("/akun"), used.get("/akun/kode")]
    assert {answer.headers["cache-control"] for answer in answers} == {"no-store"}


def test_who_must_have_a_second_factor_may_only_set_it_up(
    employee: Employ, settings: Settings, app: FastAPI, browser: Make
) -> None:
    app.state.settings = settings.model_copy(update={"admin_second_factor": True})
    employee("ani", ("kota", Role.ADMIN))
    employee("budi", ("kota", Role.EVALUATOR))
    assert browser().sign_in("budi").headers["location"] == "/petugas"
    used = browser()
    answer = used.sign_in("ani", onward="/akun?lang=en")
    assert answer.headers["location"] == "/akun/kode?onward=%2Fakun%3Flang%3Den"
    assert used.get("/akun").headers["location"].startswith("/akun/kode")
    assert used.get("/masuk").headers["location"] == "/akun/kode"
    assert used.get("/akun/kata-sandi").headers["location"].startswith("/akun/kode")
    assert used.client.get("/api/v1/units").status_code == 401


class TestInProduction:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"public_url": "https://eskm.kota.example"})

    def test_cookies_are_bound_to_the_host_and_to_tls(self, browser: Make, employee: Employ) -> None:
        employee("ani")
        used = browser()
        sent = used.sign_in("ani").headers.get_list("set-cookie")
        assert {one.partition("=")[0][:11] for one in sent} == {"__Host-eskm"}
        assert {frozenset(attributes(one) - {"max-age=15552000"}) for one in sent} == {
            frozenset({"httponly", "path=/", "samesite=lax", "secure"})
        }
        assert used.is_in

    def test_a_cookie_under_the_name_without_tls_is_not_read(
        self, client: TestClient, browser: Make, employee: Employ
    ) -> None:
        employee("ani")
        used, other = browser(), browser()
        used.sign_in("ani")
        other.carries(used.session)
        assert not other.is_in


def attributes(cookie: str) -> set[str]:
    """What is said of a cookie, beside its name and value."""
    return {part.strip().lower() for part in cookie.split(";")[1:]}
