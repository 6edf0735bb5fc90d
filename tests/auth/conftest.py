"""People with passwords, browsers at several addresses, and a clock that tests set."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pyotp
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from sqlmodel import col, select
from starlette.testclient import TestClient

from app.audit.service import SYSTEM
from app.audit.tables import AuditEntry
from app.auth import passwords
from app.auth.roles import Role
from app.auth.tables import User
from app.core.db import Database
from app.core.settings import Settings
from app.factory import create_app
from tests.conftest import NOW
from tests.web.markup import Page

PASSWORD = "Kuda-Laut-Rabu-9"
HTML = {
    "Accept": "text/html,application/xhtml+xml",
    "Accept-Language": "id",
    "User-Agent": "X Chrome/1 Windows",
}


@dataclass
class Time:
    """The application's present, as a test wants it."""

    now: datetime = NOW

    def passes(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class Browser:
    """A browser without scripts: it follows no redirect by itself, and keeps its cookies."""

    client: TestClient

    def get(self, path: str) -> Any:
        return self.client.get(path)

    def page(self, path: str) -> Page:
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.text
        return Page(answer.text)

    def post(self, path: str, **fields: str) -> Any:
        return self.client.post(path, data=fields)

    def sign_in(self, login: str, password: str = PASSWORD, **fields: str) -> Any:
        return self.post("/masuk", login=login, password=password, **fields)

    @property
    def session(self) -> str | None:
        """The secret in the cookie of the session."""
        return next(
            (one.value for one in self.client.cookies.jar if one.name in ("eskm", "__Host-eskm")), None
        )

    def carries(self, secret: str | None) -> None:
        """Put a session's secret into the cookie, as who stole it would."""
        assert secret is not None
        self.client.cookies.set("eskm", secret, domain=self.client.base_url.host)

    @property
    def is_in(self) -> bool:
        """Whether the account page opens."""
        return bool(self.get("/akun").status_code == 200)


def key_of(form: Page) -> str:
    """The key that a page shows for the app, as it is typed."""
    found = re.search(r"(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}", form.text)
    assert found is not None
    return found.group().replace(" ", "")


def code_of(key: str, time: Time, steps: int = 0) -> str:
    """What an app with this key shows, its clock so many half minutes ahead."""
    return str(pyotp.TOTP(key).at(time.now + timedelta(seconds=30 * steps)))


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The real parameters cost a tenth of a second each; how they are chosen is tested on its own."""
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords._nobodys.cache_clear()
    yield
    passwords._nobodys.cache_clear()


@pytest.fixture
def time() -> Time:
    """What the application takes for the present."""
    return Time()


@pytest.fixture
def app(city: Database, settings: Settings, time: Time) -> FastAPI:
    """The application on the city, at a time that the test sets."""
    return create_app(settings, clock=lambda: time.now)


@pytest.fixture
def browser(client: TestClient, app: FastAPI) -> Callable[..., Browser]:
    """Makes a browser with nothing remembered: `browser("198.51.100.7")`."""

    def make(address: str = "203.0.113.5") -> Browser:
        made = TestClient(
            app,
            base_url=app.state.settings.public_url,
            raise_server_exceptions=False,
            follow_redirects=False,
            headers=HTML,
            client=(address, 50000),
        )
        return Browser(made)

    return make


@pytest.fixture
def employee(city: Database, person: Callable[..., User]) -> Callable[..., User]:
    """Makes somebody with a password: `employee("ani", ("kota", Role.ADMIN))`."""

    def make(name: str = "ani", *grants: tuple[str, Role], password: str = PASSWORD, **more: Any) -> User:
        made = person(name, *(grants or (("kota", Role.VIEWER),)), **more)
        with city.write() as session:
            passwords.store(
                session, SYSTEM, session.get_one(User, made.id), passwords.hash_password(password), NOW
            )
        return made

    return make


@pytest.fixture
def account(city: Database) -> Callable[[str], User]:
    """Reads an account as it is stored now."""

    def read(name: str) -> User:
        with city.read() as session:
            return session.exec(select(User).where(User.name == name)).one()

    return read


@pytest.fixture
def record(city: Database) -> Callable[[], list[AuditEntry]]:
    """Reads what was recorded, in order."""

    def read() -> list[AuditEntry]:
        with city.read() as session:
            return list(
                session.exec(select(AuditEntry).order_by(col(AuditEntry.chain), col(AuditEntry.sequence)))
            )

    return read


@pytest.fixture
def with_app(browser: Callable[..., Browser], time: Time) -> Callable[..., tuple[Browser, str, list[str]]]:
    """Signs somebody in and sets up the second factor: the browser, the key of the app, the recovery codes."""

    def set_up(name: str = "ani") -> tuple[Browser, str, list[str]]:
        used = browser()
        assert used.sign_in(name).status_code == 303
        form = used.page("/akun/kode")
        key = key_of(form)
        code = code_of(key, time)
        answer = used.post("/akun/kode", key=form.fields["key"], code=code, current=PASSWORD)
        assert answer.status_code == 200, answer.text
        codes = [words for words in Page(answer.text).words if len(words) == 9 and words[4] == "-"]
        assert len(codes) == 10
        return used, key, codes

    return set_up
