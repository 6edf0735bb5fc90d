"""Writing to the record, in the transaction of what is recorded."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, column, select, table
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import Session, col
from sqlmodel import select as select_model

from app.audit.chain import GENESIS, entry_hash
from app.audit.tables import AuditEntry, AuditHead

INSTALLATION = 0
_UNIT = table("unit", column("id", Integer), column("parent_id", Integer))


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

    `action` is a stable code such as `grant.added`, `subject` what it was done to, such as `user:7` or
    `point:loket-qr`. It becomes durable with the change that it describes, or not at all.
    """
    chain = INSTALLATION if unit_id is None else root_of(session, unit_id)
    head = _locked_head(session, chain)
    members: dict[str, Any] = {
        "chain": chain,
        "sequence": head.sequence + 1,
        "at": at,
        "actor_kind": actor.kind,
        "actor_id": actor.id,
        "actor_name": actor.name,
        "action": action,
        "unit_id": unit_id,
        "subject": subject,
        "details": dict(details or {}),
    }
    digest = entry_hash(head.hash, **members)
    session.add(AuditEntry(**members, hash=digest))
    head.sequence, head.hash = head.sequence + 1, digest
    session.flush()


def root_of(session: Session, unit_id: int) -> int:
    """The id of the government above a unit, which may be the unit itself."""
    above = select(_UNIT.c.id, _UNIT.c.parent_id).where(_UNIT.c.id == unit_id).cte("above", recursive=True)
    above = above.union(select(_UNIT.c.id, _UNIT.c.parent_id).join(above, _UNIT.c.id == above.c.parent_id))
    root = session.execute(select(above.c.id).where(above.c.parent_id.is_(None))).scalar_one_or_none()
    return unit_id if root is None else int(root)


def _locked_head(session: Session, chain: int) -> AuditHead:
    """The end of a chain, locked until the transaction ends: entries of a chain follow one another."""
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    session.execute(insert(AuditHead).values(chain=chain, sequence=0, hash=GENESIS).on_conflict_do_nothing())
    wanted = select_model(AuditHead).where(col(AuditHead.chain) == chain).with_for_update()
    return session.exec(wanted.execution_options(populate_existing=True)).one()
