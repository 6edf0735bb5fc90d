"""Survey points as the collection path needs them: compiled once, kept for a few seconds.

A change of the registry by another process is seen when an entry has become old.
"""

import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from app.core.db import Database
from app.core.tables import storable
from app.instruments.answers import AnswerValidator
from app.instruments.catalog import Catalog
from app.instruments.model import Instrument
from app.responses.errors import PointUnknown, service_missing, service_unknown
from app.responses.submission import Target
from app.units import queries
from app.units.tables import Point, Service, Unit

FRESH_SECONDS = 3.0
ENTRIES_MAX = 20_000


@dataclass(frozen=True, slots=True)
class OpenService:
    """A service that can be judged at a point: where an answer is filed, and what makes it valid."""

    code: str
    name: str
    instrument: Instrument
    not_asked: frozenset[str]
    target: Target
    validator: AnswerValidator


@dataclass(frozen=True, slots=True)
class OpenPoint:
    """A survey point with the services that can be judged there; `services` is empty when it is closed."""

    code: str
    label: str | None
    channel: str
    unit_id: int
    unit_code: str
    unit_name: str
    government_name: str
    zone: ZoneInfo
    chooses: bool
    services: Mapping[str, OpenService]

    def service(self, code: str | None) -> OpenService:
        """The service that an answer is about. Raises `InvalidInput` when it is open or foreign."""
        if code is not None:
            if code not in self.services:
                raise service_unknown()
            return self.services[code]
        if self.chooses and len(self.services) > 1:
            raise service_missing()
        return next(iter(self.services.values()))


class Directory:
    """Points by their public code. Lookups may read the database: call them in a thread unless `cached`."""

    def __init__(self, database: Database, catalog: Catalog) -> None:
        self._database = database
        self._catalog = catalog
        self._points: OrderedDict[str, tuple[float, OpenPoint]] = OrderedDict()
        self._validators: dict[tuple[str, frozenset[str], bool], AnswerValidator] = {}

    def cached(self, code: str) -> OpenPoint | None:
        """The point when it was looked up a moment ago."""
        entry = self._points.get(code)
        return entry[1] if entry and time.monotonic() - entry[0] < FRESH_SECONDS else None

    def find(self, code: str) -> OpenPoint:
        """The point with this code. Raises `PointUnknown`; closed points are returned without services."""
        if not storable(code):
            raise PointUnknown
        with self._database.read() as session:
            point = session.exec(select(Point).where(Point.code == code)).one_or_none()
            if point is None:
                self._points.pop(code, None)
                raise PointUnknown
            view = self.view(session, point)
        self._points[code] = (time.monotonic(), view)
        self._points.move_to_end(code)
        while len(self._points) > ENTRIES_MAX:
            self._points.popitem(last=False)
        return view

    def view(self, session: Session, point: Point) -> OpenPoint:
        """`point` with its unit and services."""
        unit = session.get_one(Unit, point.unit_id)
        wanted = select(Service).where(Service.unit_id == point.unit_id, col(Service.active))
        if point.service_id is not None:
            wanted = wanted.where(Service.id == point.service_id)
        services = session.exec(wanted.order_by(col(Service.id))).all()
        is_open = point.active and unit.active
        return OpenPoint(
            code=point.code,
            label=point.label,
            channel=point.channel,
            unit_id=point.unit_id,
            unit_code=unit.code,
            unit_name=unit.name,
            government_name=queries.government_of(session, point.unit_id).name,
            zone=ZoneInfo(unit.timezone),
            chooses=point.service_id is None,
            services={service.code: self.open_service(unit, service, point) for service in services}
            if is_open
            else {},
        )

    def open_service(
        self, unit: Unit, service: Service, point: Point | None, *, channel: str = "", complete: bool = True
    ) -> OpenService:
        """`service` of `unit`, answered at `point`, or through `channel` without a point."""
        instrument = self._catalog.newest(service.instrument)
        not_asked = frozenset(service.not_asked)
        if unit.id is None or service.id is None:
            raise ValueError("the unit and the service must be stored")
        target = Target(
            unit_id=unit.id,
            service_id=service.id,
            service_code=service.code,
            point_id=point.id if point else None,
            point_code=point.code if point else "",
            channel=point.channel if point else channel,
            instrument=instrument.ref,
            elements=instrument.ikm_elements(not_asked),
            zone=ZoneInfo(unit.timezone),
        )
        validator = self._validator(instrument, not_asked, complete=complete)
        return OpenService(service.code, service.name, instrument, not_asked, target, validator)

    def _validator(
        self, instrument: Instrument, not_asked: frozenset[str], *, complete: bool
    ) -> AnswerValidator:
        key = (instrument.ref, not_asked, complete)
        if key not in self._validators:
            self._validators[key] = AnswerValidator(instrument, not_asked, complete=complete)
        return self._validators[key]
