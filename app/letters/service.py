"""Making letters: once a unit and month, stored as made, mailed to whoever heads the unit where mail is on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import Session, col, select, update

from app.audit.service import Actor, record
from app.auth import mail
from app.auth.mail import Letter
from app.auth.roles import Role
from app.auth.tables import Grant, User
from app.core.db import Database
from app.core.settings import Settings
from app.ikm.periods import Period, parse, previous, sequence
from app.instruments.catalog import Catalog
from app.letters.printing import pdf
from app.letters.tables import MonthlyLetter
from app.letters.writing import Writing, written
from app.units.tables import Unit

AT_ONCE = 20
"""Letters of one turn: others use the processors, too."""


@dataclass(frozen=True, slots=True)
class Made:
    """A letter that is stored, and to how many people it was mailed."""

    unit: str
    period: str
    mailed: int


def last_month(unit: Unit, now: datetime) -> Period:
    """The month that ended last where the unit is."""
    today = now.astimezone(ZoneInfo(unit.timezone)).date()
    return previous(sequence("month", today, today)[0])


def find(session: Session, unit_id: int, period: str) -> MonthlyLetter | None:
    """The letter as it was made, if it was."""
    return session.get(MonthlyLetter, (unit_id, period))


def months(session: Session, unit_id: int) -> list[str]:
    """The months of which there are letters, newest first."""
    wanted = select(MonthlyLetter.period).where(MonthlyLetter.unit_id == unit_id)
    return list(session.exec(wanted.order_by(col(MonthlyLetter.period).desc())))


def store(session: Session, actor: Actor, unit: Unit, writing: Writing, now: datetime) -> bool:
    """Keep a letter; whether it is the first about its month. A second one changes nothing."""
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    row = insert(MonthlyLetter).values(
        unit_id=unit.id, period=writing.period_code, made_at=now, content=writing.content(), mailed=0
    )
    stored = session.execute(row.on_conflict_do_nothing().returning(col(MonthlyLetter.period))).all()
    if stored:
        details = {"period": writing.period_code}
        record(session, actor, "letter.made", now, unit_id=unit.id, details=details)
    return bool(stored)


def make(
    database: Database,
    catalog: Catalog,
    settings: Settings,
    actor: Actor,
    unit: Unit,
    period: Period,
    now: datetime,
) -> Made | None:
    """Write, keep and mail the letter of a unit; None when there is one about this month already."""
    with database.read() as session:
        if find(session, unit.id or 0, period.code) is not None:
            return None
        writing = written(session, catalog, unit, period, now)
    with database.write() as session:
        if not store(session, actor, unit, writing, now):
            return None
    mailed = _mail(database, settings, unit, writing, now)
    if mailed:
        with database.write() as session:
            session.execute(
                update(MonthlyLetter)
                .where(col(MonthlyLetter.unit_id) == unit.id, col(MonthlyLetter.period) == period.code)
                .values(mailed=mailed)
            )
    return Made(unit.code, period.code, mailed)


def make_due(
    database: Database, catalog: Catalog, settings: Settings, actor: Actor, now: datetime, most: int = AT_ONCE
) -> list[Made]:
    """Letters about the month that ended last, of units that have none yet; `most` of them."""
    made: list[Made] = []
    for unit, period in _without(database, now):
        if len(made) >= most:
            break
        found = make(database, catalog, settings, actor, unit, period, now)
        if found is not None:
            made.append(found)
    return made


def _without(database: Database, now: datetime) -> Iterator[tuple[Unit, Period]]:
    with database.read() as session:
        units = list(session.exec(select(Unit).where(col(Unit.active)).order_by(Unit.code)))
        known = set(session.exec(select(MonthlyLetter.unit_id, MonthlyLetter.period)))
        session.expunge_all()
    for unit in units:
        period = last_month(unit, now)
        if (unit.id, period.code) not in known:
            yield unit, period


def _mail(database: Database, settings: Settings, unit: Unit, writing: Writing, now: datetime) -> int:
    """To how many heads of the unit it was handed over."""
    if not mail.is_on(settings):
        return 0
    with database.read() as session:
        addresses = _addresses(session, unit.id or 0)
    if not addresses:
        return 0
    address = f"{settings.public_url}/petugas/unit/{unit.code}/surat?period={writing.period_code}"
    text = "\n\n".join([writing.lead, writing.change, f"Surat lengkap terlampir, juga di {address}"])
    file = (f"surat-{unit.code}-{writing.period_code}.pdf", pdf(writing.content(), now))
    letter = Letter(f"Surat bulanan SKM {unit.name}, {writing.period}", text, file)
    return sum(mail.send(settings, one, letter) for one in addresses)


def _addresses(session: Session, unit_id: int) -> list[str]:
    wanted = (
        select(User.email)
        .join(Grant, col(Grant.user_id) == col(User.id))
        .where(Grant.unit_id == unit_id, Grant.role == Role.UNIT_HEAD.value, col(User.active))
        .where(col(User.email).is_not(None))
        .distinct()
    )
    return sorted(one for one in session.exec(wanted) if one)


def period_of(code: str) -> Period | None:
    """The month of a code; None for any other period."""
    try:
        period = parse(code)
    except ValueError:
        return None
    return period if sequence("month", period.start, period.start)[0] == period else None
