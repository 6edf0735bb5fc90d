"""Single sign-on (OpenID Connect, authorization code flow): the provider, sign-ins on their way, whose they are."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol
from urllib.parse import urlsplit

from sqlmodel import Session, col, delete, select

from app.audit.service import SYSTEM, record
from app.auth.mail import is_loopback
from app.auth.tables import SingleSignOn, User
from app.core.settings import Settings
from app.core.tokens import new_token, token_hash

NEEDED = ("authlib", "joserfc")
PATH = "/masuk/sso"
RETURN_PATH = "/masuk/sso/balik"
ON_THE_WAY = timedelta(minutes=10)


class SignOnFailed(Exception):
    """The provider cannot be reached, or what it says proves nothing; the message is for the log."""


@dataclass(frozen=True, slots=True)
class Departure:
    """Where the browser goes, and what it must bring back: `browser` in its cookie, `state` in the address."""

    address: str
    browser: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Travelling:
    """A sign-in that came back: what was promised when it left."""

    nonce: str
    verifier: str
    onward: str


@dataclass(frozen=True, slots=True)
class Stranger:
    """Somebody whom the provider knows and we do not. `email` only if the provider verified it."""

    issuer: str
    subject: str
    email: str | None


def is_on(settings: Settings) -> bool:
    """Whether single sign-on is set up and the extra that it needs is installed."""
    return settings.oidc_issuer is not None and settings.oidc_client_id is not None and installed()


def installed() -> bool:
    """Whether the extra `oidc` is there."""
    return all(find_spec(name) is not None for name in NEEDED)


class Provider(Protocol):
    """Who knows people's identities; `oidc_provider` has the real one."""

    def address(self, *, state: str, nonce: str, verifier: str, now: datetime) -> str:
        """Where somebody signs in. Raises SignOnFailed."""
        ...

    def stranger(self, code: str, travelling: Travelling, now: datetime) -> Stranger:
        """Who came back with `code`. Raises SignOnFailed."""
        ...


def provider_of(settings: Settings) -> Provider | None:
    """The provider of the settings, loaded only where there is one."""
    if not is_on(settings):
        return None
    found: Provider = import_module("app.auth.oidc_provider").HttpProvider(settings)
    return found


def is_safe(address: str) -> bool:
    """Whether an address is encrypted, or does not leave this machine."""
    parts = urlsplit(address)
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
    )


def secret_of(settings: Settings) -> str | None:
    """Our secret at the provider; None for a client without one. Raises OSError."""
    file = settings.oidc_client_secret_file
    return None if file is None else file.read_text(encoding="utf-8").strip() or None


def depart(provider: Provider, browser: str | None, now: datetime) -> Departure:
    """Send a browser on its way; `browser` is what its cookie says already. To be kept by `remember`.

    Asks the provider, so never within a transaction. Raises SignOnFailed.
    """
    state, nonce, verifier = new_token("eskmo"), new_token("eskmn"), new_token("eskmv")
    address = provider.address(state=state, nonce=nonce, verifier=verifier, now=now)
    return Departure(address, browser or new_token("eskmb"), state, nonce, verifier)


def remember(session: Session, departure: Departure, onward: str, now: datetime) -> None:
    """Keep what must come back. The state works once, within ten minutes, and in no other browser."""
    session.execute(delete(SingleSignOn).where(col(SingleSignOn.created_at) <= now - ON_THE_WAY))
    session.add(
        SingleSignOn(
            state_hash=_state_hash(departure.state, departure.browser),
            nonce=departure.nonce,
            verifier=departure.verifier,
            onward=onward,
            created_at=now,
        )
    )
    session.flush()


def take(session: Session, state: str, browser: str, now: datetime) -> Travelling | None:
    """The sign-in that left with `state`, which is thereby used up; None when there is none in this browser."""
    left = delete(SingleSignOn).where(
        col(SingleSignOn.state_hash) == _state_hash(state, browser),
        col(SingleSignOn.created_at) > now - ON_THE_WAY,
    )
    columns = (col(SingleSignOn.nonce), col(SingleSignOn.verifier), col(SingleSignOn.onward))
    found = session.execute(left.returning(*columns)).one_or_none()
    return None if found is None else Travelling(*found)


def user_of(session: Session, stranger: Stranger, now: datetime) -> User | None:
    """The active account of this person; None when there is none. Never makes one, and grants nothing.

    At the first sign-in the account with the same e-mail address is linked, if the provider verified the address
    and nobody else is linked to the account.
    """
    linked = session.exec(
        select(User).where(User.oidc_issuer == stranger.issuer, User.oidc_subject == stranger.subject)
    ).one_or_none()
    if linked is not None:
        return linked if linked.active else None
    if stranger.email is None:
        return None
    user = session.exec(
        select(User).where(
            User.email == stranger.email, col(User.active).is_(True), col(User.oidc_subject).is_(None)
        )
    ).one_or_none()
    if user is None:
        return None
    user.oidc_issuer, user.oidc_subject = stranger.issuer, stranger.subject
    session.flush()
    record(
        session,
        SYSTEM,
        "user.linked",
        now,
        unit_id=user.unit_id,
        subject=f"user:{user.id}",
        details={"name": user.name, "issuer": stranger.issuer},
    )
    return user


def _state_hash(state: str, browser: str) -> str:
    return token_hash(f"{state}\0{browser}")
