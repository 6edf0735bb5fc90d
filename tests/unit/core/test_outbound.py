"""Calls to addresses that people entered: against real servers on this machine."""

import ipaddress
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.core import outbound
from app.core.outbound import AddressRefused, Limits, Unreachable, call

HERE = Limits(private=True, seconds=5)


class Site(BaseHTTPRequestHandler):
    """Tells what it was asked, sends elsewhere, sends much, or sends slowly."""

    def do_GET(self) -> None:
        if self.path.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/to/"))
            self.end_headers()
        elif self.path == "/slow":
            self.send_response(200)
            self.end_headers()
            for _ in range(100):
                try:
                    self.wfile.write(b".")
                    self.wfile.flush()
                except OSError:
                    return
                time.sleep(0.05)
        else:
            self.answer()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer()

    def answer(self) -> None:
        told = (
            f"{self.command} {self.path} {self.headers['Host']} {self.headers.get('X-Key', '-')}\n".encode()
        )
        body = b"x" * 300_000 if self.path == "/much" else told
        self.send_response(404 if self.path == "/none" else 200)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quietly."""


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.daemon_threads = True
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def port() -> Iterator[int]:
    """A site on this machine."""
    with serving() as port:
        yield port


def test_an_answer(port: int) -> None:
    reply = call("POST", f"http://localhost:{port}/a?b=c", content=b"{}", headers={"X-Key": "k"}, limits=HERE)
    assert (reply.status, reply.media_type) == (200, "text/plain")
    assert reply.body == f"POST /a?b=c localhost:{port} k\n".encode()
    assert call("GET", f"http://localhost:{port}/none", limits=HERE).status == 404


def test_a_long_body_is_cut(port: int) -> None:
    limits = Limits(private=True, body_bytes=1000)
    assert call("GET", f"http://127.0.0.1:{port}/much", limits=limits).body == b"x" * 1000


def test_drop_by_drop_is_left(port: int) -> None:
    began = time.monotonic()
    with pytest.raises(Unreachable, match="timeout"):
        call("GET", f"http://127.0.0.1:{port}/slow", limits=Limits(private=True, seconds=0.5))
    assert time.monotonic() - began < 4


def test_redirects_are_followed_as_far_as_allowed_and_keys_stay_at_home(port: int) -> None:
    elsewhere = f"http://127.0.0.1:{port}/end"
    url, key = f"http://localhost:{port}/to/{elsewhere}", {"X-Key": "k"}
    assert call("GET", url, headers=key, limits=HERE).status == 302
    reply = call("GET", url, headers=key, limits=Limits(private=True, redirects=2))
    assert (reply.url, reply.body) == (elsewhere, f"GET /end 127.0.0.1:{port} -\n".encode())
    near = call(
        "GET", f"http://localhost:{port}/to//near", headers=key, limits=Limits(private=True, redirects=1)
    )
    assert near.body == f"GET /near localhost:{port} k\n".encode()
    with pytest.raises(Unreachable, match="redirects"):
        call("GET", f"http://localhost:{port}/to//to//to//x", limits=Limits(private=True, redirects=1))


def test_a_redirect_into_a_private_network_is_not_followed(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbound, "is_public", lambda address: str(address) == "127.0.0.1")
    limits = Limits(redirects=3)
    assert call("GET", f"http://127.0.0.1:{port}/to//x", limits=limits).status == 200
    with pytest.raises(AddressRefused):
        call("GET", f"http://127.0.0.1:{port}/to/http://127.0.0.2:{port}/x", limits=limits)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost/",
        "http://10.1.2.3/",
        "http://192.168.1.1:8080/",
        "http://169.254.169.254/latest/meta-data",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://[64:ff9b::a00:1]/",
        "http://[fd00::1]/",
        "http://0.0.0.0/",
        "http://2130706433/",
        "http://224.0.0.1/",
        "http://100.64.0.1/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "http://a:b@example.org/",
        "http:///x",
        "contoh",
        "http://example.org:99999/",
        "https://example.org/" + "a" * 2000,
    ],
)
def test_addresses_that_are_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        call("GET", url)


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700:4700::1111", "64:ff9b::101:101"])
def test_public_addresses(address: str) -> None:
    assert outbound.is_public(ipaddress.ip_address(address))


def test_names_and_ports_without_an_answer(port: int) -> None:
    with pytest.raises(Unreachable, match="name"):
        call("GET", "http://tidak-ada.invalid/", limits=HERE)
    with serving() as closed:
        pass
    with pytest.raises(Unreachable, match="connection"):
        call("GET", f"http://127.0.0.1:{closed}/", limits=HERE)


def test_a_certificate_that_nobody_vouches_for(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "own.pem"
    pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with serving(context) as port, pytest.raises(Unreachable, match="tls"):
        call("GET", f"https://localhost:{port}/", limits=HERE)
