"""How an entry's hash is made: pure, so that anyone can recompute a chain from its export."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

GENESIS = "0" * 64


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
    moment = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    members = [
        previous,
        chain,
        sequence,
        moment,
        actor_kind,
        actor_id,
        actor_name,
        action,
        unit_id,
        subject,
        details,
    ]
    text = json.dumps(members, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
