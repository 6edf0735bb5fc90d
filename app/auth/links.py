"""Links by which somebody sets a password, once: an invitation, or the way back for a forgotten password."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select, update

from app.audit.service import Actor, record
from app.auth.tables import AccountLink, User
from app.core.errors import DomainError, NotFound
from app.core.settings import Settings
from app.core.tokens import new_token, token_hash

LASTING = {"invite": timedelta(days=7), "reset": timedelta(hours=24)}
PATH = "/akun/tautan"


class LinkSpent(DomainError):
    """The link was used, ran out, or was replaced by a newer one."""

    status = 410
    code = "link_spent"
    message = "Tautan ini sudah tidak berlaku."


@dataclass(frozen=True, slots=True)
class OpenLink:
    """A link that still works, and whose it is."""

    link_id: int
    purpose: str
    user: User


def make_link(session: Session, actor: Actor, user: User, purpose: str, now: datetime) -> str:
    """A new link for `user`; the secret that is returned is shown once and stored nowhere.

    `purpose` is `invite` (7 days) or `reset` (24 hours). Earlier links of the person stop working.
    """
    if user.id is None:
        raise ValueError("the account is not stored yet")
    secret = new_token("eskml")
    unused = (col(AccountLink.user_id) == user.id, col(AccountLink.used_at).is_(None))
    session.execute(
        update(AccountLink).where(*unused, col(AccountLink.expires_at) > now).values(expires_at=now)
    )
    expires_at = now + LASTING[purpose]
    session.add(
        AccountLink(
            user_id=user.id,
            purpose=purpose,
            token_hash=token_hash(secret),
            created_at=now,
            expires_at=expires_at,
        )
    )
    session.flush()
    _record(session, actor, "link.made", user, purpose, now)
    return secret


def address_of(settings: Settings, secret: str) -> str:
    """The whole address to hand over."""
    return f"{settings.public_url}{PATH}/{secret}"


def find_link(session: Session, secret: str, now: datetime) -> OpenLink:
    """Whose link this is. Raises NotFound for an unknown one, LinkSpent for one that no longer works."""
    found = session.exec(
        select(AccountLink, User)
        .join(User, col(User.id) == col(AccountLink.user_id))
        .where(AccountLink.token_hash == token_hash(secret))
    ).one_or_none()
    if found is None:
        raise NotFound
    link, user = found
    if link.id is None or link.used_at is not None or link.expires_at <= now or not user.active:
        raise LinkSpent
    return OpenLink(link.id, link.purpose, user)


def use_link(session: Session, link: OpenLink, actor: Actor, now: datetime) -> None:
    """Spend the link, which is recorded. Of two who use it at once one succeeds; the other gets LinkSpent."""
    unused = (col(AccountLink.id) == link.link_id, col(AccountLink.used_at).is_(None))
    spent = session.execute(
        update(AccountLink)
        .where(*unused, col(AccountLink.expires_at) > now)
        .values(used_at=now)
        .returning(col(AccountLink.id))
    )
    if spent.first() is None:
        raise LinkSpent
    _record(session, actor, "link.used", link.user, link.purpose, now)


def made_since(session: Session, user_id: int, moment: datetime) -> bool:
    """Whether a link was made for this person after `moment`."""
    newer = select(AccountLink.id).where(AccountLink.user_id == user_id, col(AccountLink.created_at) > moment)
    return session.exec(newer.limit(1)).first() is not None


def _record(session: Session, actor: Actor, action: str, user: User, purpose: str, now: datetime) -> None:
    details = {"name": user.name, "purpose": purpose}
    record(session, actor, action, now, unit_id=user.unit_id, subject=f"user:{user.id}", details=details)
