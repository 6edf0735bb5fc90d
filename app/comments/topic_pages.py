"""`/petugas/unit/{code}/komentar/topik`: the topics of a unit, their keywords, and what these would find."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated
from zoneinfo import ZoneInfo

from babel.numbers import format_decimal
from fastapi import APIRouter, Form, Request, Response
from sqlmodel import Session

from app.audit.service import Actor
from app.auth.forms import faults
from app.auth.guards import now
from app.auth.principal import Principal
from app.auth.staff_pages import page, see_other
from app.comments import starter, topics
from app.comments.asked import Filter, Place, address_of, period_of, place_of
from app.comments.backlog import work_off
from app.comments.guards import CommentDealer, CommentReader
from app.comments.matching import Topic
from app.comments.panel import topic_counts
from app.comments.topics import Draft, Trial
from app.core.db import Database
from app.core.errors import InvalidInput
from app.core.session import database
from app.instruments.catalog import Catalog
from app.instruments.model import in_language
from app.units.queries import below
from app.units.tables import Unit
from app.web.locale import page_language

router = APIRouter(prefix="/petugas/unit/{code}/komentar/topik", include_in_schema=False)
Text = Annotated[str, Form(max_length=8000)]
Key = Annotated[str, Form(max_length=60)]
# After keywords were saved so many portions of comments are sorted at once; the rest as a chore.
PORTIONS = 20
Deed = Callable[[Session, Actor, int], object]


@dataclass(frozen=True, slots=True)
class Shown:
    """A topic on the page: whose it is, and how many comments of the period are about it."""

    key: str
    name: str
    keywords: str
    element: str
    own: bool
    origin: str
    comments: str


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody is writing: the draft, its faults, what its keywords would find."""

    draft: Draft
    error: InvalidInput | None = None
    trial: Trial | None = None


@router.get("")
def get_topics(
    request: Request, principal: CommentReader, code: str, asked: Filter, key: str = ""
) -> Response:
    """The topics that are valid here; `key` opens one for editing."""
    return _page(request, principal, code, asked, key)


@router.post("")
def post_topic(
    request: Request,
    principal: CommentDealer,
    code: str,
    asked: Filter,
    name: Text = "",
    keywords: Text = "",
    element: Text = "",
    key: Key = "",
    trial: Key = "",
) -> Response:
    """Save a topic; or count what its keywords would find, and save nothing."""
    draft = Draft(name, keywords, element, key)
    db, catalog = database(request), request.app.state.catalog
    with db.read() as session:
        place = place_of(session, principal, code)
        unit_id, address = place.unit.id or 0, address_of(place.unit)
    try:
        if trial:
            return _page(request, principal, code, asked, key, _tried(db, unit_id, draft, catalog))
        with db.write() as session:
            topics.save(session, principal.actor, unit_id, draft, elements_of(catalog), now(request))
    except InvalidInput as error:
        return _page(request, principal, code, asked, key, Typed(draft, error))
    sort_some(db, unit_id)
    return see_other(f"{address}/topik")


@router.post("/contoh")
def post_starter(request: Request, principal: CommentDealer, code: str) -> Response:
    """Begin with the topics that many offices need."""

    def begin(session: Session, actor: Actor, unit_id: int) -> None:
        starter.begin(session, actor, unit_id, elements_of(request.app.state.catalog), now(request))

    return _done(request, principal, code, begin)


@router.post("/hapus")
def post_removal(request: Request, principal: CommentDealer, code: str, key: Key = "") -> Response:
    """Take away a topic of this unit's own; an inherited one under the same key is valid again."""

    def remove(session: Session, actor: Actor, unit_id: int) -> None:
        topics.remove(session, actor, unit_id, key, now(request))

    return _done(request, principal, code, remove)


def _done(request: Request, principal: Principal, code: str, deed: Deed) -> Response:
    db = database(request)
    with db.write() as session:
        place = place_of(session, principal, code)
        unit_id, address = place.unit.id or 0, address_of(place.unit)
        deed(session, principal.actor, unit_id)
    sort_some(db, unit_id)
    return see_other(f"{address}/topik")


def sort_some(db: Database, unit_id: int, portions: int = PORTIONS) -> None:
    """Sort comments of a unit and those below with the keywords of now: some at once, others as a chore."""
    with db.read() as session:
        ids = below(session, unit_id)
    work_off(db, ids, portions)


def elements_of(catalog: Catalog) -> dict[str, str]:
    """Element keys of all questionnaires with their Indonesian names."""
    return _elements(catalog, "id")


def _elements(catalog: Catalog, language: str) -> dict[str, str]:
    newest = {one.id: catalog.newest(one.id) for one in catalog.instruments.values()}
    return {e.key: in_language(e.name, language) for one in newest.values() for e in one.elements}


def _tried(db: Database, unit_id: int, draft: Draft, catalog: Catalog) -> Typed:
    _, keywords, _ = topics.read(draft, elements_of(catalog))
    with db.read() as session:
        return Typed(draft, trial=topics.tried(session, unit_id, keywords))


def _page(
    request: Request, principal: Principal, code: str, asked: Filter, key: str, typed: Typed | None = None
) -> Response:
    language = page_language(request)
    with database(request).read() as session:
        place = place_of(session, principal, code)
        valid = topics.topics_of(session, place.unit.id or 0)
        today = now(request).astimezone(ZoneInfo(place.unit.timezone)).date()
        counts = topic_counts(session, place.ids, period_of(asked, today))
        names = {unit_id: session.get_one(Unit, unit_id).name for unit_id in {one.unit_id for one in valid}}
        numbers = {one.key: one.comments for one in counts.topics}
        elements = _elements(request.app.state.catalog, language)
        shown = [_shown(one, place, names, elements, numbers.get(one.key, 0), language) for one in valid]
        edited = next((one for one in valid if one.key == key), None)
        session.expunge_all()
    draft = typed.draft if typed else _draft(edited)
    return page(
        request,
        "staff/comments/topics.html",
        section="comments",
        status=422 if typed and typed.error else 200,
        errors=faults(request, typed.error.errors) if typed and typed.error else [],
        place=place,
        back=address_of(place.unit),
        topics=shown,
        draft=draft,
        editing=next((one for one in shown if one.key == draft.key), None),
        trial=typed.trial if typed else None,
        elements=list(elements.items()),
        without=format_decimal(counts.without, locale=language),
    )


def _draft(topic: Topic | None) -> Draft:
    if topic is None:
        return Draft("", "")
    return Draft(topic.name, ", ".join(topic.keywords), topic.element or "", topic.key)


def _shown(
    topic: Topic, place: Place, names: dict[int, str], elements: dict[str, str], number: int, language: str
) -> Shown:
    return Shown(
        key=topic.key,
        name=topic.name,
        keywords=", ".join(topic.keywords),
        element=elements.get(topic.element or "", ""),
        own=topic.unit_id == place.unit.id,
        origin=names[topic.unit_id],
        comments=format_decimal(number, locale=language),
    )
