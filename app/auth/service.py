"""Making, revoking and recognising API tokens."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Integer, column, select, table
from sqlmodel import Session, col, or_, update
from sqlmodel import select as select_model

from app.audit.service import Actor
from app.auth.principal import Holding, Principal
from app.auth.roles import Role
from app.auth.tables import ApiToken, Grant, User
from app.core.tokens import new_token, token_hash

# The last use is a help to find forgotten tokens; once an hour is exact enough and keeps reads from writing.
LAST_USE_STEP = timedelta(hours=1)
_UNIT = table("unit", column("id", Integer), column("parent_id", Integer))


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

    With `user_id` it belongs to that person and is worth no more than the person's own grants: see `backed`.
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
    """Whoever holds `secret`; None when it is unknown, expired, revoked, or its owner lost the right to it."""
    token = session.exec(
        select_model(ApiToken).where(
            ApiToken.token_hash == token_hash(secret),
            col(ApiToken.revoked_at).is_(None),
            or_(col(ApiToken.expires_at).is_(None), col(ApiToken.expires_at) > now),
        )
    ).one_or_none()
    if token is None or token.id is None:
        return None
    if token.user_id is not None and token.id not in backed(session, [token.id]):
        return None
    unrecorded = token.last_used_at is None or token.last_used_at < now - LAST_USE_STEP
    principal = Principal(Actor("token", token.id, token.name), (Holding(Role(token.role), token.unit_id),))
    return Recognised(principal, token.id, use_unrecorded=unrecorded)


def backed(session: Session, token_ids: Collection[int]) -> set[int]:
    """Those of the tokens whose owner is active and could make them today.

    That is whoever administers the token's unit, or holds the token's role there; on the unit or above it.
    Decided anew at every use, because grants are withdrawn. Tokens without an owner are not among them.
    """
    above = (
        select(col(ApiToken.id).label("token_id"), _UNIT.c.id, _UNIT.c.parent_id)
        .join(_UNIT, _UNIT.c.id == col(ApiToken.unit_id))
        .where(col(ApiToken.id).in_(token_ids))
        .cte("above", recursive=True)
    )
    above = above.union(
        select(above.c.token_id, _UNIT.c.id, _UNIT.c.parent_id).join(above, _UNIT.c.id == above.c.parent_id)
    )
    found = session.execute(
        select(col(ApiToken.id))
        .join(above, above.c.token_id == col(ApiToken.id))
        .join(User, (col(User.id) == col(ApiToken.user_id)) & col(User.active).is_(True))
        .join(Grant, (col(Grant.user_id) == col(User.id)) & (col(Grant.unit_id) == above.c.id))
        .where(or_(col(Grant.role) == Role.ADMIN.value, col(Grant.role) == col(ApiToken.role)))
        .distinct()
    )
    return set(found.scalars())


def note_use(session: Session, token_id: int, now: datetime) -> None:
    """Record that a token is in use."""
    session.execute(update(ApiToken).where(col(ApiToken.id) == token_id).values(last_used_at=now))


def holdings_of(session: Session, user_id: int) -> tuple[Holding, ...]:
    """What a person holds."""
    grants = session.execute(
        select(col(Grant.role), col(Grant.unit_id), _UNIT.c.parent_id.is_(None))
        .join(_UNIT, _UNIT.c.id == col(Grant.unit_id))
        .where(col(Grant.user_id) == user_id)
        .order_by(col(Grant.id))
    )
    return tuple(Holding(Role(role), unit_id, whole=bool(whole)) for role, unit_id, whole in grants)
