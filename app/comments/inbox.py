"""A portion of the inbox with all that a page or a program shows of it; what was never sorted is sorted first."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.comments import queries, sorting
from app.comments.matching import Topic
from app.comments.queries import Found, Key, Wanted
from app.comments.tables import CommentHandover
from app.comments.topics import topics_by_unit
from app.core.db import Database
from app.core.errors import FieldError, InvalidInput
from app.instruments.catalog import Catalog
from app.instruments.model import in_language
from app.responses.tables import Response
from app.units.queries import services_of
from app.units.tables import Service, Unit

# So many that wait are sorted when somebody reads; the others beside the requests.
SORTED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Element:
    """An element of a questionnaire by key, code and name."""

    key: str
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Lowest:
    """The lowest score of an answer, the highest that was possible, and which elements got it.

    `elements` are all that were asked where all got the same.
    """

    score: int
    of: int
    elements: tuple[Element, ...]
    all_alike: bool


@dataclass(frozen=True, slots=True)
class Inbox:
    """A portion; topics by the comment that they belong to, None for none; what surrounds it by id."""

    found: Sequence[Found]
    topics: Mapping[tuple[int, UUID], Topic | None]
    valid: Mapping[int, Sequence[Topic]]
    handovers: Mapping[tuple[int, UUID], CommentHandover]
    services: Mapping[int, Service]
    units: Mapping[int, Unit]
    counts: Mapping[str, int]
    behind: Key | None
    reached: date | None


def read(
    database: Database, units: Collection[Unit], wanted: Wanted, behind: Key | None, limit: int
) -> Inbox:
    """The portion of `wanted` behind a key. Objects in it belong to no session any more."""
    with database.read() as session:
        waiting = sorting.find(session, wanted.unit_ids, SORTED_AT_ONCE)
    if waiting.number:
        with database.write() as session:
            sorting.keep(session, waiting)
    with database.read() as session:
        portion = queries.portion(session, wanted, behind, limit)
        comments = [one.comment for one in portion.found]
        valid = topics_by_unit(session, {one.unit_id for one in comments} | set(wanted.unit_ids))
        here = {one.unit_id for one in comments}
        inbox = Inbox(
            found=portion.found,
            topics=_topics(portion.found, valid),
            valid=valid,
            handovers=queries.handovers(session, comments),
            services={one.id: one for one in services_of(session, here) if one.id is not None},
            units={unit.id: unit for unit in units if unit.id is not None},
            counts=queries.counts_by_state(session, wanted.unit_ids, wanted.period),
            behind=portion.behind,
            reached=portion.reached,
        )
        session.expunge_all()
    return inbox


def _topics(
    found: Sequence[Found], valid: Mapping[int, Sequence[Topic]]
) -> dict[tuple[int, UUID], Topic | None]:
    by_key = {unit_id: {topic.key: topic for topic in topics} for unit_id, topics in valid.items()}
    return {
        (one.comment.unit_id, one.comment.response_id): by_key[one.comment.unit_id].get(
            one.comment.topic or ""
        )
        for one in found
    }


def lowest_of(catalog: Catalog, answer: Response, language: str) -> Lowest | None:
    """What an answer scored lowest; None for one without scores. How important something is, is no score of it."""
    instrument = catalog.get(answer.instrument)
    scores = {key: answer.scores[key] for key in instrument.questions if key in answer.scores}
    if not scores:
        return None
    least = min(scores.values())
    low = [one for one in instrument.elements if any(scores.get(q.key) == least for q in one.questions)]
    named = tuple(Element(one.key, one.code, in_language(one.name, language)) for one in low)
    return Lowest(least, instrument.scale.high, named, len(set(scores.values())) == 1)


def key_text(key: Key) -> str:
    """A place in the list as it stands in an address."""
    return f"{key.local_date.isoformat()}~{key.unit_id}~{key.response_id.hex}~{key.mean}"


def key_of(text: str) -> Key | None:
    """The place that an address names, None for the beginning. Raises `InvalidInput` when it names none."""
    if not text:
        return None
    try:
        day, unit, id_, mean = text.split("~")
        key = Key(date.fromisoformat(day), int(unit), UUID(hex=id_), int(mean))
    except ValueError:
        key = None
    if key is None or not (0 <= key.unit_id < 2**31 and 0 <= key.mean < 2**31):
        message = "Penanda halaman ini tidak dikenal. Mulai lagi dari yang terbaru."
        raise InvalidInput((FieldError("/cursor", "cursor_invalid", message),))
    return key
