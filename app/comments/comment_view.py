"""One comment as a page shows it, with all that may be done about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Request, Response
from sqlmodel import Session

from app.auth.forms import faults
from app.auth.guards import now
from app.auth.principal import Principal
from app.auth.staff_pages import page
from app.comments import handover, queries, words
from app.comments.asked import Place, address_of, place_of
from app.comments.inbox import lowest_of
from app.comments.queries import NO_TOPIC, Found
from app.comments.topics import topics_of
from app.core.errors import DomainError, FieldError
from app.core.session import database
from app.responses.screening import screen
from app.units.tables import Service
from app.web.locale import page_language


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody sent that was refused: errors by field, and the texts to show again."""

    error: DomainError
    fields: Mapping[str, str]


def comment_page(
    request: Request, principal: Principal, code: str, comment_id: UUID, typed: Typed | None = None
) -> Response:
    """The comment, or that it is gone; what was refused is in the forms again. `NotFound` out of scope."""
    with database(request).read() as session:
        place = place_of(session, principal, code)
        found = queries.one(session, place.unit.id or 0, comment_id)
        if found is None:
            session.expunge_all()
            return page(
                request,
                "staff/comments/gone.html",
                section="comments",
                status=404,
                back=address_of(place.unit),
            )
        return _shown(request, session, place, found, typed)


def _shown(request: Request, session: Session, place: Place, found: Found, typed: Typed | None) -> Response:
    language, comment = page_language(request), found.comment
    zone = ZoneInfo(place.unit.timezone)
    today = now(request).astimezone(zone).date()
    topics = [(topic.key, topic.name) for topic in topics_of(session, comment.unit_id)]
    handed = handover.of(session, comment)
    judged = session.get_one(Service, comment.service_id).name
    past = queries.history(session, comment.unit_id, comment.response_id)
    lowest = lowest_of(request.app.state.catalog, found.answer, language)
    fields = dict(typed.fields) if typed else {}
    return page(
        request,
        "staff/comments/comment.html",
        section="comments",
        status=typed.error.status if typed else 200,
        errors=_errors(request, typed),
        place=place,
        back=address_of(place.unit),
        comment=comment,
        address=f"{address_of(place.unit)}/{comment.response_id}",
        state_name=words.state_names(language)[comment.state],
        states=list(words.state_names(language).items()),
        service=judged,
        day=words.day(comment.local_date, language),
        channel=words.channel_name(found.answer.channel, language),
        lowest=words.lowest_words(lowest, language),
        topic=dict(topics).get(comment.topic or ""),
        topics=topics,
        no_topic=NO_TOPIC,
        contact_found=bool(screen(fields.get("reply", comment.reply or "")).found),
        published=words.day(comment.reply_published_at.astimezone(zone).date(), language)
        if comment.reply_published_at
        else None,
        handed=handed,
        handed_on=words.day(handed.handed_over_on, language) if handed else None,
        lapor_status=words.status_name(handover.status_of(handed), language) if handed else None,
        steps=words.shown_steps(handed, today, language) if handed else (),
        kinds=words.kinds(language),
        ready=handover.ready_text(place.unit.name, judged, comment),
        today=today.isoformat(),
        reasons=words.reasons(language),
        history=[words.deed(event, zone, dict(topics), language) for event in reversed(past)],
        typed=fields,
    )


def _errors(request: Request, typed: Typed | None) -> list[dict[str, str]]:
    if typed is None:
        return []
    error = typed.error
    return faults(request, error.errors or (FieldError("/", error.code, error.message, error.params),))
