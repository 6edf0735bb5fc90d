"""Making, revoking and recognising API tokens."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, or_, select, update

from app.audit.service import Actor
from app.auth.principal import Holding, Principal
from app.auth.roles import Role
from app.auth.tables import ApiToken, Grant, User
from app.core.tokens import new_token, token_hash

# The last use is a help to find forgotten tokens; once an hour is exact enough and keeps reads from writing.
LAST_USE_STEP = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Recognised:
    """Who holds a token; `use_unrecorded` when its last use should be noted again."""

    principal: Principal
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
    user_id: int | None = None,
) -> str:
    """A new token for `role` on `unit_id`; what is returned is shown once and stored nowhere.

    With `user_id` it belongs to that person and is worth nothing once the person is deactivated.
    """
    secret = new_token("eskm")
    session.add(
        ApiToken(
            name=name,
            token_hash=token_hash(secret),
            role=role.value,
            unit_id=unit_id,
            user_id=user_id,
            created_at=now,
            expires_at=expires_at,
        )
    )
    session.flush()
    return secret


def recognise(session: Session, secret: str, now: datetime) -> Recognised | None:
    """Whoever holds `secret`, or None when it is unknown, expired, revoked, or its owner is deactivated."""
    found = session.exec(
        select(ApiToken, User.active)
        .join(User, isouter=True)
        .where(
            ApiToken.token_hash == token_hash(secret),
            col(ApiToken.revoked_at).is_(None),
            or_(col(ApiToken.expires_at).is_(None), col(ApiToken.expires_at) > now),
        )
    ).one_or_none()
    if found is None:
        return None
    token, owner_active = found
    if token.id is None or (token.user_id is not None and not owner_active):
        return None
    unrecorded = token.last_used_at is None or token.last_used_at < now - LAST_USE_STEP
    principal = Principal(Actor("token", token.id, token.name), (Holding(Role(token.role), token.unit_id),))
    return Recognised(principal, token.id, use_unrecorded=unrecorded)


def note_use(session: Session, token_id: int, now: datetime) -> None:
    """Record that a token is in use."""
    session.execute(update(ApiToken).where(col(ApiToken.id) == token_id).values(last_used_at=now))


def holdings_of(session: Session, user_id: int) -> tuple[Holding, ...]:
    """What a person holds."""
    grants = session.exec(select(Grant).where(Grant.user_id == user_id).order_by(col(Grant.id)))
    return tuple(Holding(Role(grant.role), grant.unit_id) for grant in grants)
