"""The first start: one administrator, made by whoever knows the code, and then never again."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from fastapi import FastAPI
from sqlmodel import select
from starlette.testclient import TestClient

from app.admin.setup import setup_code
from app.audit.tables import AuditEntry
from app.auth.keys import Keys
from app.auth.tables import Grant, User
from app.core.db import Database
from app.core.secrets import load_or_create
from app.core.settings import Settings
from app.factory import create_app
from app.units.tables import Unit
from tests.conftest import NOW

HTML = {"Accept": "text/html"}
PASSWORD = "payung kerbau lampion"
PERSON = {
    "full_name": "Ayu Lestari",
    "name": "ayu",
    "email": "ayu@kota.example",
    "password": PASSWORD,
    "again": PASSWORD,
}
GOVERNMENT = {"government": "Pemerintah Kota Uji", "code": "kota-uji", "timezone": "Asia/Makassar"}


class Clock:
    """A clock that stands still until it is moved."""

    now = NOW

    def __call__(self) -> datetime:
        """The present instant."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """15 October 2026, 03:00 UTC, until it is moved."""
    return Clock()


@pytest.fixture
def empty(database: Database, settings: Settings, clock: Clock) -> Iterator[TestClient]:
    """A browser on an installation without a unit and without a user."""
    app = create_app(settings, clock=clock)
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False, headers=HTML) as client:
        yield client


@pytest.fixture
def code(settings: Settings) -> str:
    """The set-up code of the installation."""
    return setup_code(Keys(load_or_create(settings.secret_key_file)))


def users(database: Database) -> list[User]:
    with database.read() as session:
        return list(session.exec(select(User)))


def test_an_empty_installation_is_set_up(empty: TestClient, database: Database, code: str) -> None:
    assert empty.get("/masuk").headers["location"] == "/pasang"
    shown = empty.get("/pasang")
    assert shown.status_code == 200
    assert code not in shown.text
    done = empty.post("/pasang", data={"setup_code": code, **GOVERNMENT, **PERSON})
    assert (done.status_code, done.headers["location"]) == (303, "/petugas")
    units = empty.get("/api/v1/units").json()
    assert [unit["code"] for unit in units["units"] if isinstance(units, dict)] == ["kota-uji"]
    with database.read() as session:
        unit, user, grant = (session.exec(select(table)).one() for table in (Unit, User, Grant))
        entries = session.exec(select(AuditEntry)).all()
    assert (unit.name, unit.timezone) == ("Pemerintah Kota Uji", "Asia/Makassar")
    assert (user.name, user.email, user.unit_id) == ("ayu", "ayu@kota.example", unit.id)
    assert (grant.role, grant.unit_id, grant.user_id) == ("admin", unit.id, user.id)
    assert {entry.action for entry in entries} == {
        "setup.completed",
        "registry.applied",
        "user.added",
        "grant.added",
        "password.changed",
        "session.opened",
    }
    told = str([entry.model_dump() for entry in entries])
    assert PASSWORD not in told
    assert code not in told


def test_once_somebody_has_an_account_there_is_no_set_up(
    empty: TestClient, database: Database, code: str
) -> None:
    sent = {"setup_code": code, **GOVERNMENT, **PERSON}
    assert empty.post("/pasang", data=sent).status_code == 303
    with database.write() as session:
        session.exec(select(User)).one().active = False
    empty.cookies.clear()
    assert empty.get("/pasang").status_code == 404
    assert empty.post("/pasang", data={**sent, "name": "budi", "email": ""}).status_code == 404
    assert empty.get("/masuk").status_code == 200
    assert [user.name for user in users(database)] == ["ayu"]


def test_where_units_exist_one_of_the_governments_is_chosen(app: FastAPI, city: Database, code: str) -> None:
    with TestClient(app, follow_redirects=False, headers=HTML) as browser:
        shown = browser.get("/pasang").text
        assert '<option value="kota"' in shown
        assert '<option value="ptsp"' not in shown
        assert 'name="government"' not in shown
        sent = {"setup_code": code, **PERSON}
        for unit in ("ptsp", "", "tidak-ada"):
            assert browser.post("/pasang", data={**sent, "unit": unit}).status_code == 422
        assert browser.post("/pasang", data={**sent, "unit": "kota"}).status_code == 303
    with city.read() as session:
        grant, unit = session.exec(select(Grant, Unit).where(Unit.id == Grant.unit_id)).one()
    assert (grant.role, unit.code) == ("admin", "kota")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"setup_code": "AAAA-AAAA-AAAA"}, "setup_code"),
        ({"setup_code": ""}, "setup_code"),
        ({"government": " "}, "government"),
        ({"code": "Kota Uji!"}, "code"),
        ({"timezone": "Europe/Berlin"}, "timezone"),
        ({"name": "a b"}, "name"),
        ({"email": "ayu"}, "email"),
        ({"full_name": ""}, "full_name"),
        ({"password": "pendek", "again": "pendek"}, "password"),
        ({"password": "pemerintah kota uji", "again": "pemerintah kota uji"}, "password"),
        ({"again": "lain"}, "again"),
    ],
)
def test_what_is_wrong_is_said_and_kept(
    empty: TestClient, database: Database, code: str, changed: dict[str, str], field: str
) -> None:
    answer = empty.post("/pasang", data={"setup_code": code, **GOVERNMENT, **PERSON, **changed})
    assert answer.status_code == 422
    assert f'<a href="#{field}">' in answer.text
    assert PASSWORD not in answer.text
    assert users(database) == []
    with database.read() as session:
        assert session.exec(select(Unit)).all() == []


def test_all_faults_are_said_at_once(empty: TestClient, code: str) -> None:
    wrong = {"government": "", "code": "", "full_name": "", "name": "a b", "password": "x", "again": "x"}
    answer = empty.post("/pasang", data={"setup_code": code, **GOVERNMENT, **PERSON, **wrong})
    assert re.findall(r'<a href="#(\w+)">', answer.text) == [
        "government",
        "code",
        "name",
        "full_name",
        "password",
    ]


def test_the_start_page_shows_the_way(empty: TestClient) -> None:
    assert '<a href="/masuk">' in empty.get("/").text


def test_the_code_may_be_typed_as_it_is_read(empty: TestClient, code: str) -> None:
    typed = code.replace("-", " ").lower().replace("0", "o").replace("1", "l")
    sent = {"setup_code": f" {typed} ", **GOVERNMENT, **PERSON}
    assert empty.post("/pasang", data=sent).status_code == 303


def test_guessing_is_slow(empty: TestClient, database: Database, code: str, clock: Clock) -> None:
    sent = {**GOVERNMENT, **PERSON}
    for _ in range(10):
        assert empty.post("/pasang", data={"setup_code": "AAAA-AAAA-AAAA", **sent}).status_code == 422
    refused = empty.post("/pasang", data={"setup_code": code, **sent})
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "600")
    assert "Coba lagi dalam 10 menit" in refused.text
    clock.now += timedelta(minutes=10)
    assert empty.post("/pasang", data={"setup_code": code, **sent}).status_code == 303


def test_of_two_set_ups_at_once_one_succeeds(empty: TestClient, database: Database, code: str) -> None:
    sent = [
        {"setup_code": code, **GOVERNMENT, **PERSON, "name": name, "email": f"{name}@kota.example"}
        for name in ("ayu", "budi")
    ]
    with ThreadPoolExecutor(2) as two:
        answers = sorted(two.map(lambda data: empty.post("/pasang", data=data).status_code, sent))
    assert answers == [303, 404]
    assert len(users(database)) == 1


def test_the_code_is_that_of_the_key() -> None:
    code = setup_code(Keys(b"k" * 32))
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}", code)  # 60 bits, no I, L, O, U
    assert setup_code(Keys(b"k" * 32)) == code
    assert setup_code(Keys(b"l" * 32)) != code


def test_the_log_tells_the_code_while_it_is_needed(
    database: Database,
    settings: Settings,
    code: str,
    announced: Callable[[], list[str]],
) -> None:
    with TestClient(create_app(settings), follow_redirects=False) as browser:
        assert announced() == [f"http://127.0.0.1:8000/pasang {code}"]
        browser.post("/pasang", data={"setup_code": code, **GOVERNMENT, **PERSON})
    with TestClient(create_app(settings)):
        assert len(announced()) == 1


@pytest.fixture
def announced(monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """What the log was told about setting up."""
    told: list[str] = []

    class Log:
        def warning(self, event: str, *, address: str, code: str) -> None:
            assert event == "setup.needed"
            told.append(f"{address} {code}")

    monkeypatch.setattr("app.admin.setup.log", Log())
    return lambda: told
