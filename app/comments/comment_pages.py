"""One comment: where it stands, its topic, the reply, the hand-over to LAPOR!, covering, and its history."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Request, Response
from sqlmodel import Session

from app.audit.service import Actor, record
from app.auth.guards import now
from app.auth.principal import Principal
from app.auth.staff_pages import see_other
from app.comments import handover, queries, service
from app.comments.asked import address_of, place_of
from app.comments.clock import StepName
from app.comments.comment_view import Typed, comment_page
from app.comments.errors import CommentGone
from app.comments.guards import CommentDealer, CommentReader
from app.comments.queries import NO_TOPIC
from app.core.errors import DomainError, FieldError, InvalidInput, NotFound
from app.core.session import database
from app.responses.tables import Comment

router = APIRouter(prefix="/petugas/unit/{code}/komentar/{comment_id}", include_in_schema=False)
Version = Annotated[int, Form()]
Text = Annotated[str, Form(max_length=4000)]
Day = Annotated[str, Form(max_length=20)]
Change = Callable[[Session, Actor, Comment, date, datetime], object]


@router.get("")
def get_comment(request: Request, principal: CommentReader, code: str, comment_id: UUID) -> Response:
    """The comment with everything that was done about it. Opening it is recorded."""
    with database(request).write() as session:
        place = place_of(session, principal, code)
        found = queries.one(session, place.unit.id or 0, comment_id)
        if found is not None:
            subject = f"comment:{comment_id}"
            record(
                session, principal.actor, "comment.read", now(request), unit_id=place.unit.id, subject=subject
            )
    return comment_page(request, principal, code, comment_id)


@router.post("/keadaan")
def post_state(
    request: Request,
    principal: CommentDealer,
    code: str,
    comment_id: UUID,
    version: Version = -1,
    state: Text = "",
    note: Text = "",
) -> Response:
    """Where it stands now, with a note for colleagues."""

    def change(session: Session, actor: Actor, comment: Comment, _today: date, at: datetime) -> None:
        service.set_state(session, actor, comment, state, note, at)

    return _do(request, principal, code, comment_id, version, change, {"state": state, "note": note})


@router.post("/topik")
def post_topic(
    request: Request,
    principal: CommentDealer,
    code: str,
    comment_id: UUID,
    version: Version = -1,
    topic: Text = "",
) -> Response:
    """Choose its topic by hand, or leave it to the keywords."""

    def change(session: Session, actor: Actor, comment: Comment, _today: date, at: datetime) -> None:
        service.set_topic(session, actor, comment, None if topic == NO_TOPIC else topic, at)

    return _do(request, principal, code, comment_id, version, change, {"topic": topic})


@router.post("/balasan")
def post_reply(
    request: Request,
    principal: CommentDealer,
    code: str,
    comment_id: UUID,
    version: Version = -1,
    reply: Text = "",
    office_contact: Text = "",
    publish: Text = "",
) -> Response:
    """Keep a reply for now, or publish it."""

    def change(session: Session, actor: Actor, comment: Comment, _today: date, at: datetime) -> None:
        service.set_reply(
            session, actor, comment, reply, at, publish=bool(publish), office_contact=bool(office_contact)
        )

    return _do(request, principal, code, comment_id, version, change, {"reply": reply})


@router.post("/lapor")
def post_handover(
    request: Request,
    principal: CommentDealer,
    code: str,
    comment_id: UUID,
    version: Version = -1,
    lapor_number: Text = "",
    kind: Text = "",
    handed_over_on: Day = "",
) -> Response:
    """Keep the number that LAPOR! gave."""

    def change(session: Session, actor: Actor, comment: Comment, today: date, at: datetime) -> None:
        on = _day(handed_over_on, "/handed_over_on")
        handover.hand_over(
            session, actor, comment, lapor_number=lapor_number, kind=kind, on=on, today=today, now=at
        )

    fields = {"lapor_number": lapor_number, "kind": kind, "handed_over_on": handed_over_on}
    return _do(request, principal, code, comment_id, version, change, fields)


@router.post("/langkah")
def post_steps(
    request: Request,
    principal: CommentDealer,
    code: str,
    comment_id: UUID,
    version: Version = -1,
    verified_on: Day = "",
    answered_on: Day = "",
    finished_on: Day = "",
) -> Response:
    """Keep the days on which LAPOR! went a step on."""
    typed = {"verified_on": verified_on, "answered_on": answered_on, "finished_on": finished_on}

    def change(session: Session, actor: Actor, comment: Comment, today: date, at: datetime) -> None:
        days: dict[StepName, date | None] = {
            step: _day(typed[f"{step}_on"], f"/{step}_on") for step in handover.STEPS
        }
        handover.note_steps(session, actor, comment, days, today, at)

    return _do(request, principal, code, comment_id, version, change, typed)


@router.post("/tutupi")
def post_cover(
    request: Request,
    principal: CommentDealer,
    code: str,
    comment_id: UUID,
    version: Version = -1,
    phrase: Text = "",
    reason: Text = "",
    sure: Text = "",
) -> Response:
    """Cover a name in the text for ever."""

    def change(session: Session, actor: Actor, comment: Comment, _today: date, at: datetime) -> None:
        if not sure:
            message = "Centang bahwa Anda yakin: yang ditutup tidak dapat dibuka lagi."
            raise InvalidInput((FieldError("/sure", "not_sure", message),))
        service.cover(session, actor, comment, phrase, reason, at)

    return _do(request, principal, code, comment_id, version, change, {"phrase": phrase, "reason": reason})


def _do(
    request: Request,
    principal: Principal,
    code: str,
    comment_id: UUID,
    version: int,
    change: Change,
    fields: Mapping[str, str],
) -> Response:
    """Change it, and show it; what was refused comes back as it was typed."""
    at = now(request)
    try:
        with database(request).write() as session:
            place = place_of(session, principal, code)
            today = at.astimezone(ZoneInfo(place.unit.timezone)).date()
            address = f"{address_of(place.unit)}/{comment_id}"
            comment = service.opened(session, place.unit.id or 0, comment_id, version)
            change(session, principal.actor, comment, today, at)
    except CommentGone:
        return comment_page(request, principal, code, comment_id)
    except NotFound:
        raise
    except DomainError as error:
        return comment_page(request, principal, code, comment_id, Typed(error, fields))
    return see_other(address)


def _day(text: str, pointer: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = "Tanggal ini tidak ada di kalender."
        raise InvalidInput((FieldError(pointer, "day_invalid", message),)) from None
