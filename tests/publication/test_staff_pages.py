"""The staff page: look, publish, correct; a refusal keeps what was typed."""

from collections.abc import Callable, Iterator

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.auth.roles import Role
from app.auth.tables import User
from tests.publication.conftest import Answered, Issued
from tests.web.markup import Page

BACKENDS = ("sqlite",)  # pages: their statements run on PostgreSQL in tests/cli/test_every_link.py

Headers = dict[str, str]
PATH = "/petugas/unit/ptsp/publikasi"


@pytest.fixture
def desk(app: FastAPI, client: TestClient) -> Iterator[TestClient]:
    """A browser of staff on the same running application."""
    browser = TestClient(app, raise_server_exceptions=False, follow_redirects=False)
    yield browser
    browser.close()


@pytest.fixture
def head(person: Callable[..., User], signed_in: Callable[..., Headers]) -> Headers:
    """Somebody who heads `ptsp`."""
    return signed_in(person("kepala", ("ptsp", Role.UNIT_HEAD), home="ptsp"))


def test_look_publish_and_read(desk: TestClient, head: Headers, answered: Answered) -> None:
    answered(6, 4)
    page = Page(desk.get(PATH, headers=head).text)
    assert "100,00" in page.text
    assert "Terbitkan Triwulan III 2026" in page.text, "the quarter that is over"
    sent = desk.post(PATH, data=page.fields, headers=head)
    assert sent.status_code == 303
    after = Page(desk.get(sent.headers["location"], headers=head).text)
    assert "Terbit dengan nomor SKM/kota/2026/0001." in after.text
    assert "Angka yang sama sudah terbit" in after.text
    assert after.links["Lihat terbitannya"] == "/ikm/ptsp/terbitan/SKM-kota-2026-0001"
    again = desk.post(PATH, data=page.fields, headers=head)
    assert again.status_code == 409
    assert "Angka yang sama sudah terbit dengan nomor SKM/kota/2026/0001." in again.text


def test_a_correction_needs_a_reason_and_keeps_it(
    desk: TestClient, head: Headers, answered: Answered, issued: Issued
) -> None:
    answered(6, 4)
    issued()
    answered(1, 1)
    page = Page(desk.get(f"{PATH}?period=2026-Q3", headers=head).text)
    assert "Terbitkan ralat" in page.text
    assert page.fields["replaces"] == "SKM/kota/2026/0001"
    refused = desk.post(PATH, data=page.fields | {"reason": " "}, headers=head)
    assert refused.status_code == 422
    assert "Tulis alasan ralat" in refused.text
    long = desk.post(PATH, data=page.fields | {"reason": "a<b" * 200}, headers=head)
    assert long.status_code == 422
    assert Page(long.text).fields["reason"] == "a<b" * 200
    sent = desk.post(PATH, data=page.fields | {"reason": "Jawaban percobaan"}, headers=head)
    assert sent.status_code == 303
    listed = Page(desk.get(sent.headers["location"], headers=head).text)
    assert "Ralat: Jawaban percobaan" in listed.text
    assert "diganti SKM/kota/2026/0002" in listed.text


def test_what_cannot_be_published_says_why(desk: TestClient, head: Headers, answered: Answered) -> None:
    assert "Belum ada jawaban pada periode ini" in desk.get(f"{PATH}?period=2026-Q1", headers=head).text
    answered(6)
    assert "Periode ini belum berakhir" in desk.get(f"{PATH}?period=2026-Q4", headers=head).text
    assert desk.get(f"{PATH}?period=2026-Q3&service=arsip", headers=head).status_code == 404
    assert desk.get("/petugas/unit/timur/publikasi", headers=head).status_code == 404
    assert (
        desk.post("/petugas/unit/timur/publikasi", data={"period": "2026-Q3"}, headers=head).status_code
        == 404
    )


def test_readers_see_it_without_the_button(
    desk: TestClient, person: Callable[..., User], signed_in: Callable[..., Headers], answered: Answered
) -> None:
    answered(6)
    viewer = signed_in(person("pembaca", ("ptsp", Role.VIEWER), home="ptsp"))
    page = Page(desk.get(PATH, headers=viewer).text)
    assert "Yang menerbitkan adalah kepala unit atau administrator." in page.text
    assert "replaces" not in page.fields
    assert not page.having("form", method="post", action=PATH)


def test_the_overview_begins_with_who_never_published(
    desk: TestClient,
    person: Callable[..., User],
    signed_in: Callable[..., Headers],
    answered: Answered,
    issued: Issued,
) -> None:
    answered(6, 4)
    issued()
    admin = signed_in(person("admin", ("kota", Role.ADMIN)))
    text = Page(desk.get("/petugas/publikasi", headers=admin).text).text
    assert text.index("Kantor Timur") < text.index("Pelayanan Terpadu")
    assert "100,00" in text
