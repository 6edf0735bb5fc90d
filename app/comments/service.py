"""What staff may do to a comment: its state, topic, reply, and covering what names a person. Never its words."""

import re
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, select

from app.audit.service import Actor, record
from app.comments.errors import CommentChanged, CommentGone
from app.comments.queries import STATES, counted
from app.comments.sorting import find_for, keep
from app.comments.tables import CommentEvent
from app.comments.topics import topics_of
from app.core.errors import FieldError, InvalidInput
from app.core.tables import storable
from app.responses.screening import COVER, screen
from app.responses.tables import Comment

NOTE_MAX = 500
REPLY_MAX = 1000
PHRASE_MIN, PHRASE_MAX = 2, 80
COVER_REASONS = ("name", "contact", "health", "other")
AUTOMATIC = ""
NONE, DRAFT, PUBLIC = "none", "draft", "public"


def opened(session: Session, unit_id: int, response_id: UUID, version: int) -> Comment:
    """The comment, held until the end of the transaction. Raises `CommentGone`, `CommentChanged`."""
    wanted = select(Comment).where(Comment.unit_id == unit_id, Comment.response_id == response_id, counted())
    comment = session.exec(wanted.with_for_update()).one_or_none()
    if comment is None:
        raise CommentGone
    if comment.version != version:
        raise CommentChanged
    return comment


def note_change(
    session: Session,
    actor: Actor,
    comment: Comment,
    deed: str,
    now: datetime,
    *,
    before: str | None = None,
    after: str | None = None,
    note: str | None = None,
) -> None:
    """One more line of the comment's history; the comment's version is its number."""
    comment.version += 1
    session.add(comment)
    session.add(
        CommentEvent(
            unit_id=comment.unit_id,
            response_id=comment.response_id,
            number=comment.version,
            at=now,
            actor_kind=actor.kind,
            actor_id=actor.id,
            actor_name=actor.name,
            deed=deed,
            before=before,
            after=after,
            note=note,
        )
    )


def about(comment: Comment, **details: object) -> dict[str, Any]:
    """What the record says of a change beside its code."""
    return {"unit_id": comment.unit_id, "subject": f"comment:{comment.response_id}", "details": details}


def set_state(
    session: Session, actor: Actor, comment: Comment, state: str, note: str | None, now: datetime
) -> None:
    """Where a comment stands, with a note for colleagues. The same state again needs a note to be an entry."""
    if state not in STATES:
        raise InvalidInput((FieldError("/state", "state_unknown", "Pilih keadaannya."),))
    note = read_note(note)
    if state == comment.state and note is None:
        return
    before, comment.state = comment.state, state
    note_change(session, actor, comment, "state", now, before=before, after=state, note=note)
    record(session, actor, "comment.state", now, **about(comment, before=before, after=state))


def read_note(note: str | None) -> str | None:
    """A note without needless space, personal data in it covered. Raises `InvalidInput`."""
    note = " ".join((note or "").split()) or None
    if note is not None and (len(note) > NOTE_MAX or not storable(note)):
        message = "Catatan paling panjang {most} huruf."
        raise InvalidInput((FieldError("/note", "note_long", message, {"most": NOTE_MAX}),))
    return screen(note).text if note else None


def set_topic(session: Session, actor: Actor, comment: Comment, topic: str | None, now: datetime) -> None:
    """Choose the topic by hand, None for no topic; AUTOMATIC gives the choice back to the keywords."""
    if topic == AUTOMATIC:
        _sort_again(session, actor, comment, now)
        return
    if topic is not None and topic not in {one.key for one in topics_of(session, comment.unit_id)}:
        raise InvalidInput((FieldError("/topic", "topic_unknown", "Pilih topik dari daftar."),))
    if comment.topic_by_hand and comment.topic == topic:
        return
    before, comment.topic, comment.topic_by_hand = comment.topic, topic, True
    _note_topic(session, actor, comment, before, now)


def _sort_again(session: Session, actor: Actor, comment: Comment, now: datetime) -> None:
    if not comment.topic_by_hand:
        return
    before, comment.topic_by_hand, comment.sorted_with = comment.topic, False, 0
    session.add(comment)
    session.flush()
    keep(session, find_for(session, [comment]))
    session.refresh(comment)
    _note_topic(session, actor, comment, before, now)


def _note_topic(session: Session, actor: Actor, comment: Comment, before: str | None, now: datetime) -> None:
    note_change(session, actor, comment, "topic", now, before=before, after=comment.topic)
    record(session, actor, "comment.topic", now, **about(comment, before=before, after=comment.topic))


def set_reply(
    session: Session,
    actor: Actor,
    comment: Comment,
    text: str,
    now: datetime,
    *,
    publish: bool,
    office_contact: bool = False,
) -> None:
    """Write the reply, empty for none; with `publish` everybody may read it.

    Raises `InvalidInput`: too long, an empty one to be published, a NIK in it, or an address or telephone number
    that nobody has called the office's own (`office_contact`).
    """
    text = "\n".join(" ".join(line.split()) for line in text.strip().splitlines())
    faults = _reply_faults(text, publish=publish, office_contact=office_contact)
    if faults:
        raise InvalidInput(tuple(faults))
    before = reply_state(comment)
    after = NONE if not text else PUBLIC if publish else DRAFT
    if text == (comment.reply or "") and before == after:
        return
    if after != PUBLIC:
        comment.reply_published_at = None
    elif before != PUBLIC:
        comment.reply_published_at = now
    comment.reply = text or None
    note_change(session, actor, comment, "reply", now, before=before, after=after)
    record(session, actor, "comment.reply", now, **about(comment, before=before, after=after))


def reply_state(comment: Comment) -> str:
    """Whether there is a reply, and whether it is public."""
    if not comment.reply:
        return NONE
    return PUBLIC if comment.reply_published_at else DRAFT


def _reply_faults(text: str, *, publish: bool, office_contact: bool) -> list[FieldError]:
    if publish and not text:
        return [FieldError("/reply", "reply_missing", "Tulis balasannya dulu, lalu terbitkan.")]
    if len(text) > REPLY_MAX or not storable(text):
        message = "Balasan paling panjang {most} huruf."
        return [FieldError("/reply", "reply_long", message, {"most": REPLY_MAX})]
    found = screen(text).found
    if "nik" in found:
        message = "Balasan memuat angka seperti NIK. Hapus dulu: balasan tidak boleh memuat NIK siapa pun."
        return [FieldError("/reply", "reply_nik", message)]
    if found and not office_contact:
        message = (
            "Balasan memuat nomor telepon atau alamat surel. Hapus, "
            "atau nyatakan bahwa itu kontak resmi kantor."
        )
        return [FieldError("/reply", "reply_contact", message)]
    return []


def cover(session: Session, actor: Actor, comment: Comment, phrase: str, reason: str, now: datetime) -> int:
    """Cover every place of `phrase`, whole words, in the text; how many places. What stood there is gone for ever.

    Raises `InvalidInput`: the phrase is not in the text, more than half of the text would be covered.
    """
    phrase = phrase.strip()
    if reason not in COVER_REASONS:
        raise InvalidInput((FieldError("/reason", "reason_missing", "Pilih alasannya."),))
    if not PHRASE_MIN <= len(phrase) <= PHRASE_MAX:
        message = "Tulis {least} sampai {most} huruf, persis seperti di komentar."
        sizes = {"least": PHRASE_MIN, "most": PHRASE_MAX}
        raise InvalidInput((FieldError("/phrase", "phrase_length", message, sizes),))
    text, places = re.subn(
        rf"(?<!\w){re.escape(phrase)}(?!\w)", lambda match: COVER * len(match.group()), comment.text
    )
    if not places or COVER in phrase:
        message = "Kata itu tidak ada di komentar. Salin persis, dengan huruf besar dan kecilnya."
        raise InvalidInput((FieldError("/phrase", "phrase_absent", message),))
    if 2 * text.count(COVER) > len(text):
        message = "Paling banyak separuh komentar boleh ditutup. Sisanya tetap suara warga."
        raise InvalidInput((FieldError("/phrase", "phrase_most", message),))
    comment.text = text
    note_change(session, actor, comment, "covered", now, after=reason)
    record(session, actor, "comment.covered", now, **about(comment, reason=reason, places=places))
    return places
