"""Links that set a password: once, in time, by whoever holds the newest one; then one is signed in."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from app.audit.service import SYSTEM
from app.audit.tables import AuditEntry
from app.auth import passwords
from app.auth.accounts import deactivate
from app.auth.roles import Role
from app.auth.tables import AccountLink, LoginSession, User
from app.core.db import Database
from tests.auth_links.conftest import PASSWORD, Clock

Person = Callable[..., User]
Link = Callable[..., str]
FILLED = {"password": PASSWORD, "again": PASSWORD}


def stored(database: Database, user: User) -> User:
    with database.read() as session:
        return session.get_one(User, user.id)


def test_an_invitation_sets_a_password_and_signs_in(
    browser: TestClient, city: Database, person: Person, link: Link
) -> None:
    ani = person("ani", ("kota", Role.VIEWER))
    path = link(ani, "invite")
    shown = browser.get(path)
    assert shown.status_code == 200
    assert "Selamat datang, Ani" in shown.text
    assert shown.headers["referrer-policy"] == "same-origin"
    assert shown.headers["cache-control"] == "no-store"
    assert browser.get(path).status_code == 200  # looking spends nothing
    done = browser.post(path, data=FILLED)
    assert (done.status_code, done.headers["location"]) == (303, "/petugas")
    assert browser.get("/api/v1/units").status_code == 200
    assert passwords.matches(stored(city, ani).password_hash, PASSWORD)


def test_a_used_link_is_gone(browser: TestClient, person: Person, link: Link) -> None:
    path = link(person("ani"))
    assert browser.post(path, data=FILLED).status_code == 303
    for again in (browser.get(path), browser.post(path, data=FILLED)):
        assert again.status_code == 410
        assert "Mintalah tautan baru kepada administrator" in again.text


@pytest.mark.parametrize(
    ("purpose", "lasts"), [("invite", timedelta(days=7)), ("reset", timedelta(hours=24))]
)
def test_a_link_runs_out(
    browser: TestClient, person: Person, link: Link, clock: Clock, purpose: str, lasts: timedelta
) -> None:
    path = link(person("ani"), purpose)
    clock.now += lasts - timedelta(seconds=1)
    assert browser.get(path).status_code == 200
    clock.now += timedelta(seconds=1)
    assert browser.get(path).status_code == 410
    assert browser.post(path, data=FILLED).status_code == 410


def test_a_newer_link_replaces_the_older_one(browser: TestClient, person: Person, link: Link) -> None:
    ani, budi = person("ani"), person("budi")
    older, others = link(ani, "invite"), link(budi)
    newer = link(ani)
    assert browser.get(older).status_code == 410
    assert browser.get(newer).status_code == 200
    assert browser.get(others).status_code == 200


def test_an_unknown_link_and_that_of_a_closed_account(
    browser: TestClient, city: Database, person: Person, link: Link
) -> None:
    unknown = browser.get("/akun/tautan/eskml_nothing")
    assert unknown.status_code == 404
    assert "Mintalah tautan baru kepada administrator" in unknown.text
    assert browser.get("/akun/tautan/%00").status_code == 404
    ani = person("ani")
    path = link(ani)
    with city.write() as session:
        deactivate(session, SYSTEM, session.get_one(User, ani.id), ani.created_at)
    assert browser.post(path, data=FILLED).status_code == 410
    assert stored(city, ani).password_hash is None


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"password": PASSWORD, "again": PASSWORD + "x"}, "again"),
        ({"password": "pendek", "again": "pendek"}, "password"),
        ({"password": "password1234", "again": "password1234"}, "password"),
        ({"password": "anisetiawati", "again": "anisetiawati"}, "password"),
        ({}, "password"),
    ],
)
def test_a_password_that_will_not_do_spends_nothing(
    browser: TestClient, person: Person, link: Link, sent: dict[str, str], field: str
) -> None:
    path = link(person("ani.setiawati"))
    refused = browser.post(path, data=sent)
    assert refused.status_code == 422
    assert f'<a href="#{field}">' in refused.text
    assert PASSWORD not in refused.text
    assert browser.post(path, data=FILLED).status_code == 303


def test_a_new_password_ends_all_other_sessions(
    browser: TestClient, city: Database, person: Person, link: Link, signed_in: Callable[..., dict[str, str]]
) -> None:
    ani = person("ani", ("kota", Role.VIEWER))
    signed_in(ani)
    assert browser.post(link(ani), data=FILLED).status_code == 303
    with city.read() as session:
        sessions = session.exec(select(LoginSession).order_by(LoginSession.id)).all()  # type: ignore[arg-type]
    assert [one.ended_at is None for one in sessions] == [False, True]


def test_a_link_is_no_way_around_the_second_factor(
    browser: TestClient, city: Database, person: Person, link: Link
) -> None:
    ani = person("ani", ("kota", Role.VIEWER))
    with city.write() as session:
        found = session.get_one(User, ani.id)
        found.totp_secret, found.totp_confirmed_at = b"sealed", found.created_at
    done = browser.post(link(ani), data=FILLED)
    assert done.headers["location"] == "/masuk/kode"
    assert browser.get("/api/v1/units").status_code in (303, 401)


def test_of_two_at_once_one_succeeds(browser: TestClient, city: Database, person: Person, link: Link) -> None:
    path = link(person("ani"))
    sent = [{"password": f"{PASSWORD} {n}", "again": f"{PASSWORD} {n}"} for n in ("lima", "enam")]
    with ThreadPoolExecutor(2) as two:
        answers = sorted(two.map(lambda data: browser.post(path, data=data).status_code, sent))
    assert answers == [303, 410]
    with city.read() as session:
        assert len(session.exec(select(LoginSession)).all()) == 1


def test_the_record_knows_of_links_and_no_secret(
    browser: TestClient,
    city: Database,
    person: Person,
    link: Link,
    recorded: Callable[[], list[AuditEntry]],
) -> None:
    ani = person("ani")
    path = link(ani, "invite")
    browser.post(path, data=FILLED)
    actions = [entry.action for entry in recorded()]
    assert actions[-4:] == ["link.made", "link.used", "password.changed", "session.opened"]
    made = next(entry for entry in recorded() if entry.action == "link.made")
    assert (made.subject, made.details) == (f"user:{ani.id}", {"name": "ani", "purpose": "invite"})
    secret = path.rpartition("/")[2]
    assert secret not in str([entry.model_dump() for entry in recorded()])
    with city.read() as session:
        assert secret not in str(session.exec(select(AccountLink)).one().model_dump())
