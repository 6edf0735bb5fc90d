"""Demonstration accounts: invented people whose password anybody may know, and so never in production."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from app.audit.service import Actor
from app.auth import passwords
from app.auth.accounts import Person, add_grant, create_user, deactivate, grants_of
from app.auth.roles import Role
from app.auth.tables import User

# Four words that have nothing to do with each other.
PASSPHRASE = "payung kerbau lampion tangga"  # noqa: S105 - meant to be known
ACTOR = Actor("command", None, "eskm demo")


@dataclass(frozen=True, slots=True)
class Invented:
    """Somebody to try the service as; `whole` over the whole government, else over one of its units."""

    name: str
    full_name: str
    role: Role
    whole: bool = True


PEOPLE = (
    Invented("admin", "Ayu Peragaan", Role.ADMIN),
    Invented("kepala", "Bima Peragaan", Role.UNIT_HEAD, whole=False),
    Invented("operator", "Citra Peragaan", Role.OPERATOR, whole=False),
    Invented("evaluator", "Dewa Peragaan", Role.EVALUATOR),
    Invented("pembaca", "Eka Peragaan", Role.VIEWER),
)


@dataclass(frozen=True, slots=True)
class Account:
    """An account to try: what to type, and what one is then."""

    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class Demonstration:
    """What the sign-in page of a demonstration tells everybody."""

    accounts: tuple[Account, ...]
    password: str = PASSPHRASE


def invent(session: Session, government_id: int, unit_id: int, now: datetime) -> None:
    """Make the demonstration's people; `unit_id` is the unit that one heads and another works in."""
    hashed = passwords.hash_password(PASSPHRASE)
    for one in PEOPLE:
        home = government_id if one.whole else unit_id
        user = create_user(session, ACTOR, Person(one.name, one.full_name), home, now, demo=True)
        add_grant(session, ACTOR, user, one.role, home, now)
        passwords.store(session, ACTOR, user, hashed, now)


def active_people(session: Session) -> list[User]:
    """Demonstration accounts that work."""
    wanted = select(User).where(col(User.demo).is_(True), col(User.active).is_(True))
    return list(session.exec(wanted.order_by(col(User.id))))


def demonstration(session: Session) -> Demonstration | None:
    """What can be tried here; None where nothing is a demonstration."""
    found = []
    for user in active_people(session):
        grants = grants_of(session, user.id or 0)
        if grants:
            found.append(Account(user.name, Role(grants[0].role)))
    return Demonstration(tuple(found)) if found else None


def remove(session: Session, actor: Actor, now: datetime) -> list[str]:
    """Deactivate all demonstration accounts; their names."""
    people = active_people(session)
    for user in people:
        deactivate(session, actor, user, now)
    return [user.name for user in people]
