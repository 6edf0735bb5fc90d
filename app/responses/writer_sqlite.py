"""A batch for SQLite: answers, comments, tallies and totals in a few statements that stay prepared."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import cast

from sqlalchemy import Connection, Table

from app.core.rows import RowStatement, Values, instant_text
from app.responses.submission import Key, Submission
from app.responses.tables import LOWEST_SCORE, OPTIONS_MAX, Comment, Response, Tally, Total

_RESPONSE = cast(Table, Response.__table__)  # type: ignore[attr-defined]
_COMMENT = cast(Table, Comment.__table__)  # type: ignore[attr-defined]
_TALLY = cast(Table, Tally.__table__)  # type: ignore[attr-defined]
_TOTAL = cast(Table, Total.__table__)  # type: ignore[attr-defined]

COUNTS = tuple(f"c{place}" for place in range(1, OPTIONS_MAX + 1))
SUMS = ("responses", "sum", "squares")
MONTH_KEY = ("unit_id", "service_id", "month", "instrument")
ANSWER = (
    *("unit_id", "id", "service_id", "point_id", "instrument", "channel", "answered_at", "local_date"),
    *("received_at", "scores", "respondent_mean", "sex", "age", "education", "occupation"),
    *("disability", "seconds", "digest", "state", "flags"),
)
COMMENT = ("unit_id", "response_id", "service_id", "local_date", "respondent_mean", "text", "state")

MonthKey = tuple[int, int, date, str]


def _adding(table: Table, keys: tuple[str, ...], amounts: tuple[str, ...]) -> RowStatement:
    """An upsert that adds its amounts to the row of its key."""
    sums = ", ".join(f"{name} = {table.name}.{name} + excluded.{name}" for name in amounts)
    tail = f"ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {sums}"
    return RowStatement(table, (*keys, *amounts), tail)


# Whoever wrote the id first has it; the rows that come back are those that are new.
ANSWERS = RowStatement(_RESPONSE, ANSWER, "ON CONFLICT (unit_id, id) DO NOTHING RETURNING unit_id, id")
COMMENTS = RowStatement(_COMMENT, COMMENT, "")
TALLIES = _adding(_TALLY, (*MONTH_KEY, "question"), COUNTS)
TOTALS = _adding(_TOTAL, MONTH_KEY, SUMS)


def store(connection: Connection, submissions: Sequence[Submission]) -> set[Key]:
    """Insert what is new, with all that hangs on it; the keys of what was inserted.

    `submissions` have different keys and are sorted by them.
    """
    rows = [_row(submission) for submission in submissions]
    stored = {(row[0], row[1]) for row in ANSWERS.execute(connection, rows)}
    fresh = (
        submissions if len(stored) == len(submissions) else [one for one in submissions if one.key in stored]
    )
    _execute(connection, COMMENTS, [_comment(one) for one in fresh if one.answer.comment is not None])
    _add_to_tallies(connection, fresh)
    return stored


def _execute(connection: Connection, statement: RowStatement, rows: Sequence[Values]) -> None:
    for _ in statement.execute(connection, rows):
        pass


def _row(submission: Submission) -> Values:
    answer = submission.answer
    return (
        submission.unit_id,
        submission.id.hex,
        submission.service_id,
        submission.point_id,
        submission.instrument,
        submission.channel,
        instant_text(submission.answered_at),
        submission.local_date.isoformat(),
        instant_text(submission.received_at),
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
        submission.flags_json,
    )


def _comment(submission: Submission) -> Values:
    return (
        submission.unit_id,
        submission.id.hex,
        submission.service_id,
        submission.local_date.isoformat(),
        submission.respondent_mean,
        submission.answer.comment,
        "new",
    )


def _add_to_tallies(connection: Connection, submissions: Iterable[Submission]) -> None:
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
    tallies = [(*_plain(key), question, *row) for key in counts for question, row in counts[key].items()]
    _execute(connection, TALLIES, tallies)
    _execute(connection, TOTALS, [(*_plain(key), *sums[key]) for key in sums])


def _plain(key: MonthKey) -> Values:
    unit_id, service_id, month, instrument = key
    return unit_id, service_id, month.isoformat(), instrument
