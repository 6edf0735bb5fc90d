"""Reading the record."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import and_, func, or_, union
from sqlalchemy.exc import DataError
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app.audit.chain import GENESIS
from app.audit.tables import AuditEntry, AuditHead

PORTION = 500
LATELY = 10_000


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


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries somebody may see, those of whole `chains` and those of units, and which of them are asked for.

    `within` are units that an entry must concern; `person` is part of the name of who acted, or the deed was
    done to one of `subjects`. Times are instants: not before `since`, before `until`.
    """

    chains: Collection[int]
    unit_ids: Collection[int]
    within: Collection[int] | None = None
    person: str | None = None
    subjects: Collection[str] = ()
    action: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """The place of an entry among all, newest first."""

    at: datetime
    chain: int
    sequence: int


@dataclass(frozen=True, slots=True)
class Line:
    """An entry, and the hash of the one before it in its chain."""

    entry: AuditEntry
    previous: str

    @property
    def key(self) -> Key:
        """Where a list goes on behind this line."""
        return Key(self.entry.at, self.entry.chain, self.entry.sequence)


def newest(session: Session, wanted: Wanted, behind: Key | None, limit: int) -> list[Line]:
    """The newest entries that are wanted, behind a key, at most `limit`."""
    before = aliased(AuditEntry)
    one_before = and_(
        col(before.chain) == col(AuditEntry.chain), col(before.sequence) == col(AuditEntry.sequence) - 1
    )
    query = select(AuditEntry, col(before.hash)).outerjoin(before, one_before)
    at, chain, sequence = col(AuditEntry.at), col(AuditEntry.chain), col(AuditEntry.sequence)
    query = query.where(or_(chain.in_(wanted.chains), col(AuditEntry.unit_id).in_(wanted.unit_ids)))
    if wanted.within is not None:
        query = query.where(col(AuditEntry.unit_id).in_(wanted.within))
    if wanted.person is not None:
        name = col(AuditEntry.actor_name).icontains(wanted.person, autoescape=True)
        query = query.where(or_(name, col(AuditEntry.subject).in_(wanted.subjects)))
    if wanted.action is not None:
        query = query.where(AuditEntry.action == wanted.action)
    if wanted.since is not None:
        query = query.where(at >= wanted.since)
    if wanted.until is not None:
        query = query.where(at < wanted.until)
    if behind is not None:
        same_time = or_(chain < behind.chain, and_(chain == behind.chain, sequence < behind.sequence))
        query = query.where(at <= behind.at, or_(at < behind.at, same_time))
    found = session.exec(query.order_by(at.desc(), chain.desc(), sequence.desc()).limit(limit)).all()
    return [Line(entry, previous or GENESIS) for entry, previous in found]


def last_deed(session: Session, chain: int, action: str) -> Line | None:
    """The newest entry of this kind among the last lines of a chain; those before them are not looked at."""
    last = extent_of(session, chain).last
    lately = (AuditEntry.chain == chain, col(AuditEntry.sequence) > last - LATELY)
    found = session.exec(
        select(AuditEntry)
        .where(*lately, AuditEntry.action == action)
        .order_by(col(AuditEntry.sequence).desc())
        .limit(1)
    ).first()
    return Line(found, hash_of(session, chain, found.sequence - 1) or GENESIS) if found else None


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
