"""What the invented units planned, and what they know of earlier years: one survey runs late, two old results."""

from datetime import UTC, date, datetime, time, timedelta

from sqlmodel import Session, col, select

from app.audit.service import Actor
from app.core.db import Database
from app.history import service as history
from app.history.entries import Entry, FollowUpEntry, ResultEntry
from app.ikm.periods import Period, previous, sequence
from app.plans import counting, queries, service
from app.plans.drafts import Wanted, draft_of
from app.plans.tables import OWN, TABLE
from app.units.queries import below, unit_by_code
from app.units.tables import Unit

ACTOR = Actor("command", None, "eskm demo")
LATE = "kecamatan-selatan"
"""Its target is far beyond what its pace allows."""
REMEMBERS = "dpmptsp"
EARLIER = (
    Entry(
        "2013",
        None,
        "Laporan IKM 2013 (karangan)",
        ResultEntry("2004", 7244, {"U1": 2985, "U7": 2610, "U14": 3120}, 150, "B"),
        None,
    ),
    Entry(
        "2016",
        None,
        "Laporan SKM 2016, halaman 14 (karangan)",
        ResultEntry("2014", 7815, {"U3": 2870, "U8": 3050, "U9": 2940}, 150, "B"),
        FollowUpEntry(4, 4, date(2017, 1, 10), date(2017, 5, 2)),
    ),
)


def plan_surveys(database: Database, government: str, until: date) -> None:
    """Plans of the quarter that holds `until` and the one before, where there are none; two imported results."""
    with database.write() as session:
        root = unit_by_code(session, government)
        if root is None or root.id is None:
            return
        now = datetime.combine(until, time(3), UTC)
        units = session.exec(
            select(Unit).where(col(Unit.id).in_(below(session, root.id))).order_by(Unit.code)
        ).all()
        quarter = sequence("quarter", until, until)[0]
        for unit in units:
            for period in (previous(quarter), quarter):
                _plan(session, unit, period, until, now)
            if unit.code == REMEMBERS and unit.id is not None:
                history.apply(session, ACTOR, unit.id, EARLIER, now)


def _plan(session: Session, unit: Unit, period: Period, until: date, now: datetime) -> None:
    if unit.id is None or queries.plan_of(session, unit.id, None, period.code) is not None:
        return
    population = queries.known_population(session, unit, None, period)
    if population is None:
        return
    wanted = Wanted(period, TABLE)
    if unit.code != LATE:
        # Invented units have few answers: what they reach is what they planned, more or less.
        days = max(1, (min(until + timedelta(days=1), period.end) - period.start).days)
        answers = sum(counting.by_service(session, below(session, unit.id), period).values())
        target = min(population, max(10, answers * period.days * 9 // (days * 10)))
        wanted = Wanted(period, OWN, target=target, note="Sasaran peragaan")
    service.add(session, ACTOR, unit.id, None, draft_of(wanted, population), now)
