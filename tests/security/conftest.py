"""A production installation beside the ordinary one, and a real server to which bytes can be sent."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
import uvicorn
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.core.db import Database
from app.core.framing import BoundedProtocol
from app.core.settings import Settings
from app.factory import create_app
from tests.conftest import NOW

PUBLIC = "https://skm.kota.example"
Send = Callable[..., bytes]


@pytest.fixture
def production(city: Database, settings: Settings) -> Settings:
    """Settings of an installation that people reach through TLS."""
    return settings.model_copy(update={"public_url": PUBLIC, "allowed_hosts": ("survei.kota.example",)})


@pytest.fixture
def public(production: Settings) -> Iterator[TestClient]:
    """A client of a production installation, through TLS."""
    app = create_app(production, clock=lambda: NOW)
    with TestClient(app, base_url=PUBLIC, raise_server_exceptions=False, follow_redirects=False) as client:
        yield client


@pytest.fixture
def served(app: FastAPI) -> Iterator[int]:
    """The port of a real server with the application, as `eskm serve` runs it."""
    config = uvicorn.Config(
        app,
        port=0,
        log_level="critical",
        access_log=False,
        http=BoundedProtocol,
        ws="none",
        server_header=False,
        proxy_headers=False,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join(30)


@pytest.fixture
def send(served: int) -> Iterator[Send]:
    """Sends bytes on a connection of its own; what came back until the other end closed or kept quiet."""
    with ExitStack() as stack:

        def sent(content: bytes, quiet: float = 5) -> bytes:
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", served), timeout=quiet))
            received = bytearray()
            try:
                connection.sendall(content)
                while part := connection.recv(65536):
                    received += part
            except (TimeoutError, ConnectionError):
                pass
            return bytes(received)

        yield sent


def status_of(answer: bytes) -> int:
    """The status of an answer as bytes."""
    return int(answer.split(b" ", 2)[1])
