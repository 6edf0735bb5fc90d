"""Signing in with a password. The refusal of too many attempts comes first, the slow comparison holds no lock."""

from dataclasses import dataclass

from sqlmodel import Session
from starlette.requests import Request

from app.auth import arrival, familiar, passwords, throttle
from app.auth.accounts import user_by_login
from app.auth.errors import WrongPassword
from app.auth.guards import now as present
from app.auth.keys import Keys
from app.auth.networks import network_of
from app.auth.tables import User
from app.auth.throttle import PASSWORDS, Caller
from app.core.errors import Busy
from app.core.session import database


@dataclass(frozen=True, slots=True)
class Arrival:
    """Whose session it is, its secret for the cookie, the next page; `inside` unless a second step must follow."""

    user_id: int
    secret: str
    onward: str
    inside: bool


def sign_in(request: Request, login: str, password: str, onward: str) -> Arrival:
    """Let somebody in who knows the password. Raises WrongPassword, TooManyAttempts, Busy."""
    now = present(request)
    with database(request).read() as session:
        user = user_by_login(session, login)
    caller = prove(request, user, login, password)
    hashed = user.password_hash if user is not None else None
    renewed = passwords.hash_password(password) if hashed and passwords.needs_rehash(hashed) else None
    with database(request).write() as session:
        found = None if user is None else session.get(User, user.id, with_for_update=True)
        # It may have been deactivated, or got another password, while this one was compared.
        if found is None or found.id is None or not found.active or found.password_hash != hashed:
            raise WrongPassword
        throttle.succeeded(session, caller)
        if renewed is not None:
            found.password_hash = renewed
        secret, path = arrival.arrive(request, session, found, now, onward=onward)
        return Arrival(found.id, secret, path, inside=found.totp_confirmed_at is None)


def prove(request: Request, user: User | None, login: str, password: str) -> Caller:
    """Raises WrongPassword unless `password` is that of `user`, who may be nobody; each attempt counts.

    Who was right is not forgotten here: `throttle.succeeded` does it with what follows.
    """
    now = present(request)
    with database(request).read() as session:
        caller = _caller(request, session, user, login)
        wait = throttle.waiting_time(session, caller, PASSWORDS, now)
    if wait:
        raise throttle.TooManyAttempts(wait)
    with database(request).write() as session:
        attempt = throttle.admit(session, caller, PASSWORDS, now, None if user is None else user.id)
    stored = user.password_hash if user is not None and user.active else None
    try:
        right = passwords.matches(stored, password)
    except Busy:
        with database(request).write() as session:
            throttle.strike_out(session, attempt)
        raise
    if not right:
        with database(request).write() as session:
            arrival.refused(session, user, now, "password")
        raise WrongPassword
    return caller


def code_caller(request: Request, user_id: int, session_id: int) -> Caller:
    """Who gives a second factor. A known network is no excuse here: a colleague may have found the password."""
    keys: Keys = request.app.state.keys
    browser = familiar.browser_of(request, user_id)
    place = keys.digest("session", session_id) if browser is None else keys.digest("browser", browser)
    return Caller(keys.digest("code", user_id), place, known=browser is not None)


def _caller(request: Request, session: Session, user: User | None, login: str) -> Caller:
    keys: Keys = request.app.state.keys
    network = network_of(request)
    if user is None or user.id is None:
        return Caller(keys.digest("name", login.strip().lower()), network, known=False)
    account = keys.digest("user", user.id)
    browser = familiar.browser_of(request, user.id)
    if browser is not None:
        return Caller(account, keys.digest("browser", browser), known=True)
    return Caller(account, network, known=throttle.signed_in_from(session, user.id, network))
