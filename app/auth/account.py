"""A person's own account: what they hold, in which browsers they are signed in, and ending that."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import column, table
from sqlmodel import Session, col, select

from app.audit.service import record
from app.auth import sessions
from app.auth.roles import Role
from app.auth.sessions import Lifetimes, SignedIn
from app.auth.tables import Grant, LoginSession, User
from app.core.errors import NotFound

_UNIT = table("unit", column("id"), column("name"), column("timezone"))


@dataclass(frozen=True, slots=True)
class Profile:
    """Somebody, where they belong, and their roles with the names of the units."""

    user: User
    unit: str
    zone: ZoneInfo
    roles: tuple[tuple[Role, str], ...]


def profile(session: Session, user_id: int) -> Profile:
    """Everything that the page about an account says of its owner."""
    user = user_of(session, user_id)
    unit, zone = session.execute(
        select(_UNIT.c.name, _UNIT.c.timezone).where(_UNIT.c.id == user.unit_id)
    ).one()
    held = session.execute(
        select(Grant.role, _UNIT.c.name)
        .join(_UNIT, _UNIT.c.id == col(Grant.unit_id))
        .where(col(Grant.user_id) == user_id)
        .order_by(col(Grant.id))
    )
    return Profile(user, unit, ZoneInfo(zone), tuple((Role(role), name) for role, name in held))


def user_of(session: Session, user_id: int, *, lock: bool = False) -> User:
    """The account with this id; `lock` keeps others from changing it until the transaction ends."""
    user = session.get(User, user_id, with_for_update=lock)
    if user is None:
        raise NotFound
    return user


def end_own(
    session: Session, signed_in: SignedIn, session_id: int, now: datetime, lifetimes: Lifetimes
) -> None:
    """End one of one's own sessions. Raises NotFound for one of somebody else, or one that has ended."""
    own = sessions.open_sessions(session, signed_in.user_id, now, lifetimes)
    if session_id not in {login.id for login in own}:
        raise NotFound
    sessions.end(session, session_id, now)
    ended(session, signed_in, now, 1)


def end_others(session: Session, signed_in: SignedIn, now: datetime, lifetimes: Lifetimes) -> int:
    """End all of one's sessions but this one; how many there were."""
    own = sessions.open_sessions(session, signed_in.user_id, now, lifetimes)
    others = [login for login in own if login.id != signed_in.session_id]
    sessions.end_all(session, signed_in.user_id, now, but=signed_in.session_id)
    if others:
        ended(session, signed_in, now, len(others))
    return len(others)


def ended(session: Session, signed_in: SignedIn, now: datetime, count: int) -> None:
    """Record that somebody has ended so many sessions of their own."""
    actor = signed_in.principal.actor
    unit_id = user_of(session, signed_in.user_id).unit_id
    subject = f"user:{signed_in.user_id}"
    record(session, actor, "session.ended", now, unit_id=unit_id, subject=subject, details={"ended": count})


def newest_first(own: list[LoginSession], this: int) -> list[LoginSession]:
    """This browser first, then the one that was in use last."""
    return sorted(own, key=lambda login: (login.id != this, -login.last_seen_at.timestamp()))
