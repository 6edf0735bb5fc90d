"""A receiver that really listens, and says what it got."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


@dataclass
class Receiver:
    """What came in, and with which status the next messages are answered (200 when nothing else is planned)."""

    port: int = 0
    messages: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    planned: list[int] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/masuk"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A server on this machine."""
    told = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.messages.append(({key.lower(): value for key, value in self.headers.items()}, body))
            self.send_response(told.planned.pop(0) if told.planned else 200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quietly."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield told
    server.shutdown()
    thread.join()
    server.server_close()
