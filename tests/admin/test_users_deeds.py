"""`/kelola/pengguna/{id}`: what an administrator does to an account, on the page and in the record."""

from collections.abc import Callable

import pytest
from sqlmodel import col, select
from starlette.testclient import TestClient

from app.audit.tables import AuditEntry
from app.auth.roles import Role
from app.auth.tables import AccountLink, Grant, LoginSession, RecoveryCode, User
from app.core.db import Database
from app.units.tables import Unit
from tests.conftest import NOW
from tests.web.markup import Page

Person = Callable[..., User]
SignedIn = Callable[..., dict[str, str]]


@pytest.fixture
def boss(person: Person) -> User:
    """An administrator of the whole city, who is not the only one."""
    person("wakil", ("kota", Role.ADMIN))
    return person("tuan", ("kota", Role.ADMIN))


@pytest.fixture
def admin(boss: User, signed_in: SignedIn) -> dict[str, str]:
    """Their browser."""
    return signed_in(boss)


@pytest.fixture
def ani(person: Person, city: Database) -> User:
    """Somebody with a password and a second factor."""
    user = person("ani", ("ptsp", Role.VIEWER), home="ptsp", email="ani@uji.example")
    with city.write() as session:
        found = session.get_one(User, user.id)
        found.password_hash, found.totp_secret, found.totp_confirmed_at = "x", b"x", NOW
        assert user.id is not None
        session.add(RecoveryCode(user_id=user.id, code_hash="x"))
    return user


def post(client: TestClient, user: User, deed: str, headers: dict[str, str], **data: str) -> tuple[int, str]:
    answer = client.post(
        f"/kelola/pengguna/{user.id}/{deed}", data=data, headers=headers, follow_redirects=False
    )
    return answer.status_code, answer.headers.get("location", "") or answer.text


def actions(city: Database) -> list[str]:
    """What was recorded in the administrator's name."""
    with city.read() as session:
        wanted = select(AuditEntry).where(AuditEntry.actor_name == "tuan").order_by(col(AuditEntry.sequence))
        return [f"{one.action} {one.subject}" for one in session.exec(wanted)]


def test_the_page_tells_what_is_known(
    client: TestClient, admin: dict[str, str], ani: User, signed_in: SignedIn
) -> None:
    signed_in(ani)
    found = Page(client.get(f"/kelola/pengguna/{ani.id}", headers=admin).text)
    for told in (
        "Ani",
        "ani@uji.example",
        "Pelayanan Terpadu",
        "Pembaca hasil",
        "Terpasang sejak 15 Okt 2026",
    ):
        assert told in found.text
    assert "Chrome" in found.text
    assert "Terakhir dipakai 15 Oktober 2026 pukul 11.00 WITA" in found.text


def test_giving_and_withdrawing_a_role(
    client: TestClient, admin: dict[str, str], ani: User, city: Database
) -> None:
    status, place = post(client, ani, "peran", admin, role="operator", unit="timur")
    assert (status, place) == (303, f"/kelola/pengguna/{ani.id}?done=given")
    assert "Peran diberikan." in client.get(place, headers=admin).text
    post(client, ani, "peran", admin, role="operator", unit="timur")  # a second time changes nothing
    with city.read() as session:
        grants = session.exec(select(Grant).where(Grant.user_id == ani.id)).all()
        assert sorted(one.role for one in grants) == ["operator", "viewer"]
        given = next(one.id for one in grants if one.role == "operator")
    status, place = post(client, ani, f"peran/{given}/cabut", admin)
    assert (status, place) == (303, f"/kelola/pengguna/{ani.id}?done=withdrawn")
    assert post(client, ani, f"peran/{given}/cabut", admin)[0] == 404
    assert actions(city) == [f"grant.added user:{ani.id}", f"grant.withdrawn user:{ani.id}"]


def test_a_role_needs_a_role_and_a_unit(
    client: TestClient, admin: dict[str, str], ani: User, city: Database
) -> None:
    for sent in ({}, {"role": "raja", "unit": "mars"}, {"role": "viewer", "unit": "\0"}):
        status, text = post(client, ani, "peran", admin, **sent)
        assert status == 422
        assert "#unit" in Page(text).links.values()
    assert actions(city) == []


def test_a_link_is_shown_once_and_is_for_a_reset_where_there_was_a_password(
    client: TestClient, admin: dict[str, str], ani: User, person: Person, city: Database
) -> None:
    for user, purpose in ((ani, "reset"), (person("baru", home="ptsp"), "invite")):
        status, text = post(client, user, "tautan", admin)
        assert status == 200
        secret = next(word for word in Page(text).text.split() if "/akun/tautan/" in word).rpartition("/")[2]
        with city.read() as session:
            link = session.exec(select(AccountLink).where(AccountLink.user_id == user.id)).one()
            assert link.purpose == purpose
        assert secret not in client.get(f"/kelola/pengguna/{user.id}", headers=admin).text
    assert actions(city)[0] == f"link.made user:{ani.id}"


def test_resetting_the_second_factor_ends_sessions(
    client: TestClient, admin: dict[str, str], ani: User, signed_in: SignedIn, city: Database
) -> None:
    browser = signed_in(ani)
    status, place = post(client, ani, "langkah-kedua", admin)
    assert (status, place) == (303, f"/kelola/pengguna/{ani.id}?done=factor")
    with city.read() as session:
        user = session.get_one(User, ani.id)
        assert (user.totp_secret, user.totp_confirmed_at) == (None, None)
        assert session.exec(select(RecoveryCode)).all() == []
    assert client.get("/petugas", headers=browser, follow_redirects=False).status_code == 303
    assert f"factor.disabled user:{ani.id}" in actions(city)


def test_ending_all_sessions(
    client: TestClient, admin: dict[str, str], ani: User, signed_in: SignedIn, city: Database
) -> None:
    browsers = [signed_in(ani), signed_in(ani)]
    assert post(client, ani, "sesi", admin) == (303, f"/kelola/pengguna/{ani.id}?done=sessions")
    for browser in browsers:
        assert client.get("/petugas", headers=browser, follow_redirects=False).status_code == 303
    assert client.get("/petugas", headers=admin).status_code == 200
    with city.read() as session:
        left = select(LoginSession).where(col(LoginSession.ended_at).is_(None))
        assert len(session.exec(left).all()) == 1
    assert actions(city) == [f"sessions.ended user:{ani.id}"]


def test_a_closed_account_is_out_at_once_and_comes_back_with_what_it_held(
    client: TestClient, admin: dict[str, str], ani: User, signed_in: SignedIn, city: Database
) -> None:
    browser = signed_in(ani)
    assert post(client, ani, "nonaktif", admin)[0] == 303
    assert client.get("/petugas", headers=browser, follow_redirects=False).status_code == 303
    status, text = post(client, ani, "tautan", admin)
    assert status == 409
    assert "Aktifkan dulu" in Page(text).text
    assert post(client, ani, "aktif", admin)[0] == 303
    assert client.get("/petugas", headers=signed_in(ani)).status_code == 200
    assert actions(city) == [f"user.deactivated user:{ani.id}", f"user.reactivated user:{ani.id}"]


def test_names_and_home_are_changed_together_or_not_at_all(
    client: TestClient, admin: dict[str, str], ani: User, city: Database
) -> None:
    form = Page(client.get(f"/kelola/pengguna/{ani.id}/ubah", headers=admin).text)
    assert form.fields == {"full_name": "Ani", "name": "ani", "email": "ani@uji.example", "home": "ptsp"}
    wrong = form.fields | {"full_name": "Ani Baru", "name": "tuan", "home": "timur"}
    status, text = post(client, ani, "ubah", admin, **wrong)
    assert status == 422
    assert Page(text).fields["full_name"] == "Ani Baru"
    assert actions(city) == []
    status, place = post(client, ani, "ubah", admin, **(wrong | {"name": "ani.baru"}))
    assert (status, place) == (303, f"/kelola/pengguna/{ani.id}?done=changed")
    with city.read() as session:
        user = session.get_one(User, ani.id)
        home = session.get_one(Unit, user.unit_id)
        assert (user.name, user.full_name, home.code) == ("ani.baru", "Ani Baru", "timur")
    assert actions(city) == [f"user.changed user:{ani.id}", f"user.moved user:{ani.id}"]


def test_the_last_administrator_and_oneself_are_refused_in_clear_words(
    client: TestClient, boss: User, admin: dict[str, str], city: Database
) -> None:
    status, text = post(client, boss, "nonaktif", admin)
    assert status == 409
    assert Page(text).having("div", role="alert")
    assert "Ini akun Anda sendiri." in Page(text).text
    with city.read() as session:
        mine = session.exec(select(Grant.id).where(Grant.user_id == boss.id)).one()
    status, text = post(client, boss, f"peran/{mine}/cabut", admin)
    assert status == 409
    assert "Ini peran administrator Anda yang terakhir." in Page(text).text
    own = Page(client.get(f"/kelola/pengguna/{boss.id}", headers=admin).text)
    assert "Nonaktifkan akun" not in own.text
    assert "/akun" in own.links.values()


def test_an_account_that_reaches_beyond_is_shown_read_only(
    client: TestClient, person: Person, signed_in: SignedIn, city: Database
) -> None:
    lesser = signed_in(person("timurboss", ("timur", Role.ADMIN), home="timur"))
    superior = person("atasan", ("kota", Role.ADMIN), ("timur", Role.VIEWER), home="kota")
    found = Page(client.get(f"/kelola/pengguna/{superior.id}", headers=lesser).text)
    assert "Hanya dapat dilihat" in found.text
    assert "Nonaktifkan akun" not in found.text
    assert "Kota Uji" not in found.text
    for deed in ("nonaktif", "aktif", "tautan", "langkah-kedua", "sesi"):
        status, text = post(client, superior, deed, lesser)
        assert status == 403, deed
        assert "di luar wewenang Anda" in Page(text).text
    changed = {"name": "atasan", "full_name": "Dibajak", "email": "x@y.example", "home": "timur"}
    assert post(client, superior, "ubah", lesser, **changed)[0] == 403
    assert client.get(f"/kelola/pengguna/{superior.id}/ubah", headers=lesser).status_code == 403
    assert post(client, superior, "peran", lesser, role="operator", unit="timur")[0] == 303
    with city.read() as session:
        assert session.get_one(User, superior.id).full_name == "Atasan"


def test_ids_that_no_database_could_hold(client: TestClient, admin: dict[str, str]) -> None:
    for address in ("0", "-1", "99999999999999999999", "abc"):
        assert client.get(f"/kelola/pengguna/{address}", headers=admin).status_code == 422
    assert client.get("/kelola/pengguna/2147483647", headers=admin).status_code == 404
    assert client.get("/kelola/pengguna?after=99999999999999999999", headers=admin).status_code == 422
