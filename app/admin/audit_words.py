"""The record in words: who, did what, when, and the details below."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from app.admin.territory import Territory
from app.audit.actions import actions
from app.audit.queries import Line
from app.audit.tables import AuditEntry
from app.auth.role_names import role_name
from app.auth.roles import ROLES, Role
from app.auth.tables import User
from app.core.messages import translate
from app.web.locale import local_time

DETAIL_LENGTH_MAX = 2000


@dataclass(frozen=True, slots=True)
class Deed:
    """An entry as a page shows it. `said` follows `who`; `more` are the details, as name and value."""

    who: str
    said: str
    at: datetime
    when: str
    sequence: int
    government: str
    more: tuple[tuple[str, str], ...]


class Words:
    """What a reader of one language and territory is told."""

    def __init__(self, language: str, territory: Territory, people: Mapping[int, str]) -> None:
        self._language = language
        self._territory = territory
        self._people = people

    def deed(self, line: Line) -> Deed:
        """One entry in words."""
        entry = line.entry
        return Deed(
            who=self.who(entry),
            said=self.said(entry),
            at=entry.at,
            when=self.time(entry.at, entry.unit_id if entry.unit_id is not None else entry.chain),
            sequence=entry.sequence,
            government=self._unit(entry.chain or None),
            more=tuple(self._more(entry)),
        )

    def who(self, entry: AuditEntry) -> str:
        """Who did it: a person by name, a program or a command as such."""
        name = entry.actor_name
        match entry.actor_kind:
            case "token":
                return translate("Token {name}", self._language, {"name": name})
            case "command":
                return translate("Perintah {name}", self._language, {"name": name})
        return name

    def said(self, entry: AuditEntry) -> str:
        """What they did, as a sentence without its subject."""
        action = actions(self._language).get(entry.action)
        if action is None:
            return entry.action
        _, _, thing = (entry.subject or "").partition(":")
        details = {key: self._value(key, value) for key, value in entry.details.items()}
        named = {"name": self._subject(entry), "thing": thing or "–"}
        return action.sentence.format_map(_Known({**named, **details, "unit": self._unit(entry.unit_id)}))

    def time(self, instant: datetime, unit_id: int) -> str:
        """An instant where the unit is."""
        return local_time(instant, self.zone(unit_id), self._language)

    def zone(self, unit_id: int) -> ZoneInfo:
        """The time zone of a unit in scope, of the reader's topmost one for any other."""
        return self._territory.zone_of(unit_id)

    def _unit(self, unit_id: int | None) -> str:
        if unit_id is None:
            return translate("pemasangan ini", self._language)
        return self._territory.name_of(unit_id) or f"#{unit_id}"

    def _subject(self, entry: AuditEntry) -> str:
        kind, _, thing = (entry.subject or "").partition(":")
        if kind == "user" and thing.isdecimal():
            return self._people.get(int(thing), f"#{thing}")
        return thing or translate("akun yang tidak dikenal", self._language)

    def _value(self, key: str, value: object) -> object:
        if key == "role" and value in ROLES:
            return role_name(Role(str(value)), self._language).lower()
        if key == "purpose":
            purposes = {
                "invite": translate("undangan", self._language),
                "reset": translate("kata sandi baru", self._language),
            }
            return purposes.get(str(value), value)
        return value

    def _more(self, entry: AuditEntry) -> Iterable[tuple[str, str]]:
        yield "action", entry.action
        if entry.subject is not None:
            yield "subject", entry.subject
        for key, value in entry.details.items():
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            yield key, text if len(text) <= DETAIL_LENGTH_MAX else f"{text[:DETAIL_LENGTH_MAX]}…"
        yield "hash", entry.hash


class _Known(dict[str, object]):
    """Values of a sentence; what an entry does not say is a dash."""

    def __missing__(self, key: str) -> str:
        return "–"


def words_for(session: Session, language: str, territory: Territory, lines: Iterable[Line]) -> Words:
    """The words for these lines, with the names of the accounts that they are about."""
    subjects = [(line.entry.subject or "").partition(":") for line in lines]
    ids = {int(thing) for kind, _, thing in subjects if kind == "user" and thing.isdecimal()}
    names = session.exec(select(User.id, User.name).where(col(User.id).in_(ids))) if ids else ()
    return Words(language, territory, {id_: name for id_, name in names if id_ is not None})
