"""Writes a batch of submissions: answers, comments, tallies and totals, in the caller's transaction.

Only what the database says it inserted is added to the tallies, so a repeated answer changes nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from operator import attrgetter
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Connection, Table, select, tuple_

from app.core.rows import RowStatement, Values, converter
from app.responses.submission import Key, Outcome, Submission
from app.responses.tables import LOWEST_SCORE, OPTIONS_MAX, Comment, Response, Tally, Total

RESPONSE = cast(Table, Response.__table__)  # type: ignore[attr-defined]
COMMENT = cast(Table, Comment.__table__)  # type: ignore[attr-defined]
TALLY = cast(Table, Tally.__table__)  # type: ignore[attr-defined]
TOTAL = cast(Table, Total.__table__)  # type: ignore[attr-defined]

COUNTS = tuple(f"c{place}" for place in range(1, OPTIONS_MAX + 1))
SUMS = ("responses", "sum", "squares")
MONTH_KEY = ("unit_id", "service_id", "month", "instrument")

MonthKey = tuple[int, int, date, str]


class Statements:
    """The statements of one kind of database, and how its driver wants values."""

    def __init__(self, dialect: str) -> None:
        answer = (
            *(
                "unit_id",
                "id",
                "service_id",
                "point_id",
                "instrument",
                "channel",
                "answered_at",
                "local_date",
            ),
            *("received_at", "scores", "respondent_mean", "sex", "age", "education", "occupation"),
            *("disability", "seconds", "digest", "state"),
        )
        # Whoever wrote the id first has it; the rows that come back are those that are new.
        self.answers = RowStatement(
            RESPONSE, answer, dialect, "ON CONFLICT (unit_id, id) DO NOTHING RETURNING unit_id, id"
        )
        self.comments = RowStatement(COMMENT, ("unit_id", "response_id", "text", "state"), dialect, "")
        self.tallies = _adding(TALLY, (*MONTH_KEY, "question"), COUNTS, dialect)
        self.totals = _adding(TOTAL, MONTH_KEY, SUMS, dialect)
        self.of_uuid = converter(UUID, dialect)
        self.of_instant = converter(datetime, dialect)
        self.of_date = converter(date, dialect)

    def answer(self, submission: Submission) -> Values:
        """The row of an answer, in the order of the columns."""
        answer = submission.answer
        return (
            submission.unit_id,
            self.of_uuid(submission.id),
            submission.service_id,
            submission.point_id,
            submission.instrument,
            submission.channel,
            self.of_instant(submission.answered_at),
            self.of_date(submission.local_date),
            self.of_instant(submission.received_at),
            submission.scores_json,
            submission.respondent_mean,
            answer.sex,
            answer.age,
            answer.education,
            answer.occupation,
            answer.disability,
            answer.seconds,
            submission.digest,
            "counted",
        )


def _adding(table: Table, keys: tuple[str, ...], amounts: tuple[str, ...], dialect: str) -> RowStatement:
    """An upsert that adds its amounts to the row of its key."""
    sums = ", ".join(f"{name} = {table.name}.{name} + excluded.{name}" for name in amounts)
    tail = f"ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {sums}"
    return RowStatement(table, (*keys, *amounts), dialect, tail)


@cache
def statements(dialect: str) -> Statements:
    """The statements for a kind of database, made once."""
    return Statements(dialect)


def write_batch(connection: Connection, submissions: Sequence[Submission]) -> list[Outcome]:
    """Store `submissions` and tell what became of each, in order. Durable when the transaction commits.

    The same id with the same content is a duplicate, with other content a conflict, whether the first one
    was stored long ago, by another process a moment ago, or stands earlier in this batch.
    """
    first: dict[Key, int] = {}  # key -> place of its first submission
    for place, submission in enumerate(submissions):
        first.setdefault(submission.key, place)
    made = statements(connection.dialect.name)
    stored = _insert_answers(connection, made, [submissions[first[key]] for key in sorted(first)])
    written = {first[key] for key in stored}
    if len(written) == len(submissions):
        fresh: Sequence[Submission] = submissions
        earlier: Mapping[Key, bytes] = {}
    else:
        fresh = [submissions[place] for place in written]
        earlier = {one.key: one.digest for one in fresh} | _stored_digests(connection, first.keys() - stored)
    _insert_comments(connection, made, fresh)
    _add_to_tallies(connection, made, fresh)
    return [
        Outcome.STORED if place in written else _outcome(submission, earlier)
        for place, submission in enumerate(submissions)
    ]


def _outcome(submission: Submission, earlier: Mapping[Key, bytes]) -> Outcome:
    return Outcome.DUPLICATE if earlier[submission.key] == submission.digest else Outcome.CONFLICT


def _insert_answers(connection: Connection, made: Statements, submissions: Sequence[Submission]) -> set[Key]:
    rows = made.answers.execute(connection, [made.answer(submission) for submission in submissions])
    return {(row[0], row[1] if isinstance(row[1], str) else row[1].hex) for row in rows}


def _insert_comments(connection: Connection, made: Statements, submissions: Iterable[Submission]) -> None:
    rows = [
        (one.unit_id, made.of_uuid(one.id), one.answer.comment, "new")
        for one in sorted(submissions, key=attrgetter("key"))
        if one.answer.comment is not None
    ]
    for _ in made.comments.execute(connection, rows):
        pass


def _add_to_tallies(connection: Connection, made: Statements, submissions: Iterable[Submission]) -> None:
    """Add to tallies and totals in key order: two writers that meet never wait in a circle."""
    counts: dict[MonthKey, dict[str, list[int]]] = defaultdict(dict)
    sums: dict[MonthKey, list[int]] = {}
    for one in submissions:
        key = (one.unit_id, one.service_id, one.local_date.replace(day=1), one.instrument)
        total = sums.get(key)
        if total is None:
            total = sums[key] = [0, 0, 0]
        mean = one.respondent_mean
        total[0] += 1
        total[1] += mean
        total[2] += mean * mean
        questions = counts[key]
        for question, score in one.answer.scores.items():
            row = questions.get(question)
            if row is None:
                row = questions[question] = [0] * OPTIONS_MAX
            row[score - LOWEST_SCORE] += 1
    tallies = [
        (*_plain(key, made), question, *counts[key][question])
        for key in sorted(counts)
        for question in sorted(counts[key])
    ]
    for _ in made.tallies.execute(connection, tallies):
        pass
    for _ in made.totals.execute(connection, [(*_plain(key, made), *sums[key]) for key in sorted(sums)]):
        pass


def _plain(key: MonthKey, made: Statements) -> tuple[Any, ...]:
    unit_id, service_id, month, instrument = key
    return unit_id, service_id, made.of_date(month), instrument


def _stored_digests(connection: Connection, keys: Iterable[Key]) -> dict[Key, bytes]:
    columns = (RESPONSE.c.unit_id, RESPONSE.c.id)
    sought = [(unit_id, UUID(id_)) for unit_id, id_ in keys]
    rows = connection.execute(select(*columns, RESPONSE.c.digest).where(tuple_(*columns).in_(sought)))
    return {(unit_id, id_.hex): digest for unit_id, id_, digest in rows} if sought else {}
