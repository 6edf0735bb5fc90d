"""The processing workbook as it is stored: structure, formulas, texts, and the values kept beside formulas."""

import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from app.exports.processing_summary import TITLE as SUMMARY_TITLE
from app.exports.processing_xlsx import TITLE
from app.exports.queries import ServiceHead, UnitHead
from app.instruments.catalog import Catalog

Workbook = Callable[..., bytes]
Answers = Callable[[int, Sequence[int]], list[dict[str, int]]]
SUMS_29 = (105, 101, 100, 116, 102, 105, 106, 105, 115)
HEAD = UnitHead(1, "dpmptsp", "Dinas Contoh", "Asia/Makassar", "Jalan Merdeka 17", "(0411) 123456")


def opened(content: bytes, *, values: bool = False) -> Any:
    return openpyxl.load_workbook(BytesIO(content), data_only=values)


def row_of(sheet: Any, label: str) -> int:
    rows = [cell.row for cell in sheet["A"] if str(cell.value or "").startswith(label)]
    assert len(rows) == 1, f"{label}: {rows}"
    return rows[0]


def texts(sheet: Any) -> list[str]:
    return [cell.value for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]


def test_head_columns_and_respondents(
    workbook_of: Workbook, catalog: Catalog, answers_with_sums: Answers
) -> None:
    answers = {"skm-2017@1": answers_with_sums(29, SUMS_29)}
    book = opened(workbook_of(catalog, answers))
    assert book.sheetnames == ["Penerbitan NIB"]
    sheet = book["Penerbitan NIB"]
    assert sheet["A1"].value == TITLE
    head = {sheet.cell(row, 1).value: sheet.cell(row, 2).value for row in range(2, 9)}
    assert head.items() >= {
        ("Unit pelayanan", "Dinas Contoh"),
        ("Layanan", "Penerbitan NIB"),
        ("Alamat", "Jalan Merdeka 17"),
        ("Telepon", "(0411) 123456"),
        ("Periode survei", "Triwulan III 2026 (1 Juli 2026 s.d. 30 September 2026)"),
    }
    assert [sheet.cell(11, column).value for column in range(2, 11)] == [f"U{n}" for n in range(1, 10)]
    assert [sheet.cell(row, 1).value for row in range(12, 41)] == list(range(1, 30))
    # The matrix is in article order: complaints eighth (115), facilities ninth (105).
    sums = [sum(sheet.cell(row, column).value for row in range(12, 41)) for column in range(2, 11)]
    assert sums == [105, 101, 100, 116, 102, 105, 106, 115, 105]


def test_summary_rows_are_formulas_over_the_rows_above(
    workbook_of: Workbook, catalog: Catalog, answers_with_sums: Answers
) -> None:
    sheet = opened(workbook_of(catalog, {"skm-2017@1": answers_with_sums(29, SUMS_29)})).active
    total = row_of(sheet, "Jumlah nilai per unsur")
    assert total == 41
    assert sheet.cell(total, 2).value == "=SUM(B12:B40)"
    assert sheet.cell(row_of(sheet, "NRR per unsur"), 10).value == "=SUM(J12:J40)/COUNT(J12:J40)"
    weighted = row_of(sheet, "NRR tertimbang per unsur")
    assert sheet.cell(weighted, 2).value == "=ROUND(B42/COUNT($B$42:$J$42),12)"
    assert sheet.cell(weighted, 11).value == "=ROUND(SUM($B$42:$J$42)/COUNT($B$42:$J$42),12)"
    ikm = row_of(sheet, "IKM unit pelayanan")
    assert sheet.cell(ikm, 11).value == "=ROUND(K43*25,10)"
    assert sheet.cell(ikm, 11).number_format == "0.00"
    assert sheet.cell(weighted, 11).number_format == "0.000"


def test_values_beside_the_formulas_are_ours(
    workbook_of: Workbook, catalog: Catalog, answers_with_sums: Answers
) -> None:
    content = workbook_of(catalog, {"skm-2017@1": answers_with_sums(29, SUMS_29)})
    sheet = opened(content, values=True).active
    assert sheet.cell(44, 11).value == pytest.approx(23875 / 261, abs=1e-12)
    assert sheet.cell(42, 2).value == pytest.approx(105 / 29, abs=1e-12)
    assert sheet.cell(43, 11).value == pytest.approx(955 / 261, abs=1e-12)
    shown = texts(sheet)
    assert "Mutu pelayanan A (Sangat baik)" in shown
    assert "Jumlah responden: 29" in shown


def test_an_element_that_was_not_asked_is_neither_zero_nor_counted(
    workbook_of: Workbook, catalog: Catalog
) -> None:
    asked = ("persyaratan", "prosedur", "waktu", "biaya", "produk", "sarana", "pengaduan")
    answers = {"skm-2017@1": [dict.fromkeys(asked, 4)] * 3}
    sheet = opened(workbook_of(catalog, answers), values=True).active
    for label in ("Jumlah nilai per unsur", "NRR per unsur", "NRR tertimbang per unsur"):
        row = row_of(sheet, label)
        assert [sheet.cell(row, column).value for column in (7, 8)] == ["–", "–"]
    assert [sheet.cell(12, column).value for column in (7, 8)] == ["–", "–"]
    assert sheet.cell(row_of(sheet, "IKM unit pelayanan"), 11).value == 100
    assert texts(sheet).count("tidak ditanyakan") == 2
    assert "NRR tertimbang per unsur = NRR per unsur × 1/7 (7 unsur ditanyakan)" in texts(sheet)


def test_a_missing_answer_is_an_empty_cell(workbook_of: Workbook, tiny: Catalog) -> None:
    answers = {"tiny-three@1": [{"prosedur": 4, "biaya": 1, "perilaku": 2}, {"prosedur": 2, "perilaku": 3}]}
    sheet = opened(workbook_of(tiny, answers)).active
    assert [sheet.cell(13, column).value for column in (1, 2, 3, 4)] == [2, 2, None, 3]


def test_several_questions_of_an_element_have_columns_of_their_own(
    workbook_of: Workbook, tiny: Catalog
) -> None:
    # Means 3, 2 and 4 of the first element, 4 and 1 of the second: NRR 3 and 2.5, index 2.75, IKM 68.75.
    first = {"waktu_tunggu": 3, "waktu_proses": 1, "waktu_hasil": 4, "sarana_ruang": 4, "sarana_alat": 1}
    second = {"waktu_tunggu": 3, "waktu_proses": 3, "sarana_ruang": 4}
    content = workbook_of(tiny, {"tiny-several@1": [first, second]})
    sheet = opened(content, values=True).active
    assert [sheet.cell(11, column).value for column in range(2, 7)] == [
        "U1.1",
        "U1.2",
        "U1.3",
        "U2.1",
        "U2.2",
    ]
    assert [sheet.cell(14, column).value for column in range(2, 7)] == [6, 4, 4, 8, 1]
    assert row_of(sheet, "NRR per pertanyaan") == 15
    assert [sheet.cell(15, column).value for column in range(2, 7)] == [3, 2, 4, 4, 1]
    assert [sheet.cell(16, column).value for column in (2, 5)] == [3, 2.5]
    assert sheet.cell(18, 7).value == 68.75
    formulas = opened(content).active
    assert formulas.cell(16, 2).value == "=ROUND(AVERAGE(B15:D15),12)"
    assert {"B16:D16", "E16:F16", "B17:D17", "E17:F17"} <= {str(merged) for merged in sheet.merged_cells}


def test_instruments_are_never_mixed(workbook_of: Workbook, tiny: Catalog) -> None:
    answers = {
        "tiny-three@1": [{"prosedur": 4, "biaya": 4, "perilaku": 4}],
        "tiny-three@2": [{"prosedur": 1, "biaya": 1, "perilaku": 1}] * 2,
    }
    book = opened(workbook_of(tiny, answers), values=True)
    assert book.sheetnames == [
        "Ringkasan",
        "Penerbitan NIB tiny-three@1",
        "Penerbitan NIB tiny-three@2",
    ]
    summary, *sheets = book
    assert [sheet.cell(row_of(sheet, "IKM unit pelayanan"), 5).value for sheet in sheets] == [100, 25]
    warning = "Periode ini memakai 2 kuesioner. Hasilnya tidak dapat dijumlahkan: "
    assert any(text.startswith(warning) for text in texts(summary))
    totals = [
        row for row in summary.iter_rows(values_only=True) if str(row[0]).startswith("Unit pelayanan (")
    ]
    assert [(row[2], row[8]) for row in totals] == [(1, 100), (2, 25)]


def test_names_cannot_become_formulas(workbook_of: Workbook, tiny: Catalog) -> None:
    unit = replace(HEAD, name='=HYPERLINK("http://x")', address="@jalan", phone="+62 411")
    answers = {"tiny-three@1": [{"biaya": 3}]}
    content = workbook_of(tiny, answers, unit=unit, service=ServiceHead(1, "x", "-2+3"))
    sheet = opened(content).active
    cells = [cell for row in sheet["B2:B8"] for cell in row if cell.value]
    assert [cell.value for cell in cells] == [
        '\'=HYPERLINK("http://x")',
        "'-2+3",
        "'@jalan",
        "'+62 411",
        "Triwulan III 2026 (1 Juli 2026 s.d. 30 September 2026)",
    ]
    assert {cell.data_type for cell in cells} == {"s"}


def test_web_addresses_stay_texts(workbook_of: Workbook, tiny: Catalog) -> None:
    content = workbook_of(
        tiny, {"tiny-three@1": [{"biaya": 3}]}, unit=replace(HEAD, address="http://contoh.go.id")
    )
    assert "xl/worksheets/_rels/sheet1.xml.rels" not in zipfile.ZipFile(BytesIO(content)).namelist()


def test_excluded_answers_are_told(workbook_of: Workbook, tiny: Catalog) -> None:
    answers = {"tiny-three@1": [{"biaya": 3}]}
    line = "2 jawaban dikeluarkan dan tidak dihitung di sini."
    assert line in texts(opened(workbook_of(tiny, answers, excluded=2)).active)
    assert not [text for text in texts(opened(workbook_of(tiny, answers)).active) if "dikeluarkan" in text]


@pytest.mark.parametrize("answers", [{}, {"tiny-three@1": []}])
def test_nothing_to_process_is_a_workbook_that_says_so(
    workbook_of: Workbook, tiny: Catalog, answers: dict[str, list[dict[str, int]]]
) -> None:
    book = opened(workbook_of(tiny, answers, excluded=4))
    assert book.sheetnames == ["Ringkasan"]
    found = texts(book.active)
    assert {SUMMARY_TITLE, "Dinas Contoh", "Belum ada jawaban yang dihitung pada periode ini."} <= set(found)
    assert ("Penerbitan NIB (tiny-three@1: 4 jawaban dikeluarkan)" in found) == bool(answers)


def test_it_prints_on_a4_landscape_with_repeated_heads(workbook_of: Workbook, tiny: Catalog) -> None:
    sheet = opened(workbook_of(tiny, {"tiny-three@1": [{"biaya": 3}] * 200})).active
    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
    assert sheet.print_title_rows == "$10:$11"
    assert sheet.freeze_panes == "B12"
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.oddFooter.center.text == "Halaman &P dari &N"
    assert sheet.print_area.endswith("$L$215")  # 11 rows of head, 200 respondents, 4 rows of summary
    assert "2026-Q3" in sheet.oddFooter.left.text


def test_bands_are_those_of_the_instrument(workbook_of: Workbook, tiny: Catalog) -> None:
    sheet = opened(workbook_of(tiny, {"tiny-three@1": [{"biaya": 3}]}), values=True).active
    assert [row for row in sheet.iter_rows(min_col=7, max_col=11, values_only=True) if row[0] in (1, 2)] == [
        (1, "Tidak baik", 25, 62.49, "B"),
        (2, "Baik", 62.5, 100, "A"),
    ]
