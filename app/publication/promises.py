"""What a unit says it changed after earlier answers: the published part of its follow-ups."""

from dataclasses import dataclass

from sqlmodel import Session

from app.core.messages import translate
from app.followups import queries
from app.followups.tables import DONE, IN_PROGRESS
from app.publication.dates import day_name, quarter_name


@dataclass(frozen=True, slots=True)
class Promise:
    """One line: what citizens are told, and where it stands. `files` are addresses and names."""

    text: str
    state: str
    word: str
    element: str | None
    when: str
    files: tuple[tuple[str, str], ...]


def promises(session: Session, unit_id: int, unit_code: str, language: str) -> list[Promise]:
    """Done ones first, newest first; `element` is a key of an unsur."""
    return [_promise(one, unit_code, language) for one in queries.published(session, unit_id)]


def done(session: Session, unit_id: int, unit_code: str, language: str, most: int) -> list[Promise]:
    """The newest of what was done."""
    return [one for one in promises(session, unit_id, unit_code, language) if one.state == DONE][:most]


def _promise(one: queries.Published, unit_code: str, language: str) -> Promise:
    if one.done_on is not None:
        when = translate("Selesai {day}.", language, {"day": day_name(one.done_on, language)})
    else:
        quarter = quarter_name(one.due_year, one.due_quarter, language)
        when = translate("Dijanjikan selesai {quarter}.", language, {"quarter": quarter})
    words = {DONE: translate("Selesai", language), IN_PROGRESS: translate("Berjalan", language)}
    return Promise(
        text=one.text,
        state=one.state,
        word=words.get(one.state) or translate("Belum mulai", language),
        element=one.element,
        when=when,
        files=tuple((f"/bukti/{unit_code}/{file_id}", name) for file_id, name in one.files),
    )
