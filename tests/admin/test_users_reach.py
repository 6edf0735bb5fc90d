"""Who may administer whom: scope, one's own account, the last administrator, and two who act at once."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import Session, select

from app.audit.service import Actor
from app.auth import accounts, administration, links
from app.auth.administration import Authority, Reach, account_of
from app.auth.roles import Role
from app.auth.tables import AccountLink, Grant, User
from app.core.db import Database
from app.core.errors import NotFound
from app.units.queries import ancestors, below, unit_by_code
from tests.conftest import NOW

BACKENDS = ("sqlite",)  # pages: their statements run on PostgreSQL in tests/cli/test_every_link.py

Person = Callable[..., User]


def unit_id(session: Session, code: str) -> int:
    found = unit_by_code(session, code)
    assert found is not None
    assert found.id is not None
    return found.id


def authority(session: Session, user: User, *codes: str) -> Authority:
    """`user` as an administrator of these units."""
    ids = below(session, *(unit_id(session, code) for code in codes))
    return Authority(Actor("user", user.id, user.name), frozenset(ids))


def give_passwords(city: Database) -> None:
    with city.write() as session:
        for user in session.exec(select(User)):
            user.password_hash = "x"


def grant_id(session: Session, user: User, role: Role, code: str) -> int:
    wanted = select(Grant.id).where(
        Grant.user_id == user.id, Grant.role == role.value, Grant.unit_id == unit_id(session, code)
    )
    found = session.exec(wanted).one()
    assert found is not None
    return found


def do(city: Database, actor: User, codes: tuple[str, ...], target: User, deed: Callable[..., Any]) -> Any:
    """`deed(session, authority, account)` in one transaction, as a page does it."""
    with city.write() as session:
        acting = authority(session, actor, *codes)
        assert target.id is not None
        return deed(session, acting, account_of(session, acting, target.id, change=True))


def withdraw(target: User, role: Role, code: str) -> Callable[..., None]:
    def deed(session: Session, acting: Authority, account: administration.Account) -> None:
        administration.withdraw(session, acting, account, grant_id(session, target, role, code), NOW)

    return deed


def close(session: Session, acting: Authority, account: administration.Account) -> None:
    administration.close(session, acting, account, NOW)


@pytest.mark.parametrize(
    ("grants", "home", "reach"),
    [
        ([("timur", Role.VIEWER)], "timur", Reach.WHOLE),
        ([("timur-cabang", Role.ADMIN)], "timur-cabang", Reach.WHOLE),
        ([], "timur-cabang", Reach.WHOLE),
        ([("timur", Role.VIEWER)], "kota", Reach.PART),
        ([("timur", Role.VIEWER), ("ptsp", Role.VIEWER)], "timur", Reach.PART),
        ([("kota", Role.VIEWER)], "timur", Reach.PART),
        ([("kota", Role.VIEWER)], "ptsp", None),
        ([], "kota", None),
    ],
)
def test_an_account_is_in_reach_when_its_home_and_all_its_roles_are(
    city: Database,
    person: Person,
    grants: list[tuple[str, Role]],
    home: str,
    reach: Reach | None,
) -> None:
    boss, target = person("boss", ("timur", Role.ADMIN), home="timur"), person("x1", *grants, home=home)
    with city.read() as session:
        acting = authority(session, boss, "timur")
        assert target.id is not None
        if reach is None:
            with pytest.raises(NotFound):
                account_of(session, acting, target.id)
        else:
            assert account_of(session, acting, target.id).reach is reach


def test_what_would_take_over_a_superior_is_refused(city: Database, person: Person) -> None:
    boss = person("boss", ("timur", Role.ADMIN), home="timur")
    superior = person("atasan", ("kota", Role.ADMIN), ("timur", Role.VIEWER), home="timur")
    for deed in (
        administration.close,
        administration.reopen,
        administration.link,
        administration.reset_factor,
        administration.end_sessions,
    ):
        with pytest.raises(administration.OutsideReach):
            do(city, boss, ("timur",), superior, lambda s, a, account, deed=deed: deed(s, a, account, NOW))
    with pytest.raises(administration.OutsideReach):
        do(city, boss, ("timur",), superior, lambda s, a, account: administration.move(s, a, account, 1, NOW))
    # What lies in scope may be withdrawn all the same; what does not is not even found.
    do(city, boss, ("timur",), superior, withdraw(superior, Role.VIEWER, "timur"))
    with pytest.raises(NotFound):
        do(city, boss, ("timur",), superior, withdraw(superior, Role.ADMIN, "kota"))


def test_nobody_closes_or_resets_their_own_account(city: Database, person: Person) -> None:
    boss = person("boss", ("kota", Role.ADMIN))
    person("wakil", ("kota", Role.ADMIN))
    give_passwords(city)
    for deed in (
        administration.close,
        administration.link,
        administration.reset_factor,
        administration.end_sessions,
    ):
        with pytest.raises(administration.OwnAccount):
            do(city, boss, ("kota",), boss, lambda s, a, account, deed=deed: deed(s, a, account, NOW))


def test_nobody_withdraws_their_own_last_role_as_administrator(city: Database, person: Person) -> None:
    boss = person("boss", ("kota", Role.ADMIN), ("ptsp", Role.ADMIN), ("ptsp", Role.VIEWER))
    person("wakil", ("kota", Role.ADMIN))
    give_passwords(city)
    do(city, boss, ("kota",), boss, withdraw(boss, Role.VIEWER, "ptsp"))
    do(city, boss, ("kota",), boss, withdraw(boss, Role.ADMIN, "kota"))
    with pytest.raises(administration.OwnLastRole):
        do(city, boss, ("ptsp",), boss, withdraw(boss, Role.ADMIN, "ptsp"))


def test_the_last_administrator_who_can_sign_in_stays(city: Database, person: Person) -> None:
    boss = person("boss", ("kota", Role.ADMIN), ("ptsp", Role.ADMIN))
    give_passwords(city)
    person("diundang", ("kota", Role.ADMIN))  # has no password yet
    closed = person("tutup", ("kota", Role.ADMIN))
    with city.write() as session:
        user = session.get_one(User, closed.id)
        user.password_hash, user.active = "x", False
    with pytest.raises(administration.LastAdministrator):
        do(city, boss, ("kota",), boss, withdraw(boss, Role.ADMIN, "kota"))
    person("daring", ("kota", Role.ADMIN))
    with city.write() as session:
        session.exec(select(User).where(User.name == "daring")).one().oidc_subject = "s"
    do(city, boss, ("kota",), boss, withdraw(boss, Role.ADMIN, "kota"))


def test_an_administrator_of_a_part_is_nobodys_last(city: Database, person: Person) -> None:
    boss, part = person("boss", ("kota", Role.ADMIN)), person("bagian", ("ptsp", Role.ADMIN), home="ptsp")
    give_passwords(city)
    do(city, boss, ("kota",), part, withdraw(part, Role.ADMIN, "ptsp"))
    do(city, boss, ("kota",), part, close)


def test_two_administrators_who_withdraw_one_another_at_once(city: Database, person: Person) -> None:
    """The second waits until the first is done, and then finds that nobody else would be left."""
    first, second = person("satu", ("kota", Role.ADMIN)), person("dua", ("kota", Role.ADMIN))
    give_passwords(city)
    outcomes = []

    def counter() -> None:
        try:
            do(city, second, ("kota",), first, withdraw(first, Role.ADMIN, "kota"))
            outcomes.append("done")
        except administration.LastAdministrator:
            outcomes.append("refused")

    answer = threading.Thread(target=counter)
    with city.write() as session:
        acting = authority(session, first, "kota")
        assert second.id is not None
        account = account_of(session, acting, second.id, change=True)
        withdraw(second, Role.ADMIN, "kota")(session, acting, account)
        answer.start()
        answer.join(0.5)
        assert outcomes == []
    answer.join()
    assert outcomes == ["refused"]
    with city.read() as session:
        assert len(session.exec(select(Grant).where(Grant.role == "admin")).all()) == 1


@pytest.mark.parametrize(
    ("unit", "voided"), [("timur", False), ("timur-cabang", False), ("kota", True), ("ptsp", True)]
)
def test_a_wider_role_ends_links_that_a_lesser_administrator_may_know(
    city: Database, person: Person, unit: str, *, voided: bool
) -> None:
    boss, target = person("boss", ("kota", Role.ADMIN)), person("x1", ("timur", Role.VIEWER), home="timur")
    with city.write() as session:
        links.make_link(
            session, Actor("user", 1, "timurboss"), session.get_one(User, target.id), "reset", NOW
        )

    def give(session: Session, acting: Authority, account: administration.Account) -> None:
        there = unit_id(session, unit)
        administration.give(session, acting, account, Role.EVALUATOR, there, ancestors(session, there), NOW)

    do(city, boss, ("kota",), target, give)
    with city.read() as session:
        link = session.exec(select(AccountLink)).one()
        assert (link.expires_at <= NOW) is voided


def test_a_role_outside_of_scope_cannot_be_given(city: Database, person: Person) -> None:
    boss, target = person("boss", ("timur", Role.ADMIN), home="timur"), person("x1", home="timur")

    def give(session: Session, acting: Authority, account: administration.Account) -> None:
        there = unit_id(session, "kota")
        administration.give(session, acting, account, Role.ADMIN, there, [there], NOW)

    with pytest.raises(NotFound):
        do(city, boss, ("timur",), target, give)
    with city.read() as session:
        assert target.id is not None
        assert accounts.grants_of(session, target.id) == []
