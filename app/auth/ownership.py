"""Changes that a forgotten browser must not allow: they take the owner's password once more."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlmodel import Session
from starlette.requests import Request

from app.auth import account, throttle
from app.auth.errors import WrongPassword
from app.auth.sessions import SignedIn
from app.auth.sign_in import prove
from app.auth.tables import User
from app.core.errors import FieldError, InvalidInput, NotFound
from app.core.session import database


@contextmanager
def owner(request: Request, signed_in: SignedIn, password: str) -> Iterator[tuple[Session, User]]:
    """A transaction on the own account, which nobody else changes meanwhile, after the password was proved.

    Raises InvalidInput at `/current`, TooManyAttempts, Busy. Whoever has no password, or gave it a moment ago and
    must set up a second factor, is not asked.
    """
    with database(request).read() as session:
        user = account.user_of(session, signed_in.user_id)
    caller = None
    if asks(signed_in, user):
        try:
            caller = prove(request, user, user.name, password)
        except WrongPassword as error:
            fault = FieldError("/current", "password_wrong", "Ini bukan kata sandi Anda yang sekarang.")
            raise InvalidInput((fault,)) from error
    with database(request).write() as session:
        found = account.user_of(session, signed_in.user_id, lock=True)
        if not found.active or found.password_hash != user.password_hash:
            raise NotFound
        if caller is not None:
            throttle.succeeded(session, caller)
        yield session, found


def asks(signed_in: SignedIn, user: User) -> bool:
    """Whether the form needs a field for the password."""
    return user.password_hash is not None and signed_in.stage == "full"
