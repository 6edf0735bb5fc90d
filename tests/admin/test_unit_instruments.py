"""Questionnaires on screen: those in use, those replaced, those whose file has gone; where they are used."""

from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.auth.roles import Role
from app.core.db import Database
from app.core.places import SURVEYS
from app.core.settings import Settings
from app.factory import create_app
from tests.conftest import NOW
from tests.web.markup import Page

BACKENDS = ("sqlite",)  # pages: their statements run on PostgreSQL in tests/cli/test_every_link.py

Headers = dict[str, str]


def page(desk: TestClient, address: str, headers: Headers) -> Page:
    answer = desk.get(address, headers=headers)
    assert answer.status_code == 200, answer.text
    return Page(answer.text)


@pytest.mark.parametrize("role", list(Role))
def test_all_staff_see_the_questionnaires(
    desk: TestClient, staff: Callable[..., Headers], role: Role
) -> None:
    found = page(desk, "/kelola/instrumen", staff("ptsp", role))
    assert "Survei Kepuasan Masyarakat v1 skm-2017 v1 PermenPANRB 14/2017 9 9 2 0 Berlaku" in found.text
    assert found.links["Survei Kepuasan Masyarakat"] == "/kelola/instrumen/skm-2017/1"


def test_answers_and_services_are_those_in_scope(
    desk: TestClient, staff: Callable[..., Headers], body: Callable[..., dict[str, Any]]
) -> None:
    for _ in range(3):
        assert desk.post("/api/v1/responses", json=body()).status_code == 201
    assert " 9 9 4 3 Berlaku" in page(desk, "/kelola/instrumen", staff("kota")).text
    assert " 9 9 2 3 Berlaku" in page(desk, "/kelola/instrumen", staff("ptsp")).text
    assert " 9 9 2 0 Berlaku" in page(desk, "/kelola/instrumen", staff("timur")).text
    used = page(desk, "/kelola/instrumen/skm-2017/1", staff("timur", Role.VIEWER)).text
    assert "Kantor Timur Arsip Aktif" in used
    assert "Penerbitan NIB" not in used


def test_one_version_with_all_its_texts(desk: TestClient, staff: Callable[..., Headers]) -> None:
    found = page(desk, "/kelola/instrumen/skm-2017/1", staff())
    # Asked before U8, as the questionnaire orders it.
    assert found.text.index("U9 Sarana dan Prasarana") < found.text.index("U8 Penanganan Pengaduan")
    assert "Tidak sesuai Kurang sesuai Sesuai Sangat sesuai" in found.text
    assert "Were the requirements right for this service?" in found.text
    assert "1/9 bila semua unsur ditanyakan" in found.text
    for band in ("A Sangat baik 88,31 100,00", "B Baik 76,61 88,30", "C Kurang baik 65,00 76,60"):
        assert band in found.text
    assert "D Tidak baik 25,00 64,99" in found.text
    assert found.having("div", lang="en")


@pytest.mark.parametrize("address", ["skm-2017/2", "tidak-ada/1"])
def test_what_does_not_exist(desk: TestClient, staff: Callable[..., Headers], address: str) -> None:
    assert desk.get(f"/kelola/instrumen/{address}", headers=staff()).status_code == 404


def test_nobody_is_led_to_the_sign_in(desk: TestClient) -> None:
    assert desk.get("/kelola/instrumen", headers={"Accept": "text/html"}).status_code == 303


@pytest.fixture
def later_desk(city: Database, settings: Settings, tmp_path: Path) -> Iterator[TestClient]:
    """The service after its questionnaires changed: a new version of one, and another whose file has gone."""
    surveys = tmp_path / "surveys"
    copytree(SURVEYS, surveys, ignore=lambda _folder, names: [one for one in names if one == "tests"])
    first = (surveys / "skm-2017" / "1.toml").read_text(encoding="utf-8")
    (surveys / "skm-2017" / "2.toml").write_text(
        first.replace("version = 1", "version = 2", 1), encoding="utf-8"
    )
    (surveys / "skm-2017-wajar" / "1.toml").unlink()
    application = create_app(settings.model_copy(update={"surveys_dir": surveys}), clock=lambda: NOW)
    with TestClient(application, follow_redirects=False) as client:
        yield client


def test_replaced_and_gone(later_desk: TestClient, staff: Callable[..., Headers]) -> None:
    headers = staff()
    listed = page(later_desk, "/kelola/instrumen", headers).text
    newest, replaced = (listed.index(f"skm-2017 v{number} ") for number in (2, 1))
    assert newest < replaced
    assert "9 9 4 0 Berlaku" in listed  # the services ask the newest version
    assert "9 9 0 0 Digantikan" in listed
    assert "9 9 0 0 Tinggal riwayat" in listed
    gone = page(later_desk, "/kelola/instrumen/skm-2017-wajar/1", headers).text
    assert "Berkas versi ini sudah tidak ada." in gone
    old = page(later_desk, "/kelola/instrumen/skm-2017/1", headers)
    assert old.links["v2"] == "/kelola/instrumen/skm-2017/2"
    assert "Tidak ada layanan yang memakai versi ini" in old.text
