"""How often somebody may be wrong. Neither a person nor an office can be locked out by others: see `PASSWORDS`.

An attempt is written down before the password is looked at, and struck out when it was right.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, delete, select

from app.auth.tables import LoginSession, SignInFailure, User
from app.core.errors import DomainError

KEPT = timedelta(days=1)
# Old rows go a few at a time.
SWEPT = 500


class TooManyAttempts(DomainError):
    """Nothing was looked at; the same for accounts that exist and that do not."""

    status = 429
    code = "too_many_attempts"
    message = "Terlalu banyak percobaan. Coba lagi dalam {minutes} menit."

    def __init__(self, wait: timedelta) -> None:
        seconds = max(1, ceil(wait.total_seconds()))
        super().__init__(headers={"Retry-After": str(seconds)}, minutes=ceil(seconds / 60))


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many attempts that failed within a time."""

    times: int
    within: timedelta


@dataclass(frozen=True, slots=True)
class Rules:
    """Limits for one account from one place, from everywhere, and for all accounts from one place."""

    here: Limit
    everywhere: Limit
    place: Limit | None


PASSWORDS = Rules(
    here=Limit(5, timedelta(minutes=15)),
    everywhere=Limit(30, timedelta(hours=1)),
    place=Limit(300, timedelta(minutes=15)),
)
# Whoever gets here knows the password, so a day is not too long: three of a million codes are right at any time.
CODES = Rules(here=Limit(5, timedelta(minutes=15)), everywhere=Limit(30, timedelta(days=1)), place=None)


@dataclass(frozen=True, slots=True)
class Caller:
    """Which account is tried, and from where, as keyed hashes.

    `known`: the person signed in from there before, so what others do elsewhere or there is no reason to wait.
    """

    account: str
    place: str
    known: bool


def waiting_time(session: Session, caller: Caller, rules: Rules, now: datetime) -> timedelta:
    """How long to wait before the next attempt; zero when it may be made now."""
    account, place = col(SignInFailure.account) == caller.account, col(SignInFailure.network) == caller.place
    asked: list[tuple[Limit, list[ColumnElement[bool]]]] = [(rules.here, [account, place])]
    if not caller.known:
        asked.append((rules.everywhere, [account]))
        if rules.place is not None:
            asked.append((rules.place, [place]))
    return max(_until(session, limit, which, now) for limit, which in asked)


def admit(session: Session, caller: Caller, rules: Rules, now: datetime, user_id: int | None) -> int:
    """Write an attempt down as failed, and give its id. Raises TooManyAttempts.

    Attempts on one account are admitted one after another, so that many at once are not more than allowed.
    """
    session.execute(select(User.id).where(User.id == user_id).with_for_update())
    wait = waiting_time(session, caller, rules, now)
    if wait > timedelta():
        raise TooManyAttempts(wait)
    old = select(SignInFailure.id).where(col(SignInFailure.at) <= now - KEPT).limit(SWEPT)
    swept = session.exec(old.with_for_update(skip_locked=True)).all()
    session.execute(delete(SignInFailure).where(col(SignInFailure.id).in_(swept)))
    attempt = SignInFailure(account=caller.account, network=caller.place, at=now)
    session.add(attempt)
    session.flush()
    if attempt.id is None:
        raise RuntimeError("the database gave no id")
    return attempt.id


def strike_out(session: Session, attempt_id: int) -> None:
    """Forget one attempt: it was not looked at after all."""
    session.execute(delete(SignInFailure).where(col(SignInFailure.id) == attempt_id))


def succeeded(session: Session, caller: Caller) -> None:
    """Forget the attempts on this account from this place: it was its owner."""
    which = (col(SignInFailure.account) == caller.account, col(SignInFailure.network) == caller.place)
    session.execute(delete(SignInFailure).where(*which))


def failures(session: Session, caller: Caller, rules: Rules, now: datetime) -> int:
    """How often this account was tried in vain from this place within the time of `rules.here`."""
    account, place = col(SignInFailure.account) == caller.account, col(SignInFailure.network) == caller.place
    return len(_latest(session, rules.here, [account, place], now))


def signed_in_from(session: Session, user_id: int, network: str) -> bool:
    """Whether this person has signed in from this network lately, all the way."""
    before = select(LoginSession.id).where(
        LoginSession.user_id == user_id,
        LoginSession.network == network,
        col(LoginSession.stage) != "factor",
    )
    return session.exec(before.limit(1)).first() is not None


def _until(session: Session, limit: Limit, which: Sequence[ColumnElement[bool]], now: datetime) -> timedelta:
    latest = _latest(session, limit, which, now)
    return latest[-1] + limit.within - now if len(latest) == limit.times else timedelta()


def _latest(
    session: Session, limit: Limit, which: Sequence[ColumnElement[bool]], now: datetime
) -> list[datetime]:
    wanted = select(SignInFailure.at).where(*which, col(SignInFailure.at) > now - limit.within)
    return list(session.exec(wanted.order_by(col(SignInFailure.at).desc()).limit(limit.times)))
