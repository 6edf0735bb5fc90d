"""A government's signing key: made when first needed, kept sealed, replaced without forgetting the old ones."""

from datetime import datetime

from sqlmodel import Session, col, select

from app.audit.service import Actor, record
from app.auth.keys import Keys
from app.publication.signing import key_id_of, new_key
from app.publication.tables import SigningKey


def active_key(
    session: Session, keys: Keys, actor: Actor, government_id: int, now: datetime
) -> tuple[SigningKey, bytes]:
    """The key that signs now, and its private part. Whoever calls holds the government's sequence.

    A key that cannot be unsealed any more, because the installation's secret is a new one, is retired and a new
    key takes its place.
    """
    current = _current(session, government_id)
    if current is not None and current.private_key is not None:
        private = keys.unseal(current.private_key, _context(government_id, current.key_id))
        if private is not None:
            return current, private
    return replace_key(session, keys, actor, government_id, now)


def replace_key(
    session: Session, keys: Keys, actor: Actor, government_id: int, now: datetime
) -> tuple[SigningKey, bytes]:
    """A new key, and its private part; the one before signs nothing more and goes on being published."""
    current = _current(session, government_id)
    if current is not None:
        current.retired_at = now
        current.private_key = None
        session.add(current)
    public, private = new_key()
    made = SigningKey(
        government_id=government_id, key_id=key_id_of(public), public_key=public, created_at=now
    )
    made.private_key = keys.seal(private, _context(government_id, made.key_id))
    session.add(made)
    session.flush()
    record(
        session,
        actor,
        "key.made",
        now,
        unit_id=government_id,
        subject=f"signing_key:{made.key_id}",
        details={"key_id": made.key_id, "replaces": current.key_id if current else None},
    )
    return made, private


def _current(session: Session, government_id: int) -> SigningKey | None:
    wanted = select(SigningKey).where(
        SigningKey.government_id == government_id, col(SigningKey.retired_at).is_(None)
    )
    return session.exec(wanted.with_for_update()).one_or_none()


def _context(government_id: int, key_id: str) -> str:
    return f"signing key {government_id} {key_id}"
