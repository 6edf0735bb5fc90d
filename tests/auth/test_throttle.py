"""How often somebody may be wrong: guessers are stopped, and nobody else is."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlmodel import func, select

from app.auth import passwords
from app.auth.tables import SignInFailure, User
from app.core.db import Database
from tests.auth.conftest import PASSWORD, Browser, Time
from tests.web.markup import Page

Make = Callable[..., Browser]
Employ = Callable[..., User]
WRONG = "salah-semua-ini"
OFFICE = "203.0.113.5"


def failures(city: Database) -> int:
    with city.read() as session:
        return session.exec(select(func.count()).select_from(SignInFailure)).one()


@pytest.mark.parametrize("login", ["ani", "tak.dikenal"])
def test_five_wrong_passwords_from_one_network_and_then_a_wait(
    browser: Make, employee: Employ, time: Time, monkeypatch: pytest.MonkeyPatch, login: str
) -> None:
    employee("ani")
    for _ in range(5):
        assert browser(OFFICE).sign_in(login, WRONG).status_code == 422
        time.passes(minutes=1)
    compared: list[str] = []
    monkeypatch.setattr(passwords, "matches", lambda _stored, password: compared.append(password))
    answer = browser("203.0.113.77").sign_in(login)
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == str(10 * 60)
    assert "Terlalu banyak percobaan. Coba lagi dalam 10 menit." in Page(answer.text).text
    assert Page(answer.text).fields["password"] == ""
    assert compared == [], "nothing was looked at"
    monkeypatch.undo()
    time.passes(minutes=10, seconds=1)
    assert browser(OFFICE).sign_in(login, WRONG).status_code == 422


def test_name_and_address_are_one_account(browser: Make, employee: Employ) -> None:
    employee("ani", email="ani@kota.example")
    for login in ("ani", "ani@kota.example", "ANI", " Ani@kota.example", "ani"):
        assert browser().sign_in(login, WRONG).status_code == 422
    assert browser().sign_in("ani@kota.example").status_code == 429


def test_being_right_begins_anew(browser: Make, employee: Employ, city: Database) -> None:
    employee("ani")
    for _ in range(3):
        for _ in range(4):
            assert browser().sign_in("ani", WRONG).status_code == 422
        assert browser().sign_in("ani").status_code == 303
    assert failures(city) == 0


def test_many_at_once_are_not_more_than_allowed(browser: Make, employee: Employ) -> None:
    employee("ani")
    browsers = [browser() for _ in range(12)]
    with ThreadPoolExecutor(12) as threads:
        answers = list(threads.map(lambda one: one.sign_in("ani", WRONG).status_code, browsers))
    assert answers.count(422) <= 5
    assert set(answers) <= {422, 429, 503}, "503: too many are waiting to be compared"


def test_an_account_is_tried_thirty_times_an_hour_from_everywhere(
    browser: Make, employee: Employ, time: Time
) -> None:
    employee("ani")
    employee("budi")
    home = browser("198.51.100.1")
    assert home.sign_in("ani").status_code == 303
    for network in range(30):
        assert browser(f"10.0.{network}.1").sign_in("ani", WRONG).status_code == 422
    answer = browser("10.1.0.1").sign_in("ani")
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) == 3600
    assert browser("10.1.0.1").sign_in("budi").status_code == 303, "others are not concerned"
    assert browser("198.51.100.200").sign_in("ani").status_code == 303, "nor the owner's own network"
    assert home.sign_in("ani").status_code == 303
    time.passes(hours=1, seconds=1)
    assert browser("10.1.0.1").sign_in("ani", WRONG).status_code == 422


def test_half_way_in_does_not_make_a_network_known(
    browser: Make, employee: Employ, with_app: Callable[..., object], time: Time
) -> None:
    """Whoever has stolen the password but not the phone is no less a stranger for it."""
    employee("ani")
    with_app("ani")
    assert browser("198.51.100.1").sign_in("ani").headers["location"] == "/masuk/kode"
    for network in range(30):
        assert browser(f"10.0.{network}.1").sign_in("ani", WRONG).status_code == 422
    assert browser("198.51.100.1").sign_in("ani").status_code == 429


def test_an_attacker_in_an_office_of_fifty_locks_nobody_out(
    browser: Make, employee: Employ, time: Time
) -> None:
    names = [f"staf{number:02}" for number in range(50)]
    own = {}
    for name in names:
        employee(name)
        own[name] = browser(OFFICE)
        assert own[name].sign_in(name).status_code == 303
        own[name].post("/keluar")
    newcomer = employee("baru")
    refused = 0
    for name in [*names, *[f"tak.dikenal{number}" for number in range(15)]]:
        for _ in range(6):
            refused += browser(OFFICE).sign_in(name, WRONG).status_code == 429
    assert refused >= 65, "five for each, three hundred for the network"
    assert {own[name].sign_in(name).status_code for name in names} == {303}
    assert browser(OFFICE).sign_in("staf00").status_code == 429, "a browser that nobody knows has to wait"
    assert browser("198.51.100.1").sign_in("staf00").status_code == 303, "from elsewhere it need not"
    assert browser(OFFICE).sign_in(newcomer.name).status_code == 429
    assert browser("198.51.100.1").sign_in(newcomer.name).status_code == 303
    time.passes(minutes=15, seconds=1)
    assert browser(OFFICE).sign_in(newcomer.name).status_code == 303


def test_a_full_network_still_lets_in_who_came_from_there(browser: Make, employee: Employ) -> None:
    employee("ani")
    employee("budi")
    assert browser(OFFICE).sign_in("ani").status_code == 303
    for number in range(300):
        assert browser(OFFICE).sign_in(f"tak.dikenal{number}", WRONG).status_code == 422
    assert browser(OFFICE).sign_in("ani").status_code == 303, "also in a browser that nobody knows"
    assert browser(OFFICE).sign_in("budi").status_code == 429
    assert browser(OFFICE).sign_in("tak.dikenal").status_code == 429


def test_a_known_browser_is_not_known_for_somebody_else(browser: Make, employee: Employ) -> None:
    """An attacker with an account in the office gains nothing for the accounts of others."""
    employee("ani")
    employee("jahat")
    used = browser(OFFICE)
    used.sign_in("jahat")
    known = next(one for one in used.client.cookies.jar if one.name.startswith("eskm-known-"))
    for _ in range(5):
        assert browser(OFFICE).sign_in("ani", WRONG).status_code == 422
    assert used.sign_in("ani").status_code == 429
    own = browser("198.51.100.1")
    own.sign_in("ani")
    name = next(one.name for one in own.client.cookies.jar if one.name.startswith("eskm-known-"))
    assert name != known.name
    for forged in (known.value, "x.y", "", "."):
        thief = browser(OFFICE)
        thief.client.cookies.set(name, forged or "", domain=thief.client.base_url.host)
        assert thief.sign_in("ani").status_code == 429


def test_a_known_browser_is_limited_too(browser: Make, employee: Employ) -> None:
    employee("ani")
    used = browser()
    used.sign_in("ani")
    used.post("/keluar")
    for _ in range(5):
        assert used.sign_in("ani", WRONG).status_code == 422
    assert used.sign_in("ani").status_code == 429
    assert browser().sign_in("ani").status_code == 303, "what happens there is counted there"


def test_what_is_counted_cannot_be_read_back_and_goes_after_a_day(
    browser: Make, employee: Employ, city: Database, time: Time
) -> None:
    employee("ani")
    for _ in range(3):
        browser().sign_in("ani", WRONG)
        browser().sign_in("tak.dikenal", WRONG)
    with city.read() as session:
        stored = " ".join(f"{one.account} {one.network}" for one in session.exec(select(SignInFailure)))
    assert len(stored.split()) == 12
    assert all(len(word) == 64 for word in stored.split())
    time.passes(hours=24, seconds=1)
    browser().sign_in("ani", WRONG)
    assert failures(city) == 1


def test_the_present_password_is_guessed_no_faster_from_within(browser: Make, employee: Employ) -> None:
    employee("ani")
    used = browser()
    used.sign_in("ani")
    fields = {"password": "Sepeda Awan 71 Hijau", "again": "Sepeda Awan 71 Hijau"}
    for _ in range(5):
        assert used.post("/akun/kata-sandi", current=WRONG, **fields).status_code == 422
    answer = used.post("/akun/kata-sandi", current=PASSWORD, **fields)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, str(15 * 60))


def test_waiting_is_said_in_whole_minutes(browser: Make, employee: Employ, time: Time) -> None:
    employee("ani")
    for _ in range(5):
        browser().sign_in("ani", WRONG)
    time.now += timedelta(minutes=14, seconds=30, milliseconds=300)
    answer = browser().sign_in("ani")
    assert answer.headers["retry-after"] == "30"
    assert "dalam 1 menit" in answer.text
