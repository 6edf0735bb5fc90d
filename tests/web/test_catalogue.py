"""English is complete: every text of the interface has one, none is left over, and placeholders agree."""

import string

import pytest
from babel.messages.pofile import read_po

from app.core.messages import LANGUAGES, catalogue, catalogue_files
from tests.web import message_sources


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def _entries(language: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in catalogue_files(language):
        with path.open("rb") as file:
            here = {str(entry.id): str(entry.string) for entry in read_po(file, locale=language) if entry.id}
        assert found.keys().isdisjoint(here), (
            f"{path}: {sorted(found.keys() & here.keys())} stand elsewhere too"
        )
        found |= here
    return found


OTHERS = [language for language in LANGUAGES if language != "id"]


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated(language: str) -> None:
    english = _entries(language)
    missing = [
        f"{place}: {text}" for text, place in message_sources.messages().items() if not english.get(text)
    ]
    assert missing == []


@pytest.mark.parametrize("language", OTHERS)
def test_no_translation_is_left_over(language: str) -> None:
    assert sorted(set(_entries(language)) - set(message_sources.messages())) == []


@pytest.mark.parametrize("language", OTHERS)
def test_placeholders_agree(language: str) -> None:
    differing = {
        text: other
        for text, other in _entries(language).items()
        if _placeholders(text) != _placeholders(other)
    }
    assert differing == {}


def test_no_text_escapes_the_collection() -> None:
    assert message_sources.uncollected() == []


def test_the_collection_finds_each_kind_of_text() -> None:
    found = message_sources.messages()
    assert found["Survei di titik ini sudah ditutup."].startswith("responses/errors.py")  # class attribute
    assert found["Umur harus antara 0 dan 120."].startswith("instruments/faults.py")  # table
    assert found["Waktu ini tidak ada di kalender."].startswith("instruments/answers.py")  # FieldError
    assert found["Maaf, ada gangguan"].startswith("web/error_pages.py")  # translate(...)
    assert found["Kirim penilaian"].startswith("web/templates")  # _() in a template


def test_a_text_in_a_template_must_be_a_literal() -> None:
    assert list(message_sources.in_template("{{ _('Umur {n}', n=count) }}")) == [("Umur {n}", 1)]
    with pytest.raises(TypeError):
        list(message_sources.in_template("{{ _(title) }}"))


def test_the_application_reads_the_catalogue() -> None:
    assert catalogue("en")["Kirim penilaian"] == "Send rating"
    assert catalogue("id") == {}
