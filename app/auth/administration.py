"""Who may administer whom. An account belongs to whoever administers its home unit and every unit it holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session, col, or_, select, update

from app.audit.service import Actor, record, root_of
from app.auth import accounts, links, second_factor, sessions
from app.auth.roles import Role
from app.auth.tables import AccountLink, Grant, User
from app.core.errors import DomainError, NotFound


class OutsideReach(DomainError):
    """The account holds something beyond the administrator's units: changing it could take over a superior."""

    status = 403
    code = "outside_reach"
    message = (
        "Akun ini juga memegang peran di luar wewenang Anda, jadi hanya administrator di atasnya yang dapat "
        "mengubahnya."
    )


class OwnAccount(DomainError):
    """One's own account is changed with one's own password, and closed by somebody else."""

    status = 409
    code = "own_account"
    message = (
        "Ini akun Anda sendiri. Kata sandi, langkah kedua, dan sesi diatur di halaman akun Anda; selebihnya oleh "
        "administrator lain."
    )


class OwnLastRole(DomainError):
    """Whoever withdraws the own last administrator's role could not give it back."""

    status = 409
    code = "own_last_role"
    message = "Ini peran administrator Anda yang terakhir. Administrator lain yang dapat mencabutnya."


class LastAdministrator(DomainError):
    """Nobody who can sign in would administer the whole government any more."""

    status = 409
    code = "last_administrator"
    message = (
        "Ini administrator terakhir pemerintah daerah ini yang dapat masuk. Beri dulu peran itu kepada orang lain, "
        "dan tunggu sampai ia membuat kata sandi."
    )


class AccountClosed(DomainError):
    """A link to a password is of no use to a closed account."""

    status = 409
    code = "account_closed"
    message = "Akun ini tidak aktif. Aktifkan dulu, lalu buat tautannya."


class Reach(StrEnum):
    """How far an administrator reaches an account: all of it, only roles in the own units, or it is one's own."""

    WHOLE = "whole"
    PART = "part"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Authority:
    """An administrator, and the ids of all units that they administer."""

    actor: Actor
    scope: frozenset[int]


@dataclass(frozen=True, slots=True)
class Account:
    """A person as an administrator finds them. `grants` holds those in scope only, oldest first."""

    user: User
    user_id: int
    grants: tuple[Grant, ...]
    reach: Reach
    home_seen: bool


def account_of(session: Session, authority: Authority, user_id: int, *, change: bool = False) -> Account:
    """The account, locked when it is to be changed. Raises NotFound when nothing of it lies in scope."""
    user = session.get(User, user_id, with_for_update=True if change else None)
    if user is None:
        raise NotFound
    held = accounts.grants_of(session, user_id)
    seen = tuple(grant for grant in held if grant.unit_id in authority.scope)
    home_seen = user.unit_id in authority.scope
    if not seen and not home_seen:
        raise NotFound
    if authority.actor.kind == "user" and authority.actor.id == user_id:
        reach = Reach.OWN
    else:
        reach = Reach.WHOLE if home_seen and len(seen) == len(held) else Reach.PART
    return Account(user, user_id, seen, reach, home_seen)


def require_whole(account: Account) -> None:
    """Raises OwnAccount or OutsideReach unless the account may be administered."""
    if account.reach is Reach.OWN:
        raise OwnAccount
    if account.reach is Reach.PART:
        raise OutsideReach


def give(
    session: Session,
    authority: Authority,
    account: Account,
    role: Role,
    unit_id: int,
    above: Sequence[int],
    now: datetime,
) -> Grant | None:
    """Give a role on a unit in scope; None when it is held already. `above` are the unit and those above it.

    A role that reaches beyond what the account was ends its unused links: whoever administered it until now may
    know one, and must not come into the wider role by it.
    """
    if unit_id not in authority.scope:
        raise NotFound
    held = {grant.unit_id for grant in accounts.grants_of(session, account.user_id)}
    grant = accounts.add_grant(session, authority.actor, account.user, role, unit_id, now)
    if grant is not None and (held | {account.user.unit_id}).isdisjoint(above):
        _void_links(session, account.user_id, now)
    return grant


def withdraw(session: Session, authority: Authority, account: Account, grant_id: int, now: datetime) -> None:
    """Take a role in scope away. Raises NotFound, OwnLastRole, LastAdministrator."""
    grant = next((one for one in account.grants if one.id == grant_id), None)
    if grant is None:
        raise NotFound
    if grant.role == Role.ADMIN.value:
        if account.reach is Reach.OWN and _is_last(account, grant):
            raise OwnLastRole
        _keep_an_administrator(session, account.user, grant)
    accounts.withdraw_grant(session, authority.actor, account.user, grant, now)


def close(session: Session, authority: Authority, account: Account, now: datetime) -> None:
    """Deactivate an account. Raises OwnAccount, OutsideReach, LastAdministrator."""
    require_whole(account)
    for grant in account.grants:
        if grant.role == Role.ADMIN.value:
            _keep_an_administrator(session, account.user, grant)
    accounts.deactivate(session, authority.actor, account.user, now)


def reopen(session: Session, authority: Authority, account: Account, now: datetime) -> None:
    """Activate an account again. Raises OwnAccount, OutsideReach."""
    require_whole(account)
    accounts.reactivate(session, authority.actor, account.user, now)


def link(session: Session, authority: Authority, account: Account, now: datetime) -> tuple[str, str]:
    """The purpose and the secret of a new link to a password: an invitation for somebody who never had one.

    Raises OwnAccount, OutsideReach, AccountClosed.
    """
    require_whole(account)
    if not account.user.active:
        raise AccountClosed
    purpose = "reset" if can_sign_in(account.user) else "invite"
    return purpose, links.make_link(session, authority.actor, account.user, purpose, now)


def move(session: Session, authority: Authority, account: Account, unit_id: int, now: datetime) -> None:
    """Another home unit in scope. Raises NotFound, OwnAccount, OutsideReach."""
    require_whole(account)
    if unit_id not in authority.scope:
        raise NotFound
    if account.user.unit_id != unit_id:
        before, account.user.unit_id = account.user.unit_id, unit_id
        _void_links(session, account.user_id, now)
        _record(session, authority, "user.moved", account, now, unit_before=before)


def reset_factor(session: Session, authority: Authority, account: Account, now: datetime) -> None:
    """Forget the second factor of somebody who lost it; their sessions end. Raises OwnAccount, OutsideReach."""
    require_whole(account)
    second_factor.disable(session, authority.actor, account.user, now)
    sessions.end_all(session, account.user_id, now)


def end_sessions(session: Session, authority: Authority, account: Account, now: datetime) -> None:
    """Sign somebody out everywhere. Raises OwnAccount, OutsideReach."""
    require_whole(account)
    sessions.end_all(session, account.user_id, now)
    _record(session, authority, "sessions.ended", account, now)


def can_sign_in(user: User) -> bool:
    """Whether somebody has a way in: a password, or single sign-on."""
    return user.active and (user.password_hash is not None or user.oidc_subject is not None)


def _is_last(account: Account, grant: Grant) -> bool:
    others = [one for one in account.grants if one.role == Role.ADMIN.value and one.id != grant.id]
    return not others


def _keep_an_administrator(session: Session, leaving: User, grant: Grant) -> None:
    """Raises LastAdministrator when `grant`, on a government, is the last one by which somebody could act."""
    if not can_sign_in(leaving) or root_of(session, grant.unit_id) != grant.unit_id:
        return
    same = (col(Grant.role) == Role.ADMIN.value, col(Grant.unit_id) == grant.unit_id)
    # Two administrators who withdraw one another at once: the second waits here, and then finds nobody left.
    session.exec(select(Grant.id).where(*same).order_by(col(Grant.id)).with_for_update()).all()
    others = (
        select(User.id)
        .join(Grant, col(Grant.user_id) == col(User.id))
        .where(
            *same,
            col(User.id) != leaving.id,
            col(User.active).is_(True),
            or_(col(User.password_hash).is_not(None), col(User.oidc_subject).is_not(None)),
        )
    )
    if session.exec(others.limit(1)).first() is None:
        raise LastAdministrator


def _void_links(session: Session, user_id: int, now: datetime) -> None:
    unused = (col(AccountLink.user_id) == user_id, col(AccountLink.used_at).is_(None))
    session.execute(
        update(AccountLink).where(*unused, col(AccountLink.expires_at) > now).values(expires_at=now)
    )


def _record(
    session: Session, authority: Authority, action: str, account: Account, now: datetime, **details: object
) -> None:
    session.flush()
    record(
        session,
        authority.actor,
        action,
        now,
        unit_id=account.user.unit_id,
        subject=f"user:{account.user_id}",
        details={"name": account.user.name, **details},
    )
