"""What a citizen sees at `/s/{code}`: the questions in order and language, in few bytes, safely."""

from collections.abc import Callable

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from app.core.db import Database
from app.units.tables import Point, Service, Unit
from tests.web.markup import Page

BACKENDS = ("sqlite",)  # pages: their statements run on PostgreSQL in tests/cli/test_every_link.py

# The order of the questionnaire: facilities eighth, complaints ninth (PermenPANRB 14/2017, annex).
ASK_ORDER = [
    "persyaratan",
    "prosedur",
    "waktu",
    "biaya",
    "produk",
    "kompetensi",
    "perilaku",
    "sarana",
    "pengaduan",
]
WIRE_BYTES_MAX = 30_000

Opened = Callable[..., Page]


def test_the_nine_questions_in_the_order_of_the_questionnaire(opened: Opened) -> None:
    page = opened("/s/ptsp-nib-qr")
    assert list(page.radios)[:9] == ASK_ORDER
    assert all(page.radios[key] == ["1", "2", "3", "4"] for key in ASK_ORDER)
    assert page.language == "id"
    assert "Sembilan pertanyaan, kira-kira satu menit. Tanpa nama." in page.text
    assert "Kota Uji" in page.text
    assert "Pelayanan Terpadu" in page.text
    assert "Penerbitan NIB" in page.text
    assert "Survei Kepuasan Masyarakat, PermenPANRB 14/2017" in page.text
    assert "Tidak kompeten" in page.text
    assert page.links["LAPOR!"] == "https://www.lapor.go.id"
    assert page.action == "/s/ptsp-nib-qr?kirim=1"
    assert len(page.having("button", type="submit")) == 1


def test_a_service_without_some_elements_does_not_ask_them(opened: Opened) -> None:
    page = opened("/s/ptsp-daring")
    asked = [key for key in ASK_ORDER if key not in ("kompetensi", "perilaku")]
    assert list(page.radios)[:7] == asked
    assert "Tujuh pertanyaan" in page.text
    assert "Seven questions" in opened("/s/ptsp-daring?lang=en").text


def test_several_services_are_chosen_first(opened: Opened) -> None:
    choice = opened("/s/ptsp-kios")
    assert "Layanan apa yang Anda nilai?" in choice.text
    assert choice.radios == {}
    assert choice.links["Penerbitan NIB"] == "/s/ptsp-kios?service=nib"
    assert choice.links["Layanan Daring"] == "/s/ptsp-kios?service=daring"
    form = opened("/s/ptsp-kios?service=daring")
    assert form.fields["service"] == "daring"
    assert "Tujuh pertanyaan" in form.text
    assert form.links["Bukan layanan ini? Pilih layanan lain"] == "/s/ptsp-kios"
    assert "Layanan apa yang Anda nilai?" in opened("/s/ptsp-kios?service=tidak-ada").text


def test_a_point_that_leaves_a_single_service_open_asks_nothing(opened: Opened) -> None:
    assert opened("/s/cabang-qr").fields["service"] == "salinan"


def test_each_form_has_an_id_of_its_own(opened: Opened) -> None:
    assert opened("/s/ptsp-nib-qr").fields["id"] != opened("/s/ptsp-nib-qr").fields["id"]


def test_english_by_the_address_or_by_the_browser(opened: Opened) -> None:
    for page in (opened("/s/ptsp-nib-qr?lang=en"), opened("/s/ptsp-nib-qr", **{"Accept-Language": "en-GB"})):
        assert page.language == "en"
        assert "How easy was the procedure you went through?" in page.text
        assert "Nine questions, about one minute. No name needed." in page.text
        assert "Send rating" in page.text
        assert "Kirim" not in page.text
        assert page.having("h1")[0]["lang"] == "id"  # a unit's name stays Indonesian
    indonesian = opened("/s/ptsp-nib-qr?lang=id", **{"Accept-Language": "en"})
    assert indonesian.language == "id"
    assert opened("/s/ptsp-nib-qr?lang=fr").language == "id"


def test_the_language_switch_keeps_the_service_and_links_keep_the_language(opened: Opened) -> None:
    page = opened("/s/ptsp-kios?service=daring")
    (switch,) = page.having("button", name="switch")
    assert switch["formaction"] == "/s/ptsp-kios?service=daring&lang=en"
    assert switch["lang"] == "en"
    english = opened("/s/ptsp-kios?service=daring&lang=en")
    (back,) = english.having("button", name="switch")
    assert back["formaction"] == "/s/ptsp-kios?service=daring&lang=id"
    assert english.action == "/s/ptsp-kios?kirim=1&lang=en"
    choice = opened("/s/ptsp-kios?lang=en")
    assert choice.links["Layanan Daring"] == "/s/ptsp-kios?service=daring&lang=en"


def test_names_are_escaped(city: Database, browser: TestClient) -> None:
    with city.write() as session:
        session.exec(select(Unit).where(Unit.code == "kota")).one().name = "<b>Kota</b>"
        session.exec(select(Unit).where(Unit.code == "ptsp")).one().name = "<script>alert(1)</script>"
        session.exec(
            select(Service).where(Service.code == "nib")
        ).one().name = '"><img src=x onerror=alert(1)>'
    for address in ("/", "/s/ptsp-nib-qr", "/s/ptsp-kios"):
        html = browser.get(address).text
        assert "<script>" not in html
        assert "<img" not in html
        assert "<b>Kota" not in html
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_the_whole_page_fits_into_30_kilobytes(browser: TestClient) -> None:
    """Bodies as they travel, with a generous kilobyte of headers for each."""
    total = 0
    answer = browser.get("/s/ptsp-nib-qr")
    page = Page(answer.text)
    resources = [link["href"] for link in page.having("link")]
    resources += [script["src"] for script in page.having("script")]
    assert len(resources) == 3
    # What the script fetches by itself afterwards, so that the page opens again without network.
    for address in ("/s/ptsp-nib-qr", *resources, "/s/sw.js", "/s/?lang=id"):
        answer = browser.get(address, headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200
        assert answer.headers["content-encoding"] == "gzip"
        total += int(answer.headers["content-length"]) + 1000
    assert total <= WIRE_BYTES_MAX


def test_nothing_is_fetched_from_elsewhere_and_nothing_is_inline(opened: Opened) -> None:
    for address in ("/", "/s/ptsp-nib-qr", "/s/ptsp-kios"):
        page = opened(address)
        fetched = [link["href"] for link in page.having("link") if link["rel"] != "alternate"]
        assert all(address.startswith("/static/") for address in fetched)
        assert all(script["src"].startswith("/static/") for script in page.having("script"))
        assert all("defer" in script for script in page.having("script"))
        assert not [tag for tag, attributes in page.tags if tag == "style" or "style" in attributes]
        assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")], (
            "an inline handler"
        )


def test_headers_of_the_form(browser: TestClient) -> None:
    headers = browser.get("/s/ptsp-nib-qr").headers
    assert headers["cache-control"] == "private, no-cache"
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe-inline" not in headers["content-security-policy"]
    assert "set-cookie" not in headers
    assert headers["vary"] == "Accept-Encoding, Accept-Language"


@pytest.mark.parametrize("encoding", ["identity", "gzip;q=0", "br"])
def test_a_browser_without_gzip_gets_the_same_page(browser: TestClient, encoding: str) -> None:
    answer = browser.get("/s/ptsp-nib-qr", headers={"Accept-Encoding": encoding})
    assert "content-encoding" not in answer.headers
    assert "Kirim penilaian" in answer.text


def test_a_device_that_people_share_keeps_no_page(city: Database, browser: TestClient) -> None:
    """Going back on one's own phone must find the same form and id; at a counter it must find nothing."""
    with city.write() as session:
        session.exec(select(Point).where(Point.code == "ptsp-nib-qr")).one().channel = "counter"
    for address in ("/s/ptsp-nib-qr", "/s/ptsp-kios?service=nib"):
        answer = browser.get(address)
        assert answer.headers["cache-control"] == "no-store"
        assert Page(answer.text).having("form")[0]["autocomplete"] == "off"


def test_a_ticket_is_the_id_and_stays_on_every_way(opened: Opened) -> None:
    ticket = "5f0c1f6e-3c1c-4bb0-9c07-2b5f9c0c8a11"
    page = opened(f"/s/ptsp-kios?service=daring&t={ticket}")
    assert page.fields["id"] == ticket
    assert "data-ticket" in page.having("form")[0]
    assert page.action == f"/s/ptsp-kios?t={ticket}&kirim=1"
    (switch,) = page.having("button", name="switch")
    assert switch["formaction"] == f"/s/ptsp-kios?service=daring&t={ticket}&lang=en"
    assert opened(f"/s/ptsp-kios?t={ticket}").links["Layanan Daring"] == (
        f"/s/ptsp-kios?service=daring&t={ticket}"
    )
    assert "data-ticket" not in opened("/s/ptsp-nib-qr").having("form")[0]


def test_unknown_and_closed_points_have_pages_that_help(opened: Opened) -> None:
    unknown = opened("/s/tidak-ada", 404)
    assert "Titik survei ini tidak dikenal" in unknown.text
    assert "pindai lagi kode QR" in unknown.text
    assert unknown.links["Ke halaman awal"] == "/"
    closed = opened("/s/ptsp-tutup?lang=en", 410)
    assert closed.language == "en"
    assert "This survey is closed" in closed.text
    assert closed.links["To the start page"] == "/?lang=en"


def test_programs_get_problems_instead_of_pages(browser: TestClient) -> None:
    answer = browser.get("/s/tidak-ada", headers={"Accept": "application/json"})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "point_unknown"


def test_a_point_that_closes_shows_it(city: Database, browser: TestClient) -> None:
    with city.write() as session:
        session.exec(select(Point).where(Point.code == "ptsp-nib-qr")).one().active = False
    assert browser.get("/s/ptsp-nib-qr").status_code == 410
