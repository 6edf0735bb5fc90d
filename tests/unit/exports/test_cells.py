"""Cells: separators, decimals, and texts that a spreadsheet must not compute."""

import csv
import io
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from app.exports.cells import DIALECTS, file_name, harmless


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+62811",
        "-1",
        "@SUM(A1)",
        "\tx",
        "\rx",
        "  =1",
        "\n=1",
        "\ufeff=1",
        "\u200b=1",
        "\u00a0=1",
        "\x00=1",
        "＝1",
        "−1",
    ],
)
def test_a_text_that_would_be_computed_begins_with_an_apostrophe(text: str) -> None:
    assert harmless(text) == "'" + text


@pytest.mark.parametrize("text", ["", "Bagus", "a=b", "3 - 1", "'=1", "nilai: +1", "(=1)"])
def test_any_other_text_is_left_alone(text: str) -> None:
    assert harmless(text) == text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("bagus;=1+1", "bagus;'=1+1"),
        ("bagus, \t=1+1", "bagus, \t'=1+1"),
        ("baris\r\n@x", "baris\r\n'@x"),
        ("a;b,c", "a;b,c"),
    ],
)
def test_a_text_cut_at_the_other_separator_stays_a_text(text: str, written: str) -> None:
    assert DIALECTS["en"].cell(text) == written


def test_comma_and_point_by_default() -> None:
    assert DIALECTS["en"].lines([("a;b", "c,d", Decimal("88.30"), 7)]) == b'a;b,"c,d",88.30,7\r\n'


def test_semicolon_and_decimal_comma_for_indonesian() -> None:
    assert DIALECTS["id"].lines([("a;b", "c,d", Decimal("88.30"), 7)]) == b'"a;b";c,d;88,30;7\r\n'


def test_a_negative_number_is_a_number() -> None:
    assert DIALECTS["id"].cell(Decimal("-0.5")) == "-0,5"
    assert DIALECTS["en"].cell(-3) == "-3"


def test_a_large_number_has_no_exponent() -> None:
    assert DIALECTS["en"].cell(Decimal("1E+3")) == "1000"


def test_other_values() -> None:
    values = (None, True, False, date(2026, 9, 30), UUID(int=1))
    cells = [DIALECTS["en"].cell(value) for value in values]
    assert cells == ["", "true", "false", "2026-09-30", "00000000-0000-0000-0000-000000000001"]


def test_quotes_and_line_breaks_survive() -> None:
    written = DIALECTS["id"].lines([('dia bilang "bagus"\nsekali', "Éé")]).decode()
    assert list(csv.reader(io.StringIO(written, newline=""), delimiter=";")) == [
        ['dia bilang "bagus"\nsekali', "Éé"]
    ]


def test_file_names_are_plain() -> None:
    assert file_name("responses", "dpmptsp", "", "2026-Q3", ending="csv") == "responses-dpmptsp-2026-Q3.csv"
    assert file_name('a"b/../c\r\n', "ü", ending="csv") == "a-b-..-c.csv"
