"""Numbers and addresses of persons are covered; what people say otherwise stays as they said it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.responses.screening import COVER, screen
from tests.data.personal import COVERED, PLAIN


@pytest.mark.parametrize(("text", "kind"), COVERED)
def test_what_is_covered(text: str, kind: str | None) -> None:
    found = screen(text)
    assert found.found == ((kind,) if kind else ())
    assert len(found.text) == len(text)
    assert (COVER in found.text) == (kind is not None)


@pytest.mark.parametrize("text", PLAIN)
def test_what_stays(text: str) -> None:
    assert screen(text).text == text


def test_the_rest_of_the_sentence_stays() -> None:
    covered = screen("Tolong telepon 081234567890 atau ani@contoh.id segera")
    assert covered.text == f"Tolong telepon {COVER * 12} atau {COVER * 13} segera"
    assert covered.found == ("email", "phone")


@given(st.text(alphabet="0123456789 +-.()/@abc\n", max_size=200))
def test_once_is_enough(text: str) -> None:
    once = screen(text)
    assert len(once.text) == len(text)
    assert screen(once.text).text == once.text


def test_what_stands_around_it_stays() -> None:
    assert screen("(081234567890)").text == f"({COVER * 12})"
    assert screen("x081234567890,081234567891 y").text == f"x{COVER * 12},{COVER * 12} y"
    assert screen("ani@contoh.id,budi@contoh.id").text == f"{COVER * 13},{COVER * 14}"
