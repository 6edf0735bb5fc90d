"""The instruments and category tables that are shipped say what the regulation says."""

from decimal import Decimal
from pathlib import Path

import pytest

from app.instruments.catalog import Catalog
from app.instruments.loader import load
from app.instruments.model import Instrument

SURVEYS = Path(__file__).parents[3] / "surveys"

ARTICLE_ORDER = [
    ("U1", "persyaratan", "Persyaratan"),
    ("U2", "prosedur", "Sistem, Mekanisme, dan Prosedur"),
    ("U3", "waktu", "Waktu Penyelesaian"),
    ("U4", "biaya", "Biaya/Tarif"),
    ("U5", "produk", "Produk Spesifikasi Jenis Pelayanan"),
    ("U6", "kompetensi", "Kompetensi Pelaksana"),
    ("U7", "perilaku", "Perilaku Pelaksana"),
    ("U8", "pengaduan", "Penanganan Pengaduan, Saran dan Masukan"),
    ("U9", "sarana", "Sarana dan Prasarana"),
]
QUESTIONNAIRE_ORDER = [
    "persyaratan",
    "prosedur",
    "waktu",
    "biaya",
    "produk",
    "kompetensi",
    "perilaku",
    "sarana",
    "pengaduan",
]
LABELS = {
    "persyaratan": ("Tidak sesuai", "Kurang sesuai", "Sesuai", "Sangat sesuai"),
    "prosedur": ("Tidak mudah", "Kurang mudah", "Mudah", "Sangat mudah"),
    "waktu": ("Tidak cepat", "Kurang cepat", "Cepat", "Sangat cepat"),
    "biaya": ("Sangat mahal", "Cukup mahal", "Murah", "Gratis"),
    "produk": ("Tidak sesuai", "Kurang sesuai", "Sesuai", "Sangat sesuai"),
    "kompetensi": ("Tidak kompeten", "Kurang kompeten", "Kompeten", "Sangat kompeten"),
    "perilaku": (
        "Tidak sopan dan ramah",
        "Kurang sopan dan ramah",
        "Sopan dan ramah",
        "Sangat sopan dan ramah",
    ),
    "pengaduan": (
        "Tidak ada",
        "Ada tetapi tidak berfungsi",
        "Berfungsi kurang maksimal",
        "Dikelola dengan baik",
    ),
    "sarana": ("Buruk", "Cukup", "Baik", "Sangat baik"),
}
FAIRNESS = ("Tidak wajar", "Kurang wajar", "Wajar", "Sangat wajar")

BANDS_2017 = [
    ("A", "88.31", "100.00", "Sangat baik", 4),
    ("B", "76.61", "88.30", "Baik", 3),
    ("C", "65.00", "76.60", "Kurang baik", 2),
    ("D", "25.00", "64.99", "Tidak baik", 1),
]
BANDS_BEFORE = [
    ("A", "81.26", "100.00", "Sangat baik", 4),
    ("B", "62.51", "81.25", "Baik", 3),
    ("C", "43.76", "62.50", "Kurang baik", 2),
    ("D", "25.00", "43.75", "Tidak baik", 1),
]


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load(SURVEYS)


@pytest.fixture(params=["skm-2017@1", "skm-2017-wajar@1"])
def instrument(catalog: Catalog, request: pytest.FixtureRequest) -> Instrument:
    return catalog.instruments[request.param]


def test_both_are_shipped_and_only_they(catalog: Catalog) -> None:
    assert set(catalog.instruments) == {"skm-2017@1", "skm-2017-wajar@1"}


def test_elements_stand_in_article_order(instrument: Instrument) -> None:
    assert [
        (element.code, element.key, element.name["id"]) for element in instrument.elements
    ] == ARTICLE_ORDER
    assert list(instrument.questions) == [key for _, key, _ in ARTICLE_ORDER]


def test_citizens_are_asked_about_facilities_before_complaints(instrument: Instrument) -> None:
    assert [question.key for question in instrument.asked_questions()] == QUESTIONNAIRE_ORDER


def test_each_element_has_one_question_of_its_own_name(instrument: Instrument) -> None:
    assert all([q.key for q in element.questions] == [element.key] for element in instrument.elements)


def test_labels_of_the_standard_form(catalog: Catalog) -> None:
    questions = catalog.get("skm-2017@1").questions
    assert {key: question.options["id"] for key, question in questions.items()} == LABELS


def test_the_variant_differs_in_the_cost_alone(catalog: Catalog) -> None:
    questions = catalog.get("skm-2017-wajar@1").questions
    assert {key: question.options["id"] for key, question in questions.items()} == LABELS | {
        "biaya": FAIRNESS
    }
    standard = catalog.get("skm-2017@1").questions
    assert [key for key in questions if questions[key] != standard[key]] == ["biaya"]


def test_method(instrument: Instrument) -> None:
    assert (instrument.scale.low, instrument.scale.high, instrument.scale.conversion) == (1, 4, 25)
    assert instrument.basis == "PermenPANRB 14/2017"
    assert instrument.categories == "2017"


def test_questions_are_short_and_address_the_citizen(instrument: Instrument) -> None:
    for question in instrument.questions.values():
        for text in question.text.values():
            assert text.endswith("?")
            assert len(text) <= 65
    assert sum("Anda" in question.text["id"] for question in instrument.questions.values()) >= 5


def test_every_option_differs_from_the_others_in_english_too(instrument: Instrument) -> None:
    for question in instrument.questions.values():
        assert len(set(question.options["en"])) == 4
        assert question.options["en"] != question.options["id"]


@pytest.mark.parametrize(
    ("table", "basis", "years", "bands"),
    [
        ("2017", "PermenPANRB 14/2017", (2017, None), BANDS_2017),
        ("2014", "PermenPANRB 16/2014", (2014, 2017), BANDS_BEFORE),
        ("2004", "KepMenPAN KEP/25/M.PAN/2/2004", (2004, 2014), BANDS_BEFORE),
    ],
)
def test_category_tables(
    catalog: Catalog,
    table: str,
    basis: str,
    years: tuple[int, int | None],
    bands: list[tuple[str, str, str, str, int]],
) -> None:
    categories = catalog.categories[table]
    assert [
        (band.mutu, str(band.lower), str(band.upper), categories.names[band.mutu]["id"], band.perception)
        for band in categories.table.bands
    ] == bands
    assert categories.table.id == table
    assert categories.basis == basis
    assert (categories.from_year, categories.until_year) == years


@pytest.mark.parametrize(
    ("printed", "kinerja"),
    [("88.31", "Very good"), ("88.30", "Good"), ("76.60", "Not quite good"), ("64.99", "Not good")],
)
def test_kinerja_of_a_printed_ikm_in_english(catalog: Catalog, printed: str, kinerja: str) -> None:
    categories = catalog.table_of(catalog.get("skm-2017"))
    assert categories.names[categories.table.band_of(Decimal(printed)).mutu]["en"] == kinerja


def test_instruments_of_the_test_suite_load_by_themselves() -> None:
    catalog = load(SURVEYS / "tests")
    assert set(catalog.instruments) == {"tiny-importance@1", "tiny-several@1", "tiny-three@1", "tiny-three@2"}
    assert set(catalog.categories) == {"test"}
