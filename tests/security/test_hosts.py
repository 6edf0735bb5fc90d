"""A request names this installation in its Host header, exactly once, or no route sees it."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.core.hosts import REMEMBERED_MAX, Hosts
from app.core.settings import Settings
from tests.security.conftest import PUBLIC, status_of

BACKENDS = ("sqlite",)  # addresses and headers: no database decides them

Body = Callable[..., dict[str, Any]]

STRANGERS = [
    "evil.example",
    "evil.example:8000",
    "skm.kota.example.evil.example",
    "kota.example",
    "x.skm.kota.example",
    "skm.kota.example@evil.example",
    "skm.kota.example, evil.example",
    "skm.kota.example:80:80",
    "skm.kota.example:port",
    "skm.kota.example/evil",
    "skm.kota.example.",
    "",
    " ",
    "[::1",
    "[evil.example]",
    "127.0.0.1.evil.example",
    "sk\xa0m.kota.example",
]
OURS = ["skm.kota.example", "SKM.kota.example:443", "skm.kota.example:8443", "survei.kota.example"]
MACHINE = ["localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:8000"]
NEIGHBOURS = ["192.168.1.7:8000", "10.0.0.1", "[fd00::7]:8000", "eskm", "testserver", "web-1:8000", "e_skm"]


def hosts(public_url: str, *allowed: str) -> Hosts:
    return Hosts(Settings(public_url=public_url, allowed_hosts=allowed))


def accepts(which: Hosts, *values: str) -> bool:
    return which.accepts([(b"accept", b"*/*"), *((b"host", value.encode("latin-1")) for value in values)])


@pytest.mark.parametrize("host", OURS + MACHINE)
def test_production_knows_its_names_and_the_machine(host: str) -> None:
    assert accepts(hosts(PUBLIC, "survei.kota.example"), host)


@pytest.mark.parametrize("host", STRANGERS + NEIGHBOURS)
def test_production_knows_nobody_else(host: str) -> None:
    assert not accepts(hosts(PUBLIC, "survei.kota.example"), host)


@pytest.mark.parametrize("host", MACHINE + NEIGHBOURS + ["skm.kota.example"])
def test_a_local_network_is_known_without_tls(host: str) -> None:
    """Whoever points a name of their own at us (DNS rebinding) needs a name with a dot."""
    assert accepts(hosts("http://skm.kota.example"), host)


@pytest.mark.parametrize("host", STRANGERS)
def test_names_with_a_dot_must_be_known_without_tls_too(host: str) -> None:
    assert not accepts(hosts("http://127.0.0.1:8000"), host)


def test_one_host_and_no_other() -> None:
    which = hosts(PUBLIC)
    assert not accepts(which)
    assert not accepts(which, "skm.kota.example", "skm.kota.example")
    assert not accepts(which, "skm.kota.example", "evil.example")


def test_names_from_the_settings_are_read_as_browsers_send_them() -> None:
    which = hosts("https://SKM.Kota.example:8443", "Survei.kota.example", "süd.example", "[2001:DB8::1]")
    for host in ("skm.kota.example", "survei.kota.example", "xn--sd-xka.example", "[2001:db8::1]:443"):
        assert accepts(which, host), host
    for name in ("https://evil.example", "a b", "*.kota.example"):
        with pytest.raises(ValueError, match="ESKM_ALLOWED_HOSTS"):
            hosts(PUBLIC, name)


def test_a_flood_of_ports_is_not_remembered() -> None:
    which = hosts(PUBLIC)
    for port in range(1, 5000):
        assert accepts(which, f"skm.kota.example:{port}")
    assert len(which.known) == REMEMBERED_MAX
    assert {b"skm.kota.example", b"skm.kota.example:443"} <= which.known


def test_every_route_refuses_a_forged_host(client: TestClient, app: FastAPI) -> None:
    forged = {"Host": "evil.example"}
    for path in (
        "/",
        "/s/ptsp-nib-qr",
        "/openapi.json",
        "/static/x.css",
        "/api/v1/units",
        "/healthz/",
        "/nowhere",
    ):
        answer = client.get(path, headers=forged)
        assert (answer.status_code, answer.json()["code"]) == (400, "host_unknown"), path
        assert "evil" not in answer.text
        assert answer.headers["content-security-policy"]
    for path in ("/healthz", "/readyz"):
        assert client.get(path, headers=forged).status_code == 200, path


def test_people_see_a_page_with_the_right_address(public: TestClient) -> None:
    answer = public.get("/", headers={"Host": "evil.example", "Accept": "text/html"})
    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("text/html")
    assert PUBLIC in answer.text
    assert "evil" not in answer.text


def test_the_short_way_in_refuses_it_as_well(client: TestClient, body: Body, city: Any) -> None:
    """Collection answers before the framework's layers; what it has seen on another host opens nothing."""
    assert client.post("/api/v1/responses", json=body()).status_code == 201
    assert client.post("/api/v1/responses", json=body()).status_code == 201
    for headers in ({"Host": "evil.example"}, {"Host": ""}):
        answer = client.post("/api/v1/responses", json=body(), headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (400, "host_unknown")


def test_hosts_on_the_wire(send: Callable[..., bytes]) -> None:
    def get(*lines: bytes, version: bytes = b"1.1") -> int:
        head = b"GET / HTTP/" + version + b"\r\n" + b"".join(line + b"\r\n" for line in lines)
        return status_of(send(head + b"Connection: close\r\n\r\n"))

    assert get(b"Host: localhost") == 200
    assert get(b"host: localhost", version=b"1.0") == 200
    assert get() == 400
    assert get(version=b"1.0") == 400
    assert get(b"Host: localhost", b"Host: localhost") == 400
    assert get(b"Host: localhost", b"host: evil.example") == 400
    assert get(b"Host : localhost") == 400
    assert get(b"Host:") == 400


def test_two_hosts_on_the_short_way(send: Callable[..., bytes], body: Body) -> None:
    content = str(body()).replace("'", '"').encode()
    head = b"POST /api/v1/responses HTTP/1.1\r\nContent-Type: application/json\r\nConnection: close\r\n"
    length = b"Content-Length: %d\r\n\r\n" % len(content)
    once = b"Host: localhost\r\n"
    assert status_of(send(head + once + length + content)) == 201
    assert status_of(send(head + once + length + content)) == 200
    assert status_of(send(head + once + once + length + content)) == 400
    assert status_of(send(head + once + b"Host: evil.example\r\n" + length + content)) == 400
    assert status_of(send(head + length + content)) == 400
