"""A mail server that keeps what it gets, services that use it, and links to try."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from fastapi import FastAPI
from pydantic import SecretStr
from sqlmodel import select
from starlette.testclient import TestClient

from app.audit.service import SYSTEM
from app.audit.tables import AuditEntry
from app.auth.links import make_link
from app.auth.tables import User
from app.core.db import Database
from app.core.settings import Settings
from app.factory import create_app
from tests.conftest import NOW

HTML = {"Accept": "text/html"}
PASSWORD = "payung kerbau lampion"


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        """The present instant."""
        return self.now


@dataclass
class Mailbox:
    """What a mail server was handed, and what it answers."""

    letters: list[Envelope] = field(default_factory=list)
    refusal: str | None = None
    port: int = 0

    async def handle_DATA(  # noqa: N802 - the library's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Keep a letter, or refuse it."""
        if self.refusal is not None:
            return self.refusal
        self.letters.append(envelope)
        return "250 OK"

    @property
    def url(self) -> str:
        """Where it is, for the settings."""
        return f"smtp://127.0.0.1:{self.port}"


class Anywhere(Controller):
    """A mail server on a free port of this machine."""

    def __init__(self, box: Mailbox, **options: Any) -> None:
        super().__init__(box, hostname="127.0.0.1", port=0, **options)
        self.box = box

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.box.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@pytest.fixture
def mail_server() -> Iterator[Callable[..., Mailbox]]:
    """Runs a mail server with options of aiosmtpd."""
    running: list[Anywhere] = []

    def start(**options: Any) -> Mailbox:
        running.append(Anywhere(Mailbox(), **options))
        running[-1].start()
        return running[-1].box

    yield start
    for server in running:
        server.stop()


@pytest.fixture
def mailbox(mail_server: Callable[..., Mailbox]) -> Mailbox:
    """A running mail server that wants neither encryption nor a password."""
    return mail_server()


@pytest.fixture
def clock() -> Clock:
    """15 October 2026, 03:00 UTC, until it is moved."""
    return Clock()


@pytest.fixture
def serve(city: Database, settings: Settings, clock: Clock) -> Iterator[Callable[..., TestClient]]:
    """Runs the service with other settings: `serve(mail_from="…")` gives a browser that follows nothing."""
    running: list[TestClient] = []

    def start(**changed: Any) -> TestClient:
        app: FastAPI = create_app(settings.model_copy(update=changed), clock=clock)
        client = TestClient(app, raise_server_exceptions=False, follow_redirects=False, headers=HTML)
        running.append(client.__enter__())
        return client

    yield start
    for client in running:
        client.__exit__(None, None, None)


@pytest.fixture
def browser(serve: Callable[..., TestClient]) -> TestClient:
    """A browser on a service without mail."""
    return serve()


@pytest.fixture
def mailing(serve: Callable[..., TestClient], mailbox: Mailbox) -> TestClient:
    """A browser on a service that sends mail."""
    return serve(smtp_url=SecretStr(mailbox.url), mail_from="Survei Kota <eskm@kota.example>")


@pytest.fixture
def link(city: Database, clock: Clock) -> Callable[..., str]:
    """Makes the path of a new link: `link(user, "invite")`."""

    def make(user: User, purpose: str = "reset") -> str:
        with city.write() as session:
            found = session.get_one(User, user.id)
            return "/akun/tautan/" + make_link(session, SYSTEM, found, purpose, clock())

    return make


@pytest.fixture
def recorded(city: Database) -> Callable[[], list[AuditEntry]]:
    """All that the record says so far."""

    def read() -> list[AuditEntry]:
        with city.read() as session:
            return list(session.exec(select(AuditEntry).order_by(AuditEntry.chain, AuditEntry.sequence)))

    return read
