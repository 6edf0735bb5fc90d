"""Reading the record."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import func, union
from sqlalchemy.exc import DataError
from sqlmodel import Session, col, select

from app.audit.tables import AuditEntry, AuditHead

PORTION = 500


class Reads(Protocol):
    """What opens a reading transaction: the database."""

    def read(self) -> AbstractContextManager[Session]:
        """A session that changes nothing."""
        ...


class Unreadable(Exception):
    """A line holds what no line can: a time that is none, details that are no JSON."""

    def __init__(self, sequence: int) -> None:
        super().__init__(sequence)
        self.sequence = sequence


@dataclass(frozen=True, slots=True)
class End:
    """Where a chain ends: the number of its last line, and that line's hash."""

    sequence: int
    hash: str


@dataclass(frozen=True, slots=True)
class Extent:
    """A chain as it is said to end (None: nothing is said), and the number of its last line (0: there is none)."""

    head: End | None
    last: int


def chains(session: Session) -> list[int]:
    """All chains that have lines or an end, ascending."""
    known = union(select(col(AuditHead.chain)), select(col(AuditEntry.chain)).distinct())
    return sorted(session.execute(known).scalars())


def extent_of(session: Session, chain: int) -> Extent:
    """How far a chain goes, from one state of the database."""
    head = session.get(AuditHead, chain)
    last = session.exec(select(func.max(AuditEntry.sequence)).where(AuditEntry.chain == chain)).one()
    return Extent(End(head.sequence, head.hash) if head else None, last or 0)


def lines(database: Reads, chain: int, *, after: int = 0, until: int) -> Iterator[AuditEntry]:
    """The lines of a chain in their order, above `after` and up to `until`. Raises Unreadable.

    A portion is a transaction of its own: lines never change, and a long reading holds nothing up.
    """
    size = PORTION
    while True:
        try:
            portion = _portion(database, chain, after, until, size)
        except (ValueError, TypeError, DataError):
            if size == 1:
                raise Unreadable(after + 1) from None
            size = 1  # as far as it goes
            continue
        yield from portion
        if len(portion) < size:
            return
        after = portion[-1].sequence


def _portion(database: Reads, chain: int, after: int, until: int, size: int) -> Sequence[AuditEntry]:
    wanted = select(AuditEntry).where(
        AuditEntry.chain == chain, col(AuditEntry.sequence) > after, col(AuditEntry.sequence) <= until
    )
    with database.read() as session:
        found = session.exec(wanted.order_by(col(AuditEntry.sequence)).limit(size)).all()
        session.expunge_all()
    return found


def hash_of(session: Session, chain: int, sequence: int) -> str | None:
    """The hash that a line carries; None when there is no such line."""
    line = session.get(AuditEntry, (chain, sequence))
    return line.hash if line else None
