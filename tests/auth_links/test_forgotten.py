"""The forgotten password: by mail where there is mail, and nobody learns who has an account."""

import re
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from app.auth.tables import AccountLink, User
from app.core.db import Database
from tests.auth_links.conftest import PASSWORD, Clock, Mailbox

Person = Callable[..., User]


def links_made(database: Database) -> int:
    with database.read() as session:
        return len(session.exec(select(AccountLink)).all())


@pytest.mark.parametrize("login", ["ani", "ANI@kota.example "])
def test_the_way_back_by_mail(mailing: TestClient, mailbox: Mailbox, person: Person, login: str) -> None:
    person("ani", email="ani@kota.example")
    sent = mailing.post("/masuk/lupa", data={"login": login})
    assert (sent.status_code, sent.headers["location"]) == (303, "/masuk/lupa?terkirim=1")
    assert "Periksa surel Anda" in mailing.get(sent.headers["location"]).text
    (envelope,) = mailbox.letters
    assert envelope.rcpt_tos == ["ani@kota.example"]
    assert isinstance(envelope.content, bytes)
    letter = message_from_bytes(envelope.content, policy=policy.default)
    assert letter["From"] == "Survei Kota <eskm@kota.example>"
    assert letter["Subject"] == "Kata sandi baru untuk e-SKM"
    assert letter["Auto-Submitted"] == "auto-generated"
    text = letter.get_content()
    assert "Nama pengguna Anda: ani" in text
    found = re.search(r"^http://127\.0\.0\.1:8000(/akun/tautan/eskml_[\w-]{43})\r?$", text, re.M)
    assert found is not None
    done = mailing.post(found[1], data={"password": PASSWORD, "again": PASSWORD})
    assert done.status_code == 303


def test_the_letter_speaks_the_readers_language(
    mailing: TestClient, mailbox: Mailbox, person: Person
) -> None:
    person("ani", email="ani@kota.example")
    mailing.post("/masuk/lupa", data={"login": "ani"}, headers={"Accept-Language": "en"})
    (envelope,) = mailbox.letters
    assert isinstance(envelope.content, bytes)
    letter = message_from_bytes(envelope.content, policy=policy.default)
    assert letter["Subject"] == "A new password for e-SKM"
    assert "It was not you" not in letter.get_content()
    assert "If it was not you, ignore this mail" in letter.get_content()


def test_nobody_learns_who_has_an_account(
    mailing: TestClient, mailbox: Mailbox, city: Database, person: Person
) -> None:
    person("ani", email="ani@kota.example")
    person("budi")
    with city.write() as session:
        closed = session.get_one(User, person("cici", email="cici@kota.example").id)
        closed.active = False
    answers = [mailing.post("/masuk/lupa", data={"login": login}) for login in ("ani", "budi", "cici", "x\0")]
    told = {(one.status_code, one.text, one.headers["location"], len(one.headers)) for one in answers}
    assert len(told) == 1
    assert [envelope.rcpt_tos for envelope in mailbox.letters] == [["ani@kota.example"]]
    assert links_made(city) == 1


def test_one_letter_in_ten_minutes(
    mailing: TestClient, mailbox: Mailbox, person: Person, clock: Clock
) -> None:
    person("ani", email="ani@kota.example")
    for _ in range(3):
        mailing.post("/masuk/lupa", data={"login": "ani"})
    assert len(mailbox.letters) == 1
    clock.now += timedelta(minutes=10)
    mailing.post("/masuk/lupa", data={"login": "ani"})
    assert len(mailbox.letters) == 2


def test_a_mail_server_that_refuses_breaks_nothing(
    mailing: TestClient, mailbox: Mailbox, person: Person, capfd: pytest.CaptureFixture[str]
) -> None:
    person("ani", email="ani@kota.example")
    mailbox.refusal = "554 5.7.1 <ani@kota.example>: not here"
    sent = mailing.post("/masuk/lupa", data={"login": "ani"})
    assert sent.headers["location"] == "/masuk/lupa?terkirim=1"
    assert "ani@" not in capfd.readouterr().err


def test_without_mail_the_page_says_whom_to_ask(browser: TestClient, city: Database, person: Person) -> None:
    person("ani", email="ani@kota.example")
    shown = browser.get("/masuk/lupa")
    assert "Hubungi administrator" in shown.text
    assert "<form" not in shown.text.partition("<main")[2]
    assert browser.post("/masuk/lupa", data={"login": "ani"}).headers["location"] == "/masuk/lupa"
    assert links_made(city) == 0


def test_an_empty_name_is_asked_for_again(mailing: TestClient) -> None:
    again = mailing.post("/masuk/lupa", data={"login": " "})
    assert again.status_code == 422
    assert '<a href="#login">' in again.text
