"""The monthly letter: its figures are those of the API, it is made once, and one made stays as it was."""

import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from app.audit.service import SYSTEM
from app.audit.tables import AuditEntry
from app.auth.roles import Role
from app.core.db import Database
from app.core.settings import Settings
from app.instruments.catalog import Catalog
from app.letters import service
from app.letters.tables import MonthlyLetter
from tests.conftest import ELEMENTS, NOW

PLACE = "/petugas/unit/ptsp/surat"
COMMENT = "Menunggu antrean sampai dua jam untuk satu berkas."


@pytest.fixture
def head(token: Callable[..., dict[str, str]]) -> dict[str, str]:
    """The head of ptsp."""
    return token("ptsp", Role.UNIT_HEAD)


@pytest.fixture
def answered(client: TestClient, body: Callable[..., dict[str, Any]]) -> None:
    """September: eight answers of 3 with waktu at 2 and sarana at 2 twice; August: eight of 4 with two slips."""
    for number in range(8):
        scores = dict.fromkeys(ELEMENTS, 3) | {"waktu": 2} | ({"sarana": 2} if number < 2 else {})
        sent = body(3, scores=scores, answered_at="2026-09-10T09:00:00+08:00")
        if number == 0:
            sent["comment"] = COMMENT
        assert client.post("/api/v1/responses", json=sent).status_code == 201
        good = dict.fromkeys(ELEMENTS, 4) | ({"pengaduan": 3} if number < 2 else {})
        before = body(4, scores=good, answered_at="2026-08-10T09:00:00+08:00")
        assert client.post("/api/v1/responses", json=before).status_code == 201


def words(text: str) -> str:
    return " ".join(text.split())


def pdf_text(content: bytes) -> str:
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)
    return words(done.stdout.decode())


@pytest.mark.usefixtures("answered")
def test_its_figures_are_those_of_the_api(client: TestClient, head: dict[str, str]) -> None:
    # 8 x (7 x 3 + 2) + 6 x 3 + 2 x 2 = 206 of 72 answers: 25 x 206 / 72 = 71.5277...
    api = client.get("/api/v1/units/ptsp/ikm?period=2026-09", headers=head).json()
    assert (api["ikm"], api["category"]["mutu"], api["lowest"][:2]) == (71.53, "C", ["waktu", "sarana"])
    page = words(client.get(f"{PLACE}?period=2026-09", headers=head | {"Accept": "text/html"}).text)
    file = client.get(f"{PLACE}.pdf?period=2026-09", headers=head)
    assert file.headers["content-disposition"] == 'attachment; filename="surat-ptsp-2026-09.pdf"'
    for text in (page, pdf_text(file.content)):
        for piece in (
            *("71,53", "8 warga menilai", "Mutu C: Kurang baik", "Waktu Penyelesaian: 50,00"),
            *("Sarana dan Prasarana: 68,75", COMMENT, "Belum ada tindak lanjut yang selesai"),
            "−27,78, berarti",  # August: 25 x 286 / 72 = 99.3055...; 71.5277... less is -27.7777...
        ):
            assert piece in text, piece


def test_one_page(client: TestClient, head: dict[str, str], answered: None) -> None:
    content = client.get(f"{PLACE}.pdf?period=2026-09", headers=head).content
    told = subprocess.run(["pdfinfo", "-"], input=content, capture_output=True, check=True).stdout.decode()
    assert "Pages:           1" in told


@pytest.mark.usefixtures("answered")
def test_made_once_and_for_good(
    client: TestClient,
    head: dict[str, str],
    body: Callable[..., dict[str, Any]],
    city: Database,
    catalog: Catalog,
    settings: Settings,
) -> None:
    made = service.make_due(city, catalog, settings, SYSTEM, NOW)
    assert [(one.unit, one.period, one.mailed) for one in made] == [
        (code, "2026-09", 0) for code in ("kota", "ptsp", "timur", "timur-cabang")
    ]
    assert service.make_due(city, catalog, settings, SYSTEM, NOW + timedelta(hours=1)) == []
    late = body(1, answered_at="2026-09-11T09:00:00+08:00")
    assert client.post("/api/v1/responses", json=late).status_code == 201
    shown = client.get(f"{PLACE}?period=2026-09", headers=head | {"Accept": "text/html"}).text
    assert "71,53" in shown
    assert "Pratinjau" not in shown
    with city.read() as session:
        entries = session.exec(select(AuditEntry).where(AuditEntry.action == "letter.made")).all()
        assert len(entries) == 4
    november = datetime(2026, 11, 1, 3, tzinfo=UTC)
    assert len(service.make_due(city, catalog, settings, SYSTEM, november, most=2)) == 2
    assert len(service.make_due(city, catalog, settings, SYSTEM, november)) == 2


def test_nobody_answered(client: TestClient, head: dict[str, str], city: Database) -> None:
    shown = client.get(PLACE, headers=head | {"Accept": "text/html"}).text
    assert "Belum ada warga yang menilai pada September 2026" in shown
    assert "Pratinjau" in shown
    with city.read() as session:
        assert session.exec(select(MonthlyLetter)).all() == []


@pytest.mark.parametrize("period", ["2026-Q3", "2026", "kemarin", "2026-07-01..2026-07-15"])
def test_other_periods_are_refused(client: TestClient, head: dict[str, str], period: str) -> None:
    answer = client.get(f"{PLACE}.pdf?period={period}", headers=head)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "period_invalid")
