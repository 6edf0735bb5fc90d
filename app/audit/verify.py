"""Recomputes a chain of the record and names the first line that does not fit."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.audit import queries
from app.audit.chain import GENESIS, MEMBERS, entry_hash
from app.audit.queries import End, Extent, Reads, Unreadable
from app.audit.tables import AuditEntry


class Fault(StrEnum):
    """What is wrong at a line. Whoever writes a chain's hashes anew from there on leaves no such trace."""

    ALTERED = "altered"
    """The line does not fit the one before it: one of the two was changed, inserted or moved."""
    MISSING = "missing"
    """There is no line of this number, though there are later ones, or the end says so."""
    BEYOND = "beyond"
    """The line stands after the end."""
    END = "end"
    """The last line is not the one that the end names."""
    NO_END = "no_end"
    """There are lines, and nothing says where they end."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The first fault of a chain and the number of the line where it shows."""

    fault: Fault
    sequence: int


@dataclass(frozen=True, slots=True)
class Verified:
    """What verifying a chain gave.

    `first` is the number of the first line that was recomputed, `lines` how many were. `end` is the last sound
    line: write it down elsewhere, and later `passed` tells whether the chain still goes through it.
    """

    chain: int
    first: int
    lines: int
    end: End
    finding: Finding | None
    passed: frozenset[End]

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return self.finding is None


def verify_chain(
    database: Reads, chain: int, *, newest: int | None = None, expected: Collection[End] = ()
) -> Verified:
    """Recompute a chain up to where it ends now; with `newest`, only that many lines before its end.

    `expected` are ends that were written down earlier; those that the chain goes through come back in `passed`.
    """
    with database.read() as session:
        extent = queries.extent_of(session, chain)
        skipped = max(0, extent.last - newest) if newest is not None else 0
        begin = (queries.hash_of(session, chain, skipped) or GENESIS) if skipped else GENESIS
    walk = _Walk(End(skipped, begin), frozenset(expected))
    finding = walk.along(queries.lines(database, chain, after=skipped, until=extent.last))
    return Verified(
        chain=chain,
        first=skipped + 1,
        lines=walk.end.sequence - skipped,
        end=walk.end,
        finding=finding or _at_the_end(extent, walk.end),
        passed=frozenset(walk.passed),
    )


class _Walk:
    """From line to line, each with the hash of the one before."""

    def __init__(self, begin: End, expected: frozenset[End]) -> None:
        self.end = begin
        self.passed: set[End] = set()
        self._expected = expected

    def along(self, lines: Iterator[AuditEntry]) -> Finding | None:
        """The first line that does not fit, or None; `end` is the last one that does."""
        try:
            for line in lines:
                if line.sequence != self.end.sequence + 1:
                    return Finding(Fault.MISSING, self.end.sequence + 1)
                if hash_after(self.end.hash, line) != line.hash:
                    return Finding(Fault.ALTERED, line.sequence)
                self.end = End(line.sequence, line.hash)
                if self.end in self._expected:
                    self.passed.add(self.end)
        except Unreadable as error:
            return Finding(Fault.ALTERED, error.sequence)
        return None


def hash_after(previous: str, line: AuditEntry) -> str | None:
    """The hash that a line must carry behind the hash `previous`; None for one that cannot have any."""
    members: dict[str, Any] = {name: getattr(line, name) for name in MEMBERS}
    try:
        return entry_hash(previous, **members)
    except (ValueError, TypeError):
        return None


def _at_the_end(extent: Extent, end: End) -> Finding | None:
    head = extent.head
    if head is None:
        return Finding(Fault.NO_END, end.sequence) if end.sequence else None
    if head.sequence > end.sequence:
        return Finding(Fault.MISSING, end.sequence + 1)
    if head.sequence < end.sequence:
        return Finding(Fault.BEYOND, head.sequence + 1)
    return Finding(Fault.END, end.sequence) if head.hash != end.hash else None
