"""What is kept of whoever calls: a network's prefix, a browser's short name, keyed hashes."""

import hmac

import pytest

from app.auth.arrival import local
from app.auth.devices import describe
from app.auth.keys import Keys
from app.core.addresses import prefix_of

KEYS = Keys(bytes(range(32)))


@pytest.mark.parametrize(
    ("host", "prefix"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("2001:db8:1:ffff::9", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_networks(host: str, prefix: str) -> None:
    assert prefix_of(host) == prefix


LIKE_GECKO = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (
            f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {LIKE_GECKO} Chrome/140.0 Safari/537.36",
            "Chrome, Windows",
        ),
        (f"Mozilla/5.0 (Windows NT 10.0) {LIKE_GECKO} Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
        (
            f"Mozilla/5.0 (Linux; Android 15; K) {LIKE_GECKO} Chrome/140.0 Mobile Safari/537.36",
            "Chrome, Android",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0", "Firefox, Linux"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            "Safari, iPhone",
        ),
        ("curl/8.5 <script>", ""),
        (None, ""),
    ],
)
def test_browsers(said: str | None, kept: str) -> None:
    assert describe(said) == kept


def test_keyed_hashes_are_equal_for_equal_parts_only() -> None:
    made = KEYS.digest("user", 7)
    assert made == Keys(bytes(range(32))).digest("user", 7)
    assert len({made, KEYS.digest("code", 7), KEYS.digest("user", 8), Keys(bytes(32)).digest("user", 7)}) == 4
    assert made != hmac.new(bytes(range(32)), b"user\x007", "sha256").hexdigest(), (
        "derived, not the key itself"
    )


def test_what_is_sealed_opens_where_it_belongs() -> None:
    sealed = KEYS.seal(b"secret", "user 7")
    assert b"secret" not in sealed
    assert sealed != KEYS.seal(b"secret", "user 7")
    assert KEYS.unseal(sealed, "user 7") == b"secret"
    assert KEYS.unseal(sealed, "user 8") is None
    assert Keys(bytes(32)).unseal(sealed, "user 7") is None
    for altered in (sealed[:-1], sealed[:-1] + bytes([sealed[-1] ^ 1]), b"", b"x"):
        assert KEYS.unseal(altered, "user 7") is None


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("/akun", "/akun"),
        ("/petugas?period=2026-Q3#x", "/petugas?period=2026-Q3#x"),
        (None, "/petugas"),
        ("//evil.example", "/petugas"),
        ("/\\evil.example", "/petugas"),
        ("https://evil.example", "/petugas"),
        ("/a\nb", "/petugas"),
        ("/é", "/petugas"),
    ],
)
def test_local_paths(asked: str | None, led: str) -> None:
    assert local(asked) == led
