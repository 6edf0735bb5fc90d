"""Reading the record."""

from collections.abc import Iterator

from sqlmodel import Session, col, select

from app.audit.tables import AuditEntry

PORTION = 500


def entries_of(session: Session, chain: int) -> Iterator[AuditEntry]:
    """All entries of a chain in their order, a portion at a time."""
    after = 0
    while portion := session.exec(
        select(AuditEntry)
        .where(AuditEntry.chain == chain, col(AuditEntry.sequence) > after)
        .order_by(col(AuditEntry.sequence))
        .limit(PORTION)
    ).all():
        yield from portion
        after = portion[-1].sequence
