"""Orders, questions not asked, digests and the stored form of an instrument."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from app.core import toml_source
from app.ikm import index
from app.instruments.loader import load
from app.instruments.model import Instrument, in_language

SURVEYS = Path(__file__).parents[3] / "surveys"
SEVERAL = load(SURVEYS / "tests").get("tiny-several@1")
IMPORTANCE = load(SURVEYS / "tests").get("tiny-importance@1")
STANDARD = load(SURVEYS).get("skm-2017@1")


def keys(things: Any) -> list[str]:
    """The keys of elements or questions."""
    return [thing.key for thing in things]


def test_in_language_falls_back_to_indonesian() -> None:
    assert in_language({"id": "Biaya", "en": "Cost"}, "en") == "Cost"
    assert in_language({"id": "Biaya", "en": "Cost"}, "jv") == "Biaya"
    assert in_language({"id": "Biaya"}, "en") == "Biaya"


def test_options_fall_back_to_indonesian() -> None:
    biaya = STANDARD.questions["biaya"]
    assert biaya.options_in("en")[3] == "Free"
    assert biaya.options_in("jv")[3] == "Gratis"


def test_ref_names_id_and_version() -> None:
    assert STANDARD.ref == "skm-2017@1"


def test_questions_keep_article_order_and_are_asked_in_their_own() -> None:
    assert list(SEVERAL.questions) == [
        "waktu_tunggu",
        "waktu_proses",
        "waktu_hasil",
        "sarana_ruang",
        "sarana_alat",
    ]
    assert keys(SEVERAL.asked_questions()) == [
        "waktu_tunggu",
        "sarana_ruang",
        "waktu_proses",
        "sarana_alat",
        "waktu_hasil",
    ]


def test_element_of_a_question() -> None:
    assert SEVERAL.element_of("sarana_alat").key == "sarana"
    with pytest.raises(KeyError, match="biaya"):
        SEVERAL.element_of("biaya")


def test_importance_is_asked_and_makes_no_part_of_the_index() -> None:
    assert list(IMPORTANCE.questions) == ["prosedur", "biaya", "sarana_ruang", "sarana_alat"]
    assert list(IMPORTANCE.importance_questions) == ["penting_prosedur", "penting_sarana"]
    assert IMPORTANCE.element_of("penting_sarana").key == "sarana"
    asked = ["penting_sarana", "prosedur", "biaya", "sarana_ruang", "sarana_alat", "penting_prosedur"]
    assert keys(IMPORTANCE.asked_questions()) == asked
    assert keys(IMPORTANCE.asked_questions(["sarana"])) == ["prosedur", "biaya", "penting_prosedur"]
    assert IMPORTANCE.ikm_elements() == (
        index.Element("prosedur", ("prosedur",), ("penting_prosedur",)),
        index.Element("biaya", ("biaya",)),
        index.Element("sarana", ("sarana_ruang", "sarana_alat"), ("penting_sarana",)),
    )
    assert STANDARD.importance_questions == {}


def test_an_instrument_with_importance_comes_back_from_its_stored_form() -> None:
    stored = json.loads(json.dumps(IMPORTANCE.to_document()))
    assert stored == toml_source.read(SURVEYS / "tests" / "tiny-importance" / "1.toml").data
    again = Instrument.from_document(stored)
    assert (again.digest, again.elements[0].importance) == (
        IMPORTANCE.digest,
        IMPORTANCE.elements[0].importance,
    )
    # What was stored before importance could be asked has no word of it.
    assert all("importance" not in element for element in STANDARD.to_document()["elements"])
    stored["elements"][0]["importance"]["text"]["en"] += "!"
    assert Instrument.from_document(stored).digest != IMPORTANCE.digest


def test_elements_not_asked_leave_all_lists() -> None:
    online = ["kompetensi", "perilaku"]
    assert keys(STANDARD.asked_elements(online)) == [
        "persyaratan",
        "prosedur",
        "waktu",
        "biaya",
        "produk",
        "pengaduan",
        "sarana",
    ]
    assert keys(STANDARD.asked_questions(online))[-2:] == ["sarana", "pengaduan"]
    assert len(STANDARD.asked_questions(online)) == len(STANDARD.ikm_elements(online)) == 7
    assert keys(SEVERAL.asked_questions(["waktu"])) == ["sarana_ruang", "sarana_alat"]


def test_elements_for_the_arithmetic() -> None:
    assert SEVERAL.ikm_elements() == (
        index.Element("waktu", ("waktu_tunggu", "waktu_proses", "waktu_hasil")),
        index.Element("sarana", ("sarana_ruang", "sarana_alat")),
    )


@pytest.mark.parametrize("instrument", [STANDARD, SEVERAL], ids=["standard", "several"])
def test_what_is_stored_reads_back_the_same(instrument: Instrument) -> None:
    stored = json.loads(json.dumps(instrument.to_document()))
    again = Instrument.from_document(stored)
    assert again == instrument
    assert hash(again) == hash(instrument)
    assert again.digest == instrument.digest


def test_the_document_has_the_shape_of_the_file() -> None:
    assert SEVERAL.to_document() == toml_source.read(SURVEYS / "tests" / "tiny-several" / "1.toml").data


def from_text(text: str) -> Instrument:
    """The instrument of a text that is known to be sound."""
    return Instrument.from_document(toml_source.read(text).data)


FILE = (SURVEYS / "skm-2017" / "1.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("#:schema", "# another comment\n#:schema"),
        ("conversion = 25", "\n\nconversion   =   25   # times the index"),
        ('basis = "PermenPANRB 14/2017"\nscale = [1, 4]', 'scale = [1,4]\nbasis = "PermenPANRB 14/2017"'),
        ('"Survei Kepuasan Masyarakat"', "'Survei Kepuasan Masyarakat'"),
        ('id = "Persyaratan", en = "Requirements"', 'en = "Requirements", id = "Persyaratan"'),
    ],
    ids=["comment", "space", "order of keys", "quotes", "order of languages"],
)
def test_digest_ignores_how_the_file_is_written(old: str, new: str) -> None:
    assert FILE.count(old) == 1
    assert from_text(FILE.replace(old, new)).digest == STANDARD.digest


def changes() -> dict[str, dict[str, Any]]:
    """One changed document for each part that means something."""
    found: dict[str, dict[str, Any]] = {}

    def change(name: str) -> Any:
        return found.setdefault(name, deepcopy(STANDARD.to_document()))

    change("version")["version"] = 2
    change("title")["title"]["en"] = "Survey"
    change("basis")["basis"] = "PermenPANRB 16/2014"
    change("conversion")["conversion"] = 20
    change("categories")["categories"] = "2014"
    change("ask order")["ask_order"].reverse()
    change("article order")["elements"].reverse()
    change("code")["elements"][0]["code"] = "U0"
    change("wording")["elements"][3]["questions"][0]["text"]["id"] += " "
    change("label")["elements"][3]["questions"][0]["options"]["en"][0] = "Dear"
    change("order of labels")["elements"][3]["questions"][0]["options"]["id"].reverse()
    return found


@pytest.mark.parametrize("document", changes().values(), ids=changes())
def test_digest_changes_with_the_meaning(document: dict[str, Any]) -> None:
    assert Instrument.from_document(document).digest != STANDARD.digest


def test_digest_does_not_change_between_releases() -> None:
    """Digests are stored for good: a new way to compute them would refuse every answered instrument."""
    document = {
        "id": "x",
        "version": 1,
        "title": {"id": "é", "en": "e"},
        "basis": "b",
        "scale": [1, 2],
        "conversion": 50,
        "categories": "c",
        "ask_order": ["q"],
        "elements": [
            {
                "key": "k",
                "code": "U1",
                "name": {"id": "n", "en": "m"},
                "questions": [
                    {
                        "key": "q",
                        "text": {"id": "t", "en": "u"},
                        "options": {"id": ["v", "w"], "en": ["y", "z"]},
                    }
                ],
            }
        ],
    }
    assert Instrument.from_document(document).digest == DIGEST


# sha256sum of the one line of UTF-8: keys sorted, no spaces, no line end.
DIGEST = "d309a1f191bc45fe7dea036f483d76e2dce5d4bbf43df70b380fadb2daf484da"
