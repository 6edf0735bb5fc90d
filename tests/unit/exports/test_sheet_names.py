"""Names of worksheets: what Excel takes, each once, whatever services are called."""

import io

import pytest
import xlsxwriter

from app.exports.sheet_names import quoted, sheet_names


@pytest.mark.parametrize(
    ("service", "name"),
    [
        ("Penerbitan NIB", "Penerbitan NIB"),
        ("Persetujuan Bangunan Gedung untuk rumah tinggal", "Persetujuan Bangunan Gedung unt"),
        ("Izin [usaha]: A/B*C?\\D", "Izin -usaha- A-B-C-D"),
        ("'kutip'", "kutip"),
        ("=1+1", "1+1"),
        ('@SUM("x")', 'SUM("x")'),
        ("\u202etsiL\u200f \t\r\n\x07bunyi\ud800", "tsiL bunyi"),
        ("😀" * 20, "😀" * 15),  # each counts twice: an odd place is left over
        ("12345678901234567890123456789 'x", "12345678901234567890123456789"),
        ("???", "Layanan"),
        ("  ' \u200b ", "Layanan"),
        ("History", "History (2)"),
        ("ringkasan", "ringkasan (2)"),
    ],
)
def test_a_name_is_what_excel_takes(service: str, name: str) -> None:
    assert sheet_names([(service, "")], ("Ringkasan",)) == [name]


def test_names_differ_also_where_they_are_cut_and_in_more_than_case() -> None:
    long = "Persetujuan Bangunan Gedung untuk"
    wanted = [(f"{long} rumah", ""), (f"{long} toko", ""), (long.upper(), ""), (long, " a@1"), (long, " a@2")]
    assert sheet_names(wanted) == [
        "Persetujuan Bangunan Gedung unt",
        "Persetujuan Bangunan Gedung (2)",
        "PERSETUJUAN BANGUNAN GEDUNG (3)",
        "Persetujuan Bangunan Gedung a@1",
        "Persetujuan Bangunan Gedung a@2",
    ]


def test_the_writer_takes_them_all() -> None:
    """It refuses what Excel would call a damaged file."""
    names = sheet_names([(sign * 40 + "'", "") for sign in "a😀'[=\u00e9\u4e2d\x00"] * 3, ("Ringkasan",))
    with xlsxwriter.Workbook(io.BytesIO()) as book:
        for name in names:
            book.add_worksheet(name)
        assert len(book.worksheets()) == 24


def test_a_name_in_a_formula_is_quoted() -> None:
    assert quoted("Poli 'gigi'") == "'Poli ''gigi'''"
