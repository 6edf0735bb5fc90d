"""Sessions of people in browsers: server-side, rotated at sign-in, ended by time, by hand and by deactivation."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select, update

from app.audit.service import Actor
from app.auth.principal import Principal
from app.auth.service import holdings_of
from app.auth.tables import LoginSession, User
from app.core.tokens import new_token, token_hash

# Half-way through signing in, a browser has so long for the second step.
STEP_MINUTES = 10
LAST_SEEN_STEP = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long a session lasts: without a request, and in any case."""

    idle: timedelta
    absolute: timedelta


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A recognised browser. `principal` holds what the person holds, whatever the stage."""

    principal: Principal
    session_id: int
    user_id: int
    stage: str
    unseen: bool


def open_session(
    session: Session,
    user_id: int,
    *,
    stage: str,
    now: datetime,
    lifetimes: Lifetimes,
    device: str,
    network: str,
) -> str:
    """A new session; the secret that is returned goes into the cookie and nowhere else."""
    secret = new_token("eskms")
    lasting = timedelta(minutes=STEP_MINUTES) if stage == "factor" else lifetimes.absolute
    session.add(
        LoginSession(
            user_id=user_id,
            token_hash=token_hash(secret),
            stage=stage,
            created_at=now,
            last_seen_at=now,
            expires_at=now + lasting,
            device=device,
            network=network,
        )
    )
    session.flush()
    return secret


def recognise(session: Session, secret: str, now: datetime, lifetimes: Lifetimes) -> SignedIn | None:
    """The browser that holds `secret`; None when its session ended, ran out, or its owner is deactivated."""
    found = session.exec(
        select(LoginSession, User)
        .join(User, col(User.id) == col(LoginSession.user_id))
        .where(
            LoginSession.token_hash == token_hash(secret),
            col(LoginSession.ended_at).is_(None),
            col(LoginSession.expires_at) > now,
            col(LoginSession.last_seen_at) > now - lifetimes.idle,
            col(User.active).is_(True),
        )
    ).one_or_none()
    if found is None:
        return None
    login, user = found
    if login.id is None or user.id is None:
        return None
    principal = Principal(Actor("user", user.id, user.name), holdings_of(session, user.id), login.id)
    unseen = login.last_seen_at < now - LAST_SEEN_STEP
    return SignedIn(principal, login.id, user.id, login.stage, unseen)


def note_seen(session: Session, session_id: int, now: datetime) -> None:
    """Record that a session is in use."""
    session.execute(update(LoginSession).where(col(LoginSession.id) == session_id).values(last_seen_at=now))


def end(session: Session, session_id: int, now: datetime) -> None:
    """End one session."""
    _end(session, col(LoginSession.id) == session_id, now)


def end_by_secret(session: Session, secret: str, now: datetime) -> None:
    """End the session of a cookie, as when somebody else signs in with the same browser."""
    _end(session, col(LoginSession.token_hash) == token_hash(secret), now)


def end_all(session: Session, user_id: int, now: datetime, *, but: int | None = None) -> None:
    """End all sessions of a person, except one: after a new password, a lost phone, a deactivation."""
    others = (col(LoginSession.user_id) == user_id) & (col(LoginSession.id) != (but or 0))
    _end(session, others, now)


def open_sessions(session: Session, user_id: int, now: datetime, lifetimes: Lifetimes) -> list[LoginSession]:
    """The sessions of a person that still work, newest first."""
    wanted = select(LoginSession).where(
        LoginSession.user_id == user_id,
        col(LoginSession.ended_at).is_(None),
        col(LoginSession.expires_at) > now,
        col(LoginSession.last_seen_at) > now - lifetimes.idle,
    )
    return list(session.exec(wanted.order_by(col(LoginSession.created_at).desc())))


def _end(session: Session, which: ColumnElement[bool], now: datetime) -> None:
    running = col(LoginSession.ended_at).is_(None)
    session.execute(update(LoginSession).where(which, running).values(ended_at=now))
