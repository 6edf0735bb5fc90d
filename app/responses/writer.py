"""Writes a batch of submissions: answers, comments, tallies and totals, in the caller's transaction.

Only what the database says it inserted is added to the tallies, so a repeated answer changes nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Connection, Table, insert, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from app.responses.submission import Outcome, Submission
from app.responses.tables import LOWEST_SCORE, OPTIONS_MAX, Comment, Response, Tally, Total

Key = tuple[int, UUID]
COUNTS = tuple(f"c{place}" for place in range(1, OPTIONS_MAX + 1))

RESPONSE = cast(Table, Response.__table__)  # type: ignore[attr-defined]
COMMENT = cast(Table, Comment.__table__)  # type: ignore[attr-defined]
TALLY = cast(Table, Tally.__table__)  # type: ignore[attr-defined]
TOTAL = cast(Table, Total.__table__)  # type: ignore[attr-defined]


def write_batch(connection: Connection, submissions: Sequence[Submission]) -> list[Outcome]:
    """Store `submissions` and tell what became of each, in order. Durable when the transaction commits.

    The same id with the same content is a duplicate, with other content a conflict, whether the first one
    was stored long ago, by another process a moment ago, or stands earlier in this batch.
    """
    first: dict[Key, int] = {}  # key -> place of its first submission
    for place, submission in enumerate(submissions):
        first.setdefault(submission.key, place)
    stored = _insert_responses(connection, [submissions[first[key]] for key in sorted(first)])
    fresh = [submissions[first[key]] for key in stored]
    _insert_comments(connection, fresh)
    _add_to_tallies(connection, fresh)
    _add_to_totals(connection, fresh)
    digests = {submission.key: submission.digest for submission in fresh}
    digests |= _stored_digests(connection, [key for key in first if key not in digests])
    written = {first[key] for key in stored}
    return [
        Outcome.STORED if place in written else _outcome(submission, digests)
        for place, submission in enumerate(submissions)
    ]


def _outcome(submission: Submission, digests: dict[Key, bytes]) -> Outcome:
    return Outcome.DUPLICATE if digests[submission.key] == submission.digest else Outcome.CONFLICT


def _upsert(connection: Connection, table: Table) -> Any:
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def _insert_responses(connection: Connection, submissions: Sequence[Submission]) -> set[Key]:
    statement = (
        _upsert(connection, RESPONSE)
        .on_conflict_do_nothing(index_elements=["unit_id", "id"])
        .returning(RESPONSE.c.unit_id, RESPONSE.c.id)
    )
    rows = connection.execute(statement, [_row(submission) for submission in submissions])
    return {(unit_id, id_) for unit_id, id_ in rows}


def _row(submission: Submission) -> dict[str, Any]:
    answer = submission.answer
    return {
        "unit_id": submission.unit_id,
        "id": submission.id,
        "service_id": submission.service_id,
        "point_id": submission.point_id,
        "instrument": submission.instrument,
        "channel": submission.channel,
        "answered_at": submission.answered_at,
        "local_date": submission.local_date,
        "received_at": submission.received_at,
        "scores": answer.scores,
        "respondent_mean": submission.respondent_mean,
        "sex": answer.sex,
        "age": answer.age,
        "education": answer.education,
        "occupation": answer.occupation,
        "disability": answer.disability,
        "seconds": answer.seconds,
        "digest": submission.digest,
        "state": "counted",
    }


def _insert_comments(connection: Connection, submissions: Iterable[Submission]) -> None:
    rows = [
        {
            "unit_id": submission.unit_id,
            "response_id": submission.id,
            "text": submission.answer.comment,
            "state": "new",
        }
        for submission in submissions
        if submission.answer.comment is not None
    ]
    if rows:
        connection.execute(insert(COMMENT), rows)


def _month_key(submission: Submission) -> tuple[int, int, date, str]:
    month = submission.local_date.replace(day=1)
    return submission.unit_id, submission.service_id, month, submission.instrument


def _add_to_tallies(connection: Connection, submissions: Iterable[Submission]) -> None:
    counts: dict[tuple[int, int, date, str, str], list[int]] = defaultdict(lambda: [0] * OPTIONS_MAX)
    for submission in submissions:
        for question, score in submission.answer.scores.items():
            counts[*_month_key(submission), question][score - LOWEST_SCORE] += 1
    keys = ("unit_id", "service_id", "month", "instrument", "question")
    _add(connection, TALLY, keys, COUNTS, counts)


def _add_to_totals(connection: Connection, submissions: Iterable[Submission]) -> None:
    sums: dict[tuple[int, int, date, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for submission in submissions:
        total = sums[_month_key(submission)]
        total[0] += 1
        total[1] += submission.respondent_mean
        total[2] += submission.respondent_mean**2
    keys = ("unit_id", "service_id", "month", "instrument")
    _add(connection, TOTAL, keys, ("responses", "sum", "squares"), sums)


def _add(
    connection: Connection,
    table: Table,
    keys: tuple[str, ...],
    amounts: tuple[str, ...],
    sums: dict[Any, list[int]],
) -> None:
    """Add sums to the rows of their keys, in key order: two writers that meet never wait in a circle."""
    if not sums:
        return
    statement = _upsert(connection, table)
    statement = statement.on_conflict_do_update(
        index_elements=list(keys), set_={name: table.c[name] + statement.excluded[name] for name in amounts}
    )
    rows = [dict(zip((*keys, *amounts), (*key, *sums[key]), strict=True)) for key in sorted(sums)]
    connection.execute(statement, rows)


def _stored_digests(connection: Connection, keys: Sequence[Key]) -> dict[Key, bytes]:
    if not keys:
        return {}
    columns = (RESPONSE.c.unit_id, RESPONSE.c.id)
    rows = connection.execute(select(*columns, RESPONSE.c.digest).where(tuple_(*columns).in_(keys)))
    return {(unit_id, id_): digest for unit_id, id_, digest in rows}
