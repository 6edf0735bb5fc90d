"""Gives comments their topics, later than their collection: beside the requests, when read, by `eskm comments`.

Looking for keywords takes time and needs no lock: `find` reads, `keep` writes what was found.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, select, update

from app.comments.matching import Sorter, Topic
from app.comments.topics import topics_by_unit
from app.responses.tables import Comment

AT_ONCE = 500


@dataclass(slots=True)
class Sorted:
    """Comments by their unit, the keywords that they were sorted with, and the topic that was found."""

    found: dict[tuple[int, int, str | None], list[UUID]] = field(default_factory=lambda: defaultdict(list))

    @property
    def number(self) -> int:
        """How many comments these are."""
        return sum(map(len, self.found.values()))


def find(session: Session, unit_ids: Collection[int], limit: int) -> Sorted:
    """Topics for at most `limit` comments of these units that were not sorted with the keywords of today."""
    result = Sorted()
    for sorter, ids in _by_keywords(session, unit_ids):
        wanted = select(Comment.unit_id, Comment.response_id, Comment.text).where(*_stale(sorter, ids))
        for unit_id, id_, text in session.exec(wanted.limit(limit - result.number)):
            result.found[unit_id, sorter.fingerprint, sorter.topic_of(text)].append(id_)
        if result.number >= limit:
            break
    return result


def is_behind(session: Session, unit_ids: Collection[int]) -> bool:
    """Whether any comment of these units waits to be sorted with the keywords of today, where there are any."""
    return any(
        session.exec(select(Comment.unit_id).where(*_stale(sorter, ids)).limit(1)).first() is not None
        for sorter, ids in _by_keywords(session, unit_ids)
        if sorter.has_topics
    )


def _by_keywords(session: Session, unit_ids: Collection[int]) -> list[tuple[Sorter, list[int]]]:
    """The units that have the same keywords together, at most AT_ONCE of them: most have those of units above."""
    groups: dict[int, tuple[Sorter, list[int]]] = {}
    known: dict[tuple[Topic, ...], Sorter] = {}
    for unit_id, topics in topics_by_unit(session, unit_ids).items():
        if (sorter := known.get(tuple(topics))) is None:
            sorter = known[tuple(topics)] = Sorter(topics)
        groups.setdefault(sorter.fingerprint, (sorter, []))[1].append(unit_id)
    return [
        (sorter, ids[start : start + AT_ONCE])
        for sorter, ids in groups.values()
        for start in range(0, len(ids), AT_ONCE)
    ]


def _stale(sorter: Sorter, unit_ids: Sequence[int]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Comments of these units that were sorted with other keywords, or never."""
    known = col(Comment.sorted_with)
    # Two ranges of an index, where an inequality would read every comment.
    return col(Comment.unit_id).in_(unit_ids), or_(known < sorter.fingerprint, known > sorter.fingerprint)


def find_for(session: Session, comments: Iterable[Comment]) -> Sorted:
    """Topics for those of these comments that were not sorted with the keywords of today; each has it at once."""
    waiting = list(comments)
    topics = topics_by_unit(session, {one.unit_id for one in waiting})
    sorters = {unit_id: Sorter(found) for unit_id, found in topics.items()}
    result = Sorted()
    for comment in waiting:
        sorter = sorters[comment.unit_id]
        if comment.sorted_with == sorter.fingerprint:
            continue
        topic = sorter.topic_of(comment.text)
        result.found[comment.unit_id, sorter.fingerprint, topic].append(comment.response_id)
    return result


def keep(session: Session, result: Sorted) -> None:
    """Store what was found. A topic that somebody chose by hand stays."""
    for (unit_id, fingerprint, topic), ids in result.found.items():
        for start in range(0, len(ids), AT_ONCE):
            portion = sorted(ids[start : start + AT_ONCE])
            these = (col(Comment.unit_id) == unit_id, col(Comment.response_id).in_(portion))
            suggested = update(Comment).where(*these, col(Comment.topic_by_hand).is_(False))
            session.execute(suggested.values(topic=topic))
            session.execute(update(Comment).where(*these).values(sorted_with=fingerprint))
