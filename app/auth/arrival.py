"""Arriving: whoever proved who they are gets a fresh session, as far as their second factor allows."""

from datetime import datetime, timedelta
from urllib.parse import urlencode

from sqlmodel import Session, col, delete
from starlette.requests import Request

from app.audit.service import SYSTEM, Actor, record
from app.auth import sessions
from app.auth.cookies import session_secret
from app.auth.devices import describe
from app.auth.guards import lifetimes
from app.auth.networks import network_of
from app.auth.roles import Role
from app.auth.service import holdings_of
from app.auth.tables import LoginSession, User

HOME = "/petugas"
FACTOR_PAGE = "/masuk/kode"
ENROL_PAGE = "/akun/kode"
# So long a session tells from which networks somebody signs in.
REMEMBERED = timedelta(days=90)


def arrive(
    request: Request, session: Session, user: User, now: datetime, *, onward: str = HOME
) -> tuple[str, str]:
    """The secret of a new session, and the page to go to: `onward`, or what must come before it.

    The session that the browser had ends. Somebody with a second factor is only half-way in; an administrator
    who must have one and has none may do nothing but set it up.
    """
    if user.totp_confirmed_at is not None:
        return _open(request, session, user, now, "factor"), _on_the_way(FACTOR_PAGE, onward)
    if must_enrol(request, session, user):
        return _open(request, session, user, now, "enrol"), _on_the_way(ENROL_PAGE, onward)
    return _open(request, session, user, now, "full"), onward


def arrive_fully(request: Request, session: Session, user: User, now: datetime) -> str:
    """The secret of a new session of somebody who has given the second factor, or just set one up."""
    return _open(request, session, user, now, "full")


def must_enrol(request: Request, session: Session, user: User) -> bool:
    """Whether the settings want a second factor of this person."""
    if not request.app.state.settings.admin_second_factor or user.id is None:
        return False
    return any(holding.role is Role.ADMIN for holding in holdings_of(session, user.id))


def local(onward: str | None) -> str:
    """`onward` when it is a path of ours, else the staff's start: nobody is led to another site."""
    wanted = onward or ""
    ours = (
        wanted.startswith("/") and not wanted.startswith("//") and wanted.isascii() and wanted.isprintable()
    )
    return wanted if ours and "\\" not in wanted and len(wanted) <= 2000 else HOME


def refused(session: Session, user: User | None, now: datetime, reason: str) -> None:
    """Record an attempt that failed: whose account it was, when there is such an account, and nothing typed."""
    record(
        session,
        SYSTEM,
        "session.refused",
        now,
        unit_id=None if user is None else user.unit_id,
        subject=None if user is None else f"user:{user.id}",
        details={"reason": reason},
    )


def _open(request: Request, session: Session, user: User, now: datetime, stage: str) -> str:
    if user.id is None:
        raise ValueError("the account is not stored yet")
    old = session_secret(request)
    if old is not None:
        sessions.end_by_secret(session, old, now)
    forgotten = col(LoginSession.created_at) < now - REMEMBERED
    session.execute(delete(LoginSession).where(col(LoginSession.user_id) == user.id, forgotten))
    secret = sessions.open_session(
        session,
        user.id,
        stage=stage,
        now=now,
        lifetimes=lifetimes(request),
        device=describe(request.headers.get("user-agent")),
        network=network_of(request),
    )
    if stage != "factor":
        user.last_sign_in_at = now
        session.add(user)
        _record_opening(session, user, now, stage)
    return secret


def _record_opening(session: Session, user: User, now: datetime, stage: str) -> None:
    actor = Actor("user", user.id, user.name)
    subject = f"user:{user.id}"
    record(
        session, actor, "session.opened", now, unit_id=user.unit_id, subject=subject, details={"stage": stage}
    )


def _on_the_way(page: str, onward: str) -> str:
    return page if onward == HOME else f"{page}?{urlencode({'onward': onward})}"
