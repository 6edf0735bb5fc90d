"""Topics of units: written once, valid for all units below, where one may have its own under the same key."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from app.audit.service import Actor, record
from app.comments.matching import Matcher, Topic, folded, keyword_fault
from app.comments.tables import CommentTopic
from app.core.errors import FieldError, InvalidInput, NotFound
from app.core.tables import storable
from app.responses.tables import Comment
from app.units.queries import ancestors, below
from app.units.tables import Unit

TOPICS_MAX = 40
KEYWORDS_MAX = 60
KEYWORD_LENGTH_MAX = 60
NAME_MAX = 60
KEY_MAX = 40
# So many of the newest comments tell what keywords would match.
TRIED = 5_000
_KEY_SIGNS = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Draft:
    """A topic as somebody typed it: keywords in lines or between commas. Without a key it is a new one."""

    name: str
    keywords: str
    element: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """How many of the newest `looked_at` comments have a keyword in them."""

    found: int
    looked_at: int


def topics_of(session: Session, unit_id: int) -> list[Topic]:
    """The topics that are valid for a unit, by name."""
    return topics_by_unit(session, [unit_id])[unit_id]


def topics_by_unit(session: Session, unit_ids: Collection[int]) -> dict[int, list[Topic]]:
    """The topics that are valid for each of these units, by name; of two with one key the nearer one."""
    units = session.exec(select(Unit.id, Unit.parent_id)).all() if len(unit_ids) > 1 else []
    parents: Mapping[int | None, int | None] = dict(units)
    paths = {id_: _path(parents, id_) if parents else ancestors(session, id_) for id_ in unit_ids}
    wanted = {one for path in paths.values() for one in path}
    own: dict[int, list[CommentTopic]] = {}
    for row in session.exec(select(CommentTopic).where(col(CommentTopic.unit_id).in_(wanted))):
        own.setdefault(row.unit_id, []).append(row)
    return {id_: _nearest(path, own) for id_, path in paths.items()}


def _path(parents: Mapping[int | None, int | None], unit_id: int) -> list[int]:
    path: list[int] = []
    at: int | None = unit_id
    while at is not None and at not in path:
        path.append(at)
        at = parents.get(at)
    return path


def _nearest(path: Sequence[int], own: Mapping[int, Sequence[CommentTopic]]) -> list[Topic]:
    found: dict[str, Topic] = {}
    for unit_id in path:
        for row in own.get(unit_id, ()):
            topic = Topic(unit_id, row.key, row.name, tuple(row.keywords), row.element)
            found.setdefault(row.key, topic)
    return sorted(found.values(), key=lambda topic: (folded(topic.name), topic.key))


def read(draft: Draft, elements: Collection[str]) -> tuple[str, tuple[str, ...], str | None]:
    """Name, keywords and element of a draft. Raises `InvalidInput` with every fault."""
    name = " ".join(draft.name.split())
    typed = [" ".join(part.split()) for part in re.split(r"[,;\n]", draft.keywords)]
    keywords = tuple({folded(word): word for word in reversed(typed) if word}.values())[::-1]
    faults = [*_name_faults(name), *_keyword_faults(keywords)]
    if draft.element and draft.element not in elements:
        faults.append(FieldError("/element", "element_unknown", "Pilih unsur dari daftar."))
    if faults:
        raise InvalidInput(tuple(faults))
    return name, keywords, draft.element or None


def _name_faults(name: str) -> list[FieldError]:
    if not name:
        return [FieldError("/name", "name_missing", "Beri nama topik ini.")]
    if len(name) > NAME_MAX or not storable(name) or not _key_of(name):
        message = "Nama topik paling panjang {most} huruf dan memuat huruf atau angka."
        return [FieldError("/name", "name_invalid", message, {"most": NAME_MAX})]
    return []


def _keyword_faults(keywords: Sequence[str]) -> list[FieldError]:
    faults = []
    if len(keywords) > KEYWORDS_MAX:
        message = "Paling banyak {most} kata kunci."
        faults.append(FieldError("/keywords", "keywords_many", message, {"most": KEYWORDS_MAX}))
    if any(len(word) > KEYWORD_LENGTH_MAX or not storable(word) for word in keywords):
        message = "Kata kunci paling panjang {most} huruf."
        faults.append(FieldError("/keywords", "keyword_long", message, {"most": KEYWORD_LENGTH_MAX}))
    found = {keyword_fault(word) for word in keywords}
    if "empty" in found:
        message = "Setiap kata kunci memuat sedikitnya satu huruf atau angka."
        faults.append(FieldError("/keywords", "keyword_empty", message))
    if "short" in found:
        message = "Tulis sedikitnya 3 huruf sebelum tanda *."
        faults.append(FieldError("/keywords", "keyword_short", message))
    return faults


def save(
    session: Session, actor: Actor, unit_id: int, draft: Draft, elements: Collection[str], now: datetime
) -> Topic:
    """Write a topic of this unit; with the key of an inherited one it becomes the unit's own.

    Raises `InvalidInput`, `NotFound` for a key that is not valid here. Comments are sorted anew later.
    """
    name, keywords, element = read(draft, elements)
    valid = {topic.key: topic for topic in topics_of(session, unit_id)}
    if draft.key:
        if draft.key not in valid:
            raise NotFound
        key = draft.key
    else:
        key = _key_of(name)
        if key in valid:
            message = "Topik dengan nama ini sudah ada."
            raise InvalidInput((FieldError("/name", "topic_exists", message),))
        if len(valid) >= TOPICS_MAX:
            message = "Paling banyak {most} topik."
            raise InvalidInput((FieldError("/name", "topics_many", message, {"most": TOPICS_MAX}),))
    row = session.get(CommentTopic, (unit_id, key))
    if row is None:
        row = CommentTopic(unit_id=unit_id, key=key, name=name, keywords=list(keywords), element=element)
    row.name, row.keywords, row.element = name, list(keywords), element
    session.add(row)
    details = {"name": name, "keywords": list(keywords), "element": element}
    record(session, actor, "topic.saved", now, unit_id=unit_id, subject=f"topic:{key}", details=details)
    return Topic(unit_id, key, name, keywords, element)


def remove(session: Session, actor: Actor, unit_id: int, key: str, now: datetime) -> None:
    """Take away this unit's own topic, if it has it; what it stood in for is valid again."""
    row = session.get(CommentTopic, (unit_id, key)) if storable(key) else None
    if row is None:
        return
    session.delete(row)
    details = {"name": row.name}
    record(session, actor, "topic.removed", now, unit_id=unit_id, subject=f"topic:{key}", details=details)


def tried(session: Session, unit_id: int, keywords: Sequence[str]) -> Trial:
    """What keywords find in the newest comments of a unit and those below it; nothing is stored."""
    newest = select(Comment.text).where(col(Comment.unit_id).in_(below(session, unit_id)))
    texts = session.exec(newest.order_by(col(Comment.local_date).desc()).limit(TRIED)).all()
    matcher = Matcher(keywords)
    return Trial(sum(matcher.weight(folded(text))[0] > 0 for text in texts), len(texts))


def _key_of(name: str) -> str:
    return _KEY_SIGNS.sub("-", folded(name)).strip("-")[:KEY_MAX].strip("-")
