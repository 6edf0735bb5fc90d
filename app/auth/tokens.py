"""API tokens as people make and revoke them: for a role of their own, never without an end."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import Session, select

from app.audit.service import Actor, record
from app.auth.roles import Role
from app.auth.service import backed, create_token
from app.auth.tables import ApiToken
from app.core.errors import FieldError, InvalidInput
from app.core.tables import storable
from app.core.tokens import token_hash

LASTING_MAX = timedelta(days=731)
NAME_MAX = 100


class TokenState(StrEnum):
    """Whether a token works, and why not: run out, revoked, or its owner no longer has the right to it."""

    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    ORPHANED = "orphaned"


def make_token(
    session: Session,
    actor: Actor,
    *,
    role: Role,
    unit_id: int,
    name: str,
    expires_at: datetime,
    user_id: int,
    now: datetime,
) -> tuple[str, ApiToken]:
    """A token of `user_id`, two years at most; the secret is shown once and stored nowhere.

    Raises InvalidInput that names the field. That the person may give this role here is for the caller to see to.
    """
    name = " ".join(name.split())
    if not 1 <= len(name) <= NAME_MAX or not storable(name):
        message = "Beri nama yang mengatakan untuk apa token ini, paling panjang 100 huruf."
        raise InvalidInput((FieldError("/name", "name_invalid", message),))
    if not now < expires_at <= now + LASTING_MAX:
        message = "Pilih hari sesudah hari ini, paling lama dua tahun lagi."
        raise InvalidInput((FieldError("/until", "expiry_invalid", message),))
    secret = create_token(
        session, role=role, unit_id=unit_id, name=name, now=now, expires_at=expires_at, user_id=user_id
    )
    token = session.exec(select(ApiToken).where(ApiToken.token_hash == token_hash(secret))).one()
    details = {"name": name, "role": role.value, "expires_at": expires_at.isoformat()}
    record(session, actor, "token.made", now, unit_id=unit_id, subject=f"token:{token.id}", details=details)
    return secret, token


def revoke_token(session: Session, actor: Actor, token: ApiToken, now: datetime) -> None:
    """End a token for good; nothing happens to one that was revoked before."""
    if token.revoked_at is not None:
        return
    token.revoked_at = now
    details = {"name": token.name, "role": token.role}
    record(
        session,
        actor,
        "token.revoked",
        now,
        unit_id=token.unit_id,
        subject=f"token:{token.id}",
        details=details,
    )


def states(session: Session, tokens: Sequence[ApiToken], now: datetime) -> dict[int, TokenState]:
    """The state of each token by its id, decided as `service.recognise` decides."""
    owned = [token.id for token in tokens if token.id is not None and token.user_id is not None]
    rightful = backed(session, owned) if owned else set()
    found = {}
    for token in tokens:
        if token.id is None:
            continue
        if token.revoked_at is not None:
            found[token.id] = TokenState.REVOKED
        elif token.expires_at is not None and token.expires_at <= now:
            found[token.id] = TokenState.EXPIRED
        elif token.user_id is not None and token.id not in rightful:
            found[token.id] = TokenState.ORPHANED
        else:
            found[token.id] = TokenState.VALID
    return found
