"""The sheet on paper: a heading is never the last thing on a page, however many media stand above it."""

from collections.abc import Callable
from datetime import date

import pytest
from starlette.testclient import TestClient

from app.auth.roles import Role
from app.pekppp import sheet
from app.pekppp.f01 import F01, MediumOut
from tests.conftest import NOW
from tests.reports import printed

BACKENDS = ("sqlite",)  # paper

MEDIUM = MediumOut(
    kind="print",
    place="Papan pengumuman",
    shown_on=date(2026, 10, 2),
    address=None,
    has_photo=False,
    counts=True,
    reachable=None,
    publication="SKM-kota-2026-0001",
)


@pytest.fixture
def form(client: TestClient, token: Callable[..., dict[str, str]]) -> F01:
    answer = client.get("/api/v1/units/ptsp/pekppp/f01.json?year=2026", headers=token("ptsp", Role.UNIT_HEAD))
    return F01.model_validate(answer.json())


def test_what_a_heading_is_about_stands_on_its_page(form: F01) -> None:
    began_on = set()
    for number in range(4, 24):
        fields = form.fields.model_copy(update={"media": [MEDIUM] * number})
        pdf = sheet.pdf(form.model_copy(update={"fields": fields}), "Kota Uji", "Asia/Makassar", NOW)
        pages = printed.text(pdf).split("\f")
        (page,) = [place for place, text in enumerate(pages) if "Usulan tingkat" in text]
        assert "6.a.B" in pages[page], number
        began_on.add(page)
    assert began_on == {0, 1}, "no page ended near the heading: nothing was tried"
