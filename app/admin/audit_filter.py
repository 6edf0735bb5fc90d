"""Which part of the record somebody may see, and which part of that they ask for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from app.admin.territory import Territory, territory_of
from app.audit.queries import Key, Wanted
from app.audit.service import INSTALLATION
from app.auth.principal import Principal
from app.auth.tables import User
from app.core.errors import FieldError, InvalidInput, NotFound
from app.core.tables import storable
from app.units import queries
from app.units.tables import Unit


@dataclass(frozen=True, slots=True)
class Scope:
    """What somebody may see: the deeds that concern their units, and all deeds of governments that they hold.

    `governments` are those; `installation` is whether deeds that concern no unit are shown too. They are where
    there is one government only: of several, none answers for the installation.
    """

    territory: Territory
    governments: tuple[Unit, ...]
    installation: bool

    @property
    def chains(self) -> list[int]:
        """The chains that are seen whole."""
        own = [unit.id for unit in self.governments if unit.id is not None]
        return [*own, INSTALLATION] if self.installation else own


def scope_of(session: Session, principal: Principal) -> Scope:
    """What `principal` may see of the record."""
    territory = territory_of(session, principal)
    held = tuple(unit for unit, level in territory.levels if level == 0 and unit.parent_id is None)
    every = session.exec(select(Unit.id).where(col(Unit.parent_id).is_(None))).all()
    return Scope(territory, held, bool(held) and len(every) == 1)


@dataclass(frozen=True, slots=True)
class Asked:
    """A filter as it stands in an address; what is empty does not count."""

    unit: str = ""
    person: str = ""
    action: str = ""
    since: str = ""
    until: str = ""

    def query(self) -> Mapping[str, str]:
        """The parameters of an address that asks the same."""
        named = {"unit": self.unit, "person": self.person, "action": self.action}
        named |= {"from": self.since, "to": self.until}
        return {name: value for name, value in named.items() if value}


def wanted(session: Session, scope: Scope, asked: Asked) -> Wanted:
    """What to look for. Raises NotFound for a unit out of scope, InvalidInput for days that are none."""
    unit = scope.territory.by_code(asked.unit) if asked.unit else None
    if asked.unit and unit is None:
        raise NotFound
    zone = scope.territory.zone_of(unit.id if unit else None)
    since, until = _day(asked.since, "/from"), _day(asked.until, "/to")
    if since and until and until < since:
        raise InvalidInput((FieldError("/to", "period_reversed", "Hari terakhir mendahului hari pertama."),))
    person = asked.person.strip() if storable(asked.person) else ""
    return Wanted(
        chains=scope.chains,
        unit_ids=scope.territory.ids,
        within=queries.below(session, unit.id) if unit and unit.id is not None else None,
        person=person or None,
        subjects=_subjects(session, person),
        action=asked.action or None,
        since=_midnight(since, zone) if since else None,
        until=_midnight(until + timedelta(days=1), zone) if until else None,
    )


def _subjects(session: Session, person: str) -> list[str]:
    """How the record names the account whose user name this is."""
    found = session.exec(select(User.id).where(User.name == person.lower())).first() if person else None
    return [f"user:{found}"] if found is not None else []


def _day(text: str, pointer: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = "Tanggal ini tidak ada di kalender."
        raise InvalidInput((FieldError(pointer, "day_invalid", message),)) from None


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone)


def key_text(key: Key) -> str:
    """A place in the list as it stands in an address."""
    return f"{key.at.isoformat()}~{key.chain}~{key.sequence}"


def key_of(text: str) -> Key | None:
    """The place that an address names; None when it names none, which is the beginning."""
    try:
        at, chain, sequence = text.split("~")
        moment = datetime.fromisoformat(at)
        key = Key(moment, int(chain), int(sequence))
    except ValueError:
        return None
    sound = moment.tzinfo is not None and 0 <= key.chain < 2**31 and 0 < key.sequence < 2**31
    return key if sound else None
