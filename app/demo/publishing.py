"""Publishes results of the invented units for the quarters that are over, by the same service as everybody's."""

from datetime import UTC, date, datetime, time, timedelta

from sqlmodel import Session, col, select

from app.auth.keys import Keys
from app.core.clock import utc_now
from app.core.db import Database
from app.demo.load import ACTOR, GOVERNMENT
from app.ikm.periods import Period, previous, sequence
from app.instruments.catalog import Catalog
from app.publication.errors import AlreadyPublished, FiguresUnchanged, NoAnswers, SeveralInstruments
from app.publication.service import draft, issue
from app.units.queries import services_of, unit_by_code
from app.units.tables import Service, Unit

UNITS_MOST = 6
QUARTERS = 4
SILENT = "kantor-penghubung"
"""The unit that has not published anything yet."""
DAYS_UNTIL_ISSUED = 12
OFFICE_OPENS = time(1, 30, tzinfo=UTC)


def publish(database: Database, catalog: Catalog, keys: Keys, until: date, public_url: str) -> int:
    """Publish the last quarters before `until`, the oldest first; how many that were. Again adds nothing."""
    with database.read() as session:
        codes = _codes(session)
    published = 0
    for period in _quarters(until):
        for unit, service in codes:
            published += _publish(database, catalog, keys, (unit, service), period, public_url)
    return published


def _codes(session: Session) -> list[tuple[str, str | None]]:
    """Some units, one service of the first, and at last the government."""
    government = unit_by_code(session, GOVERNMENT)
    if government is None:
        return []
    below = select(Unit).where(Unit.parent_id == government.id, Unit.code != SILENT).order_by(col(Unit.id))
    units = list(session.exec(below.limit(UNITS_MOST)))
    found: list[tuple[str, str | None]] = [(unit.code, None) for unit in units]
    for unit in units[:1]:
        found += [(unit.code, one.code) for one in services_of(session, [unit.id or 0])[:1]]
    return [*found, (GOVERNMENT, None)]


def _quarters(until: date) -> list[Period]:
    after = until + timedelta(days=1)
    period, found = sequence("quarter", after, after)[0], list[Period]()
    for _ in range(QUARTERS):
        period = previous(period)
        found.insert(0, period)
    return found


def _publish(
    database: Database,
    catalog: Catalog,
    keys: Keys,
    place: tuple[str, str | None],
    period: Period,
    public_url: str,
) -> int:
    at = min(datetime.combine(period.end + timedelta(days=DAYS_UNTIL_ISSUED), OFFICE_OPENS), utc_now())
    try:
        with database.read() as session:
            unit, service = _found(session, place)
            prepared = draft(session, catalog, unit, period, at, service=service)
        with database.write() as session:
            issue(session, keys, ACTOR, prepared, at, public_url=public_url)
    except (AlreadyPublished, FiguresUnchanged, NoAnswers, SeveralInstruments):
        return 0
    return 1


def _found(session: Session, place: tuple[str, str | None]) -> tuple[Unit, Service | None]:
    code, service_code = place
    unit = session.exec(select(Unit).where(Unit.code == code)).one()
    if service_code is None:
        return unit, None
    wanted = select(Service).where(Service.unit_id == unit.id, Service.code == service_code)
    return unit, session.exec(wanted).one()
