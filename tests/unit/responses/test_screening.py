"""Numbers and addresses of persons are covered; what people say otherwise stays as they said it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.responses.screening import COVER, screen


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("NIK saya 3173051201900001 tolong dicek", "nik"),
        ("3173 0512 0190 0001", "nik"),
        ("31.73.05.12.01.90.00.01", "nik"),
        ("hubungi 081234567890 ya", "phone"),
        ("WA 0812-3456-7890", "phone"),
        ("+62 812 3456 7890", "phone"),
        ("telepon 62812345678", "phone"),
        ("kantor (021) 8345678", "phone"),
        ("surel ani.b+1@contoh.go.id", "email"),
    ],
)
def test_what_is_covered(text: str, kind: str | None) -> None:
    found = screen(text)
    assert found.found == ((kind,) if kind else ())
    assert len(found.text) == len(text)
    assert (COVER in found.text) == (kind is not None)


@pytest.mark.parametrize(
    "text",
    [
        "Antre 3 jam, loket 2 dan 4 tutup pukul 11.30.",
        "Biaya Rp1.500.000 untuk 12 lembar, tahun 2026.",
        "Nomor antrean A-0123, tanggal 17-08-2026.",
        "Nomor berkas 503/1234/2026/00012",
        "petugas @loket2 ramah",
        "08.00-15.30 buka",
    ],
)
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
