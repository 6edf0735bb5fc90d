"""Comments over HTTP: the inbox of a unit, and changing one."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from sqlmodel import Session, col, select

from app.aggregation.parameters import PeriodParameter
from app.aggregation.schemas import period_out
from app.audit.service import Actor, record
from app.auth.guards import now
from app.comments import handover, queries, service
from app.comments.errors import CommentGone
from app.comments.guards import CommentDealer, CommentReader
from app.comments.inbox import Inbox, key_of, key_text, lowest_of, read
from app.comments.matching import Topic
from app.comments.queries import Found, Order, Wanted
from app.comments.schemas import (
    CommentChange,
    CommentOut,
    CommentsOut,
    CountsOut,
    ElementRef,
    HandoverIn,
    HandoverOut,
    LowestOut,
    ReplyOut,
    State,
    StepOut,
    TopicOut,
)
from app.comments.tables import CommentHandover
from app.comments.topics import topics_of
from app.core.errors import FieldError, InvalidInput
from app.core.messages import language_of
from app.core.problems import declared
from app.core.session import WriteSession, database
from app.responses.schemas import UnitRef
from app.responses.tables import Comment
from app.units.queries import below, service_by_code
from app.units.scope import unit_in_scope
from app.units.tables import Service, Unit

router = APIRouter(prefix="/api/v1/units", tags=["comments"])
PORTION_MAX = 200


@router.get("/{code}/comments", summary="The inbox of comments", responses=declared(401, 403, 404, 422))
def get_comments(
    code: str,
    request: Request,
    principal: CommentReader,
    period: PeriodParameter,
    state: Annotated[State | None, Query(description="where it stands")] = None,
    topic: Annotated[str | None, Query(max_length=60, description="a topic's key; - for none")] = None,
    service_code: Annotated[
        str | None, Query(alias="service", max_length=63, description="code of one service of the unit")
    ] = None,
    q: Annotated[str, Query(max_length=100, description="words that all stand in the text")] = "",
    published: Annotated[bool, Query(description="only those with a public reply")] = False,
    order: Annotated[Order, Query(description="lowest: comments of the lowest answers first")] = "newest",
    cursor: Annotated[str, Query(max_length=120, description="`next` of the portion before")] = "",
    limit: Annotated[int, Query(ge=1, le=PORTION_MAX)] = 50,
) -> CommentsOut:
    """Comments of a unit and the units below it. Reading them is recorded."""
    db, at, language = database(request), now(request), _language(request)
    with db.read() as session:
        unit = unit_in_scope(session, principal, code)
        judged = _service(session, unit, service_code)
        ids = [unit.id or 0] if judged is not None else below(session, unit.id or 0)
        units = session.exec(select(Unit).where(col(Unit.id).in_(ids))).all()
        wanted = Wanted(ids, period, state, topic, judged, q, published, order)
        session.expunge_all()
    found = read(db, units, wanted, key_of(cursor), limit)
    with db.write() as session:
        details = {"period": period.code, "comments": len(found.found), "searched": bool(q.strip())}
        record(session, principal.actor, "comments.read", at, unit_id=unit.id, details=details)
    return CommentsOut(
        unit=UnitRef(code=unit.code, name=unit.name),
        period=period_out(period),
        counts=CountsOut(**found.counts),
        comments=[_listed(request, found, one, language) for one in found.found],
        next=key_text(found.behind) if found.behind else None,
        looked_at_since=found.reached,
    )


@router.patch(
    "/{code}/comments/{comment_id}",
    summary="Deal with a comment",
    responses=declared(400, 401, 403, 404, 409, 413, 422),
)
def patch_comment(
    code: str,
    comment_id: UUID,
    change: CommentChange,
    request: Request,
    principal: CommentDealer,
    session: WriteSession,
) -> CommentOut:
    """Change state, topic, reply or hand-over; all of it or nothing. The words of citizens stay as they are.

    409 when it was changed since `version`: read it again.
    """
    unit = unit_in_scope(session, principal, code)
    comment = service.opened(session, unit.id or 0, comment_id, change.version)
    _apply(session, principal.actor, unit, comment, change, request)
    session.flush()
    return _single(session, request, unit, comment_id)


def _apply(
    session: Session, actor: Actor, unit: Unit, comment: Comment, change: CommentChange, request: Request
) -> None:
    at, given = now(request), change.model_fields_set
    if change.state is not None or change.note is not None:
        service.set_state(session, actor, comment, change.state or comment.state, change.note, at)
    if "topic" in given:
        service.set_topic(session, actor, comment, change.topic, at)
    if "reply" in given:
        text, publish = (change.reply.text, change.reply.published) if change.reply else ("", False)
        contact = change.reply.office_contact if change.reply else False
        service.set_reply(session, actor, comment, text, at, publish=publish, office_contact=contact)
    if change.handover is not None:
        today = at.astimezone(ZoneInfo(unit.timezone)).date()
        _hand_over(session, actor, comment, change.handover, today, request)


def _hand_over(
    session: Session, actor: Actor, comment: Comment, given: HandoverIn, today: date, request: Request
) -> None:
    at, known = now(request), handover.of(session, comment)
    if given.model_fields_set & {"lapor_number", "kind", "handed_over_on"}:
        handover.hand_over(
            session,
            actor,
            comment,
            lapor_number=given.lapor_number or (known.lapor_number if known else ""),
            kind=given.kind or (known.kind if known else "complaint"),
            on=given.handed_over_on,
            today=today,
            now=at,
        )
    days = {
        step: getattr(given, f"{step}_on")
        for step in handover.STEPS
        if f"{step}_on" in given.model_fields_set
    }
    if days:
        handover.note_steps(session, actor, comment, days, today, at)


def _service(session: Session, unit: Unit, code: str | None) -> int | None:
    if code is None:
        return None
    found = service_by_code(session, unit.id or 0, code)
    if found is None:
        message = "Layanan ini tidak ada di unit ini."
        raise InvalidInput((FieldError("/service", "service_missing", message),))
    return found.id


def _single(session: Session, request: Request, unit: Unit, comment_id: UUID) -> CommentOut:
    found = queries.one(session, unit.id or 0, comment_id)
    if found is None:
        raise CommentGone
    judged = session.get_one(Service, found.comment.service_id)
    topics = topics_of(session, found.comment.unit_id)
    topic = next((one for one in topics if one.key == found.comment.topic), None)
    return comment_out(request, found, unit, judged, topic, handover.of(session, found.comment))


def _listed(request: Request, inbox: Inbox, one: Found, language: str) -> CommentOut:
    key = (one.comment.unit_id, one.comment.response_id)
    unit, judged = inbox.units[one.comment.unit_id], inbox.services[one.comment.service_id]
    return comment_out(request, one, unit, judged, inbox.topics[key], inbox.handovers.get(key))


def comment_out(
    request: Request,
    found: Found,
    unit: Unit,
    judged: Service,
    topic: Topic | None,
    handed: CommentHandover | None,
) -> CommentOut:
    """A comment with what surrounds it, in the reader's language."""
    comment, language = found.comment, _language(request)
    lowest = lowest_of(request.app.state.catalog, found.answer, language)
    today = now(request).astimezone(ZoneInfo(unit.timezone)).date()
    return CommentOut(
        id=comment.response_id,
        unit=UnitRef(code=unit.code, name=unit.name),
        service=UnitRef(code=judged.code, name=judged.name),
        date=comment.local_date,
        channel=found.answer.channel,
        text=comment.text,
        state=comment.state,
        topic=TopicOut(key=topic.key, name=topic.name, by_hand=comment.topic_by_hand) if topic else None,
        lowest=LowestOut(
            score=lowest.score,
            of=lowest.of,
            all_alike=lowest.all_alike,
            elements=[ElementRef(key=one.key, code=one.code, name=one.name) for one in lowest.elements],
        )
        if lowest
        else None,
        reply=ReplyOut(text=comment.reply, published_at=comment.reply_published_at)
        if comment.reply
        else None,
        handover=_handover_out(handed, today) if handed else None,
        version=comment.version,
    )


def _handover_out(handed: CommentHandover, today: date) -> HandoverOut:
    steps: Sequence[StepOut] = [
        StepOut(name=one.name, working_days=one.days, due=one.due, done_on=one.done_on, late=one.late)
        for one in handover.steps_of(handed, today)
    ]
    return HandoverOut(
        lapor_number=handed.lapor_number,
        kind=handed.kind,
        handed_over_on=handed.handed_over_on,
        status=handover.status_of(handed),
        steps=list(steps),
    )


def _language(request: Request) -> str:
    return language_of(request.headers.get("accept-language"))
