"""A survey point's QR code says its address, can be read from the file, and stands on a page that prints."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from app.auth.roles import Role
from app.core.db import Database
from app.core.settings import Settings
from app.factory import create_app
from app.kiosks.tables import Device
from app.web import qr
from tests.admin.qr_reader import read
from tests.conftest import NOW
from tests.web.markup import Page

BACKENDS = ("sqlite",)  # pages: their statements run on PostgreSQL in tests/cli/test_every_link.py

Headers = dict[str, str]
ADDRESSES = (
    "http://127.0.0.1:8000/s/a",
    "https://skm.kota-contoh.go.id/s/dpmptsp-nib-qr",
    "https://survei-kepuasan-masyarakat.kabupaten-contoh.go.id/s/kecamatan-contoh-utara-loket",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_what_is_drawn_can_be_read(address: str) -> None:
    found = read(qr.png(address))
    assert found.text == address
    assert found.level in "MQH"
    assert found.pixels >= 1000
    assert found.quiet_modules == 4


def test_the_reader_sees_a_module_that_differs() -> None:
    """What the reader finds comes from the pixels."""
    assert read(qr.png(ADDRESSES[0])).text != read(qr.png(ADDRESSES[0].replace("/s/a", "/s/b"))).text


@pytest.mark.parametrize("address", [ADDRESSES[1], 'https://x.example/s/"><script>'])
def test_the_drawings_are_paths_alone(address: str) -> None:
    for drawn in (str(qr.inline(address)), qr.svg(address).decode()):
        root = ElementTree.fromstring(drawn)
        assert {one.tag.rpartition("}")[2] for one in root.iter()} <= {"svg", "g", "path"}
        assert "script" not in drawn
        assert "style" not in drawn
    assert re.match(r'<svg viewBox="0 0 (\d+) \1" class="qr"><path fill="#fff"', str(qr.inline(address)))


@pytest.fixture
def public_desk(city: Database, settings: Settings) -> Iterator[TestClient]:
    """The service under a name of its own."""
    named = settings.model_copy(update={"public_url": "http://skm.kota-uji.example"})
    application = create_app(named, clock=lambda: NOW)
    with TestClient(application, base_url="http://skm.kota-uji.example", follow_redirects=False) as client:
        yield client


def test_the_page_of_a_point(public_desk: TestClient, staff: Callable[..., Headers]) -> None:
    answer = public_desk.get("/kelola/titik/ptsp-nib-qr", headers=staff("ptsp"))
    assert answer.status_code == 200
    page = Page(answer.text)
    address = "http://skm.kota-uji.example/s/ptsp-nib-qr"
    assert page.links[address] == address
    sheet = answer.text.partition('class="sheet"')[2].partition("</section>")[0]
    for words in ("Pelayanan Terpadu", "Penerbitan NIB", "skm.kota-uji.example/s/ptsp-nib-qr"):
        assert words in sheet
    assert str(qr.inline(address)) in sheet
    assert 'lang="id"' in answer.text.partition('class="sheet"')[2].partition(">")[0]
    assert page.links["Ubah titik"] == "/kelola/titik/ptsp-nib-qr/ubah"


def test_the_files_of_a_point(public_desk: TestClient, staff: Callable[..., Headers]) -> None:
    headers = staff("ptsp", Role.VIEWER)
    picture = public_desk.get("/kelola/titik/ptsp-nib-qr/qr.png", headers=headers)
    assert picture.headers["content-type"] == "image/png"
    assert picture.headers["content-disposition"] == 'attachment; filename="qr-ptsp-nib-qr.png"'
    assert read(picture.content).text == "http://skm.kota-uji.example/s/ptsp-nib-qr"
    drawing = public_desk.get("/kelola/titik/ptsp-nib-qr/qr.svg", headers=headers)
    assert drawing.headers["content-type"] == "image/svg+xml"
    assert drawing.content == qr.svg("http://skm.kota-uji.example/s/ptsp-nib-qr")


def test_others_see_the_point_and_the_next_door_does_not(
    desk: TestClient, staff: Callable[..., Headers]
) -> None:
    page = Page(desk.get("/kelola/titik/ptsp-kios", headers=staff("ptsp", Role.OPERATOR)).text)
    assert "Ubah titik" not in page.links
    assert "Belum ada kios yang dipasang" in page.text
    headers = staff("timur")
    for address in (
        "/kelola/titik/ptsp-kios",
        "/kelola/titik/ptsp-kios/qr.svg",
        "/kelola/titik/ptsp-kios/qr.png",
    ):
        assert desk.get(address, headers=headers).status_code == 404
        assert desk.get(address, headers={"Accept": "text/html"}).status_code == 303


def test_the_kiosks_at_a_point(
    city: Database, desk: TestClient, staff: Callable[..., Headers], kiosk: Callable[[str], Headers]
) -> None:
    kiosk("ptsp-kios")
    kiosk("ptsp-kios")
    with city.write() as session:
        first, second = session.exec(select(Device).order_by(Device.id)).all()  # type: ignore[arg-type]
        first.name, first.last_seen_at, first.queue_length = "Kios pintu", NOW - timedelta(hours=1), 1204
        second.name, second.revoked_at = "Kios lama", NOW
    text = Page(desk.get("/kelola/titik/ptsp-kios", headers=staff()).text).text
    assert "Kios pintu 15 Oktober 2026 pukul 10.00 WITA 1.204 Terpasang" in text
    assert "Kios lama Belum pernah Belum diketahui Dilepas" in text
