"""One's own account: what it shows, sessions ended one by one, another password."""

from collections.abc import Callable

import pytest
from sqlmodel import select

from app.auth.roles import Role
from app.auth.tables import Grant, LoginSession, User
from app.core.db import Database
from tests.auth.conftest import PASSWORD, Browser, Time
from tests.web.markup import Page

BACKENDS = ("sqlite",)  # pages: their statements run on PostgreSQL in tests/cli/test_every_link.py

Make = Callable[..., Browser]
Employ = Callable[..., User]
NEW = "Sepeda Awan 71 Hijau"
PHONE = "Mozilla/5.0 (Linux; Android 15; K) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"


def test_it_shows_who_one_is_and_what_one_holds(browser: Make, employee: Employ) -> None:
    employee("ani", ("kota", Role.EVALUATOR), ("ptsp", Role.UNIT_HEAD), email="ani@kota.example")
    used = browser()
    used.sign_in("ani")
    shown = used.page("/akun").text
    for expected in ("Ani", "ani@kota.example", "Evaluator: Kota Uji", "Kepala unit: Pelayanan Terpadu"):
        assert expected in shown
    english = used.page("/akun?lang=en").text
    assert "Your sessions" in english
    assert "Sesi Anda" not in english


def test_somebody_without_a_role_sees_the_own_account(
    browser: Make, employee: Employ, city: Database
) -> None:
    made = employee("ani")
    with city.write() as session:
        for grant in session.exec(select(Grant).where(Grant.user_id == made.id)):
            session.delete(grant)
    used = browser()
    used.sign_in("ani")
    assert "Belum ada peran." in used.page("/akun").text


def test_sessions_show_where_and_when_in_the_time_of_ones_unit(
    browser: Make, employee: Employ, time: Time
) -> None:
    employee("ani", home="timur")
    used, phone = browser(), browser()
    phone.client.headers["User-Agent"] = PHONE
    phone.sign_in("ani")
    time.passes(minutes=30)
    used.sign_in("ani")
    shown = used.page("/akun").text
    assert "Chrome, Windows peramban ini Masuk 15 Oktober 2026 pukul 12.30 WIT" in shown
    assert "Chrome, Android Masuk 15 Oktober 2026 pukul 12.00 WIT" in shown
    assert shown.index("peramban ini") < shown.index("Chrome, Android")


def test_ending_one_session_and_all_others(browser: Make, employee: Employ) -> None:
    employee("ani")
    browsers = [browser() for _ in range(4)]
    for one in browsers:
        one.sign_in("ani")
    used, *others = browsers
    actions = [found["action"] for found in used.page("/akun").having("form")]
    single = [action for action in actions if action.endswith("/akhiri")]
    assert len(single) == 3
    assert used.post(single[0]).headers["location"] == "/akun?selesai=sesi"
    assert [one.is_in for one in others].count(True) == 2
    assert used.post("/akun/sesi/akhiri-lainnya").headers["location"] == "/akun?selesai=sesi-lain"
    assert [one.is_in for one in others] == [False, False, False]
    assert used.is_in
    assert used.post("/akun/sesi/akhiri-lainnya").status_code == 303, "none left is no fault"


def test_sessions_of_others_do_not_exist(browser: Make, employee: Employ, city: Database) -> None:
    budi = employee("budi")
    employee("ani")
    used, other = browser(), browser()
    used.sign_in("ani")
    other.sign_in("budi")
    with city.read() as session:
        theirs = session.exec(select(LoginSession.id).where(LoginSession.user_id == budi.id)).one()
    for path in (f"/akun/sesi/{theirs}/akhiri", "/akun/sesi/999999/akhiri"):
        assert used.post(path).status_code == 404
    assert other.is_in


def test_ending_this_session_is_signing_out(browser: Make, employee: Employ, city: Database) -> None:
    employee("ani")
    used = browser()
    used.sign_in("ani")
    with city.read() as session:
        this = session.exec(select(LoginSession.id)).one()
    assert used.post(f"/akun/sesi/{this}/akhiri").headers["location"] == "/masuk?keluar=1"
    assert not used.is_in


def test_another_password_ends_the_sessions_elsewhere(browser: Make, employee: Employ) -> None:
    employee("ani")
    used, elsewhere = browser(), browser()
    used.sign_in("ani")
    elsewhere.sign_in("ani")
    form = used.page("/akun/kata-sandi")
    assert form.having("input", name="current", autocomplete="current-password", type="password")
    assert len(form.having("input", autocomplete="new-password", type="password")) == 2
    answer = used.post("/akun/kata-sandi", current=PASSWORD, password=NEW, again=NEW)
    assert (answer.status_code, answer.headers["location"]) == (303, "/akun?selesai=kata-sandi")
    assert used.is_in
    assert not elsewhere.is_in
    assert browser().sign_in("ani").status_code == 422
    assert browser().sign_in("ani", NEW).status_code == 303


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"current": "salah-semua-ini", "password": NEW, "again": NEW}, "current"),
        ({"password": NEW, "again": NEW}, "current"),
        ({"current": PASSWORD, "password": "pendek", "again": "pendek"}, "password"),
        ({"current": PASSWORD, "password": "ani ani ani ani", "again": "ani ani ani ani"}, "password"),
        ({"current": PASSWORD, "password": NEW, "again": NEW + "x"}, "again"),
        ({"current": PASSWORD}, "password"),
        ({}, "password"),
    ],
)
def test_what_is_refused_says_where(
    browser: Make, employee: Employ, fields: dict[str, str], field: str
) -> None:
    employee("ani")
    used = browser()
    used.sign_in("ani")
    answer = used.post("/akun/kata-sandi", **fields)
    assert answer.status_code == 422
    form = Page(answer.text)
    assert list(form.links.values()).count(f"#{field}") == 1
    assert form.having("input", id=field, **{"aria-invalid": "true"})
    assert not any(value in answer.text for value in fields.values())
    assert browser().sign_in("ani").status_code == 303


def test_who_has_no_password_has_none_to_change(
    browser: Make, person: Employ, signed_in: Callable[..., dict[str, str]]
) -> None:
    headers = signed_in(person("sso", ("kota", Role.VIEWER)))
    used = browser()
    assert used.client.get("/akun/kata-sandi", headers=headers).status_code == 404
    assert used.client.post("/akun/kata-sandi", headers=headers, data={"password": NEW}).status_code == 404
    assert "Tidak ada: Anda masuk dengan" in used.client.get("/akun", headers=headers).text
