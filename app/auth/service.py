"""Making, revoking and recognising API tokens."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, or_, select, update

from app.auth.roles import Role
from app.auth.tables import ApiToken
from app.core.tokens import new_token, token_hash

# The last use is a help to find forgotten tokens; once an hour is exact enough and keeps reads from writing.
LAST_USE_STEP = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks: a role on a unit and all below it."""

    role: Role
    unit_id: int
    token_id: int
    use_unrecorded: bool


def create_token(
    session: Session,
    *,
    role: Role,
    unit_id: int,
    name: str,
    now: datetime,
    expires_at: datetime | None = None,
) -> str:
    """A new token for `role` on `unit_id`; what is returned is shown once and stored nowhere."""
    secret = new_token("eskm")
    session.add(
        ApiToken(
            name=name,
            token_hash=token_hash(secret),
            role=role.value,
            unit_id=unit_id,
            created_at=now,
            expires_at=expires_at,
        )
    )
    return secret


def recognise(session: Session, secret: str, now: datetime) -> Principal | None:
    """Whoever holds `secret`, or None when it is unknown, expired or revoked."""
    token = session.exec(
        select(ApiToken).where(
            ApiToken.token_hash == token_hash(secret),
            ApiToken.revoked_at.is_(None),  # type: ignore[union-attr]
            or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > now),  # type: ignore[union-attr, operator]
        )
    ).one_or_none()
    if token is None or token.id is None:
        return None
    unrecorded = token.last_used_at is None or token.last_used_at < now - LAST_USE_STEP
    return Principal(Role(token.role), token.unit_id, token.id, use_unrecorded=unrecorded)


def note_use(session: Session, token_id: int, now: datetime) -> None:
    """Record that a token is in use."""
    session.execute(update(ApiToken).where(ApiToken.id == token_id).values(last_used_at=now))  # type: ignore[arg-type]
