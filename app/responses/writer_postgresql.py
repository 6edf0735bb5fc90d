"""A batch as one statement for PostgreSQL: answers, comments, tallies and totals in one round trip.

The rows travel as one JSON parameter, so that a batch of any size is the same prepared statement. Tallies are
counted by the server from the rows that it has inserted, in key order: two writers never wait in a circle.
"""

import json
from collections.abc import Sequence
from typing import Any

from pydantic_core import to_json
from sqlalchemy import Connection

from app.responses.submission import Key, Submission
from app.responses.tables import OPTIONS_MAX

_COLUMNS = {
    "unit_id": "int",
    "id": "uuid",
    "service_id": "int",
    "point_id": "int",
    "instrument": "text",
    "channel": "text",
    "answered_at": "timestamptz",
    "local_date": "date",
    "received_at": "timestamptz",
    "scores": "jsonb",
    "respondent_mean": "int",
    "sex": "text",
    "age": "int",
    "education": "text",
    "occupation": "text",
    "disability": "boolean",
    "seconds": "int",
    "flags": "json",
}
_PLACES = range(1, OPTIONS_MAX + 1)
_NAMES = ", ".join(_COLUMNS)
_MONTH = "unit_id, service_id, date_trunc('month', local_date)::date, instrument"
_COUNTS = ", ".join(f"count(*) FILTER (WHERE answer.value = '{place}')" for place in _PLACES)

STATEMENT = f"""
WITH incoming AS (
    SELECT * FROM json_to_recordset(%s) AS row (
        {", ".join(f"{name} {kind}" for name, kind in _COLUMNS.items())}, digest text, comment text
    )
), stored AS (
    INSERT INTO response ({_NAMES}, digest, state)
    SELECT {_NAMES}, decode(digest, 'hex'), 'counted' FROM incoming
    ON CONFLICT (unit_id, id) DO NOTHING
    RETURNING unit_id, id, service_id, local_date, instrument, scores, respondent_mean
), commented AS (
    INSERT INTO comment (unit_id, response_id, service_id, local_date, respondent_mean, text, state)
    SELECT unit_id, id, stored.service_id, stored.local_date, stored.respondent_mean, comment, 'new'
    FROM stored JOIN incoming USING (unit_id, id) WHERE comment IS NOT NULL
), tallied AS (
    INSERT INTO tally (unit_id, service_id, month, instrument, question, {", ".join(f"c{p}" for p in _PLACES)})
    SELECT {_MONTH}, answer.key, {_COUNTS} FROM stored, jsonb_each_text(scores) AS answer
    GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
    ON CONFLICT (unit_id, service_id, month, instrument, question)
    DO UPDATE SET {", ".join(f"c{p} = tally.c{p} + excluded.c{p}" for p in _PLACES)}
), totalled AS (
    INSERT INTO total (unit_id, service_id, month, instrument, responses, sum, squares)
    SELECT {_MONTH}, count(*), sum(respondent_mean), sum(respondent_mean::bigint * respondent_mean) FROM stored
    GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    ON CONFLICT (unit_id, service_id, month, instrument) DO UPDATE SET
        responses = total.responses + excluded.responses,
        sum = total.sum + excluded.sum, squares = total.squares + excluded.squares
)
SELECT unit_id, id FROM stored
"""  # noqa: S608 - put together from constants


def store(connection: Connection, submissions: Sequence[Submission]) -> set[Key]:
    """Insert what is new, with all that hangs on it; the keys of what was inserted.

    `submissions` have different keys and are sorted by them.
    """
    rows = to_json([_row(submission) for submission in submissions]).decode()
    return {(unit_id, id_.hex) for unit_id, id_ in connection.exec_driver_sql(STATEMENT, (rows,)).all()}


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
        "flags": json.loads(submission.flags_json) if submission.flags_json else None,
        "digest": submission.digest.hex(),
        "comment": answer.comment,
    }
