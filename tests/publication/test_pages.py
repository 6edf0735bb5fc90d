"""Public pages show what was frozen, whatever happens to the answers, and are harmless whatever a name holds."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from uuid import uuid4
from xml.etree import ElementTree

import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlmodel import select
from starlette.testclient import TestClient

from app.core.db import Database
from app.followups.tables import FollowUp
from app.units.tables import Service, Unit
from tests.conftest import NOW
from tests.publication.conftest import Answered, Issued
from tests.web.conftest import HTML
from tests.web.markup import Page

BACKENDS = ("sqlite",)  # pages: their statements run on PostgreSQL in tests/cli/test_every_link.py

HOSTILE = '<b onclick="x">O\'Kantor & "Satu"</b> \U0001f3db \u202eterbalik</script>]]>'
Opened = Callable[..., Page]


@pytest.fixture
def browser(app: FastAPI, client: TestClient) -> Iterator[TestClient]:
    """A browser on the same running application."""
    browser = TestClient(app, raise_server_exceptions=False, follow_redirects=False, headers=HTML)
    yield browser
    browser.close()


@pytest.fixture
def opened(browser: TestClient) -> Opened:
    """Opens an address and reads the page."""

    def open_page(address: str, status: int = 200) -> Page:
        answer = browser.get(address)
        assert answer.status_code == status, answer.text
        return Page(answer.text)

    return open_page


def promise(city: Database, done: bool) -> None:
    """A follow-up of `ptsp` that the unit shows to citizens."""
    with city.write() as session:
        unit = session.exec(select(Unit).where(Unit.code == "ptsp")).one()
        session.add(
            FollowUp(
                unit_id=unit.id or 0,
                id=uuid4(),
                period="2026-Q2",
                element="waktu",
                recommendation="Antrean",
                action="Tambah loket",
                due_year=2026,
                due_quarter=4,
                owner="Kepala",
                state="done" if done else "planned",
                done_on=date(2026, 8, 25) if done else None,
                outcome="Ada" if done else None,
                published=True,
                public_text="Loket kedua buka Senin dan Kamis" if done else "Tambah 24 kursi",
                created_at=NOW,
                changed_at=NOW,
            )
        )


def test_method_process_and_result_on_one_page(
    answered: Answered, issued: Issued, opened: Opened, city: Database
) -> None:
    answered(20, {"waktu": 2}, sex="L", education="SMA")
    answered(6, 4, sex="P", education="S1")
    answered(2, 4, sex="P", education="S2")
    publication = issued()
    promise(city, done=True)
    promise(city, done=False)
    page = opened("/ikm/ptsp")
    # waktu: (20*2 + 8*4)/28; the others (20*3 + 8*4)/28: 25 x (72 + 8*92) / (9*28) = 80.16
    for words in ("80,16", "Triwulan III 2026", "Hasil", "Metode", "Proses", "Dari penilaian 28 warga"):
        assert words in page.text, words
    assert "1 Juli 2026 – 30 September 2026" in page.text
    assert publication.number in page.text
    assert " ".join(re.findall(".{16}", publication.sha256)) in page.text
    assert "Kelompok kecil digabung" in page.text
    assert "Loket kedua buka Senin dan Kamis" in page.text
    assert "Selesai 25 Agustus 2026." in page.text
    assert "Dijanjikan selesai Triwulan IV 2026." in page.text
    assert page.links["Unduh hasil (JSON)"] == "/api/v1/publications/SKM-kota-2026-0001"
    assert page.having("link", rel="alternate", type="application/ld+json", href="/ikm/ptsp/dataset.jsonld")
    english = opened("/ikm/ptsp?lang=en")
    assert "80.16" in english.text
    assert "From the ratings of 28 people." in english.text


def test_pages_read_frozen_rows_alone(
    answered: Answered, issued: Issued, browser: TestClient, city: Database
) -> None:
    """All answers and all statistics gone: every public page and file is what it was, to the byte."""
    answered(20)
    issued()
    issued(service="nib")
    addresses = (
        *("/", "/ikm/ptsp", "/ikm/ptsp?service=nib", "/ikm/ptsp/badge.svg", "/ikm/ptsp/dataset.jsonld"),
        *(
            "/ikm/katalog.jsonld",
            "/ikm/ptsp/terbitan/SKM-kota-2026-0001",
            "/verifikasi?nomor=SKM/kota/2026/0001",
        ),
        "/api/v1/publications/SKM-kota-2026-0001",
    )
    before = [browser.get(address) for address in addresses]
    with city.write() as session:
        for table in ("response", "tally", "total"):
            session.execute(text(f"DELETE FROM {table}"))
    for address, answer in zip(addresses, before, strict=True):
        assert answer.status_code == 200, address
        assert browser.get(address).content == answer.content, address


def test_pages_are_asked_for_again_cheaply(answered: Answered, issued: Issued, browser: TestClient) -> None:
    answered(6)
    first = issued()
    for address in ("/ikm/ptsp", "/ikm/ptsp/badge.svg", "/ikm/ptsp/dataset.jsonld", "/ikm/katalog.jsonld"):
        answer = browser.get(address)
        known = {"If-None-Match": answer.headers["etag"]}
        assert browser.get(address, headers=known).status_code == 304, address
        assert "no-store" not in answer.headers["cache-control"], address
    before = browser.get("/ikm/ptsp").headers["etag"]
    answered(1, 1)
    assert browser.get("/ikm/ptsp", headers={"If-None-Match": before}).status_code == 304
    issued(replaces=first.number)
    assert browser.get("/ikm/ptsp", headers={"If-None-Match": before}).status_code == 200


def test_an_old_publication_names_its_correction(answered: Answered, issued: Issued, opened: Opened) -> None:
    answered(6)
    first = issued()
    answered(6, 1)
    second = issued(replaces=first.number)
    old = opened("/ikm/ptsp/terbitan/SKM-kota-2026-0001")
    assert "Terbitan ini sudah diganti" in old.text
    assert old.links[second.number] == "/ikm/ptsp/terbitan/SKM-kota-2026-0002"
    new = opened("/ikm/ptsp")
    assert f"Ralat atas nomor {first.number}. Alasannya: Dua jawaban percobaan dikeluarkan" in new.text
    assert f"diganti {second.number}" in new.text
    opened("/ikm/timur/terbitan/SKM-kota-2026-0001", 404)
    opened("/ikm/tidak-ada", 404)
    opened("/ikm/ptsp?service=tidak-ada", 404)


def test_without_a_publication_the_page_says_so(opened: Opened, browser: TestClient) -> None:
    assert "Belum ada hasil yang terbit" in opened("/ikm/ptsp").text
    badge = browser.get("/ikm/ptsp/badge.svg")
    assert "belum terbit" in badge.text
    assert browser.get("/ikm/ptsp/dataset.jsonld").status_code == 404
    assert browser.get("/ikm/katalog.jsonld").json()["dcat:dataset"] == []


def test_the_badge_says_what_it_shows_and_may_stand_elsewhere(
    answered: Answered, issued: Issued, browser: TestClient
) -> None:
    answered(6, 4)
    issued()
    answer = browser.get("/ikm/ptsp/badge.svg")
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    root = ElementTree.fromstring(answer.text)
    assert root.get("role") == "img"
    title = root.find("{http://www.w3.org/2000/svg}title")
    assert title is not None
    assert title.text == "IKM Pelayanan Terpadu: 100,00, mutu A, Triwulan III 2026"
    assert root.get("aria-labelledby") == title.get("id")
    assert "100.00 A" in browser.get("/ikm/ptsp/badge.svg?lang=en").text


def test_linked_data(answered: Answered, issued: Issued, browser: TestClient) -> None:
    answered(6, 4)
    publication = issued()
    dataset = browser.get("/ikm/ptsp/dataset.jsonld").json()
    assert dataset["@type"] == "Dataset"
    assert dataset["temporalCoverage"] == "2026-07-01/2026-09-30"
    assert dataset["distribution"][0]["sha256"] == publication.sha256
    catalogue = browser.get("/ikm/katalog.jsonld")
    assert catalogue.headers["content-type"].startswith("application/ld+json")
    (one,) = catalogue.json()["dcat:dataset"]
    assert one["dct:identifier"] == publication.number
    address = one["dcat:distribution"][0]["dcat:downloadURL"]["@id"]
    assert address == "http://127.0.0.1:8000/api/v1/publications/SKM-kota-2026-0001"


def test_hostile_names_are_harmless_everywhere(
    answered: Answered, issued: Issued, browser: TestClient, city: Database
) -> None:
    with city.write() as session:
        for unit in session.exec(select(Unit)):
            unit.name = HOSTILE
        for service in session.exec(select(Service)):
            service.name = HOSTILE
    answered(6)
    issued()
    promise(city, done=True)
    for address in (
        "/",
        "/ikm/ptsp",
        "/ikm/timur",
        "/verifikasi?nomor=SKM/kota/2026/0001",
        "/?q=<b>&lang=en",
    ):
        answer = browser.get(address)
        assert answer.status_code == 200
        assert "<b onclick" not in answer.text
        page = Page(answer.text)
        assert HOSTILE in "".join(page.words) or "?q" in address, address
    svg = browser.get("/ikm/ptsp/badge.svg").text
    root = ElementTree.fromstring(svg)
    assert [element.tag.partition("}")[2] for element in root.iter()] == [
        *("svg", "title", "rect", "path", "g", "text", "text")
    ]
    for address in ("/ikm/ptsp/dataset.jsonld", "/ikm/katalog.jsonld"):
        raw = browser.get(address).text
        assert HOSTILE in json.dumps(json.loads(raw), ensure_ascii=False).replace('\\"', '"')
        assert "<" not in raw


def test_verification_by_number_and_by_file(
    answered: Answered, issued: Issued, browser: TestClient, opened: Opened
) -> None:
    answered(6)
    first = issued()
    assert "Asli dan utuh" in opened("/verifikasi?nomor=SKM/kota/2026/0001").text
    assert "tidak pernah terbit" in opened("/verifikasi?nomor=SKM/kota/2026/0009").text
    file = browser.get("/api/v1/publications/SKM-kota-2026-0001").content

    def verdict(content: bytes) -> str:
        answer = browser.post("/verifikasi", files={"berkas": ("hasil.json", content, "application/json")})
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        return Page(answer.text).text

    assert "Asli dan utuh" in verdict(json.dumps(json.loads(file), indent=3).encode())
    assert "Isinya sudah diubah" in verdict(file.replace(b'"ikm":"75.00"', b'"ikm":"85.00"', 1))
    assert "bukan berkas hasil" in verdict(b"%PDF-1.7")
    answered(6, 1)
    issued(replaces=first.number)
    assert "Asli, tetapi sudah diganti" in verdict(file)
    assert browser.post("/verifikasi").status_code == 422
    assert browser.post("/verifikasi", files={"berkas": ("x", b"x" * 5_000_000)}).status_code == 413


def test_the_start_page_shows_results_and_finds_units(
    answered: Answered, issued: Issued, opened: Opened
) -> None:
    answered(6, 4)
    answered(6, 2, point="timur-arsip-qr")
    issued()
    issued("timur")
    issued("kota")
    page = opened("/")
    assert page.having("a", href="/ikm/ptsp")
    assert page.having("a", href="/ikm/timur")
    assert page.links["Lihat metode, proses, dan hasilnya"] == "/ikm/kota"
    assert page.links["Kantor Timur"] == "/s/timur-arsip-qr", "the form is still one click away"
    for figure in ("100,00", "50,00", "75,00"):
        assert figure in page.text
    found = opened("/?q=TERPADU")
    assert found.having("a", href="/ikm/ptsp")
    assert not found.having("a", href="/ikm/timur")
    assert "Kantor Timur" not in found.links
    service = opened("/?q=nib")
    assert service.links["Penerbitan NIB"] == "/s/ptsp-nib-qr"
    nothing = opened("/?q=tidak+ada+itu")
    assert "Tidak ada yang cocok" in nothing.text


def test_the_receipt_tells_what_becomes_of_answers(
    answered: Answered, issued: Issued, opened: Opened, city: Database, client: TestClient
) -> None:
    answered(6, 4)
    with city.read() as session:
        answer = session.execute(text("SELECT id FROM response LIMIT 1")).scalar_one()
    address = f"/s/ptsp-nib-qr/receipt/{answer}"
    assert "Nilai terakhir unit ini" not in opened(address).text
    issued()
    promise(city, done=True)
    promise(city, done=False)
    page = opened(address)
    for words in ("Nilai terakhir unit ini dari warga", "100,00", "Sangat baik", "Triwulan III 2026"):
        assert words in page.text, words
    assert page.links["Lihat hasil lengkap dan janji perbaikannya"] == "/ikm/ptsp"
    assert "Loket kedua buka Senin dan Kamis" in page.text
    assert "Tambah 24 kursi" not in page.text, "a promise is not yet a change"
    assert page.links["Buka LAPOR!"] == "https://www.lapor.go.id"


def test_a_closed_unit_keeps_its_page_and_leaves_the_list(
    answered: Answered, issued: Issued, opened: Opened, city: Database
) -> None:
    answered(6, 4)
    issued()
    with city.write() as session:
        session.exec(select(Unit).where(Unit.code == "ptsp")).one().active = False
    assert "100,00" in opened("/ikm/ptsp").text
    assert not opened("/").having("a", href="/ikm/ptsp")


def test_issued_moments_are_local(answered: Answered, issued: Issued, opened: Opened) -> None:
    """20:00 UTC on 14 October is the 15th in Makassar."""
    answered(6)
    publication = issued(at=datetime(2026, 10, 14, 20, 0, tzinfo=UTC))
    assert publication.issued_on == date(2026, 10, 15)
    assert "terbit 15 Oktober 2026" in opened("/ikm/ptsp").text
