"""What headings mean: U8 and U9 in either order, keys, fields, and every heading that cannot be meant."""

from pathlib import Path

import pytest

from app.instruments import loader
from app.instruments.model import Instrument
from app.responses.matrix import Row, row_values, shape_fault
from app.responses.matrix_cells import UnusableMatrix
from app.responses.matrix_columns import columns_of

ROOT = Path(__file__).parents[3]
NINE = tuple(f"U{number}" for number in range(1, 10))
ARTICLE = [
    "persyaratan",
    "prosedur",
    "waktu",
    "biaya",
    "produk",
    "kompetensi",
    "perilaku",
    "pengaduan",
    "sarana",
]
QUESTIONNAIRE = [*ARTICLE[:7], "sarana", "pengaduan"]


@pytest.fixture(scope="module")
def skm() -> Instrument:
    return loader.load(ROOT / "surveys").get("skm-2017@1")


@pytest.fixture(scope="module")
def several() -> Instrument:
    return loader.load(ROOT / "surveys" / "tests").get("tiny-several@1")


@pytest.fixture(scope="module")
def three() -> Instrument:
    return loader.load(ROOT / "surveys" / "tests").get("tiny-three@1")


def refused(header: tuple[str, ...], *rest: object) -> tuple[str, ...]:
    with pytest.raises(UnusableMatrix) as caught:
        columns_of(header, *rest)  # type: ignore[arg-type]
    return caught.value.reasons


def test_article_order(skm: Instrument) -> None:
    assert columns_of(NINE, skm, (), "article").scores == dict(zip(ARTICLE, range(9), strict=True))


def test_questionnaire_order_swaps_facilities_and_complaints(skm: Instrument) -> None:
    assert columns_of(NINE, skm, (), "questionnaire").scores == dict(
        zip(QUESTIONNAIRE, range(9), strict=True)
    )


def test_another_instrument_has_other_orders(three: Instrument) -> None:
    header = ("u3", " U1", "U2 ")
    assert columns_of(header, three, (), "article").scores == {"perilaku": 0, "prosedur": 1, "biaya": 2}
    assert columns_of(header, three, (), "questionnaire").scores == {"biaya": 0, "perilaku": 1, "prosedur": 2}


@pytest.mark.parametrize("order", ["article", "questionnaire", None])
def test_keys_mean_the_same_in_any_order(skm: Instrument, order: object) -> None:
    header = ("SARANA", *ARTICLE[:7], " Pengaduan ")
    found = columns_of(header, skm, (), order)  # type: ignore[arg-type]
    assert found.scores == {"sarana": 0, **dict(zip(ARTICLE[:7], range(1, 8), strict=True)), "pengaduan": 8}


def test_every_field_by_either_name(skm: Instrument) -> None:
    english = ("no", "date", "sex", "age", "education", "occupation", "disability", "comment")
    local = ("Nomor", "TANGGAL", "Jenis Kelamin", "umur", "Pendidikan", "pekerjaan", "disabilitas", "Saran")
    one, two = (columns_of((*names, *NINE), skm, (), "article").fields for names in (english, local))
    assert one == two == dict(zip(("number", *english[1:]), range(8), strict=True))


def test_a_fault_is_shown_under_the_heading_of_the_file(skm: Instrument) -> None:
    found = columns_of(("No", *NINE, "Umur", "Saran"), skm, (), "questionnaire")
    assert found.heading_at("/scores/sarana") == "U8"
    assert found.heading_at("/profile/age") == "Umur"
    assert found.heading_at("/comment") == "Saran"
    assert found.heading_at("/scores") is None


def test_all_faults_of_a_heading_are_listed_at_once(skm: Instrument) -> None:
    header = ("Nama", "U1", "u1", "U2", "U3", "U4", "U5", "U6", "U7", "U8", "U10", "sex", "jenis_kelamin")
    assert refused(header, skm, (), "questionnaire") == (
        "Kolom tidak dikenal: Nama, U10.",
        "Kolom ditulis dua kali: u1, jenis_kelamin.",
        "Kolom unsur tidak ada: U9 (pengaduan).",
    )


def test_u_columns_need_an_order(skm: Instrument) -> None:
    (reason,) = refused(NINE, skm, (), None)
    assert "--order" in reason


def test_u_columns_and_keys_do_not_mix(skm: Instrument) -> None:
    (reason,) = refused((*NINE[:8], "sarana"), skm, (), "article")
    assert "jangan keduanya" in reason


def test_missing_keys_are_named(skm: Instrument) -> None:
    assert refused(tuple(ARTICLE[:7]), skm, (), None) == ("Kolom pertanyaan tidak ada: pengaduan, sarana.",)


def test_several_questions_of_an_element_need_keys(several: Instrument) -> None:
    (reason,) = refused(("U1", "U2"), several, (), "article")
    assert "waktu, sarana" in reason
    header = ("waktu_hasil", "Waktu Tunggu", "sarana_alat", "waktu_proses", "sarana_ruang")
    assert set(columns_of(header, several, (), None).scores) == set(several.questions)


def test_elements_not_asked_keep_their_number(skm: Instrument) -> None:
    off = {"kompetensi", "perilaku"}
    found = columns_of(NINE, skm, off, "article")
    assert found.scores == {key: place for place, key in enumerate(ARTICLE) if key not in off}
    assert found.not_asked == (5, 6)
    without = columns_of(tuple(name for name in NINE if name not in ("U6", "U7")), skm, off, "article")
    assert (without.scores["pengaduan"], without.not_asked) == (5, ())
    assert refused(NINE[:7], skm, off, "article") == ("Kolom unsur tidak ada: U8 (pengaduan), U9 (sarana).",)


def test_only_the_elements_that_are_asked_must_have_one_question(several: Instrument) -> None:
    assert "(sarana)" in refused(("U2",), several, {"waktu"}, "article")[0]


def test_importance_is_taken_by_its_key_and_may_be_left_out() -> None:
    asked = loader.load(ROOT / "surveys" / "tests").get("tiny-importance@1")
    keys = ("prosedur", "biaya", "sarana_ruang", "sarana_alat")
    assert set(columns_of(keys, asked, (), None).scores) == set(keys)
    found = columns_of((*keys, "Penting Sarana"), asked, (), None)
    assert found.scores["penting_sarana"] == 4
    # Beside U columns, too. What is asked first is not taken for an element's place in the questionnaire.
    numbered = columns_of(("U1", "U2", "penting_prosedur"), asked, {"sarana"}, "questionnaire")
    assert numbered.scores == {"prosedur": 0, "biaya": 1, "penting_prosedur": 2}
    assert columns_of((*keys, "penting_sarana"), asked, {"sarana"}, None).not_asked == (2, 3, 4)


def test_row_values_leave_blanks_out_and_faults_in(three: Instrument) -> None:
    header = ("U1", "U2", "U3", "sex", "umur", "pekerjaan", "disabilitas", "saran")
    found = columns_of(header, three, (), "article")
    row = Row(2, ("3", None, "3.0", "Perempuan", 40.0, "pilot", "ya"))
    assert row_values(row, found) == {
        "scores": {"prosedur": 3, "perilaku": "3.0"},
        "profile": {"sex": "P", "age": 40, "occupation": "pilot", "disability": True},
        "comment": None,
    }


@pytest.mark.parametrize(
    ("cells", "column", "word"),
    [
        (("1", "3", "3", "3", None, "3"), None, "bergeser"),
        (("1", "3", "3", "3", "3"), None, "bergeser"),
        (("Jumlah", "3", "3", "3"), "No", "rekap"),
        (("NRR per unsur", 3.0, 3.0, 3.0), "No", "rekap"),
        (("7", None, None, None), None, "Belum ada"),
        (("7",), None, "Belum ada"),
    ],
)
def test_rows_that_are_no_respondent(
    three: Instrument, cells: tuple[str, ...], column: str | None, word: str
) -> None:
    found = columns_of(("No", "U1", "U2", "U3", ""), three, (), "article")
    fault = shape_fault(Row(9, cells), found)
    assert fault is not None
    assert (fault.row, fault.column) == (9, column)
    assert word in fault.reason


@pytest.mark.parametrize("number", ["12", 12, "R-12", None])
def test_the_number_of_a_respondent_does_not_matter(three: Instrument, number: object) -> None:
    found = columns_of(("No", "U1", "U2", "U3"), three, (), "article")
    assert shape_fault(Row(2, (number, "3", "3", "3")), found) is None  # type: ignore[arg-type]
