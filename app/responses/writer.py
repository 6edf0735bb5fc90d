"""Writes a batch of submissions and tells what became of each.

Only what the database says it inserted is added to the tallies, so a repeated answer changes nothing.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import cast
from uuid import UUID

from sqlalchemy import Connection, Table, select, tuple_

from app.responses import writer_postgresql, writer_sqlite
from app.responses.submission import Key, Outcome, Submission
from app.responses.tables import Response

_RESPONSE = cast(Table, Response.__table__)  # type: ignore[attr-defined]


def write_batch(connection: Connection, submissions: Sequence[Submission]) -> list[Outcome]:
    """Store `submissions` and tell what became of each, in order. Durable when the transaction commits.

    The same id with the same content is a duplicate, with other content a conflict, whether the first one
    was stored long ago, by another process a moment ago, or stands earlier in this batch.
    """
    first: dict[Key, int] = {}  # key -> place of its first submission
    for place, submission in enumerate(submissions):
        first.setdefault(submission.key, place)
    writer = writer_sqlite if connection.dialect.name == "sqlite" else writer_postgresql
    stored = writer.store(connection, [submissions[first[key]] for key in sorted(first)])
    if len(stored) == len(submissions):
        return [Outcome.STORED] * len(submissions)
    written = {first[key] for key in stored}
    earlier = {submissions[place].key: submissions[place].digest for place in written}
    earlier |= _stored_digests(connection, first.keys() - stored)
    return [
        Outcome.STORED if place in written else _outcome(submission, earlier)
        for place, submission in enumerate(submissions)
    ]


def _outcome(submission: Submission, earlier: Mapping[Key, bytes]) -> Outcome:
    return Outcome.DUPLICATE if earlier[submission.key] == submission.digest else Outcome.CONFLICT


def _stored_digests(connection: Connection, keys: Collection[Key]) -> dict[Key, bytes]:
    if not keys:
        return {}
    columns = (_RESPONSE.c.unit_id, _RESPONSE.c.id)
    sought = [(unit_id, UUID(id_)) for unit_id, id_ in keys]
    rows = connection.execute(select(*columns, _RESPONSE.c.digest).where(tuple_(*columns).in_(sought)))
    return {(unit_id, id_.hex): digest for unit_id, id_, digest in rows}
