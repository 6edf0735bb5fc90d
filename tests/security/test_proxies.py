"""Forwarded headers are believed from peers that the settings trust, and from nobody else."""

from collections.abc import Callable, Sequence
from ipaddress import ip_network
from typing import Any

import anyio
import pytest

from app.core.proxies import HOPS_MAX, ProxyMiddleware
from app.core.settings import Settings
from app.factory import create_app

BACKENDS = ("sqlite",)  # addresses and headers: no database decides them

TRUSTED = ("10.0.0.0/8", "2001:db8:1::/48", "127.0.0.1/32")
Headers = Sequence[tuple[str, str]]


def seen(peer: str | None, headers: Headers, trusted: Sequence[str] = TRUSTED) -> tuple[Any, str]:
    """Client and scheme as the layers within see them."""
    found: dict[str, Any] = {}

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        found.update(scope)

    scope = {
        "type": "http",
        "scheme": "http",
        "client": (peer, 5000) if peer is not None else None,
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers],
    }
    before = dict(scope)
    middleware = ProxyMiddleware(inner, [ip_network(one) for one in trusted])
    anyio.run(middleware, scope, *(lambda: None, lambda: None))
    assert scope == before
    return found["client"] and found["client"][0], found["scheme"]


FORWARDED = [("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-Proto", "https")]


@pytest.mark.parametrize("peer", ["10.1.2.3", "2001:db8:1::5", "127.0.0.1", "::ffff:10.1.2.3"])
def test_a_trusted_peer_is_believed(peer: str) -> None:
    assert seen(peer, FORWARDED) == ("203.0.113.9", "https")


@pytest.mark.parametrize(
    "peer", ["203.0.113.1", "11.0.0.1", "2001:db8:2::5", "testclient", "10.1.2.3.example", ""]
)
def test_nobody_else_is(peer: str) -> None:
    assert seen(peer, FORWARDED) == (peer, "http")


def test_without_the_setting_nobody_is() -> None:
    assert Settings().trusted_proxies == ()
    for peer in ("127.0.0.1", "10.1.2.3", "::1"):
        assert seen(peer, FORWARDED, trusted=()) == (peer, "http")


def test_a_socket_file_is_trusted_with_the_machine() -> None:
    assert seen(None, FORWARDED) == ("203.0.113.9", "https")
    assert seen(None, FORWARDED, trusted=("10.0.0.0/8",)) == (None, "http")


@pytest.mark.parametrize(
    ("values", "caller"),
    [
        # Whoever asks may write whatever they like to the left of what our own web server adds.
        (["192.0.2.1, 203.0.113.9"], "203.0.113.9"),
        (["10.9.9.9, 203.0.113.9, 10.0.0.2"], "203.0.113.9"),
        (["192.0.2.1", "203.0.113.9", "10.0.0.2"], "203.0.113.9"),
        (["203.0.113.9:4711, 10.0.0.2:80"], "203.0.113.9"),
        (["[2001:db8:2::9]:4711"], "2001:db8:2::9"),
        (["2001:db8:2::9"], "2001:db8:2::9"),
        (["::ffff:203.0.113.9"], "203.0.113.9"),
        (["fe80::1%eth0'\""], "fe80::1"),
        ([" , 203.0.113.9 ,, "], "203.0.113.9"),
        # All of them ours: whoever is furthest away.
        (["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        # Nothing that could be read: the peer itself, or the last that was readable.
        (["unknown"], "10.1.2.3"),
        (["203.0.113.9, unknown"], "10.1.2.3"),
        (["203.0.113.9, _hidden, 10.0.0.2"], "10.0.0.2"),
        (["203.0.113.9, 256.1.1.1"], "10.1.2.3"),
        (["<script>"], "10.1.2.3"),
        ([""], "10.1.2.3"),
        ([], "10.1.2.3"),
    ],
)
def test_the_right_most_address_that_is_not_ours_counts(values: list[str], caller: str) -> None:
    headers = [("X-Forwarded-For", value) for value in values]
    assert seen("10.1.2.3", headers) == (caller, "http")


def test_a_long_list_is_not_walked() -> None:
    assert seen("10.1.2.3", [("X-Forwarded-For", "203.0.113.9" + ", 10.0.0.2" * HOPS_MAX)])[0] == "10.0.0.2"


@pytest.mark.parametrize(
    ("values", "scheme"),
    [
        (["https"], "https"),
        (["HTTPS"], "https"),
        (["http"], "http"),
        (["https, http"], "http"),
        (["http", "https"], "https"),
        (["javascript"], "http"),
        (["https://evil.example"], "http"),
        (["wss"], "http"),
        ([""], "http"),
    ],
)
def test_the_scheme_is_what_the_nearest_web_server_says(values: list[str], scheme: str) -> None:
    headers = [("X-Forwarded-Proto", value) for value in values]
    assert seen("10.1.2.3", headers) == ("10.1.2.3", scheme)


@pytest.mark.parametrize(
    "name", ["Forwarded", "X-Real-IP", "X-Forwarded-Host", "X-Forwarded-Port", "Client-IP"]
)
def test_other_headers_are_nobodys_word(name: str) -> None:
    assert seen("10.1.2.3", [(name, "203.0.113.9")]) == ("10.1.2.3", "http")


def test_the_service_listens_to_its_setting(settings: Settings) -> None:
    """Through all layers: what a route sees of the caller."""

    def caller(trusted: str) -> str:
        told = settings.model_copy(update={"trusted_proxies": (ip_network(trusted),)})
        app = create_app(told)
        found: list[str] = []

        async def spy(scope: Any, receive: Any, send: Any) -> None:
            found.append(scope["client"][0])
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body", "body": b""})

        app.mount("/spy", spy)
        anyio.run(exchange, app, "10.1.2.3")
        return found[0]

    assert caller("10.0.0.0/8") == "203.0.113.9"
    assert caller("192.168.0.0/16") == "10.1.2.3"


async def exchange(app: Callable[..., Any], peer: str) -> None:
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/spy/",
        "raw_path": b"/spy/",
        "root_path": "",
        "query_string": b"",
        "headers": [(b"host", b"localhost"), (b"x-forwarded-for", b"203.0.113.9")],
        "client": (peer, 1),
        "server": ("localhost", 80),
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        pass

    await app(scope, receive, send)
