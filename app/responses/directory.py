"""Survey points as the collection path needs them: compiled once, and kept until the registry changes."""

import asyncio
import math
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select
from starlette.concurrency import run_in_threadpool

from app.core.db import Database
from app.core.tables import storable
from app.instruments.answers import AnswerValidator
from app.instruments.catalog import Catalog
from app.instruments.model import Instrument
from app.responses.errors import PointUnknown, service_missing, service_unknown
from app.responses.submission import Target
from app.units import queries
from app.units.tables import Point, Service, Unit

ENTRY_SECONDS = 60.0
ENTRIES_MAX = 20_000
# A version older than the first is looked at while it is still used, one older than the second before.
VERSION_SECONDS = 2.0
VERSION_SECONDS_MAX = 10.0
_VERSION = ""  # no point has an empty code


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
    """A survey point with the services that can be judged there; `services` is empty when it is closed.

    `tickets`: only for holders of one-time links. `proof_of_work`: browsers compute for a while beside answering.
    """

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
    tickets: bool = False
    proof_of_work: bool = False

    def service(self, code: str | None) -> OpenService:
        """The service that an answer is about. Raises `InvalidInput` when it is open or foreign."""
        if code is not None:
            if code not in self.services:
                raise service_unknown()
            return self.services[code]
        if self.chooses and len(self.services) > 1:
            raise service_missing()
        return next(iter(self.services.values()))


@dataclass(frozen=True, slots=True)
class _Known:
    view: OpenPoint
    version: int
    looked_up_at: float


class Directory:
    """Points by their public code, kept until the registry changes, whichever process changes it.

    `point` costs nothing while its entry is good. The registry's version is looked at every other second, in
    the background while answers stream in; an entry that somebody changed by other means lives a minute.
    """

    def __init__(self, database: Database, catalog: Catalog) -> None:
        self.database = database
        self._catalog = catalog
        self._points: OrderedDict[str, _Known] = OrderedDict()
        self._validators: dict[tuple[str, frozenset[str], bool], AnswerValidator] = {}
        self._version = 0
        self._version_read_at = -math.inf
        self._under_way: dict[str, asyncio.Task[Any]] = {}

    async def point(self, code: str) -> OpenPoint:
        """The point with this code. Raises `PointUnknown`; closed points are returned without services."""
        await self._follow_registry()
        known = self._points.get(code)
        if known is not None and self._is_good(known):
            return known.view
        view: OpenPoint = await self._once(code, self.find, code)
        return view

    def _is_good(self, known: _Known) -> bool:
        return known.version == self._version and time.monotonic() - known.looked_up_at < ENTRY_SECONDS

    async def _follow_registry(self) -> None:
        age = time.monotonic() - self._version_read_at
        if age < VERSION_SECONDS:
            return
        look = self._once(_VERSION, self._read_version)
        if age >= VERSION_SECONDS_MAX:
            await look

    def _once(self, name: str, work: Callable[..., Any], *arguments: Any) -> asyncio.Future[Any]:
        """Do `work` in a thread, or join whoever does it already: a crowd asks the database once."""
        task = self._under_way.get(name)
        if task is None:
            task = asyncio.create_task(run_in_threadpool(work, *arguments))
            self._under_way[name] = task
            task.add_done_callback(lambda done: self._finished(name, done))
        return asyncio.shield(task)

    def _finished(self, name: str, task: asyncio.Task[Any]) -> None:
        del self._under_way[name]
        if not task.cancelled():
            task.exception()  # told to those who wait; a look in the background is simply repeated

    def _read_version(self) -> None:
        with self.database.read() as session:
            self._version = queries.registry_version(session)
        self._version_read_at = time.monotonic()

    def find(self, code: str) -> OpenPoint:
        """As `point`, straight from the database; for threads."""
        if not storable(code):
            raise PointUnknown
        with self.database.read() as session:
            version = queries.registry_version(session)
            point = session.exec(select(Point).where(Point.code == code)).one_or_none()
            if point is None:
                self._points.pop(code, None)
                raise PointUnknown
            view = self.view(session, point)
        self._points[code] = _Known(view, version, time.monotonic())
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
            tickets=point.tickets,
            proof_of_work=point.proof_of_work,
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
            tickets=point.tickets if point else False,
            proof_of_work=point.proof_of_work if point else False,
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
