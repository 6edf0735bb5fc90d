"""People and what they hold: every change is recorded, and takes effect at the next request."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, or_, select

from app.audit.service import Actor, record
from app.auth import sessions
from app.auth.roles import Role
from app.auth.tables import Grant, User
from app.core.errors import FieldError, InvalidInput
from app.core.tables import storable

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s]{2,}")
LENGTH_MAX = 200


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of a member of staff: a name to sign in with, an e-mail address or none, the full name."""

    name: str
    full_name: str
    email: str | None = None

    def normal(self) -> "Person":
        """Lower case where case does not count, no blanks at the ends."""
        email = (self.email or "").strip().lower()
        return Person(self.name.strip().lower(), " ".join(self.full_name.split()), email or None)


def user_by_login(session: Session, login: str) -> User | None:
    """The person who signs in with this name or e-mail address, active or not."""
    wanted = login.strip().lower()
    if not storable(wanted):
        return None
    return session.exec(select(User).where(or_(User.name == wanted, User.email == wanted))).first()


def anybody(session: Session) -> bool:
    """Whether there is, or ever was, any account here."""
    return session.exec(select(User.id).limit(1)).first() is not None


def create_user(
    session: Session, actor: Actor, person: Person, unit_id: int, now: datetime, *, demo: bool = False
) -> User:
    """A new account without a password and without a grant. Raises InvalidInput that names the fields."""
    person = person.normal()
    _check(session, person)
    user = User(
        name=person.name,
        email=person.email,
        full_name=person.full_name,
        unit_id=unit_id,
        created_at=now,
        demo=demo,
    )
    session.add(user)
    session.flush()
    _record(session, actor, "user.added", user, now, name=user.name)
    return user


def change_user(session: Session, actor: Actor, user: User, person: Person, now: datetime) -> None:
    """Another name, e-mail address or full name. Raises InvalidInput that names the fields."""
    person = person.normal()
    _check(session, person, but=user)
    changed = [
        field for field in ("name", "email", "full_name") if getattr(user, field) != getattr(person, field)
    ]
    if not changed:
        return
    user.name, user.email, user.full_name = person.name, person.email, person.full_name
    _record(session, actor, "user.changed", user, now, fields=changed)


def add_grant(
    session: Session, actor: Actor, user: User, role: Role, unit_id: int, now: datetime
) -> Grant | None:
    """Give a role on a unit and all below it; None when the person holds it already."""
    held = session.exec(
        select(Grant).where(Grant.user_id == user.id, Grant.role == role.value, Grant.unit_id == unit_id)
    ).one_or_none()
    if held is not None:
        return None
    grant = Grant(user_id=_id(user), role=role.value, unit_id=unit_id, created_at=now)
    session.add(grant)
    session.flush()
    record(
        session,
        actor,
        "grant.added",
        now,
        unit_id=unit_id,
        subject=f"user:{user.id}",
        details={"role": role.value, "name": user.name},
    )
    return grant


def withdraw_grant(session: Session, actor: Actor, user: User, grant: Grant, now: datetime) -> None:
    """Take a role away. A token of the person that nothing else backs stops at its next use: `service.backed`."""
    session.delete(grant)
    session.flush()
    record(
        session,
        actor,
        "grant.withdrawn",
        now,
        unit_id=grant.unit_id,
        subject=f"user:{user.id}",
        details={"role": grant.role, "name": user.name},
    )


def deactivate(session: Session, actor: Actor, user: User, now: datetime) -> None:
    """Close an account: its sessions end, its tokens are worth nothing. What it did stays under its name."""
    if user.active:
        user.active = False
        sessions.end_all(session, _id(user), now)
        _record(session, actor, "user.deactivated", user, now, name=user.name)


def reactivate(session: Session, actor: Actor, user: User, now: datetime) -> None:
    """Open an account again. Its sessions stay ended; tokens that were not revoked work again."""
    if not user.active:
        user.active = True
        _record(session, actor, "user.reactivated", user, now, name=user.name)


def grants_of(session: Session, user_id: int) -> list[Grant]:
    """What a person holds, as rows, oldest first."""
    return list(session.exec(select(Grant).where(Grant.user_id == user_id).order_by(col(Grant.id))))


def faults_of(session: Session, person: Person, *, but: User | None = None) -> tuple[FieldError, ...]:
    """What keeps these names from being stored; `but` is the account that has them now."""
    person = person.normal()
    faults: list[FieldError] = []
    if not NAME.fullmatch(person.name):
        faults.append(
            FieldError(
                "/name",
                "name_invalid",
                "Nama pengguna: 2 sampai 40 huruf kecil, angka, titik, garis, tanpa spasi.",
            )
        )
    elif _taken(session, person.name, but):
        faults.append(FieldError("/name", "name_taken", "Nama pengguna ini sudah dipakai."))
    if person.email is not None and (
        not EMAIL.fullmatch(person.email) or len(person.email) > LENGTH_MAX or not storable(person.email)
    ):
        faults.append(FieldError("/email", "email_invalid", "Alamat surel ini tidak lengkap."))
    elif person.email is not None and _taken(session, person.email, but):
        faults.append(FieldError("/email", "email_taken", "Alamat surel ini sudah dipakai."))
    if not 2 <= len(person.full_name) <= LENGTH_MAX or not storable(person.full_name):
        faults.append(FieldError("/full_name", "full_name_invalid", "Isi nama lengkap."))
    return tuple(faults)


def _check(session: Session, person: Person, *, but: User | None = None) -> None:
    if faults := faults_of(session, person, but=but):
        raise InvalidInput(faults)


def _taken(session: Session, login: str, but: User | None) -> bool:
    other = user_by_login(session, login)
    return other is not None and (but is None or other.id != but.id)


def _id(user: User) -> int:
    if user.id is None:
        raise ValueError("the account is not stored yet")
    return user.id


def _record(
    session: Session, actor: Actor, action: str, user: User, now: datetime, **details: object
) -> None:
    session.flush()
    record(session, actor, action, now, unit_id=user.unit_id, subject=f"user:{user.id}", details=details)
