"""What a server must not do with bytes: wait for ever, keep everything, guess where a request ends."""

import json
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from app.core import framing
from tests.security.conftest import status_of

BACKENDS = ("sqlite",)  # bytes on the wire: no database sees them

Body = Callable[..., dict[str, Any]]
Send = Callable[..., bytes]


@pytest.fixture(autouse=True)
def goes_on(served: int, body: Body) -> Iterator[None]:
    """After every test an answer is still stored."""
    yield
    assert httpx.post(f"http://127.0.0.1:{served}/api/v1/responses", json=body()).status_code == 201


HEAD = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
POST = b"POST /api/v1/responses HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "content",
    [
        HEAD + b"X: " + b"a" * 500_000,
        HEAD + b"X" * 500_000,
        HEAD + b"X: a\r\n" * 100_000,
        b"GET /" + b"a" * 500_000,
        b"GET / HTTP/1.1" + b" " * 500_000,
    ],
)
def test_a_head_without_an_end(send: Send, content: bytes) -> None:
    began = time.perf_counter()
    answer = send(content, 10)
    assert answer == b"" or status_of(answer) in (400, 431)  # reset while it was still sending, or told
    assert time.perf_counter() - began < 9, "the connection was kept"


@pytest.mark.parametrize(
    "content",
    [
        CHUNKED + b"1\r\n{\r\n0\r\n" + b"X: a\r\n" * 100_000,
        CHUNKED + b"1\r\n{\r\n0\r\nX: " + b"a" * 500_000,
        CHUNKED + b"1\r\n{\r\n" * 100_000,
        CHUNKED + b"1;" + b"x" * 500_000,
    ],
)
def test_framing_without_content(send: Send, content: bytes) -> None:
    began = time.perf_counter()
    answer = send(content, 10)
    assert answer == b"" or status_of(answer) in (400, 413)
    assert time.perf_counter() - began < 9, "the connection was kept"


def test_large_content_in_ordinary_chunks_is_no_attack(
    send: Send, kiosk: Callable[..., dict[str, str]], body: Body
) -> None:
    answers = [{**body(comment="a" * 2000), "point": ...} for _ in range(500)]
    for answer in answers:
        del answer["point"]
    content = json.dumps({"responses": answers}).encode()
    assert len(content) > 1_000_000
    chunks = b"".join(
        b"%x\r\n%b\r\n" % (len(content[at : at + 4096]), content[at : at + 4096])
        for at in range(0, len(content), 4096)
    )
    head = (
        b"POST /api/v1/kiosk/batches HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b"Connection: close\r\nAuthorization: " + kiosk()["Authorization"].encode() + b"\r\n"
    )
    assert status_of(send(head + b"Transfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n", 60)) == 200
    length = b"Content-Length: %d\r\n\r\n" % len(content)
    assert status_of(send(head + length + content, 60)) == 200


def test_many_requests_on_one_connection(send: Send) -> None:
    one = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 2000 + b"\r\n\r\n"
    last = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    assert send(one * 200 + last, 30).count(b"HTTP/1.1 200 OK") == 201


def test_a_slow_head_ends_its_connection(served: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(framing, "HEAD_SECONDS", 0.3)
    for begun in (b"", b"GET / HTT", HEAD, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /"):
        with socket.create_connection(("127.0.0.1", served), timeout=10) as connection:
            connection.sendall(begun)
            began = time.monotonic()
            while connection.recv(65536):
                pass
            assert 0.25 < time.monotonic() - began < 5, begun


def test_a_slow_body_does_not(served: int, monkeypatch: pytest.MonkeyPatch, body: Body) -> None:
    """A kiosk on a thin line takes its time; what is in nobody's way may."""
    monkeypatch.setattr(framing, "HEAD_SECONDS", 0.2)
    content = json.dumps(body()).encode()
    with socket.create_connection(("127.0.0.1", served), timeout=10) as connection:
        connection.sendall(POST + b"Content-Length: %d\r\n\r\n" % len(content))
        for part in (content[:10], content[10:20], content[20:]):
            time.sleep(0.5)
            connection.sendall(part)
        assert status_of(connection.recv(65536)) == 201


@pytest.mark.parametrize(
    "content",
    [
        POST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        POST + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\n{}{}",
        POST + b"Content-Length: +4\r\n\r\n{}{}",
        POST + b"Content-Length: 4, 4\r\n\r\n{}{}",
        POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n",
        HEAD + b"X: a\x00b\r\n\r\n",
        HEAD + b"X: a\nY: b\r\n z\r\n\r\n",
        HEAD + b" folded: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: a\rb\r\n\r\n",
    ],
)
def test_requests_that_two_servers_could_read_differently(send: Send, content: bytes) -> None:
    assert status_of(send(content)) == 400
