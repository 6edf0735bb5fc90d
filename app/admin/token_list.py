"""API tokens as an administrator sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, or_, select

from app.admin.territory import Territory
from app.auth.roles import Role
from app.auth.tables import ApiToken, User
from app.auth.tokens import TokenState, states
from app.units.tables import Unit

PAGE = 50


@dataclass(frozen=True, slots=True)
class Listed:
    """A token with where it is valid and whose it is; no owner when it was made on the machine itself."""

    token: ApiToken
    role: Role
    unit: Unit
    owner: str | None
    state: TokenState


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of tokens, newest first. `before` is the id to go on from, None on the last page."""

    tokens: tuple[Listed, ...]
    before: int | None


def tokens(
    session: Session, territory: Territory, now: datetime, *, ended: bool, before: int | None = None
) -> Listing:
    """The tokens on units in scope, a page of them; those that ran out or were revoked only with `ended`."""
    wanted = (
        select(ApiToken, User.full_name)
        .join(User, isouter=True)
        .where(col(ApiToken.unit_id).in_(territory.ids))
    )
    if not ended:
        lasting = or_(col(ApiToken.expires_at).is_(None), col(ApiToken.expires_at) > now)
        wanted = wanted.where(col(ApiToken.revoked_at).is_(None), lasting)
    if before is not None:
        wanted = wanted.where(col(ApiToken.id) < before)
    found = session.exec(wanted.order_by(col(ApiToken.id).desc()).limit(PAGE + 1)).all()
    page = found[:PAGE]
    listed = _listed(session, territory, page, now)
    return Listing(listed, page[-1][0].id if len(found) > PAGE else None)


def _listed(
    session: Session, territory: Territory, rows: Sequence[tuple[ApiToken, str | None]], now: datetime
) -> tuple[Listed, ...]:
    state = states(session, [token for token, _ in rows], now)
    return tuple(
        Listed(token, Role(token.role), territory.units[token.unit_id], owner, state[token.id or 0])
        for token, owner in rows
    )
