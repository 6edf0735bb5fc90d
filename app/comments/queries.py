"""Reading comments: the inbox in portions, their counts, one of them with its history.

Every search is bounded: by a period, and by the newest `LOOKED_AT` comments of it. So a search in the text needs
no index, and is the same on every database.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, literal_column
from sqlalchemy import select as select_rows
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, or_, select

from app.comments.tables import CommentEvent, CommentHandover
from app.core.tables import storable
from app.ikm.periods import Period
from app.responses.tables import Comment, Response

STATES = ("new", "reviewed", "acted_on", "done")
LOOKED_AT = 100_000
NO_TOPIC = "-"
WORDS_MAX = 8
Order = Literal["newest", "lowest"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which comments are asked for. `topic` is a key or NO_TOPIC; every word of `text` stands in the comment."""

    unit_ids: Collection[int]
    period: Period
    state: str | None = None
    topic: str | None = None
    service_id: int | None = None
    text: str = ""
    published: bool = False
    order: Order = "newest"

    @property
    def sifts(self) -> bool:
        """Whether more than units and period decide, so that many comments may be looked at for few."""
        return bool(self.state or self.topic or self.service_id or self.text.strip() or self.published)


@dataclass(frozen=True, slots=True)
class Key:
    """Where a list goes on; `mean` counts where the lowest come first."""

    local_date: date
    unit_id: int
    response_id: UUID
    mean: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """A comment with its answer."""

    comment: Comment
    answer: Response

    @property
    def key(self) -> Key:
        """Where a list goes on behind it."""
        one = self.comment
        return Key(one.local_date, one.unit_id, one.response_id, one.respondent_mean)


@dataclass(frozen=True, slots=True)
class Portion:
    """A part of a list. `behind` is where it goes on, None at the end.

    `reached` is the oldest day that was looked at, where older ones of the period were left aside.
    """

    found: Sequence[Found]
    behind: Key | None
    reached: date | None = None


def counted() -> ColumnElement[bool]:
    """That the answer of a comment counts: one that was left out takes its comment along."""
    answer = aliased(Response, name="left_out")
    # The same words as in the condition of the small index, which only so is used.
    left_out: ColumnElement[bool] = literal_column("left_out.state = 'excluded'")
    same = and_(col(answer.unit_id) == col(Comment.unit_id), col(answer.id) == col(Comment.response_id))
    return ~select(answer.id).where(same, left_out).exists()


def counted_among(unit_ids: Collection[int]) -> ColumnElement[bool]:
    """The same for lists: the few that were left out of these units are looked up once, not for each comment."""
    answer = aliased(Response, name="left_out")
    left_out: ColumnElement[bool] = literal_column("left_out.state = 'excluded'")
    few = select(col(answer.id)).where(col(answer.unit_id).in_(unit_ids), left_out)
    # An id is unique within its unit only: where it is among the few, the exact question decides.
    return or_(col(Comment.response_id).not_in(few), counted())


def numbers(
    session: Session, unit_ids: Collection[int], period: Period, *columns: Any
) -> dict[tuple[Any, ...], int]:
    """How many comments of a period there are of each combination of these columns.

    All of them from an index, less the few whose answers were left out: a probe for each would take seconds.
    """
    every = select_rows(*columns, func.count()).where(*within(unit_ids, period)).group_by(*columns)
    answer = aliased(Response, name="left_out")
    left_out: ColumnElement[bool] = literal_column("left_out.state = 'excluded'")
    same = and_(col(answer.unit_id) == col(Comment.unit_id), col(answer.id) == col(Comment.response_id))
    less = every.join(answer, same).where(col(answer.unit_id).in_(unit_ids), left_out)
    found = {tuple(key): number for *key, number in session.execute(every)}
    for *key, number in session.execute(less):
        found[tuple(key)] -= number
    return {key: number for key, number in found.items() if number}


def within(unit_ids: Collection[int], period: Period) -> list[ColumnElement[bool]]:
    """Comments of these units on days of this period."""
    units = list(unit_ids)
    of_units = col(Comment.unit_id) == units[0] if len(units) == 1 else col(Comment.unit_id).in_(units)
    return [of_units, col(Comment.local_date) >= period.start, col(Comment.local_date) < period.end]


def portion(session: Session, wanted: Wanted, behind: Key | None, limit: int) -> Portion:
    """At most `limit` comments, newest first or those with the lowest answers first, behind a key."""
    conditions = [*within(wanted.unit_ids, wanted.period), counted_among(wanted.unit_ids), *_sifting(wanted)]
    reached = None
    if wanted.order == "lowest" or wanted.sifts:
        reached = _boundary(session, wanted, behind)
        if reached is not None:
            conditions.append(col(Comment.local_date) >= reached)
    if behind is not None:
        conditions.append(_behind(wanted.order, behind))
    query = select(Comment).where(*conditions).order_by(*_order(wanted)).limit(limit + 1)
    comments = session.exec(query).all()
    found = _with_answers(session, comments[:limit])
    if len(comments) > limit:
        return Portion(found, found[-1].key, reached)
    goes_on = reached is not None and wanted.order == "newest"
    # The whole of the last day was looked at: the next portion begins with the day before.
    return Portion(found, Key(reached, 0, UUID(int=0)) if goes_on and reached else None, reached)


def _sifting(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.state:
        conditions.append(col(Comment.state) == wanted.state)
    if wanted.topic == NO_TOPIC:
        conditions.append(col(Comment.topic).is_(None))
    elif wanted.topic:
        conditions.append(col(Comment.topic) == wanted.topic)
    if wanted.service_id is not None:
        conditions.append(col(Comment.service_id) == wanted.service_id)
    if wanted.published:
        conditions.append(col(Comment.reply_published_at).is_not(None))
    words = wanted.text.split()[:WORDS_MAX] if storable(wanted.text) else []
    return [*conditions, *(col(Comment.text).icontains(word, autoescape=True) for word in words)]


def _boundary(session: Session, wanted: Wanted, behind: Key | None) -> date | None:
    """The day of the comment at which looking ends; None when there are fewer."""
    days = select(col(Comment.local_date)).where(*within(wanted.unit_ids, wanted.period))
    if behind is not None and wanted.order == "newest":
        days = days.where(_behind("newest", behind))
    days = days.order_by(col(Comment.local_date).desc()).offset(LOOKED_AT - 1).limit(1)
    return session.exec(days).first()


def _behind(order: Order, key: Key) -> ColumnElement[bool]:
    day, unit, id_ = col(Comment.local_date), col(Comment.unit_id), col(Comment.response_id)
    same_day = or_(unit < key.unit_id, and_(unit == key.unit_id, id_ < key.response_id))
    older = and_(day <= key.local_date, or_(day < key.local_date, same_day))
    if order == "newest":
        return older
    mean = col(Comment.respondent_mean)
    return or_(mean > key.mean, and_(mean == key.mean, older))


def _order(wanted: Wanted) -> list[Any]:
    newest = [col(Comment.local_date).desc(), col(Comment.unit_id).desc(), col(Comment.response_id).desc()]
    return newest if wanted.order == "newest" else [col(Comment.respondent_mean), *newest]


def _with_answers(session: Session, comments: Sequence[Comment]) -> list[Found]:
    units, ids = {one.unit_id for one in comments}, [one.response_id for one in comments]
    answers = session.exec(
        select(Response).where(col(Response.unit_id).in_(units), col(Response.id).in_(ids))
    )
    known = {(one.unit_id, one.id): one for one in answers}
    return [Found(one, known[one.unit_id, one.response_id]) for one in comments]


def counts_by_state(session: Session, unit_ids: Collection[int], period: Period) -> dict[str, int]:
    """How many comments of a period stand where; every state is named."""
    found = numbers(session, unit_ids, period, col(Comment.state))
    return {state: found.get((state,), 0) for state in STATES}


def one(session: Session, unit_id: int, response_id: UUID) -> Found | None:
    """A comment with its answer; None when there is none, it was erased, or its answer was left out."""
    comment = session.exec(
        select(Comment).where(Comment.unit_id == unit_id, Comment.response_id == response_id, counted())
    ).one_or_none()
    return _with_answers(session, [comment])[0] if comment else None


def history(session: Session, unit_id: int, response_id: UUID) -> Sequence[CommentEvent]:
    """All changes of a comment, oldest first."""
    wanted = select(CommentEvent).where(
        CommentEvent.unit_id == unit_id, CommentEvent.response_id == response_id
    )
    return session.exec(wanted.order_by(col(CommentEvent.number))).all()


def handovers(session: Session, comments: Sequence[Comment]) -> dict[tuple[int, UUID], CommentHandover]:
    """Which of these comments were handed over, by unit and id of the answer."""
    units, ids = {one.unit_id for one in comments}, [one.response_id for one in comments]
    rows = select(CommentHandover).where(
        col(CommentHandover.unit_id).in_(units), col(CommentHandover.response_id).in_(ids)
    )
    return {(row.unit_id, row.response_id): row for row in session.exec(rows)}
