"""SPSS files at the limits of their format, read back by the library that people use."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyreadstat
import pytest

from app.exports import sav_file
from app.exports.sav_file import Variable

MADE = datetime(2026, 10, 1, 12, 30, tzinfo=UTC)
FAMILY = "👨‍👩‍👧‍👦"  # seven signs, 25 bytes


def written(
    tmp_path: Path, variables: list[Variable], rows: list[list[Any]], notes: tuple[str, ...] = ()
) -> tuple[dict[str, list[Any]], Any]:
    path = tmp_path / "a.sav"
    with path.open("wb") as file:
        assert sav_file.write(file, variables, rows, MADE, "SKM " + "é" * 60, notes) == len(rows)
    return pyreadstat.read_sav(path, output_format="dict", user_missing=True)


@pytest.mark.parametrize("width", [1, 7, 8, 9, 254, 255, 256, 303, 504, 505, 510, 511, 2000, 8000, 32767])
def test_texts_of_every_length_come_back(tmp_path: Path, width: int) -> None:
    texts = [("abcdefghij" * 3277)[:width], "", "x", "y" * max(1, width - 1), "é" * (width // 2)]
    variables = [Variable("before", "number", ""), Variable("text", "text", "", width=width)]
    variables.append(Variable("after", "text", "", width=3))
    columns, about = written(tmp_path, variables, [[place, text, "end"] for place, text in enumerate(texts)])
    assert columns["text"] == texts
    assert (columns["before"], columns["after"]) == ([0, 1, 2, 3, 4], ["end"] * 5)
    assert list(columns) == ["before", "text", "after"]
    assert about.original_variable_types["text"] == f"A{width}"


def test_a_comment_of_2000_signs_of_four_bytes_is_whole(tmp_path: Path) -> None:
    comments = [
        "😀" * 2000,
        FAMILY * 285 + "akhir",
        "a" + "😀" * 1999,
        "\u202eterbalik",
        "baris\nkedua\tdan 'ini'",
    ]
    width = max(len(text.encode()) for text in comments)
    assert width == 8000
    columns, _ = written(
        tmp_path, [Variable("comment", "text", "", width=width)], [[one] for one in comments]
    )
    assert columns["comment"] == comments


def test_labels_are_cut_between_signs_and_never_inside_one(tmp_path: Path) -> None:
    long = "Bagaimana pendapat Anda tentang kesesuaian persyaratan? é" * 6
    scores = {1: "é" * 100, 2: "a" + "é" * 100, 3: "😀" * 31, 4: "a" * 120, 5: "a" * 121, 6: ""}
    variables = [
        Variable("u1", "number", long, values=scores),
        Variable("u2", "number", "é" * 127),
        Variable("u3", "number", "a" + "é" * 127),
        Variable("u4", "number", "😀" * 64),
        Variable("u" * 64, "number", "", values={99: "Tidak diisi"}, missing=99),
    ]
    columns, about = written(tmp_path, variables, [[1, 2, 3, 4, 99], [None, 151, 152, -99, None]])
    labels = about.column_names_to_labels
    # 255 bytes of the format; a sign of several bytes that does not fit is left out whole.
    assert labels["u1"] == long.encode()[:255].decode(errors="ignore")
    assert (labels["u2"], labels["u3"], labels["u4"]) == ("é" * 127, "a" + "é" * 127, "😀" * 63)
    values = about.variable_value_labels["u1"]
    assert values == {1: "é" * 60, 2: "a" + "é" * 59, 3: "😀" * 30, 4: "a" * 120, 5: "a" * 120, 6: ""}
    assert about.variable_value_labels["u" * 64] == {99: "Tidak diisi"}
    assert about.missing_ranges["u" * 64] == [{"lo": 99, "hi": 99}]
    assert (columns["u2"], columns["u3"], columns["u4"]) == ([2, 151], [3, 152], [4, -99])
    assert columns["u" * 64][0] == 99


def test_what_the_file_is_about_is_told_in_full(tmp_path: Path) -> None:
    """Lines of the format have 80 bytes; a longer note goes on in the next."""
    name = "Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu “Kota Contoh” " * 3
    _, about = written(tmp_path, [Variable("a", "number", "")], [[1]], ("Unit: pendek", f"Unit: {name}"))
    assert about.notes[0] == "Unit: pendek"
    assert "".join(about.notes[1:]).replace(" ", "") == f"Unit: {name}".replace(" ", "")
    assert about.file_label == "SKM " + "é" * 30


def test_dates_times_and_many_rows(tmp_path: Path) -> None:
    """More than one portion is written, and what is left of the last block of codes."""
    day, moment = date(2026, 9, 30), datetime.fromisoformat("2026-09-30T23:59:59")
    kinds = [Variable("n", "number", ""), Variable("day", "date", ""), Variable("at", "moment", "")]
    rows = [[number, day if number % 2 else None, moment] for number in range(30_001)]
    columns, _ = written(
        tmp_path, [*kinds, Variable("t", "text", "", width=9)], [[*row, "x"] for row in rows]
    )
    assert columns["n"] == list(range(30_001))
    assert (columns["day"][1], columns["at"][30_000], columns["t"][30_000]) == (day, moment, "x")
    assert columns["day"][0] is None
