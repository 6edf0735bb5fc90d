"""What to improve, on the pages of a unit and a service: reasons, the derived picture, and what is not known."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.auth.roles import Role
from app.comments import panel
from tests.conftest import ELEMENTS
from tests.dashboard.conftest import OCTOBER, Look, Person, SignedIn

BACKENDS = ("sqlite",)  # pages: their statements run on PostgreSQL in tests/cli/test_every_link.py

UNIT = "/petugas/unit/ptsp"
PERIOD = "?period=2026-Q4"


def section(html: str) -> str:
    """The words of the section about what to improve."""
    found = html.partition('aria-labelledby="perbaikan"')[2].partition("</section>")[0]
    return " ".join(re.sub("<[^>]+>", " ", found).split())


@pytest.fixture
def thirty(answered: TestClient, body: Callable[..., dict[str, Any]]) -> TestClient:
    """Thirty more answers at the licence desk: completion time is low, all else goes up and down together."""
    for place in range(30):
        mood = 3 + place % 2
        scores = dict.fromkeys(ELEMENTS, mood) | {"waktu": mood - 2 if place % 5 else mood - 1}
        comment = "Antre lama sekali di loket." if place < 3 else "Petugas ramah dan sopan sekali."
        sent = answered.post(
            "/api/v1/responses",
            json=body(3, answered_at=OCTOBER, comment=comment) | {"scores": scores},
        )
        assert sent.status_code == 201, sent.text
    return answered


def test_reasons_and_picture(thirty: TestClient, look: Look, person: Person, signed_in: SignedIn) -> None:
    head = signed_in(person("hana", ("ptsp", Role.UNIT_HEAD), home="ptsp"))
    assert thirty.post(f"{UNIT}/komentar/topik/contoh", headers=head).status_code == 200
    page = look(UNIT + PERIOD, head)
    words = section(page.html)
    # (4 + 4 + 4 + 3 + 15 x 3 + 15 x 4) / 34 x 25 for all but one; 6 of 30 gave it one less, the others two.
    assert "U3 Waktu Penyelesaian" in words
    assert "Termasuk tiga nilai terendah." in words
    assert "3 masukan tentang ini." in words
    assert "Kaitan ini diturunkan dari jawaban, tidak ditanyakan kepada warga" in words
    assert "Dihitung dari 34 jawaban." in words
    assert 'class="chart quadrant wide"' in page.html
    link = f"{UNIT}/tindak-lanjut/baru?element=waktu&amp;period=2026-Q4"
    assert link in page.html
    # The same figures as in the API, to the last digit.
    api = thirty.get(f"/api/v1/units/ptsp/ikm/priorities{PERIOD}", headers=head).json()["results"][0]
    assert api["elements"][0]["signals"] == ["lowest"]
    for one in api["elements"]:
        row = re.search(
            rf"{one['code']} {re.escape(one['name'])}</th>(.*?)</tr>", page.html.split("Tabel yang perlu")[-1]
        )
        assert row is not None
        printed = f"{one['ikm']:.2f}".replace(".", ",")
        assert printed in row[1]
        assert f"{one['importance']:.3f}".replace(".", ",") in row[1]
        assert f">{one['comments']}" in row[1]
    # 27 praise the staff: no reason to improve what is not low.
    assert next(one for one in api["elements"] if one["key"] == "perilaku")["comment_rank"] == 1
    assert "Paling banyak ditulis warga" not in words
    viewer = signed_in(person("vina", ("ptsp", Role.VIEWER), home="ptsp"))
    assert "Rencanakan perbaikan" not in section(look(UNIT + PERIOD, viewer).html)
    service = section(look(f"{UNIT}/layanan/nib{PERIOD}").html)
    assert "Masukan dihitung dari seluruh unit." in service
    assert "Rencanakan perbaikan" not in service


def test_few_answers_are_called_few(look: Look) -> None:
    words = section(look(UNIT + PERIOD).html)
    assert "Baru 4 jawaban: urutan ini masih mudah berubah." in words
    assert "perlu 30 jawaban yang menilai beberapa unsur, baru ada 4." in words
    # All nine elements have the same value here.
    assert "Semua unsur bernilai sama" in words
    assert "quadrant" not in look(UNIT + PERIOD).html


def test_very_many_comments_are_counted_when_asked_for(
    thirty: TestClient, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(panel, "QUICK", 29)
    page = look(UNIT + PERIOD)
    assert "Masukan periode ini sangat banyak dan belum dihitung." in section(page.html)
    assert page.links["Hitung masukan"].startswith(f"{UNIT}?") or page.links["Hitung masukan"].startswith("?")
    assert "30 masukan" not in page.text
    counted = look(f"{UNIT}{PERIOD}&bagian=rincian")
    assert "30 masukan, 30 belum dibaca." in counted.text
    monkeypatch.setattr(panel, "QUICK", 30)
    assert "30 masukan, 30 belum dibaca." in look(UNIT + PERIOD).text
