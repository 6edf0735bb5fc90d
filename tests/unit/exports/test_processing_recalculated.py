"""The workbook's formulas, computed anew by a real LibreOffice, give the exact figures and their categories."""

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import pytest

from app.instruments.catalog import Catalog

Workbook = Callable[..., bytes]
Answers = Callable[[int, Sequence[int]], list[dict[str, int]]]
Recalculate = Callable[[bytes], list[list[str]]]


def even(total: int) -> list[int]:
    """Nine sums with this total, as equal as can be."""
    score, rest = divmod(total, 9)
    return [score + 1] * rest + [score] * (9 - rest)


# Sums of the elements asked whose exact IKM is half a hundredth, and whose binary one falls just short of it:
# 25 x 30642 / (4 x 2500) = 76.605, 25 x 17661 / (5 x 1000) = 88.305, 25 x 12999 / (5 x 1000) = 64.995.
TIE_76 = (7696, 7665, 7625, 7656, 0, 0, 0, 0, 0)
TIE_88 = (3377, 3433, 3513, 3546, 3792, 0, 0, 0, 0)
TIE_64 = (2510, 2557, 2722, 2588, 2622, 0, 0, 0, 0)


@pytest.fixture
def recalculated(office: Callable[..., Path]) -> Recalculate:
    """The cells of a workbook's first sheet as they are shown after recalculation."""

    def run(content: bytes) -> list[list[str]]:
        with (office(content) / "book.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file))

    return run


def row_of(rows: list[list[str]], label: str) -> list[str]:
    found = [row for row in rows if row[0].startswith(label)]
    assert len(found) == 1
    return found[0]


def shown(rows: list[list[str]]) -> set[str]:
    return {cell for row in rows for cell in row}


def test_reference_of_29_respondents(
    recalculated: Recalculate, workbook_of: Workbook, catalog: Catalog, answers_with_sums: Answers
) -> None:
    answers = answers_with_sums(29, (105, 101, 100, 116, 102, 105, 106, 105, 115))
    rows = recalculated(workbook_of(catalog, {"skm-2017@1": answers}))
    assert row_of(rows, "Jumlah nilai per unsur")[1:11] == [
        *("105", "101", "100", "116", "102", "105", "106", "115", "105"),
        "955",
    ]
    assert row_of(rows, "NRR per unsur")[1:10] == [
        *("3.621", "3.483", "3.448", "4.000", "3.517", "3.621", "3.655", "3.966", "3.621")
    ]
    assert row_of(rows, "NRR tertimbang per unsur")[10] == "3.659"
    assert row_of(rows, "IKM unit pelayanan")[10] == "91.48"
    assert {"Mutu pelayanan A (Sangat baik)", "Jumlah responden: 29"} <= shown(rows)
    by_element = [row[12:18] for row in rows if row[12:13] in (["U3"], ["U4"])]
    assert by_element == [
        ["U3", "Waktu Penyelesaian", "29", "3.448", "86.21", "B"],
        ["U4", "Biaya/Tarif", "29", "4.000", "100.00", "A"],
    ]


@pytest.mark.parametrize(
    ("n", "sums", "ikm", "category"),
    [
        (19, even(524), "76.61", "B (Baik)"),  # 76.6082: the hole between C and B
        (19, even(604), "88.30", "B (Baik)"),  # 88.3041: the hole between B and A
        (40, even(1103), "76.60", "C (Kurang baik)"),  # 76.5972
        (7, even(252), "100.00", "A (Sangat baik)"),
        (7, even(63), "25.00", "D (Tidak baik)"),
        (1000, even(23399), "65.00", "C (Kurang baik)"),  # 64.9972
        (2500, TIE_76, "76.61", "B (Baik)"),
        (1000, TIE_88, "88.31", "A (Sangat baik)"),
        (1000, TIE_64, "65.00", "C (Kurang baik)"),
    ],
)
def test_category_is_that_of_the_figure_shown(
    recalculated: Recalculate,
    workbook_of: Workbook,
    catalog: Catalog,
    answers_with_sums: Answers,
    n: int,
    sums: Sequence[int],
    ikm: str,
    category: str,
) -> None:
    rows = recalculated(workbook_of(catalog, {"skm-2017@1": answers_with_sums(n, sums)}))
    assert row_of(rows, "IKM unit pelayanan")[10] == ikm
    assert f"Mutu pelayanan {category}" in shown(rows)


def test_the_figures_follow_a_changed_answer(
    recalculated: Recalculate, workbook_of: Workbook, tiny: Catalog
) -> None:
    content = workbook_of(tiny, {"tiny-three@1": [{"prosedur": 4, "biaya": 4, "perilaku": 4}]})
    rows = recalculated(_with_first_score(content, 1))
    # (1 + 4 + 4) / 3 x 25
    assert row_of(rows, "IKM unit pelayanan")[4] == "75.00"
    assert "Mutu pelayanan A (Baik)" in shown(rows)


def _with_first_score(content: bytes, score: int) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    book.active["B12"] = score
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_missing_and_unasked_answers(recalculated: Recalculate, workbook_of: Workbook, tiny: Catalog) -> None:
    # Element 1: means 3 and 2 of the two questions asked; element 2: 7/3: index (5/2 + 7/3) / 2, IKM 60.4166...
    answers = [
        {"waktu_tunggu": 2, "waktu_proses": 2, "sarana_ruang": 2},
        {"waktu_tunggu": 4, "sarana_ruang": 2},
        {"waktu_tunggu": 3, "waktu_proses": 2, "sarana_ruang": 3},
    ]
    rows = recalculated(workbook_of(tiny, {"tiny-several@1": answers}))
    assert row_of(rows, "NRR per pertanyaan")[1:6] == ["3.000", "2.000", "–", "2.333", "–"]
    assert row_of(rows, "NRR per unsur")[1:6] == ["2.500", "", "", "2.333", ""]
    assert row_of(rows, "NRR tertimbang per unsur")[6] == "2.417"
    assert row_of(rows, "IKM unit pelayanan")[6] == "60.42"
    assert "Mutu pelayanan B (Tidak baik)" in shown(rows)
