"""How an entry's hash is made: pure, so that anyone can recompute a chain from its export."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

GENESIS = "0" * 64
# What is hashed beside the hash before, in this order.
MEMBERS = (
    "chain",
    "sequence",
    "at",
    "actor_kind",
    "actor_id",
    "actor_name",
    "action",
    "unit_id",
    "subject",
    "details",
)


def entry_hash(
    previous: str,
    *,
    chain: int,
    sequence: int,
    at: datetime,
    actor_kind: str,
    actor_id: int | None,
    actor_name: str,
    action: str,
    unit_id: int | None,
    subject: str | None,
    details: Mapping[str, Any],
) -> str:
    """SHA-256 (hex) of a canonical JSON list: the hash before, then the entry's members in this order.

    Canonical: UTF-8, no spaces, keys sorted, times in UTC with microseconds and `Z`.
    """
    moment = instant(at)
    members = (
        *(chain, sequence, moment, actor_kind, actor_id, actor_name),
        *(action, unit_id, subject, details),
    )
    return hashlib.sha256(canonical((previous, *members)).encode()).hexdigest()


def instant(at: datetime) -> str:
    """A time as it is hashed: `2026-10-15T03:00:00.000000Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def canonical(value: Sequence[Any] | Mapping[str, Any]) -> str:
    """JSON in the one form that is hashed. Raises TypeError or ValueError for what JSON does not know."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def plain(details: Mapping[str, Any]) -> dict[str, Any]:
    """`details` as they come back from a JSON column: otherwise what is hashed were not what is stored."""
    read: dict[str, Any] = json.loads(canonical(details))
    return read
