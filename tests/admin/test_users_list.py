"""`/kelola/pengguna`: who is seen, the filters, the pages, and how a person is added."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from app.admin import people
from app.audit.tables import AuditEntry
from app.auth.roles import Role
from app.auth.tables import AccountLink, Grant, User
from app.core.db import Database
from app.core.tokens import token_hash
from tests.conftest import NOW
from tests.web.markup import Page

BACKENDS = ("sqlite",)  # pages: their statements run on PostgreSQL in tests/cli/test_every_link.py

Person = Callable[..., User]
SignedIn = Callable[..., dict[str, str]]
NEW = {
    "full_name": "Ani Rahma",
    "name": "ani.rahma",
    "email": "Ani@Uji.example",
    "home": "ptsp",
    "role": "viewer",
    "unit": "ptsp",
}


@pytest.fixture
def admin(person: Person, signed_in: SignedIn) -> dict[str, str]:
    """The browser of an administrator of the whole city."""
    return signed_in(person("tuan", ("kota", Role.ADMIN)))


def page(client: TestClient, address: str, headers: dict[str, str], status: int = 200) -> Page:
    answer = client.get(address, headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return Page(answer.text)


def names(found: Page) -> list[str]:
    """The names in the table, in order."""
    links = (text for text, href in found.links.items() if href.startswith("/kelola/pengguna/"))
    return [text for text in links if not text.startswith("Tambah")]


def test_an_administrator_sees_whoever_belongs_or_holds_something_in_scope(
    client: TestClient, person: Person, signed_in: SignedIn
) -> None:
    head = person("kepala", ("timur", Role.UNIT_HEAD), home="timur")
    person("tamu", ("timur-cabang", Role.VIEWER), ("ptsp", Role.VIEWER), home="ptsp")
    person("asing", ("ptsp", Role.OPERATOR), home="ptsp")
    person("pulang", home="timur-cabang")
    boss = person("timurboss", ("timur", Role.ADMIN), home="timur")
    found = page(client, "/kelola/pengguna", signed_in(boss))
    assert names(found) == ["Kepala", "Pulang", "Tamu", "Timurboss"]
    assert "4 orang" in found.text
    # Of somebody who also holds something elsewhere, only what lies in scope is told.
    assert "Pelayanan Terpadu" not in found.text
    assert "Di luar wewenang Anda" in found.text
    assert head.name == "kepala"


def test_filters_by_text_unit_and_state(
    client: TestClient, person: Person, city: Database, admin: dict[str, str]
) -> None:
    person("budi", ("ptsp", Role.VIEWER), home="ptsp", email="b_100%@uji.example")
    person("cici", ("timur-cabang", Role.VIEWER), home="timur-cabang")
    gone = person("dedi", home="timur")
    with city.write() as session:
        session.get_one(User, gone.id).active = False
        session.exec(select(User).where(User.name == "cici")).one().password_hash = "x"
    assert names(page(client, "/kelola/pengguna?q=UDI", admin)) == ["Budi"]
    assert names(page(client, "/kelola/pengguna?q=b_100%25", admin)) == ["Budi"]
    assert names(page(client, "/kelola/pengguna?q=b-100", admin)) == []
    assert names(page(client, "/kelola/pengguna?unit=timur", admin)) == ["Cici", "Dedi"]
    assert names(page(client, "/kelola/pengguna?state=closed", admin)) == ["Dedi"]
    assert names(page(client, "/kelola/pengguna?state=active", admin)) == ["Cici"]
    assert names(page(client, "/kelola/pengguna?state=invited", admin)) == ["Budi", "Tuan"]
    nobody = page(client, "/kelola/pengguna?q=zzz&unit=ptsp", admin)
    assert "Tidak ada orang yang cocok" in nobody.text
    assert "Hapus saringan" in nobody.links
    assert names(page(client, "/kelola/pengguna?q=%00", admin)) == []
    page(client, "/kelola/pengguna?unit=tidak-ada", admin, status=404)


def test_pages_follow_one_another_without_gap_or_repetition(
    client: TestClient, person: Person, admin: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "PAGE", 3)
    for number in range(7):
        person(f"orang{number}")
    seen, address = [], "/kelola/pengguna?state=invited"
    while address:
        found = page(client, address, admin)
        seen += names(found)
        onward = found.links.get("Berikutnya", "")
        address = f"/kelola/pengguna{onward}" if onward else ""
    assert seen == [*(f"Orang{number}" for number in range(7)), "Tuan"]


def test_a_person_is_added_with_a_role_and_a_link_that_is_shown_once(
    client: TestClient, city: Database, admin: dict[str, str]
) -> None:
    answer = client.post("/kelola/pengguna/baru", data=NEW, headers=admin)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    shown = Page(answer.text)
    address = next(word for word in shown.text.split() if "/akun/tautan/" in word)
    secret = address.rpartition("/")[2]
    assert address == f"http://127.0.0.1:8000/akun/tautan/{secret}"
    assert "hanya tampil sekali" in shown.text
    assert "22 Oktober 2026 pukul 11.00 WITA" in shown.text  # seven days after 15 October, 03.00 UTC
    with city.read() as session:
        user = session.exec(select(User).where(User.name == "ani.rahma")).one()
        assert (user.full_name, user.email, user.password_hash) == ("Ani Rahma", "ani@uji.example", None)
        grant = session.exec(select(Grant).where(Grant.user_id == user.id)).one()
        assert (grant.role, grant.unit_id) == ("viewer", user.unit_id)
        link = session.exec(select(AccountLink).where(AccountLink.user_id == user.id)).one()
        assert (link.purpose, link.token_hash) == ("invite", token_hash(secret))
        assert link.expires_at == NOW + timedelta(days=7)
        entries = session.exec(select(AuditEntry).where(AuditEntry.actor_name == "tuan")).all()
        assert [one.action for one in entries] == ["user.added", "grant.added", "link.made"]
        assert secret not in str([one.details for one in entries])
    again = page(client, f"/kelola/pengguna/{user.id}", admin)
    assert secret not in again.html
    assert client.get(f"/akun/tautan/{secret}", headers={"Accept": "text/html"}).status_code == 200


def test_nothing_is_stored_of_a_form_with_faults_and_what_was_typed_is_kept(
    client: TestClient, city: Database, admin: dict[str, str]
) -> None:
    wrong = NEW | {"name": "Ani Rahma!", "email": "ani@", "home": "mars", "role": "raja", "unit": ""}
    answer = client.post("/kelola/pengguna/baru", data=wrong, headers=admin)
    assert answer.status_code == 422
    shown = Page(answer.text)
    assert shown.having("div", role="alert")
    assert {href for href in shown.links.values() if href.startswith("#")} >= {
        "#name",
        "#email",
        "#home",
        "#role",
        "#unit",
    }
    assert {"name", "email", "home", "role", "unit"} <= set(shown.ids)
    assert shown.fields["full_name"] == "Ani Rahma"
    assert shown.fields["name"] == "Ani Rahma!"
    with city.read() as session:
        assert session.exec(select(User).where(User.full_name == "Ani Rahma")).first() is None


def test_a_taken_name_is_refused_also_when_it_belongs_to_somebody_out_of_sight(
    client: TestClient, person: Person, signed_in: SignedIn
) -> None:
    person("ani.rahma", home="ptsp")
    boss = signed_in(person("timurboss", ("timur", Role.ADMIN), home="timur"))
    there = NEW | {"home": "timur", "unit": "timur-cabang"}
    answer = client.post("/kelola/pengguna/baru", data=there, headers=boss)
    assert answer.status_code == 422
    assert "Nama pengguna ini sudah dipakai." in answer.text


def test_a_role_or_home_outside_of_scope_is_no_choice(
    client: TestClient, person: Person, signed_in: SignedIn, city: Database
) -> None:
    boss = signed_in(person("timurboss", ("timur", Role.ADMIN), home="timur"))
    form = page(client, "/kelola/pengguna/baru", boss)
    values = {attributes["value"] for tag, attributes in form.tags if tag == "option"}
    assert values == {"", "timur", "timur-cabang"}
    for member in ("home", "unit"):
        sent = NEW | {"home": "timur", "unit": "timur", member: "ptsp"}
        assert client.post("/kelola/pengguna/baru", data=sent, headers=boss).status_code == 422
    with city.read() as session:
        assert session.exec(select(User).where(User.name == "ani.rahma")).first() is None


def test_the_pages_speak_english(client: TestClient, admin: dict[str, str]) -> None:
    found = page(client, "/kelola/pengguna/baru?lang=en", admin)
    assert found.language == "en"
    assert "Save and make the invitation" in found.text
    assert "Reads results, without downloading answers." in found.text
