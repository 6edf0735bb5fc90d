"""What is stored, held against what was sent and acknowledged. The sums are counted anew from the bodies sent."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, create_engine, text

from app.core.settings import Settings
from benchmarks.load.citizens import OF_POINT
from benchmarks.load.senders import Body, Ledger

INSTRUMENT = "skm-2017@1"
# The unit in which a respondent's mean is stored; see docs/method.md.
MEAN_UNIT = 45360
SHOWN = 5


def findings(database_url: str, ledger: Ledger) -> list[str]:
    """Everything that is wrong; empty when every acknowledged answer is there exactly once, and all else fits."""
    engine = create_engine(Settings(database_url=database_url).database_url)
    try:
        with engine.connect() as connection:
            return [
                *_soundness(connection),
                *_answers(connection, ledger),
                *_sums(connection, ledger.sent),
                *_replies(ledger),
            ]
    finally:
        engine.dispose()


def stored_ids(connection: Connection) -> list[str]:
    """The id of each stored answer, once for every row."""
    return [str(UUID(str(one))) for one in connection.scalars(text("SELECT id FROM response"))]


def _soundness(connection: Connection) -> list[str]:
    if connection.dialect.name != "sqlite":
        return []
    found = []
    if (told := list(connection.scalars(text("PRAGMA integrity_check")))) != ["ok"]:
        found.append(f"integrity_check: {told[:SHOWN]}")
    if told := connection.execute(text("PRAGMA foreign_key_check")).all():
        found.append(f"foreign_key_check: {told[:SHOWN]}")
    return found


def _answers(connection: Connection, ledger: Ledger) -> list[str]:
    rows = Counter(stored_ids(connection))
    found = [
        _list("stored more than once", (id_ for id_, number in rows.items() if number > 1)),
        _list("acknowledged and not stored", ledger.acknowledged.keys() - rows.keys()),
        _list("stored and never sent", rows.keys() - ledger.sent.keys()),
    ]
    query = (
        "SELECT r.id, r.scores, c.text FROM response r "
        "LEFT JOIN comment c ON c.unit_id = r.unit_id AND c.response_id = r.id"
    )
    wrong = []
    for id_, scores, comment in connection.execute(text(query)):
        body = ledger.sent.get(str(UUID(str(id_))), {})
        given = json.loads(scores) if isinstance(scores, str) else scores
        if given != body.get("scores") or comment != body.get("comment"):
            wrong.append(str(id_))
    orphans = connection.scalar(text("SELECT count(*) FROM comment")) or 0
    expected = sum("comment" in ledger.sent.get(id_, {}) for id_ in rows)
    if orphans != expected:
        found.append(f"{orphans} comments instead of {expected}")
    return [one for one in (*found, _list("stored otherwise than sent", wrong)) if one]


def _list(what: str, ids: Iterable[str]) -> str:
    some = sorted(ids)
    return f"{what}: {len(some)}, among them {some[:SHOWN]}" if some else ""


def _sums(connection: Connection, sent: dict[str, Body]) -> list[str]:
    """Tallies and totals against the bodies whose ids are stored."""
    tallies: dict[tuple[str, ...], list[int]] = defaultdict(lambda: [0] * 6)
    totals: dict[tuple[str, ...], list[int]] = defaultdict(lambda: [0] * 4)
    for id_ in set(stored_ids(connection)) & sent.keys():
        body = sent[id_]
        place = OF_POINT[body["point"]]
        key = (place.unit, place.service, body["answered_at"][:7], INSTRUMENT)
        for question, score in body["scores"].items():
            tallies[*key, question][score - 1] += 1
        mean = Fraction(sum(body["scores"].values()), len(body["scores"])) * MEAN_UNIT
        assert mean.denominator == 1
        total = totals[key]
        total[0] += 1
        total[1] += mean.numerator
        total[2] += mean.numerator**2
    return [
        *_compared(connection, "tally", ("question",), [f"c{place}" for place in range(1, 7)], tallies),
        *_compared(connection, "total", (), ["responses", "sum", "squares", "excluded"], totals),
    ]


def _compared(
    connection: Connection,
    table: str,
    more: tuple[str, ...],
    amounts: list[str],
    expected: dict[tuple[str, ...], list[int]],
) -> list[str]:
    columns = ", ".join(f"t.{name}" for name in (*more, *amounts))
    query = (
        f"SELECT u.code, s.code, t.month, t.instrument, {columns} FROM {table} t "
        "JOIN unit u ON u.id = t.unit_id JOIN service s ON s.id = t.service_id"
    )
    stored: dict[tuple[str, ...], list[int]] = {}
    for row in connection.execute(text(query)):
        keys: tuple[Any, ...] = (row[0], row[1], str(row[2])[:7], row[3], *row[4 : 4 + len(more)])
        stored[keys] = [int(amount) for amount in row[4 + len(more) :]]
    wrong = [key for key in stored.keys() | expected.keys() if stored.get(key) != expected.get(key)]
    return [f"{table} {key}: {stored.get(key)} instead of {expected.get(key)}" for key in sorted(wrong)]


def _replies(ledger: Ledger) -> list[str]:
    twice = (id_ for id_, given in ledger.acknowledged.items() if given.count("stored") > 1)
    found = [_list("told twice that it was stored now", twice)]
    if ledger.strange:
        found.append(f"strange replies: {len(ledger.strange)}, among them {ledger.strange[:SHOWN]}")
    return [one for one in found if one]
