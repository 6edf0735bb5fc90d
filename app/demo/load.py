"""Loads the demonstration: the registry, then the answers through the same intake as everybody's."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from sqlmodel import Session, col, select

from app.audit.service import Actor, record
from app.core.clock import utc_now
from app.core.db import Database
from app.demo.answers import Span, given_answers
from app.instruments.catalog import Catalog
from app.responses.directory import Directory, OpenPoint
from app.responses.intake import Intake
from app.responses.submission import Submission, submission
from app.responses.tables import Total
from app.units import registry as registries
from app.units.recording import record_applied
from app.units.registry import PointEntry, Registry, ServiceEntry, UnitEntry
from app.units.service import apply
from app.units.tables import CHANNELS, Point, Unit

REGISTRY = Path(__file__).with_name("kota-contoh.toml")
GOVERNMENT = "kota-contoh"
UNITS_MAX = 2000
ACTOR = Actor("command", None, "eskm demo")
CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Plan:
    """What to make: how many answers, units and years, up to which day, and the seed of chance."""

    responses: int
    units: int
    years: int
    until: date
    seed: int

    @property
    def span(self) -> Span:
        """Whole months: the last day is `until`, the first is that of the month `years` years earlier."""
        after = self.until + timedelta(days=1)
        first = date(after.year - self.years, after.month, 1)
        return Span(first, self.until)


def registry_of(units: int, catalog: Catalog) -> Registry:
    """The invented city with `units` units: the six of the file, fewer, or as many kelurahan more as needed."""
    elements = {one.id: [e.key for e in one.elements] for one in catalog.instruments.values()}
    city = registries.read(REGISTRY, elements)
    chosen = [unit.code for unit in city.units if unit.parent][:units]
    more = [_kelurahan(number) for number in range(1, units - len(chosen) + 1)]
    kept = {GOVERNMENT, *chosen}
    return replace(
        city,
        units=(*(u for u in city.units if u.code in kept), *(unit for unit, _, _ in more)),
        services=(*(s for s in city.services if s.unit in kept), *(s for _, some, _ in more for s in some)),
        points=(*(p for p in city.points if p.unit in kept), *(p for _, _, some in more for p in some)),
    )


def _kelurahan(number: int) -> tuple[UnitEntry, list[ServiceEntry], list[PointEntry]]:
    code = f"kelurahan-{number:03}"
    unit = UnitEntry(code=code, name=f"Kelurahan {number}", parent=GOVERNMENT, kind="kelurahan")
    services = [
        ServiceEntry(unit=code, code="surat-pengantar", name="Surat Pengantar", population=2400),
        ServiceEntry(unit=code, code="domisili", name="Keterangan Domisili", population=1300),
        ServiceEntry(unit=code, code="tidak-mampu", name="Keterangan Tidak Mampu", population=900),
    ]
    points = [PointEntry(unit=code, code=f"{code}-{channel}", channel=channel) for channel in CHANNELS]
    return unit, services, points


def is_empty(session: Session) -> bool:
    """Whether nothing was ever set up here."""
    return session.exec(select(Unit.id).limit(1)).first() is None


def answers_stored(session: Session) -> int:
    """How many answers count."""
    return sum(session.exec(select(Total.responses)).all())


async def load(
    database: Database, catalog: Catalog, plan: Plan, progress: Callable[[int], None] = lambda _: None
) -> None:
    """Make what `plan` says. The same plan again adds nothing: every answer is recognised by its id."""
    received = utc_now()
    with database.write() as session:
        changes = apply(session, registry_of(plan.units, catalog))
        record_applied(session, ACTOR, changes, REGISTRY.name, received)
        unit_id = session.exec(select(Unit.id).where(Unit.code == GOVERNMENT)).one()
        details = {**asdict(plan), "until": plan.until.isoformat()}
        record(session, ACTOR, "demo.loaded", received, unit_id=unit_id, details=details)
    points = _points(database, catalog)
    async with Intake(database, queue_limit=CHUNK, batch_limit=CHUNK) as intake:
        chunk: list[Submission] = []
        for given in given_answers(points, plan.span, plan.responses, plan.seed):
            chunk.append(submission(given.answer, given.service.target, received))
            if len(chunk) == CHUNK:
                await _store(intake, chunk)
                progress(len(chunk))
                chunk = []
        await _store(intake, chunk)
        progress(len(chunk))


async def _store(intake: Intake, chunk: list[Submission]) -> None:
    for outcome in await intake.submit_many(chunk):
        if isinstance(outcome, Exception):
            raise outcome


def _points(database: Database, catalog: Catalog) -> list[OpenPoint]:
    directory = Directory(database, catalog)
    with database.read() as session:
        points = session.exec(select(Point).where(col(Point.active)).order_by(Point.code)).all()
        views = [directory.view(session, point) for point in points]
    return [view for view in views if view.services]
