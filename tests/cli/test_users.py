"""`eskm users`: links printed once, and what holds afterwards."""

import re
from collections.abc import Callable

import pytest
from sqlmodel import select
from starlette.testclient import TestClient
from typer.testing import Result

from app.admin.setup import setup_code
from app.audit.tables import AuditEntry
from app.auth.keys import Keys
from app.auth.roles import Role
from app.auth.tables import Grant, LoginSession, RecoveryCode, User
from app.core.db import Database
from app.core.secrets import load_or_create
from app.core.settings import Settings
from app.factory import create_app
from app.units.tables import Unit

BACKENDS = ("sqlite",)  # what a command says

Eskm = Callable[..., Result]
PASSWORD = "payung kerbau lampion"
ADDRESS = re.compile(r"https://skm\.kota\.example(/akun/tautan/eskml_[\w-]{43})\n")
CREATE = (
    "users",
    "create",
    "--name",
    "Ani",
    "--full-name",
    "Ani Setiawati",
    "--role",
    "operator",
    "--unit",
    "ptsp",
)
PUBLIC = {"ESKM_PUBLIC_URL": "https://skm.kota.example"}


def user_named(database: Database, name: str) -> User:
    with database.read() as session:
        return session.exec(select(User).where(User.name == name)).one()


def actions(database: Database) -> list[tuple[str, str, str]]:
    with database.read() as session:
        entries = session.exec(select(AuditEntry).order_by(AuditEntry.chain, AuditEntry.sequence)).all()
    return [(entry.actor_kind, entry.actor_name, entry.action) for entry in entries]


def test_an_account_and_its_invitation(eskm: Eskm, city: Database, settings: Settings) -> None:
    made = eskm(*CREATE, "--email", "ani@kota.example", **PUBLIC)
    assert made.exit_code == 0, made.stderr
    found = ADDRESS.fullmatch(made.stdout)
    assert found is not None
    assert "sekali" in made.stderr
    ani = user_named(city, "ani")
    assert (ani.full_name, ani.email, ani.password_hash) == ("Ani Setiawati", "ani@kota.example", None)
    with city.read() as session:
        grant, unit = session.exec(select(Grant, Unit).where(Unit.id == Grant.unit_id)).one()
        assert (grant.role, unit.code, grant.user_id) == ("operator", "ptsp", ani.id)
    assert actions(city) == [
        ("command", "eskm users", action) for action in ("user.added", "grant.added", "link.made")
    ]
    with TestClient(create_app(settings), follow_redirects=False) as client:
        done = client.post(found[1], data={"password": PASSWORD, "again": PASSWORD})
    assert done.status_code == 303


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--role", "raja"), "peran tidak dikenal"),
        (("--unit", "tidak-ada"), "tidak-ada"),
        (("--name", "a b"), "Nama pengguna"),
        (("--email", "ani"), "Alamat surel"),
        (("--name", "a b", "--full-name", "x"), "Isi nama lengkap."),
    ],
)
def test_what_cannot_be_made(eskm: Eskm, city: Database, arguments: tuple[str, ...], said: str) -> None:
    run = eskm(*CREATE, *arguments)
    assert run.exit_code == 1
    assert said in run.stderr
    assert run.stdout == ""
    with city.read() as session:
        assert session.exec(select(User)).all() == []


def test_a_name_that_is_taken(eskm: Eskm, city: Database) -> None:
    assert eskm(*CREATE).exit_code == 0
    again = eskm(*CREATE)
    assert (again.exit_code, "sudah dipakai" in again.stderr) == (1, True)


def test_a_link_for_a_forgotten_password(eskm: Eskm, city: Database, settings: Settings) -> None:
    first = ADDRESS.fullmatch(eskm(*CREATE, **PUBLIC).stdout)
    second = ADDRESS.fullmatch(eskm("users", "link", "ANI", **PUBLIC).stdout)
    assert first is not None
    assert second is not None
    with TestClient(create_app(settings)) as client:
        assert client.get(first[1]).status_code == 410
        assert client.get(second[1]).status_code == 200
    for name in ("budi", "x\0"):
        assert eskm("users", "link", name).exit_code == 1


def test_a_closed_account(
    eskm: Eskm, city: Database, person: Callable[..., User], signed_in: Callable[..., dict[str, str]]
) -> None:
    signed_in(person("ani", ("kota", Role.VIEWER)))
    closed = eskm("users", "deactivate", "ani")
    assert (closed.exit_code, "ani" in closed.stdout) == (0, True)
    assert not user_named(city, "ani").active
    with city.read() as session:
        assert session.exec(select(LoginSession)).one().ended_at is not None
    assert ("command", "eskm users", "user.deactivated") in actions(city)
    refused = eskm("users", "link", "ani")
    assert (refused.exit_code, "tidak aktif" in refused.stderr) == (1, True)


def test_the_last_administrator_stays(eskm: Eskm, city: Database, person: Callable[..., User]) -> None:
    with city.write() as session:
        session.get_one(User, person("ani", ("kota", Role.ADMIN)).id).password_hash = "x"
    refused = eskm("users", "deactivate", "ani")
    assert (refused.exit_code, "administrator terakhir" in refused.stderr) == (1, True)
    assert user_named(city, "ani").active


def test_a_lost_phone(eskm: Eskm, city: Database, person: Callable[..., User]) -> None:
    ani = person("ani")
    with city.write() as session:
        found = session.get_one(User, ani.id)
        found.totp_secret, found.totp_confirmed_at = b"sealed", found.created_at
        session.add(RecoveryCode(user_id=found.id or 0, code_hash="x"))
    assert eskm("users", "reset-second-factor", "ani").exit_code == 0
    after = user_named(city, "ani")
    assert (after.totp_secret, after.totp_confirmed_at) == (None, None)
    with city.read() as session:
        assert session.exec(select(RecoveryCode)).all() == []


def test_all_accounts_are_listed(eskm: Eskm, city: Database, person: Callable[..., User]) -> None:
    person("ani", ("kota", Role.ADMIN), ("ptsp", Role.OPERATOR), email="ani@kota.example")
    shown = eskm("users", "list").stdout
    for text in (
        "ani",
        "ani@kota.example",
        "Administrator di kota",
        "Operator di ptsp",
        "belum punya kata sandi",
    ):
        assert text in shown


def test_the_set_up_code(eskm: Eskm, city: Database, settings: Settings, person: Callable[..., User]) -> None:
    shown = eskm("users", "setup-code")
    assert shown.stdout == setup_code(Keys(load_or_create(settings.secret_key_file))) + "\n"
    assert "/pasang" in shown.stderr
    person("ani")
    after = eskm("users", "setup-code")
    assert (after.exit_code, after.stdout) == (1, "")


def test_a_demonstration_has_people_until_they_are_removed(eskm: Eskm, database: Database) -> None:
    plan = ("demo", "--responses", "20", "--units", "1", "--years", "1", "--until", "2026-08-31")
    first = eskm(*plan)
    assert first.exit_code == 0, first.stderr
    for text in ("http://127.0.0.1:8000/masuk", "admin (Administrator)", "payung kerbau lampion tangga"):
        assert text in first.stdout
    with database.read() as session:
        assert [user.demo for user in session.exec(select(User))] == [True] * 5
    removed = eskm("users", "remove-demo")
    assert "admin, kepala, operator, evaluator, pembaca" in removed.stdout
    assert "eskm users create --role admin" in removed.stdout
    assert "Tidak ada akun peragaan" in eskm("users", "remove-demo").stdout
    again = eskm(*plan)
    assert "Kata sandi" not in again.stdout  # who was removed stays removed
    with database.read() as session:
        assert [user.active for user in session.exec(select(User))] == [False] * 5


def test_production_is_no_demonstration(eskm: Eskm, database: Database) -> None:
    refused = eskm("demo", "--responses", "1", **PUBLIC)
    assert (refused.exit_code, "https" in refused.stderr) == (1, True)
    with database.read() as session:
        assert session.exec(select(Unit)).all() == []


def test_production_does_not_start_with_invented_people(eskm: Eskm, database: Database) -> None:
    assert eskm("demo", "--responses", "1", "--units", "1", "--years", "1").exit_code == 0
    refused = eskm("serve", "--port", "0", **PUBLIC)
    assert (refused.exit_code, "eskm users remove-demo" in refused.stderr) == (1, True)
