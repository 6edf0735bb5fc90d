"""`/petugas/unit/{code}/komentar`: the inbox of a unit and all below it, newest first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated
from zoneinfo import ZoneInfo

from babel.numbers import format_decimal
from fastapi import APIRouter, Query, Request, Response
from sqlmodel import col, select

from app.aggregation.period_picker import picker
from app.audit.service import record
from app.auth.guards import now
from app.auth.staff_pages import page, see_other
from app.comments import handover, words
from app.comments.asked import Asked, Filter, address_of, period_of, place_of, wanted_of
from app.comments.guards import CommentReader
from app.comments.inbox import Inbox, key_of, key_text, lowest_of, read
from app.comments.matching import Topic
from app.comments.panel import TopicCount, topic_counts
from app.comments.queries import NO_TOPIC, Found
from app.core.errors import NotFound
from app.core.messages import translate
from app.core.session import database
from app.units.scope import units_in_scope
from app.units.tables import Unit
from app.web.locale import page_language

router = APIRouter(include_in_schema=False)
PORTION = 25
Cursor = Annotated[str, Query(max_length=120)]


@router.get("/petugas/komentar")
def get_own(request: Request, principal: CommentReader) -> Response:
    """On to the inbox of the topmost unit that somebody may read."""
    with database(request).read() as session:
        held = principal.unit_ids & set(units_in_scope(session, principal))
        unit = session.exec(select(Unit).where(col(Unit.id).in_(held)).order_by(Unit.name)).first()
        if unit is None:
            raise NotFound
        return see_other(address_of(unit))


@router.get("/petugas/unit/{code}/komentar")
def get_inbox(
    request: Request, principal: CommentReader, code: str, asked: Filter, cursor: Cursor = ""
) -> Response:
    """Comments of a period with their counts; what they are about; a search. Reading them is recorded."""
    db, at, language = database(request), now(request), page_language(request)
    with db.read() as session:
        place = place_of(session, principal, code)
        session.expunge_all()
    today = at.astimezone(ZoneInfo(place.unit.timezone)).date()
    period = period_of(asked, today)
    asked = replace(asked, period=period.code)
    inbox = read(db, place.units, wanted_of(place, asked, period), key_of(cursor), PORTION)
    with db.read() as session:
        topics = topic_counts(session, place.ids, period)
        year = handover.handover_counts(session, place.ids, today.year, today)
    with db.write() as session:
        details = {"period": period.code, "comments": len(inbox.found), "searched": bool(asked.q)}
        record(session, principal.actor, "comments.read", at, unit_id=place.unit.id, details=details)
    return page(
        request,
        "staff/comments/inbox.html",
        section="comments",
        place=place,
        asked=asked,
        picker=picker(period, today, language),
        tabs=_tabs(asked, inbox, language),
        total=sum(inbox.counts.values()),
        lines=[_line(request, inbox, one, language, len(place.units) > 1) for one in inbox.found],
        topic_options=_topic_options(one for valid in inbox.valid.values() for one in valid),
        topics=_topic_rows([one for one in topics.topics if one.element], asked, language),
        others=_topic_rows([one for one in topics.topics if not one.element], asked, language),
        no_topic=NO_TOPIC,
        without=_number(topics.without, language),
        year=year,
        older=asked.query(cursor=key_text(inbox.behind)) if inbox.behind else None,
        first=asked.query() if cursor else None,
        reached=words.day(inbox.reached, language) if inbox.reached else None,
    )


def _line(request: Request, inbox: Inbox, one: Found, language: str, several: bool) -> words.Line:
    comment = one.comment
    key = (comment.unit_id, comment.response_id)
    unit, topic, handed = inbox.units[comment.unit_id], inbox.topics[key], inbox.handovers.get(key)
    today = now(request).astimezone(ZoneInfo(unit.timezone)).date()
    about = [
        topic.name if topic else "",
        unit.name if several else "",
        inbox.services[comment.service_id].name,
        words.day(comment.local_date, language),
        words.channel_name(one.answer.channel, language),
    ]
    steps = handover.steps_of(handed, today) if handed else ()
    return words.Line(
        address=f"{address_of(unit)}/{comment.response_id}",
        text=comment.text,
        state=comment.state,
        state_name=words.state_names(language)[comment.state],
        about=", ".join(part for part in about if part),
        lowest=words.lowest_words(lowest_of(request.app.state.catalog, one.answer, language), language),
        reply=comment.reply,
        published=comment.reply_published_at is not None,
        lapor=f"{handed.lapor_number}, {words.status_name(handover.status_of(handed), language).lower()}"
        if handed
        else None,
        late=any(step.late and step.done_on is None for step in steps),
    )


@dataclass(frozen=True, slots=True)
class Tab:
    """A state to show alone, with how many stand there."""

    name: str
    number: str
    address: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class TopicRow:
    """A topic of the period: its comments, those that wait; `share` of the most frequent one, in per cent."""

    name: str
    number: str
    waiting: str
    share: int
    address: str


def _tabs(asked: Asked, inbox: Inbox, language: str) -> list[Tab]:
    every = [("", translate("Semua", language), sum(inbox.counts.values()))]
    states = [(key, name, inbox.counts[key]) for key, name in words.state_names(language).items()]
    return [
        Tab(name, _number(number, language), asked.query(state=key), asked.state == key)
        for key, name, number in every + states
    ]


def _topic_options(topics: Iterable[Topic]) -> list[tuple[str, str]]:
    """Every topic once, by name: units below one another share keys."""
    return sorted({topic.key: topic.name for topic in topics}.items(), key=lambda one: one[1].casefold())


def _topic_rows(topics: Sequence[TopicCount], asked: Asked, language: str) -> list[TopicRow]:
    most = max((one.comments for one in topics), default=1)
    return [
        TopicRow(
            one.name,
            _number(one.comments, language),
            _number(one.open, language),
            max(1, round(100 * one.comments / most)),
            asked.query(topic=one.key, state=""),
        )
        for one in topics
    ]


def _number(value: int, language: str) -> str:
    return format_decimal(value, locale=language)
