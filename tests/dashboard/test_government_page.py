"""The page of a government: ranking and map as the API has them, who is silent, from sums alone."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import select
from starlette.testclient import TestClient

from app.auth.roles import Role
from app.core.db import Database
from app.dashboard import government
from app.kiosks.tables import Device
from app.units.tables import Unit
from tests.conftest import NOW
from tests.dashboard.conftest import Look, Person, SignedIn
from tests.dashboard.test_unit_page import comma, tables

BACKENDS = ("sqlite",)  # pages: their statements run on PostgreSQL in tests/cli/test_every_link.py

PAGE = "/petugas/pemerintah/kota"


def test_units_are_ranked_as_the_api_ranks_them(
    look: Look, answered: TestClient, token: Callable[..., dict[str, str]]
) -> None:
    page = look(f"{PAGE}?period=2026-Q4")
    told = answered.get("/api/v1/ikm?under=kota&period=2026-Q4", headers=token()).json()
    rows = tables(page)["Peringkat"]
    assert [row[1] for row in rows] == [unit["unit"]["name"] for unit in told["units"]]
    for row, unit in zip(rows, told["units"], strict=True):
        bounds = [comma(unit["interval"][side]) for side in ("low", "high")]
        assert row[2:] == [
            comma(unit["ikm"]),
            f"{unit['category']['mutu']} {unit['category']['kinerja']}",
            "–".join(bounds),
            str(unit["respondents"]),
        ]
    # Means of 15/4 and 8/3 on 1..4: 93.75 and 66.67.
    assert [row[2] for row in rows] == ["93,75", "66,67"]
    assert page.links["Pelayanan Terpadu"] == "/petugas/unit/ptsp?period=2026-Q4"
    twin = next(one for one in page.links.values() if one.startswith("/api/"))
    assert answered.get(twin, headers=token()).json()["units"] == told["units"]


def test_both_figures_of_the_government(look: Look, city: Database) -> None:
    pooled = look(f"{PAGE}?period=2026-Q4")
    # Seven answers with mean 23/7: 82.14; the mean of 93.75 and 66.67 is 80.21 (93.75 + 66.666... over two).
    assert '<span class="value">82,14</span>' in pooled.html
    assert "Angka resmi: semua jawaban digabung. Bila dirata-ratakan per unit: 80,21." in pooled.text
    with city.write() as session:
        session.exec(select(Unit).where(Unit.code == "kota")).one().rollup = "mean_of_units"
    mean = look(f"{PAGE}?period=2026-Q4")
    assert '<span class="value">80,21</span>' in mean.html
    assert "Angka resmi: rata-rata IKM unit. Bila semua jawaban digabung: 82,14." in mean.text


def test_the_map_shows_every_element(
    look: Look, answered: TestClient, body: Callable[..., Any], token: Callable[..., dict[str, str]]
) -> None:
    one = body(4)
    one["scores"]["waktu"] = 1
    assert answered.post("/api/v1/responses", json=one).status_code == 201
    page = look(f"{PAGE}?period=2026-Q4")
    heat = re.findall(r'<table class="heat">.*?</table>', page.html, re.DOTALL)[0]
    told = answered.get("/api/v1/ikm?under=kota&period=2026-Q4", headers=token()).json()
    for row, unit in zip(re.findall(r"<tr>(.*?)</tr>", heat, re.DOTALL)[1:], told["units"], strict=True):
        cells = re.findall(r"<td[^>]*><b>(\w)</b> ([\d,]+)", row)
        expected = [(element["category"], comma(element["ikm"])) for element in unit["elements"]]
        assert cells == [*expected, (unit["category"]["mutu"], comma(unit["ikm"]))]
    # (4 + 4 + 4 + 3 + 1) / 5 = 3.2: the lowest of that unit, and said so in words.
    assert '<td class="b low"><b>B</b> 80,00<span class="hidden"> terendah di unit ini</span></td>' in heat


def test_who_has_no_data_and_which_kiosks_are_silent(
    look: Look, city: Database, kiosk: Callable[[str], dict[str, str]]
) -> None:
    waiting = look(f"{PAGE}?period=2026-Q4").html.partition('id="belum-ada"')[2]
    assert re.findall(r'<th scope="row">(.*?)</th>', waiting) == ["Cabang Kantor Timur"]
    kiosk("ptsp-kios")
    silent = look(f"{PAGE}?period=2026-Q4")
    assert "1 dari 1 kios diam" in silent.text
    assert "Belum pernah terdengar." in silent.text
    assert silent.links["Buka titiknya"] == "/kelola/titik/ptsp-kios"
    with city.write() as session:
        device = session.exec(select(Device)).one()
        device.last_seen_at, device.queue_length = NOW - timedelta(hours=25), 41
    assert "Terakhir terdengar 14 Oktober 2026 pukul 10.00 WITA. 41 jawaban menunggu" in look(PAGE).text
    with city.write() as session:
        session.exec(select(Device)).one().last_seen_at = NOW - timedelta(hours=23)
    heard = look(f"{PAGE}?period=2026-Q4")
    assert "Kios yang diam" not in heard.text
    assert "Semua 1 kios terdengar dalam sehari terakhir." in heard.text


def test_pages_of_many_units(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(government, "PAGE", 1)
    first = look(f"{PAGE}?period=2026-Q4")
    assert [row[1] for row in tables(first)["Peringkat"]] == ["Pelayanan Terpadu"]
    onward = next(href for href in first.links.values() if "page=2" in href)
    second = look(PAGE + onward)
    # Four answers against three tell the two units apart by nobody's standard: they share the rank.
    assert [row[:2] for row in tables(second)["Peringkat"]] == [["=1", "Kantor Timur"]]
    assert "Halaman 2 dari 2" in second.text


def test_a_unit_without_units_below_leads_to_its_own_page(
    answered: TestClient, evaluator: dict[str, str], look: Look
) -> None:
    sent = answered.get("/petugas/pemerintah/ptsp?period=2026-Q3", headers=evaluator, follow_redirects=False)
    assert (sent.status_code, sent.headers["location"]) == (303, "/petugas/unit/ptsp?period=2026-Q3")
    assert "66,67" in look("/petugas/pemerintah/timur?period=2026-Q4").text


def test_an_empty_period_says_what_to_do(look: Look) -> None:
    page = look(f"{PAGE}?period=2025")
    assert "Belum ada jawaban pada Tahun 2025" in page.text
    assert page.links["Buka unit dan titik"] == "/kelola/unit"


def test_the_way_up_ends_where_reach_ends(look: Look, person: Person, signed_in: SignedIn) -> None:
    whole = look("/petugas/unit/timur-cabang")
    assert whole.links["Kota Uji"] == "/petugas/pemerintah/kota"
    assert whole.links["Kantor Timur"] == "/petugas/pemerintah/timur"
    part = look("/petugas/unit/timur-cabang", signed_in(person("ani", ("timur", Role.VIEWER), home="timur")))
    assert part.links["Kantor Timur"] == "/petugas/pemerintah/timur"
    assert "Kota Uji" not in part.html


@pytest.mark.parametrize("address", [PAGE, "/petugas/pemerintah/timur"])
def test_no_figure_counts_single_answers(look: Look, answered: TestClient, address: str) -> None:
    """Whatever the number of answers: whole months are read from tallies and totals."""
    statements: list[str] = []
    engine = answered.app.state.database.engine  # type: ignore[attr-defined]

    def note(*arguments: Any) -> None:
        statements.append(arguments[2])

    event.listen(engine, "before_cursor_execute", note)
    for period in ("2026-Q4", "2026-10", "2026-S2", "2026"):
        look(f"{address}?period={period}")
    event.remove(engine, "before_cursor_execute", note)
    assert [one for one in statements if re.search(r"(FROM|JOIN) (response|comment)\b", one)] == []
    assert any("FROM tally" in one for one in statements)
