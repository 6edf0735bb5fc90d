"""API tokens: made, shown once, revoked on screen; worth no more than what their owner holds at the moment."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import col, select
from starlette.testclient import TestClient

from app.admin import token_list
from app.audit.service import SYSTEM
from app.audit.tables import AuditEntry
from app.auth import accounts, service
from app.auth.roles import Role
from app.auth.tables import ApiToken, Grant, User
from app.auth.tokens import TokenState, states
from app.core.db import Database
from app.core.tokens import token_hash
from tests.conftest import NOW
from tests.web.markup import Page

Person = Callable[..., User]
SignedIn = Callable[..., dict[str, str]]
Token = Callable[..., dict[str, str]]
NEW = {"name": "Situs web kota", "role": "viewer", "unit": "kota", "lasting": "30", "until": ""}


@pytest.fixture
def boss(person: Person) -> User:
    """An administrator of the whole city."""
    return person("tuan", ("kota", Role.ADMIN))


@pytest.fixture
def admin(boss: User, signed_in: SignedIn) -> dict[str, str]:
    """Their browser."""
    return signed_in(boss)


def make(client: TestClient, headers: dict[str, str], **fields: str) -> tuple[int, Page]:
    answer = client.post("/kelola/token/baru", data=NEW | fields, headers=headers)
    assert answer.headers["cache-control"] == "no-store"
    return answer.status_code, Page(answer.text)


def secret_of(shown: Page) -> str:
    return next(word for word in shown.text.split() if word.startswith("eskm_"))


def test_a_token_is_made_and_shown_once(
    client: TestClient, admin: dict[str, str], boss: User, city: Database
) -> None:
    status, shown = make(client, admin)
    secret = secret_of(shown)
    assert status == 200
    assert "14 November 2026 pukul 11.00 WITA" in shown.text
    with city.read() as session:
        token = session.exec(select(ApiToken)).one()
        assert (token.name, token.role, token.user_id) == ("Situs web kota", "viewer", boss.id)
        assert token.token_hash == token_hash(secret)
        assert token.expires_at == NOW + timedelta(days=30)
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == "token.made")).one()
        assert (entry.actor_name, entry.subject) == ("tuan", f"token:{token.id}")
        assert secret not in str(entry.details)
    listed = client.get("/kelola/token", headers=admin).text
    assert "Situs web kota" in listed
    assert secret not in listed
    units = client.get("/api/v1/units", headers={"Authorization": f"Bearer {secret}"})
    assert [one["code"] for one in units.json()["units"]] == ["kota", "ptsp", "timur", "timur-cabang"]


def test_a_chosen_day_is_the_last_one_where_the_unit_is(
    client: TestClient, admin: dict[str, str], city: Database
) -> None:
    make(client, admin, unit="timur", lasting="until", until="2026-10-20")
    with city.read() as session:
        expires = session.exec(select(ApiToken.expires_at)).one()
    # Jayapura is nine hours ahead of UTC: the 20th ends there at 15.00 UTC.
    assert expires == datetime(2026, 10, 20, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"role": "raja"}, "role"),
        ({"unit": "mars"}, "unit"),
        ({"lasting": ""}, "until"),
        ({"lasting": "until", "until": ""}, "until"),
        ({"lasting": "until", "until": "2026-10-14"}, "until"),
        ({"lasting": "until", "until": "2028-10-17"}, "until"),
        ({"lasting": "until", "until": "9999-12-31"}, "until"),
    ],
)
def test_what_is_no_token(
    client: TestClient, admin: dict[str, str], city: Database, fields: dict[str, str], field: str
) -> None:
    status, shown = make(client, admin, **fields)
    assert status == 422
    assert f"#{field}" in shown.links.values()
    assert field in shown.ids
    with city.read() as session:
        assert session.exec(select(ApiToken)).all() == []


def test_a_unit_outside_of_scope_is_no_choice(
    client: TestClient, person: Person, signed_in: SignedIn, city: Database
) -> None:
    lesser = signed_in(person("timurboss", ("timur", Role.ADMIN), home="timur"))
    assert make(client, lesser, unit="kota")[0] == 422
    assert make(client, lesser, unit="timur-cabang")[0] == 200
    with city.read() as session:
        token = session.exec(select(ApiToken.id)).one()
    other = signed_in(person("ptspboss", ("ptsp", Role.ADMIN), home="ptsp"))
    assert "Situs web kota" not in client.get("/kelola/token", headers=other).text
    assert client.post(f"/kelola/token/{token}/cabut", headers=other).status_code == 404


def test_a_revoked_token_is_refused_and_leaves_the_list(
    client: TestClient, admin: dict[str, str], city: Database
) -> None:
    bearer = {"Authorization": f"Bearer {secret_of(make(client, admin)[1])}"}
    with city.read() as session:
        token = session.exec(select(ApiToken.id)).one()
    for _ in range(2):  # a second time changes nothing
        answer = client.post(f"/kelola/token/{token}/cabut", headers=admin, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/kelola/token?done=revoked")
    assert client.get("/api/v1/units", headers=bearer).status_code == 401
    assert "Situs web kota" not in client.get("/kelola/token", headers=admin).text
    assert "Dicabut" in client.get("/kelola/token?ended=1", headers=admin).text
    with city.read() as session:
        revoked = session.exec(select(AuditEntry).where(AuditEntry.action == "token.revoked")).all()
        assert len(revoked) == 1


def test_a_program_cannot_make_itself_more_than_it_is(
    client: TestClient, token: Token, city: Database
) -> None:
    program = token("kota", Role.ADMIN)
    assert client.get("/kelola/token", headers=program).status_code == 403
    assert client.post("/kelola/token/baru", data=NEW, headers=program).status_code == 403
    person = {"name": "hantu", "full_name": "Hantu", "home": "kota", "role": "admin", "unit": "kota"}
    assert client.post("/kelola/pengguna/baru", data=person, headers=program).status_code == 403
    with city.read() as session:
        assert session.exec(select(User)).all() == []


def test_pages_of_the_list(
    client: TestClient, admin: dict[str, str], token: Token, monkeypatch: pytest.MonkeyPatch, city: Database
) -> None:
    monkeypatch.setattr(token_list, "PAGE", 2)
    for _ in range(5):
        token("ptsp")
    with city.write() as session:
        for one in session.exec(select(ApiToken)):
            one.name = f"Program {one.id}"
    seen, address = [], "/kelola/token"
    while address:
        found = Page(client.get(address, headers=admin).text)
        seen += [word for word in found.words if word.startswith("Program ")]
        address = found.links.get("Berikutnya", "")
    assert [name for name in seen if name.strip() == name] == [f"Program {n}" for n in (5, 4, 3, 2, 1)]


# What the owner of a token for the role VIEWER on `timur` holds, and whether the token works.
BACKING = [
    ([("timur", Role.VIEWER)], True),
    ([("kota", Role.VIEWER)], True),
    ([("timur", Role.ADMIN)], True),
    ([("kota", Role.ADMIN)], True),
    ([("ptsp", Role.ADMIN), ("kota", Role.VIEWER)], True),
    ([], False),
    ([("timur", Role.UNIT_HEAD)], False),
    ([("kota", Role.EVALUATOR)], False),
    ([("timur-cabang", Role.ADMIN)], False),
    ([("ptsp", Role.ADMIN)], False),
]


@pytest.mark.parametrize(("grants", "works"), BACKING)
def test_a_token_is_worth_no_more_than_what_its_owner_holds(
    city: Database,
    person: Person,
    token: Token,
    grants: list[tuple[str, Role]],
    *,
    works: bool,
) -> None:
    owner = person("ani", *grants)
    secret = token("timur", Role.VIEWER, user_id=owner.id)["Authorization"].removeprefix("Bearer ")
    with city.read() as session:
        assert (service.recognise(session, secret, NOW) is not None) is works
        made = session.exec(select(ApiToken)).one()
        wanted = TokenState.VALID if works else TokenState.ORPHANED
        assert states(session, [made], NOW) == {made.id: wanted}


def test_a_token_stops_with_the_grant_and_the_account_of_its_owner(
    client: TestClient, city: Database, person: Person, token: Token
) -> None:
    owner = person("ani", ("kota", Role.ADMIN))
    bearer = token("timur", Role.EVALUATOR, user_id=owner.id)

    def status() -> int:
        return client.get("/api/v1/units", headers=bearer).status_code

    assert status() == 200
    with city.write() as session:
        user = session.get_one(User, owner.id)
        grant = session.exec(select(Grant).where(Grant.user_id == owner.id)).one()
        accounts.withdraw_grant(session, SYSTEM, user, grant, NOW)
    assert status() == 401
    with city.write() as session:
        accounts.add_grant(session, SYSTEM, session.get_one(User, owner.id), Role.EVALUATOR, 1, NOW)
    assert status() == 200
    with city.write() as session:
        accounts.deactivate(session, SYSTEM, session.get_one(User, owner.id), NOW)
    assert status() == 401


def test_tokens_made_on_the_machine_have_no_owner_and_stay_valid(
    client: TestClient, token: Token, admin: dict[str, str]
) -> None:
    assert client.get("/api/v1/units", headers=token("ptsp")).status_code == 200
    assert "Dibuat di server" in client.get("/kelola/token", headers=admin).text


def test_the_states_of_a_list_take_one_statement(city: Database, person: Person, token: Token) -> None:
    owner = person("ani", ("timur", Role.VIEWER))
    token("timur", Role.VIEWER, user_id=owner.id)
    token("ptsp", Role.VIEWER, user_id=owner.id)
    token("ptsp", Role.VIEWER, expires_at=NOW)
    token("ptsp", Role.VIEWER)
    statements: list[str] = []

    def count(*arguments: Any) -> None:
        statements.append(arguments[2])

    with city.read() as session:
        tokens = session.exec(select(ApiToken).order_by(col(ApiToken.id))).all()
        event.listen(city.engine, "before_cursor_execute", count)
        found = states(session, tokens, NOW)
        event.remove(city.engine, "before_cursor_execute", count)
    assert [found[one.id or 0] for one in tokens] == [
        TokenState.VALID,
        TokenState.ORPHANED,
        TokenState.EXPIRED,
        TokenState.VALID,
    ]
    assert len(statements) == 1
