"""Writing to the record, in the transaction of what is recorded."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, column, event, select, table
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session as AnySession
from sqlalchemy.orm import SessionTransaction
from sqlmodel import Session, col
from sqlmodel import select as select_model

from app.audit.chain import GENESIS, entry_hash, plain
from app.audit.tables import AuditEntry, AuditHead

INSTALLATION = 0
_UNIT = table("unit", column("id", Integer), column("parent_id", Integer))
_PENDING = "eskm_audit_pending"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a user, an API token, a command on the machine, or the service itself."""

    kind: str
    id: int | None
    name: str


SYSTEM = Actor("system", None, "e-SKM")


def record(
    session: Session,
    actor: Actor,
    action: str,
    at: datetime,
    *,
    unit_id: int | None = None,
    subject: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Append one entry to the chain of the unit's government; without a unit, to that of the installation.

    `action` is a code of `audit.actions`, `subject` what it was done to, such as `user:7` or `point:loket-qr`,
    `details` anything that JSON knows. The entry is written as the last thing before the commit, and becomes
    durable with the change that it describes, or not at all.
    """
    if session.in_nested_transaction():
        raise RuntimeError("an entry belongs to a whole transaction, not to a savepoint")
    session.connection()  # begins the transaction, whose end forgets what was not written
    members = {
        "chain": INSTALLATION if unit_id is None else root_of(session, unit_id),
        "at": at,
        "actor_kind": actor.kind,
        "actor_id": actor.id,
        "actor_name": actor.name,
        "action": action,
        "unit_id": unit_id,
        "subject": subject,
        "details": plain(details or {}),
    }
    session.info.setdefault(_PENDING, []).append(members)


def root_of(session: Session, unit_id: int) -> int:
    """The id of the government above a unit, which may be the unit itself."""
    above = select(_UNIT.c.id, _UNIT.c.parent_id).where(_UNIT.c.id == unit_id).cte("above", recursive=True)
    above = above.union(select(_UNIT.c.id, _UNIT.c.parent_id).join(above, _UNIT.c.id == above.c.parent_id))
    root = session.execute(select(above.c.id).where(above.c.parent_id.is_(None))).scalar_one_or_none()
    return unit_id if root is None else int(root)


@event.listens_for(AnySession, "before_commit")
def _append(session: Session) -> None:
    """Write what was recorded, each chain behind its locked end.

    The ends are locked last and in ascending order, whatever else a transaction changed and in whatever order
    it recorded: no two transactions can wait for each other here, and an end is held no longer than a commit.
    """
    pending: list[dict[str, Any]] = session.info.pop(_PENDING, [])
    for chain in sorted({members["chain"] for members in pending}):
        head = _locked_head(session, chain)
        for members in pending:
            if members["chain"] == chain:
                head.sequence += 1
                head.hash = entry_hash(head.hash, sequence=head.sequence, **members)
                session.add(AuditEntry(**members, sequence=head.sequence, hash=head.hash))


@event.listens_for(AnySession, "after_transaction_end")
def _forget(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(_PENDING, None)


def _locked_head(session: Session, chain: int) -> AuditHead:
    """The end of a chain, locked until the transaction ends: entries of a chain follow one another."""
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    session.execute(insert(AuditHead).values(chain=chain, sequence=0, hash=GENESIS).on_conflict_do_nothing())
    wanted = select_model(AuditHead).where(col(AuditHead.chain) == chain).with_for_update()
    return session.exec(wanted.execution_options(populate_existing=True)).one()
