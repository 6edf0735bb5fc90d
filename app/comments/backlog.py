"""Sorts comments that wait into topics, in portions: each is looked through without a lock and stored quickly."""

from collections.abc import Collection

from sqlmodel import select

from app.comments import sorting
from app.core.db import Database
from app.units.tables import Unit

# Small enough that answers do not wait for it; a turn of the chore takes at most so many.
PORTION, PORTIONS_A_TURN = 500, 40


def work_off(database: Database, unit_ids: Collection[int] | None = None, portions: int | None = None) -> int:
    """Sort what waits at these units, at all when None, in at most so many portions; how many comments it was."""
    with database.read() as session:
        ids = list(session.exec(select(Unit.id))) if unit_ids is None else list(unit_ids)
    known = [id_ for id_ in ids if id_ is not None]
    number = done = 0
    while portions is None or done < portions:
        with database.read() as session:
            found = sorting.find(session, known, PORTION)
        if not found.number:
            break
        with database.write() as session:
            sorting.keep(session, found)
        number, done = number + found.number, done + 1
    return number
