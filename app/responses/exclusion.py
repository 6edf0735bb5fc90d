"""Takes answers out of the count and back in; their tallies and totals move in the same transaction."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Column, Insert, Table, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from app.responses.tables import (
    COUNTED,
    EXCLUDED,
    LOWEST_SCORE,
    OPTIONS_MAX,
    STATES,
    Response,
    Tally,
    Total,
)

IDS_AT_ONCE = 500
COUNTS = tuple(f"c{place}" for place in range(1, OPTIONS_MAX + 1))
SUMS = ("responses", "sum", "squares", "excluded")
MONTH_KEY = ("unit_id", "service_id", "month", "instrument")

_TALLY = cast(Table, Tally.__table__)  # type: ignore[attr-defined]
_TOTAL = cast(Table, Total.__table__)  # type: ignore[attr-defined]
_Key = tuple[Any, ...]
_Amounts = dict[_Key, list[int]]


def set_state(session: Session, unit_id: int, ids: Iterable[UUID], state: str) -> int:
    """Make answers of a unit `counted` or `excluded`, with all that is counted from them; how many changed.

    Answers that are in this state already, and ids that the unit does not have, are left alone. Raises
    `IntegrityError` where a tally or total lacks what would be taken from it: then `eskm verify` says what.
    """
    if state not in STATES:
        raise ValueError(f"no such state: {state}")
    chosen = sorted(set(ids))
    moved = [
        row
        for start in range(0, len(chosen), IDS_AT_ONCE)
        for row in _move(session, unit_id, chosen[start : start + IDS_AT_ONCE], state)
    ]
    tallies, totals = _amounts(unit_id, moved, 1 if state == COUNTED else -1)
    _add(session, _TALLY, (*MONTH_KEY, "question"), COUNTS, tallies)
    _add(session, _TOTAL, MONTH_KEY, SUMS, totals)
    return len(moved)


def _move(session: Session, unit_id: int, ids: Sequence[UUID], state: str) -> Sequence[Any]:
    """Change the state of some answers; what they had to say."""
    names = ("service_id", "local_date", "instrument", "scores", "respondent_mean")
    statement = (
        update(Response)
        .where(
            col(Response.unit_id) == unit_id,
            col(Response.id).in_(ids),
            col(Response.state) == (EXCLUDED if state == COUNTED else COUNTED),
        )
        .values(state=state)
        .returning(*(getattr(Response, name) for name in names))
    )
    return session.execute(statement).all()


def _amounts(unit_id: int, rows: Iterable[Any], sign: int) -> tuple[_Amounts, _Amounts]:
    """What to add to each tally and total when these answers are counted (1), or no longer (-1)."""
    tallies: _Amounts = defaultdict(lambda: [0] * len(COUNTS))
    totals: _Amounts = defaultdict(lambda: [0] * len(SUMS))
    for service_id, day, instrument, scores, mean in rows:
        month: date = day.replace(day=1)
        key = (unit_id, service_id, month, instrument)
        for question, score in scores.items():
            tallies[*key, question][score - LOWEST_SCORE] += sign
        for place, amount in enumerate((1, mean, mean * mean, -1)):
            totals[key][place] += sign * amount
    return tallies, totals


def _add(session: Session, table: Table, keys: Sequence[str], names: Sequence[str], rows: _Amounts) -> None:
    """Add to rows that are there; missing ones begin at nothing. The table's checks keep all from below zero."""
    if not rows:
        return
    nothing = dict.fromkeys(names, 0)
    _execute(
        session,
        _insert(session, table),
        [dict(zip(keys, key, strict=True), **nothing) for key in sorted(rows)],
    )
    columns = [table.c[name] for name in keys]
    _lock(session, columns, rows)
    statement = (
        update(table)
        .where(*(column == bindparam(f"at_{column.name}") for column in columns))
        .values({name: table.c[name] + bindparam(f"by_{name}") for name in names})
    )
    parameters = [
        {f"at_{name}": part for name, part in zip(keys, key, strict=True)}
        | {f"by_{name}": amount for name, amount in zip(names, amounts, strict=True)}
        for key, amounts in rows.items()
    ]
    _execute(session, statement, parameters)


def _lock(session: Session, columns: Sequence[Column[Any]], rows: Iterable[_Key]) -> None:
    """Take the unit's rows of these months in the writers' order: nobody waits in a circle."""
    unit_ids, _, months, *_ = zip(*rows, strict=True)
    unit_id, _, month, *_ = columns
    own = select(unit_id).where(unit_id.in_(set(unit_ids)), month.in_(set(months)))
    session.execute(own.order_by(*columns).with_for_update()).all()


def _insert(session: Session, table: Table) -> Insert:
    """Insert rows that are not there yet."""
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    return postgresql.insert(table).on_conflict_do_nothing()


def _execute(session: Session, statement: Any, parameters: list[dict[str, Any]]) -> None:
    session.connection().execute(statement, parameters)
