"""Static files, error pages, and the language of a page."""

import gzip
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.core.security import HEADERS
from app.web import static
from app.web.compression import accepts_gzip
from app.web.locale import in_words, local_time, sentence
from tests.web.markup import Page

BACKENDS = ("sqlite",)  # pages: their statements run on PostgreSQL in tests/cli/test_every_link.py

SOURCES = Path(static.__file__).parent / "static"


def test_static_files_are_named_by_their_content_and_kept_for_a_year(browser: TestClient) -> None:
    content = (SOURCES / "app.css").read_bytes()
    address = static.url("app.css")
    assert address == f"/static/app.{hashlib.sha256(content).hexdigest()[:12]}.css"
    plain = browser.get(address, headers={"Accept-Encoding": "identity"})
    assert plain.content == content
    assert plain.headers["content-type"] == "text/css; charset=utf-8"
    assert plain.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert plain.headers["x-content-type-options"] == "nosniff"
    packed = browser.get(address, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["vary"] == "Accept-Encoding"
    assert packed.content == content
    assert int(packed.headers["content-length"]) == len(gzip.compress(content, 9))


def test_the_icon_is_the_mark(browser: TestClient) -> None:
    answer = browser.get(static.url("mark.svg"))
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.content.startswith(b"<svg")


@pytest.mark.parametrize(
    "address", ["/static/app.css", "/static/", "/static/../templating.py", "/static/%2e%2e/static.py"]
)
def test_nothing_else_is_served(browser: TestClient, address: str) -> None:
    assert browser.get(address).status_code == 404


def test_static_files_are_only_read(browser: TestClient) -> None:
    answer = browser.post(static.url("app.css"))
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    ("header", "accepted"),
    [
        ("gzip", True),
        ("br, gzip;q=0.5", True),
        ("GZIP", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("br", False),
        ("", False),
        (None, False),
    ],
)
def test_accept_encoding(header: str | None, accepted: bool) -> None:
    assert accepts_gzip(header) is accepted


def test_an_unknown_address(browser: TestClient) -> None:
    answer = browser.get("/tidak/ada?lang=en")
    assert answer.status_code == 404
    page = Page(answer.text)
    assert page.language == "en"
    assert "This page does not exist" in page.text
    assert page.links["Indonesia"] == "?lang=id"
    assert answer.headers["cache-control"] == "no-store"
    assert "tidak/ada" not in answer.text


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_failure_has_a_page_without_a_database(app: FastAPI, browser: TestClient, method: str) -> None:
    class Broken:
        def __getattr__(self, name: str) -> Callable[..., object]:
            raise RuntimeError(f"secret-{name}")

    app.state.reception = Broken()
    app.state.database = Broken()
    answer = browser.request(method, "/s/ptsp-nib-qr")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    page = Page(answer.text)
    assert "Maaf, ada gangguan" in page.text
    advised = "mengirimnya sekali lagi" if method == "POST" else "muat ulang halaman ini."
    assert advised in page.text
    for name, value in HEADERS.items():
        assert answer.headers.get_list(name) == [value], name


def test_numbers_in_words() -> None:
    assert [in_words(n, "id") for n in (0, 1, 8, 9, 12, 13)] == [
        "nol",
        "satu",
        "delapan",
        "sembilan",
        "dua belas",
        "13",
    ]
    assert [in_words(n, "en") for n in (1, 9, 12, 27)] == ["one", "nine", "twelve", "27"]
    assert sentence("dua belas") == "Dua belas"
    assert sentence("") == ""


@pytest.mark.parametrize(
    ("zone", "indonesian", "english"),
    [
        ("Asia/Jakarta", "1 Januari 2027 pukul 00.30 WIB", "1 January 2027 at 00:30 WIB"),
        ("Asia/Pontianak", "1 Januari 2027 pukul 00.30 WIB", "1 January 2027 at 00:30 WIB"),
        ("Asia/Makassar", "1 Januari 2027 pukul 01.30 WITA", "1 January 2027 at 01:30 WITA"),
        ("Asia/Jayapura", "1 Januari 2027 pukul 02.30 WIT", "1 January 2027 at 02:30 WIT"),
    ],
)
def test_local_time(zone: str, indonesian: str, english: str) -> None:
    instant = datetime(2026, 12, 31, 17, 30, tzinfo=UTC)
    assert local_time(instant, ZoneInfo(zone), "id") == indonesian
    assert local_time(instant, ZoneInfo(zone), "en") == english
