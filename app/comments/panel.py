"""What other pages and letters tell of comments: what to fix, how many wait, words behind figures, replies."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, func, select

from app.comments.queries import counted, counted_among, counts_by_state, numbers, within
from app.comments.topics import topics_by_unit, topics_of
from app.ikm.periods import Period
from app.instruments.catalog import Catalog
from app.responses.screening import COVER
from app.responses.tables import Comment, Response
from app.units.tables import Service

OPEN = ("new", "reviewed")
LOW = 2  # at most so much is a low score: the two lower options of a scale of four
CANDIDATES = 300
# Up to so many comments of a period are counted for a page that nobody asked to count.
QUICK = 20_000
# A comment to be quoted: not a mere word, and short enough for a letter.
QUOTED_MIN, QUOTED_MAX = 20, 280


@dataclass(frozen=True, slots=True)
class TopicCount:
    """Comments of a period about a topic; `element` is the key of the element that it weighs on, if any."""

    key: str
    name: str
    element: str | None
    comments: int
    open: int


@dataclass(frozen=True, slots=True)
class TopicCounts:
    """Most frequent first. `without` a topic are comments in which no keyword stands, or that wait to be sorted."""

    topics: tuple[TopicCount, ...]
    without: int


@dataclass(frozen=True, slots=True)
class Oldest:
    """The comment that has waited longest for anybody to look at it."""

    unit_id: int
    response_id: UUID
    local_date: date


@dataclass(frozen=True, slots=True)
class Summary:
    """Comments of a period by state; the oldest that is still new, None when there is none."""

    by_state: dict[str, int]
    oldest_new: Oldest | None

    @property
    def comments(self) -> int:
        """All of them."""
        return sum(self.by_state.values())


@dataclass(frozen=True, slots=True)
class Quoted:
    """A comment behind a figure: its words, when and about which service; nothing about who wrote it."""

    unit_id: int
    response_id: UUID
    text: str
    local_date: date
    service_id: int
    topic: str | None
    score: int | None
    """The lowest score that the same answer gave the element; None when it was not asked."""


@dataclass(frozen=True, slots=True)
class PublicReply:
    """What a unit answered in public. The citizen's own words are not part of it: they were written to the unit."""

    reply: str
    published_at: datetime
    month: date
    """The first day of the month of the comment."""
    service: str
    topic: str | None


def is_quick(session: Session, unit_ids: Collection[int], period: Period) -> bool:
    """Whether the comments of a period are so few that counting them costs next to nothing."""
    beyond = select(col(Comment.unit_id)).where(*within(unit_ids, period)).offset(QUICK).limit(1)
    return session.exec(beyond).first() is None


def element_counts(session: Session, unit_ids: Collection[int], period: Period) -> Counter[str]:
    """How many comments there are by the element that their topics are about."""
    found: Counter[str] = Counter()
    for topic in topic_counts(session, unit_ids, period).topics:
        if topic.element is not None:
            found[topic.element] += topic.comments
    return found


def topic_counts(session: Session, unit_ids: Collection[int], period: Period) -> TopicCounts:
    """What people write about, in these units and this period. A topic that is gone counts among those without."""
    asked = (col(Comment.unit_id), col(Comment.topic), col(Comment.state))
    rows = numbers(session, unit_ids, period, *asked)
    valid = topics_by_unit(session, {unit_id for unit_id, _, _ in rows})
    known = {unit: {topic.key: topic for topic in topics} for unit, topics in valid.items()}
    sums: dict[str, list[int]] = {}
    described: dict[str, tuple[str, str | None]] = {}
    without = 0
    for (unit_id, key, state), number in rows.items():
        topic = known[unit_id].get(key) if key else None
        if topic is None:
            without += number
            continue
        described.setdefault(topic.key, (topic.name, topic.element))
        total = sums.setdefault(topic.key, [0, 0])
        total[0] += number
        total[1] += number if state in OPEN else 0
    found = [TopicCount(key, *described[key], number, waiting) for key, (number, waiting) in sums.items()]
    return TopicCounts(tuple(sorted(found, key=lambda one: (-one.comments, one.name))), without)


def summary(session: Session, unit_ids: Collection[int], period: Period) -> Summary:
    """For a panel: how many stand where, and what has waited longest."""
    oldest = session.exec(
        select(col(Comment.unit_id), col(Comment.response_id), col(Comment.local_date))
        .where(*within(unit_ids, period), Comment.state == "new", counted())
        .order_by(col(Comment.local_date), col(Comment.unit_id), col(Comment.response_id))
        .limit(1)
    ).first()
    return Summary(counts_by_state(session, unit_ids, period), Oldest(*oldest) if oldest else None)


def comments_behind(
    session: Session,
    catalog: Catalog,
    unit_ids: Collection[int],
    period: Period,
    element: str,
    topics: Collection[str] = (),
    limit: int = 2,
) -> list[Quoted]:
    """Comments that tell why an element is low: of answers that scored it low or, by keyword, about its topics.

    Both is best; then the lower score, then the newer. `topics` are keys; without any, those whose element it is.
    Texts of a readable length only, and none in which something is covered.
    """
    if not unit_ids:
        return []
    about = set(topics) or _topics_about(session, unit_ids, element)
    length = func.length(col(Comment.text)).between(QUOTED_MIN, QUOTED_MAX)
    plain = ~col(Comment.text).contains(COVER)
    basis = (
        select(Comment, Response)
        .join(
            Response,
            (col(Response.unit_id) == col(Comment.unit_id)) & (col(Response.id) == col(Comment.response_id)),
        )
        .where(*within(unit_ids, period), counted_among(unit_ids), length, plain)
        .limit(CANDIDATES)
    )
    newest = (col(Comment.local_date).desc(), col(Comment.unit_id), col(Comment.response_id))
    rows: dict[tuple[int, UUID], tuple[Comment, Response]] = {}
    lowest = basis.order_by(col(Comment.respondent_mean), *newest)
    of_topics = basis.where(col(Comment.topic).in_(about)).order_by(*newest)
    for query in (of_topics, lowest) if about else (lowest,):
        rows |= {(one.unit_id, one.response_id): (one, answer) for one, answer in session.exec(query)}
    quoted = [_quoted(catalog, one, answer, element) for one, answer in rows.values()]
    fitting = [one for one in quoted if one.topic in about or (one.score is not None and one.score <= LOW)]
    return _different(sorted(fitting, key=lambda one: _rank(one, about)), limit)


def _topics_about(session: Session, unit_ids: Collection[int], element: str) -> set[str]:
    valid = topics_by_unit(session, unit_ids)
    return {topic.key for topics in valid.values() for topic in topics if topic.element == element}


def _quoted(catalog: Catalog, comment: Comment, answer: Response, element: str) -> Quoted:
    instrument = catalog.get(answer.instrument)
    keys = [q.key for one in instrument.elements if one.key == element for q in one.questions]
    scores = [answer.scores[key] for key in keys if key in answer.scores]
    return Quoted(
        comment.unit_id,
        comment.response_id,
        comment.text,
        comment.local_date,
        comment.service_id,
        comment.topic,
        min(scores, default=None),
    )


def _rank(one: Quoted, about: Collection[str]) -> tuple[int, int, int, str]:
    low = one.score is not None and one.score <= LOW
    both = 2 if low and one.topic in about else 1
    return -both, one.score if one.score is not None else LOW + 1, -one.local_date.toordinal(), one.text


def _different(quoted: Sequence[Quoted], limit: int) -> list[Quoted]:
    """The first ones whose words differ: the same sentence twice tells nothing more."""
    seen: dict[str, Quoted] = {}
    for one in quoted:
        seen.setdefault(one.text.casefold(), one)
    return list(seen.values())[:limit]


def published_replies(session: Session, unit_id: int, limit: int = 10) -> list[PublicReply]:
    """The replies that a unit has published, newest first."""
    wanted = (
        select(Comment, col(Service.name))
        .join(Service, col(Service.id) == col(Comment.service_id))
        .where(Comment.unit_id == unit_id, col(Comment.reply_published_at).is_not(None), counted())
        .order_by(col(Comment.reply_published_at).desc(), col(Comment.response_id))
        .limit(limit)
    )
    names = {topic.key: topic.name for topic in topics_of(session, unit_id)}
    return [
        PublicReply(
            comment.reply or "",
            comment.reply_published_at,
            comment.local_date.replace(day=1),
            service,
            names.get(comment.topic or ""),
        )
        for comment, service in session.exec(wanted)
        if comment.reply_published_at is not None
    ]
