"""Gives comments their topics, later and beside their collection: when they are read, and by `eskm comments`.

Looking for keywords takes time and needs no lock: `find` reads, `keep` writes what was found.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from sqlmodel import Session, col, or_, select, update

from app.comments.matching import Sorter
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
    for unit_id, topics in topics_by_unit(session, unit_ids).items():
        sorter = Sorter(topics)
        known = col(Comment.sorted_with)
        # Two ranges of an index, where an inequality would read every comment.
        stale = or_(known < sorter.fingerprint, known > sorter.fingerprint)
        rows = select(Comment.response_id, Comment.text).where(col(Comment.unit_id) == unit_id, stale)
        for id_, text in session.exec(rows.limit(limit - result.number)):
            result.found[unit_id, sorter.fingerprint, sorter.topic_of(text)].append(id_)
        if result.number >= limit:
            break
    return result


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
