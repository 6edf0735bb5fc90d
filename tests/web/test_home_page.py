"""The start page leads to the forms of all units, and says what to do where there are none."""

from collections.abc import Callable, Iterator

import pytest
from sqlmodel import col, select
from starlette.testclient import TestClient

from app.core.db import Database
from app.core.settings import Settings
from app.factory import create_app
from app.units.tables import Point, Service, Unit
from tests.web.conftest import HTML
from tests.web.markup import Page

BACKENDS = ("sqlite",)  # pages: their statements run on PostgreSQL in tests/cli/test_every_link.py

Opened = Callable[..., Page]


def test_every_unit_leads_to_its_forms(opened: Opened) -> None:
    page = opened("/")
    assert "Kota Uji" in page.text
    assert page.links["Kantor Timur"] == "/s/timur-arsip-qr"
    assert page.links["Cabang Kantor Timur"] == "/s/cabang-qr"
    assert page.links["Layanan Daring"] == "/s/ptsp-daring"
    assert page.links["Penerbitan NIB"] == "/s/ptsp-nib-qr"
    assert not [address for address in page.links.values() if "kios" in address or "tutup" in address]


def test_the_language_is_kept_on_the_way(opened: Opened) -> None:
    page = opened("/?lang=en")
    assert page.language == "en"
    assert "How were you served?" in page.text
    assert page.links["Kantor Timur"] == "/s/timur-arsip-qr?lang=en"
    assert page.links["Indonesia"] == "?lang=id"


def test_a_link_point_is_preferred_and_an_open_choice_replaces_single_services(
    city: Database, opened: Opened
) -> None:
    with city.write() as session:
        timur = session.exec(select(Unit).where(Unit.code == "timur")).one().id
        arsip = session.exec(select(Service).where(Service.code == "arsip")).one().id
        ptsp = session.exec(select(Unit).where(Unit.code == "ptsp")).one().id
        assert timur is not None
        assert ptsp is not None
        session.add(Point(code="timur-tautan", unit_id=timur, service_id=arsip, channel="link"))
        session.add(Point(code="ptsp-semua", unit_id=ptsp, channel="counter"))
    page = opened("/")
    assert page.links["Kantor Timur"] == "/s/timur-tautan"
    assert page.links["Pelayanan Terpadu"] == "/s/ptsp-semua"
    assert "Penerbitan NIB" not in page.links


def test_what_is_not_active_is_not_listed(city: Database, opened: Opened) -> None:
    with city.write() as session:
        session.exec(select(Unit).where(Unit.code == "timur")).one().active = False
        session.exec(select(Service).where(Service.code == "nib")).one().active = False
    page = opened("/")
    assert "Kantor Timur" not in page.links
    assert "Cabang Kantor Timur" not in page.links, "it lies below a unit that is not active"
    assert page.links["Pelayanan Terpadu"] == "/s/ptsp-daring", "one service is left"


def test_units_without_open_points(city: Database, opened: Opened) -> None:
    with city.write() as session:
        for point in session.exec(select(Point).where(col(Point.active))):
            point.active = False
    page = opened("/")
    assert "Belum ada yang dapat dinilai" in page.text
    assert "belum satu pun punya titik survei" in page.text


@pytest.fixture
def fresh(settings: Settings) -> Iterator[TestClient]:
    """An installation in which nobody has registered anything."""
    with TestClient(create_app(settings), headers=HTML) as client:
        yield client


def test_a_fresh_installation_says_what_to_do(fresh: TestClient) -> None:
    page = Page(fresh.get("/").text)
    assert "belum ada unit yang terdaftar" in page.text
    assert "eskm units load registri.toml" in page.text
    english = Page(fresh.get("/?lang=en").text)
    assert "no office is registered yet" in english.text
