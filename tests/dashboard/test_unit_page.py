"""The page of a unit and of a service: the figures of the API to the last digit, changes, trend, who may see it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from app.auth.roles import Role
from app.core.db import Database
from app.units.tables import Service, Unit
from tests.dashboard.conftest import Look, Person, SignedIn
from tests.web.markup import Page

BACKENDS = ("sqlite",)  # pages: their statements run on PostgreSQL in tests/cli/test_every_link.py

UNIT = "/petugas/unit/ptsp"
NASTY = "<b>Dinas</b> & \"Satu\" 'Dua' 🏥 قسم {{ 7*7 }} %s"


def comma(value: float, places: int = 2) -> str:
    """As Indonesian pages write it."""
    return f"{value:,.{places}f}".translate(str.maketrans(",.", ".,"))


def tables(page: Page) -> dict[str, list[list[str]]]:
    """The rows of tables by the text of their first head, the first of several; tags left out."""
    found = {}
    for table in re.findall(r"<table.*?</table>", page.html, re.DOTALL):
        rows = [
            [
                " ".join(re.sub(r"<[^>]+>", "", cell).split())
                for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
            ]
            for row in re.findall(r"<tr[^>]*>(.*?)</tr>", table, re.DOTALL)
        ]
        found.setdefault(rows[0][0], rows[1:])
    return found


def test_the_figures_are_those_of_the_api(
    look: Look, answered: TestClient, token: Callable[..., dict[str, str]]
) -> None:
    page = look(f"{UNIT}?period=2026-Q4")
    told = answered.get("/api/v1/units/ptsp/ikm?period=2026-Q4", headers=token()).json()
    # Four respondents, nine elements: means 4, 4, 4 and 3 make 3.75 x 25.
    assert told["ikm"] == 93.75
    assert page.html.count('<span class="value">93,75</span>') == 1
    interval = told["interval"]
    assert f"antara {comma(interval['low'])} dan {comma(interval['high'])}" in page.text
    half = max(told["ikm"] - interval["low"], interval["high"] - told["ikm"])
    assert f"± {comma(half, 1)}" in page.text
    rows = {row[0].split()[0]: row for row in tables(page)["Unsur"]}
    assert len(rows) == 9
    for element in told["elements"]:
        row = rows[element["code"]]
        assert row[1:3] == [comma(element["nrr"], 3), comma(element["ikm"])]
        assert row[3].split()[0] == element["category"]
        assert row[5] == str(element["n"])


def test_the_address_of_the_data_gives_the_same(
    look: Look, answered: TestClient, token: Callable[..., dict[str, str]]
) -> None:
    for address in (f"{UNIT}?period=2026-Q4", f"{UNIT}/layanan/nib?period=2026-10"):
        page = look(address)
        twins = [one for one in page.links.values() if one.startswith("/api/v1/units/ptsp/ikm")]
        assert len(twins) == 3
        for twin in twins:
            assert answered.get(twin, headers=token()).status_code == 200, twin
        told = answered.get(twins[0], headers=token()).json()
        assert comma(told["ikm"]) in page.text


def test_a_change_is_told_with_what_it_means(
    look: Look, answered: TestClient, token: Callable[..., dict[str, str]]
) -> None:
    page = look(f"{UNIT}?period=2026-Q4")
    # 93.75 now; 2, 2, 2 and 3 before: 2.25 x 25 = 56.25.
    assert "Perubahan dari Triwulan III 2026 +37,50 dari 56,25" in page.text
    assert "Berarti. Selisih sebesar ini hampir tidak mungkin kebetulan" in page.text
    other = look(f"{UNIT}?period=2026-Q4&with=2026-S2")
    assert "Kedua periode bertumpang tindih" in other.text
    assert "hampir tidak mungkin kebetulan" not in other.text
    none = look(f"{UNIT}?period=2026-Q4&with=2025-Q1")
    assert "Belum ada jawaban pada Triwulan I 2025." in none.text


def test_elements_stand_lowest_first(look: Look, answered: TestClient, body: Callable[..., Any]) -> None:
    one = body(4)
    one["scores"]["waktu"] = 1
    one["scores"]["biaya"] = 2
    assert answered.post("/api/v1/responses", json=one).status_code == 201
    page = look(f"{UNIT}?period=2026-Q4")
    rows = tables(page)["Unsur"]
    assert [row[0] for row in rows][:2] == ["U3 Waktu Penyelesaian", "U4 Biaya/Tarif"]
    # (4 + 4 + 4 + 3 + 1) / 5 = 3.2, times 25.
    assert "Benahi dulu Waktu Penyelesaian Terendah dari 9 unsur: 80,00, mutu B." in page.text
    said = re.findall(r'<desc id="unsur-gambar-desc">(.*?)</desc>', page.html)
    assert len(said) == 1
    assert said[0].startswith("Waktu Penyelesaian 80,00 B (")
    drawn = re.findall(r"<desc id=\"sebaran-gambar-n-desc\">(.*?);", page.html)
    assert drawn == ["Waktu Penyelesaian: 20, 0, 20, 60"]


def test_free_dates_are_an_address(look: Look, answered: TestClient, evaluator: dict[str, str]) -> None:
    sent = answered.get(
        f"{UNIT}?dari=2026-09-15&sampai=2026-10-14", headers=evaluator, follow_redirects=False
    )
    assert (sent.status_code, sent.headers["location"]) == (303, f"{UNIT}?period=2026-09-15..2026-10-14")
    page = look(sent.headers["location"])
    # All eight: (15 + 9) / 8 = 3 x 25.
    assert '<span class="value">75,00</span>' in page.html
    assert "15 Sep–14 Okt 2026" in page.text
    assert (
        "Perubahan dari 16 Agu–14 Sep 2026" in page.text
        or "Belum ada jawaban pada 16 Agu–14 Sep 2026." in page.text
    )


@pytest.mark.parametrize(
    ("first", "last"),
    [("2026-10-14", "2026-10-01"), ("", "2026-10-01"), ("x", "<i>"), ("1999-01-01", "1999-02-01")],
)
def test_wrong_dates_come_back_in_the_form(look: Look, first: str, last: str) -> None:
    page = look(f"{UNIT}?period=2026-Q4&dari={first}&sampai={last}", status=422)
    assert "Isi kedua tanggal" in page.text
    assert page.links[
        "Isi kedua tanggal, yang pertama tidak sesudah yang terakhir, antara tahun 2000 dan 2100."
    ] == ("#sampai")
    shown = {one["name"]: one["value"] for one in page.having("input", type="date")}
    assert shown == {"dari": first, "sampai": last}
    assert '<span class="value">93,75</span>' in page.html


@pytest.mark.parametrize("query", ["period=2026-Q5", "with=x", "period=2026-Q4&with=2026-13", "period=%00"])
def test_periods_that_are_none(look: Look, query: str) -> None:
    look(f"{UNIT}?{query}", status=422)


def test_periods_of_every_kind(look: Look) -> None:
    for period, value in (
        ("2026", "75,00"),
        ("2026-S2", "75,00"),
        ("2026-Q3", "56,25"),
        ("2026-09", "56,25"),
        ("2026-10-14..2026-10-14", "93,75"),
    ):
        assert f'<span class="value">{value}</span>' in look(f"{UNIT}?period={period}").html, period


def test_a_period_to_compare_with_is_offered_and_kept(look: Look) -> None:
    page = look(f"{UNIT}?period=2026-Q4&with=2026-09")
    assert page.fields["with"] == "2026-09"
    assert "Dibandingkan dengan September 2026" in page.text
    own = look(f"{UNIT}?period=2026-Q4&with=2026-09-01..2026-09-30")
    assert own.fields["with"] == "2026-09-01..2026-09-30"


def test_an_empty_period_says_what_to_do(look: Look) -> None:
    page = look(f"{UNIT}?period=2026-Q1")
    assert "Belum ada jawaban pada Triwulan I 2026" in page.text
    assert page.links["Lihat Triwulan IV 2025"] == "?period=2025-Q4"
    assert page.links["Buka titik surveinya"] == "/kelola/unit?unit=ptsp"
    assert "chart" not in page.html.replace("charts", "")


def test_the_trend_ends_with_the_period_and_names_its_gaps(look: Look) -> None:
    page = look(f"{UNIT}?period=2026-Q4")
    said = re.findall(r'<desc id="perjalanan-gambar-desc">(.*?)</desc>', page.html)[0]
    assert said.startswith("III 2026 56,25")
    assert "; IV 2026 93,75" in said
    rows = tables(page)["Periode"]
    assert [row[:2] for row in rows] == [["Triwulan III 2026", "56,25"], ["Triwulan IV 2026", "93,75"]]
    single = look(f"{UNIT}?period=2026-Q3")
    assert "Baru satu periode yang punya jawaban." in single.text


def test_a_service_has_its_own_page(look: Look, answered: TestClient, body: Callable[..., Any]) -> None:
    seven = body(2, point="ptsp-daring")
    for key in ("kompetensi", "perilaku"):
        del seven["scores"][key]
    assert answered.post("/api/v1/responses", json=seven).status_code == 201
    unit = look(f"{UNIT}?period=2026-Q4")
    assert [row[:2] for row in tables(unit)["Layanan"]] == [
        ["Layanan Daring", "50,00"],
        ["Penerbitan NIB", "93,75"],
    ]
    assert unit.links["Layanan Daring"] == f"{UNIT}/layanan/daring?period=2026-Q4"
    online = look(unit.links["Layanan Daring"])
    assert '<span class="value">50,00</span>' in online.html
    assert "Tidak ditanyakan: Kompetensi Pelaksana, Perilaku Pelaksana." in online.text
    assert "Selang kepercayaan belum bisa dihitung" in online.text
    look(f"{UNIT}/layanan/tidak-ada", status=404)
    look("/petugas/unit/timur/layanan/nib", status=404)


def test_who_answered_and_how(look: Look) -> None:
    page = look(f"{UNIT}?period=2026-Q4")
    assert tables(page)["Saluran"][0][0] == "Kode QR"
    assert tables(page)["Jenis kelamin"] == [["Tidak diisi", "4", "100,0%"]]
    assert "Semua jawaban datang lewat satu saluran." in page.text
    assert "Tidak ada jawaban yang dikecualikan." in page.text


def test_names_stay_text(look: Look, city: Database, answered: TestClient, evaluator: dict[str, str]) -> None:
    with city.write() as session:
        session.exec(select(Unit).where(Unit.code == "ptsp")).one().name = NASTY
        session.exec(select(Service).where(Service.code == "nib")).one().name = NASTY
    for address in (UNIT, f"{UNIT}/layanan/nib", "/petugas/pemerintah/kota"):
        page = look(f"{address}?period=2026-Q4")
        assert " ".join(NASTY.split()) in page.text
        assert "<b>Dinas" not in page.html
        assert "49" not in re.sub(r"[\d.,]+%?\"", "", page.text.replace(NASTY, "")).split()


def test_who_sees_it(look: Look, answered: TestClient, person: Person, signed_in: SignedIn) -> None:
    for role in (Role.ADMIN, Role.UNIT_HEAD, Role.EVALUATOR, Role.VIEWER):
        own = signed_in(person(f"a-{role.value.replace('_', '')}", ("ptsp", role), home="ptsp"))
        page = look(f"{UNIT}?period=2026-Q4", own)
        assert "93,75" in page.text
        assert "Kota Uji" not in page.html
        raw = {one for one in page.links.values() if "/exports/" in one}
        assert bool(raw) == (role is not Role.VIEWER)
        sibling = signed_in(person(f"b-{role.value.replace('_', '')}", ("timur", role), home="timur"))
        for address in (UNIT, f"{UNIT}/layanan/nib", "/petugas/pemerintah/kota"):
            look(address, sibling, status=404)
    operator = signed_in(person("ops", ("ptsp", Role.OPERATOR), home="ptsp"))
    look(UNIT, operator, status=403)


def test_the_page_speaks_english(look: Look) -> None:
    page = look(f"{UNIT}?period=2026-Q4&lang=en")
    assert page.language == "en"
    assert '<span class="value">93.75</span>' in page.html
    assert "Such a difference is hardly ever chance" in page.text
