"""Files as people save them: encodings, separators, widths, cells; and files that cannot be read."""

import io
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from app.responses.matrix import read_matrix
from app.responses.matrix_cells import (
    EDUCATIONS,
    OCCUPATIONS,
    SEXES,
    UnusableMatrix,
    as_choice,
    as_date,
    as_flag,
    as_text,
    as_whole,
)
from app.responses.matrix_csv import csv_rows


def saved(tmp_path: Path, data: bytes | str, name: str = "m.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def workbook(tmp_path: Path, *rows: list[object]) -> Path:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    path = tmp_path / "m.xlsx"
    book.save(path)
    return path


def reasons(path: Path) -> str:
    with pytest.raises(UnusableMatrix) as caught:
        read_matrix(path)
    return str(caught.value)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_every_usual_csv_reads_the_same(tmp_path: Path, separator: str, encoding: str, newline: str) -> None:
    lines = [["No", "U1", "Saran"], ["1", "4", f'"Café{separator} ""ramah"""'], ["2", "3", ""]]
    text = newline.join(separator.join(line) for line in lines)
    matrix = read_matrix(saved(tmp_path, text.encode(encoding)))
    assert matrix.header == ("No", "U1", "Saran")
    assert [row.cells for row in matrix.rows] == [("1", "4", f'Café{separator} "ramah"'), ("2", "3", None)]


def test_the_separator_line_of_excel_is_obeyed_and_is_no_row(tmp_path: Path) -> None:
    matrix = read_matrix(saved(tmp_path, "sep=;\r\nU1;Saran, kritik\r\n4;baik\r\n"))
    assert matrix.header == ("U1", "Saran, kritik")
    assert [row.number for row in matrix.rows] == [2]


def test_rows_are_numbered_as_the_spreadsheet_shows_them(tmp_path: Path) -> None:
    text = 'U1,Saran\n4,"dua\nbaris"\n\n , \n3,satu\n'
    assert [row.number for row in read_matrix(saved(tmp_path, text)).rows] == [2, 5]
    path = workbook(tmp_path, ["U1", "Saran"], [4, "dua\nbaris"], [], [" ", None], [3, "satu"])
    assert [row.number for row in read_matrix(path).rows] == [2, 5]


def test_a_row_may_be_shorter_or_longer_than_the_heading(tmp_path: Path) -> None:
    short, long = read_matrix(saved(tmp_path, "U1,U2,U3\n4\n1,2,3,4\n")).rows
    assert [short.at(0), short.at(2), short.at(None)] == ["4", None, None]
    assert long.cells == ("1", "2", "3", "4")


def test_xlsx_cells_keep_their_kind(tmp_path: Path) -> None:
    day = datetime(2026, 3, 31)  # noqa: DTZ001  # a spreadsheet's day has no zone
    row = read_matrix(workbook(tmp_path, list("abcdef"), [3, 3.0, 3.5, "3", True, day])).rows[0]
    assert row.cells == (3, 3.0, 3.5, "3", True, day)
    assert [as_whole(cell) for cell in row.cells[:4]] == [3, 3, 3.5, 3]


def test_a_workbook_with_a_wrong_size_is_read_to_its_end(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["U1", "U2"], [1, 2], [3, 4])
    broken = io.BytesIO()
    with zipfile.ZipFile(path) as book, zipfile.ZipFile(broken, "w") as copy:
        for name in book.namelist():
            content = book.read(name)
            if name == "xl/worksheets/sheet1.xml":
                assert b'ref="A1:B3"' in content
                content = content.replace(b'ref="A1:B3"', b'ref="A1"')
            copy.writestr(name, content)
    matrix = read_matrix(saved(tmp_path, broken.getvalue(), "wrong.xlsx"))
    assert matrix.header == ("U1", "U2")
    assert [row.cells for row in matrix.rows] == [(1, 2), (3, 4)]


def test_a_row_that_no_sheet_has_does_not_keep_us_walking(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["U1"], [4], [3])
    forged = io.BytesIO()
    with zipfile.ZipFile(path) as book, zipfile.ZipFile(forged, "w") as copy:
        for name in book.namelist():
            copy.writestr(name, book.read(name).replace(b'r="3"', b'r="99999999999999"'))
    assert "lebih panjang dari 1048576 baris" in reasons(saved(tmp_path, forged.getvalue(), "far.xlsx"))


def test_only_the_first_sheet_is_read(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["U1"])
    book.active.append([4])
    book.create_sheet("lain").append(["bukan"])
    book.save(tmp_path / "two.xlsx")
    assert read_matrix(tmp_path / "two.xlsx").header == ("U1",)


def test_the_content_decides_what_a_file_is(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["U1"], [4])
    assert read_matrix(path.rename(tmp_path / "matrix.csv")).rows[0].cells == (4,)


def test_files_that_are_no_matrix_say_so(tmp_path: Path) -> None:
    assert "tidak dapat dibaca" in reasons(tmp_path / "absent.csv")
    assert "tidak dapat dibaca" in reasons(tmp_path)
    assert "judul kolom" in reasons(saved(tmp_path, b""))
    assert "judul kolom" in reasons(saved(tmp_path, "\n1,2,3\n"))
    assert "XLS" in reasons(saved(tmp_path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old"))
    assert "bukan XLSX" in reasons(saved(tmp_path, b"PK\x03\x04 not a zip"))
    assert "bukan CSV" in reasons(saved(tmp_path, "U1\n4\n".encode("utf-16")))
    assert "bukan CSV" in reasons(saved(tmp_path, b"U1\n\x004\n"))
    assert "Windows-1252" in reasons(saved(tmp_path, b"U1,Saran\n4,\x81\x8d\n"))


def test_a_truncated_workbook_is_refused_as_a_whole(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["U1"], *([number % 4 + 1] for number in range(500)))
    assert "bukan XLSX" in reasons(saved(tmp_path, path.read_bytes()[:-400], "cut.xlsx"))


def test_an_unclosed_quote_does_not_swallow_the_rest() -> None:
    with pytest.raises(UnusableMatrix, match="tanda kutip"):
        list(csv_rows(b'U1,Saran\n4,"baik\n3,kurang\n2,buruk\n'))


@pytest.mark.parametrize(
    ("cell", "whole"),
    [
        ("3", 3),
        ("-1", -1),
        ("0", 0),
        (3, 3),
        (3.0, 3),
        ("3.0", "3.0"),
        ("3,5", "3,5"),
        ("03", "03"),
        ("+3", "+3"),
        ("３", "３"),
        ("III", "III"),
        (2.5, 2.5),
        (float("inf"), float("inf")),
        (None, None),
    ],
)
def test_whole_numbers(cell: object, whole: object) -> None:
    result = as_whole(cell)  # type: ignore[arg-type]
    assert result == whole
    assert type(result) is type(whole)


def test_a_truth_value_is_no_score() -> None:
    assert as_whole(True) is True


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2026-03-31", date(2026, 3, 31)),
        ("31/03/2026", date(2026, 3, 31)),
        ("1/2/2026", date(2026, 2, 1)),
        (date(2026, 3, 31), date(2026, 3, 31)),
        (datetime(2026, 3, 31, 23, 59), date(2026, 3, 31)),  # noqa: DTZ001
        ("31/02/2026", None),
        ("2026-3-1", None),
        ("03-31-2026", None),
        ("31/03/26", None),
        (46112, None),
        (None, None),
    ],
)
def test_dates(cell: object, day: date | None) -> None:
    assert as_date(cell) == day  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cell", "choices", "code"),
    [
        ("l", SEXES, "L"),
        ("Laki-laki", SEXES, "L"),
        ("LAKI - LAKI", SEXES, "L"),
        ("perempuan", SEXES, "P"),
        ("m", SEXES, "m"),
        ("f", SEXES, "f"),
        ("sma", EDUCATIONS, "SMA"),
        ("D1–D4", EDUCATIONS, "D1-D4"),
        ("D3", EDUCATIONS, "D1-D4"),
        ("Pelajar / Mahasiswa", OCCUPATIONS, "PELAJAR"),
        ("Petani/Nelayan", OCCUPATIONS, "PETANI"),
        ("Ibu  rumah tangga", OCCUPATIONS, "IRT"),
        ("Swasta", OCCUPATIONS, "SWASTA"),
        ("astronaut", OCCUPATIONS, "astronaut"),
        (1, OCCUPATIONS, 1),
    ],
)
def test_choices(cell: str, choices: dict[str, str], code: object) -> None:
    assert as_choice(cell, choices) == code


@pytest.mark.parametrize("cell", ["ya", "YA", "true", "1", 1, 1.0, True])
def test_yes(cell: object) -> None:
    assert as_flag(cell) is True  # type: ignore[arg-type]


@pytest.mark.parametrize("cell", ["tidak", "Tidak", "false", "0", 0, 0.0, False])
def test_no(cell: object) -> None:
    assert as_flag(cell) is False  # type: ignore[arg-type]


@pytest.mark.parametrize("cell", ["mungkin", 2, "2", 0.5, None])
def test_neither_yes_nor_no(cell: object) -> None:
    assert as_flag(cell) == cell  # type: ignore[arg-type]
    assert not isinstance(as_flag(cell), bool)  # type: ignore[arg-type]


def test_a_comment_of_digits_is_text() -> None:
    assert [as_text("007"), as_text(3.0), as_text(None)] == ["007", "3", None]
