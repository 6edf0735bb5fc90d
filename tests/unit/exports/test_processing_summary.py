"""The summary of a processing workbook, computed anew by a real LibreOffice, against figures worked by hand."""

import csv
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from app.exports.queries import ServiceHead, UnitHead
from app.instruments.catalog import Catalog

CITY = UnitHead(9, "kota", "Kota Uji", "Asia/Makassar", None, None, "mean_of_units")
NORTH = UnitHead(1, "a-utara", "Kantor Utara", "Asia/Makassar", None, None)
SOUTH = UnitHead(2, "b-selatan", "Kantor Selatan", "Asia/Makassar", None, None)
EVIL = '=HYPERLINK("http://x","klik")'
LONG = "Pelayanan [terpadu] untuk rumah/tinggal dan 'toko'"


def three(n: int, total: int) -> list[dict[str, int]]:
    """`n` answers to three questions whose scores have this sum; the higher ones are of the first question."""
    score, more = divmod(total, 3 * n)
    scores = [score + 1] * more + [score] * (3 * n - more)
    return [dict(zip(("prosedur", "biaya", "perilaku"), scores[place::n], strict=True)) for place in range(n)]


@pytest.fixture
def city(book_of: Callable[..., bytes], tiny: Catalog) -> bytes:
    """Two units, two questionnaires; two services were asked with either."""
    desk, office, file = (ServiceHead(n, f"s{n}", name) for n, name in ((1, EVIL), (2, LONG), (3, "Berkas")))
    several = [
        {"waktu_tunggu": 3, "waktu_proses": 1, "sarana_ruang": 4},
        {"waktu_tunggu": 2, "sarana_ruang": 2, "sarana_alat": 1},
    ]
    rows = [
        (NORTH, desk, "tiny-several@1", several, 0),
        (NORTH, desk, "tiny-three@1", three(3, 28), 2),
        (SOUTH, office, "tiny-three@1", three(100, 900), 1),
        (SOUTH, file, "tiny-several@1", [{"waktu_tunggu": 4, "waktu_proses": 4, "sarana_ruang": 3}], 0),
        (SOUTH, file, "tiny-three@1", three(200, 1817), 0),
        (SOUTH, ServiceHead(4, "s4", "Sepi"), "", [], 0),
    ]
    return book_of(tiny, rows, unit=CITY)


def test_every_row_as_worked_by_hand(city: bytes, office: Callable[..., Path]) -> None:
    with (office(city, every=True) / "book-Ringkasan.csv").open(encoding="utf-8", newline="") as file:
        rows = [[cell for cell in row if cell] for row in csv.reader(file)]
    good, bad, south = ("A", "Baik"), ("B", "Tidak baik"), "Kantor Selatan"
    pooled, mean = "Gabungan semua jawaban", "Rata-rata IKM 2 unit (angka resmi)"
    assert [tuple(row) for row in rows if tuple(row[-2:]) in (good, bad)] == [
        # NRR of the first element: the mean of 5/2 and 1; of the second: of 6/2 and 1.
        ("1", "Kantor Utara", f"'{EVIL}", "2", "0", "1.750", "2.000", "1.875", "46.88", *bad),
        ("2", south, "Berkas", "1", "0", "4.000", "3.000", "3.500", "87.50", *good),
        ("Kantor Utara, semua layanan", "2", "0", "1.750", "2.000", "1.875", "46.88", *bad),
        (f"{south}, semua layanan", "1", "0", "4.000", "3.000", "3.500", "87.50", *good),
        # By question: 9/3 and 5/2; 9/3 and 1/1. The mean of the units: (1.875 + 3.5) / 2.
        (pooled, "3", "0", "2.750", "2.000", "2.375", "59.38", *bad),
        (mean, "3", "0", "2.875", "2.500", "2.688", "67.19", *good),
        # 25 x 28/9, 25 x 900/300, 25 x 1817/600
        ("1", "Kantor Utara", f"'{EVIL}", "3", "2", "3.333", "3.000", "3.000", "3.111", "77.78", *good),
        ("2", south, LONG, "100", "1", "3.000", "3.000", "3.000", "3.000", "75.00", *good),
        ("3", south, "Berkas", "200", "0", "3.085", "3.000", "3.000", "3.028", "75.71", *good),
        ("Kantor Utara, semua layanan", "3", "2", "3.333", "3.000", "3.000", "3.111", "77.78", *good),
        (f"{south}, semua layanan", "300", "1", "3.057", "3.000", "3.000", "3.019", "75.47", *good),
        # 25 x 2745/909 = 75.4950...; (77.7777... + 75.47222...) / 2 = 76.625 exactly: half up.
        (pooled, "303", "3", "3.059", "3.000", "3.000", "3.020", "75.50", *good),
        (mean, "303", "3", "3.195", "3.000", "3.000", "3.065", "76.63", *good),
    ]
    text = "\n".join(" ".join(row) for row in rows)
    assert "Periode ini memakai 2 kuesioner. Hasilnya tidak dapat dijumlahkan" in text
    assert "Kantor Selatan: Sepi" in text
    assert "Err:" not in text
    assert "#" not in text


def test_its_figures_are_references_and_each_service_has_its_sheet(city: bytes) -> None:
    book = openpyxl.load_workbook(BytesIO(city))
    assert book.sheetnames == [
        "Ringkasan",
        "a-utara =HYPERLI tiny-several@1",
        "a-utara =HYPERLINK tiny-three@1",
        "b-selatan Pelayanan -terpadu- u",
        "b-selatan Berkas tiny-several@1",
        "b-selatan Berkas tiny-three@1",
    ]
    assert [sheet["B4"].value for sheet in book.worksheets[1:3]] == [f"'{EVIL}"] * 2
    summary, name = book["Ringkasan"], "b-selatan Berkas tiny-three@1"
    (row,) = [row for row in summary.iter_rows() if row[2].hyperlink and name in row[2].hyperlink.location]
    assert [row[place].value for place in (3, 5, 8, 9)] == [
        f"=COUNT('{name}'!A12:A211)",
        f"='{name}'!B213",
        f"='{name}'!E214",
        f"='{name}'!$E$215",
    ]
    # The unit's row is two below; the tables of sums and of answers repeat the rows further down.
    unit = row[5].row + 2
    assert summary.cell(unit, 6).value == f"=F{unit + 11}/F{unit + 20}"
    assert summary.cell(unit + 11, 6).value == f"=SUM(F{unit + 8}:F{unit + 9})"
    assert summary.cell(unit + 9, 6).value == f"='{name}'!B212"
    assert summary.cell(unit + 18, 6).value == f"=COUNT('{name}'!B12:B211)"


def test_one_unit_has_one_total_and_a_box(book_of: Callable[..., bytes], tiny: Catalog) -> None:
    rows = [
        (SOUTH, ServiceHead(2, "s2", "Loket"), "tiny-three@1", three(100, 900), 1),
        (SOUTH, ServiceHead(3, "s3", "Loket"), "tiny-three@1", three(200, 1817), 0),
    ]
    content = book_of(tiny, rows, unit=replace(SOUTH, rollup="mean_of_units"))
    book = openpyxl.load_workbook(BytesIO(content), data_only=True)
    assert book.sheetnames == ["Ringkasan", "Loket", "Loket (2)"]
    sheet = book["Ringkasan"]
    cells = [cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert "Unit pelayanan (semua layanan digabung)" in cells
    assert not [cell for cell in cells if "Rata-rata IKM" in str(cell)]
    assert {"Mutu pelayanan A (Baik)", "Jumlah responden: 300"} <= set(cells)
    assert pytest.approx(25 * 2717 / 900, abs=1e-10) in [cell for cell in cells if isinstance(cell, float)]
    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
