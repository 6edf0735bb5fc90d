"""One unit as its page shows it: facts, services, survey points, and what is still missing."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, select

from app.admin.unit_tree import Branch
from app.instruments.catalog import Catalog, UnknownInstrument
from app.instruments.model import Instrument, in_language
from app.units.queries import services_of
from app.units.tables import Point, Service, Unit


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """A service; `instrument` is the version that is asked now, None when nobody knows it any more."""

    service: Service
    instrument: Instrument | None
    not_asked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PointRow:
    """A survey point and the service that it asks about; None where the citizen chooses."""

    point: Point
    service: Service | None


@dataclass(frozen=True, slots=True)
class UnitDetails:
    """A unit. `parent` is None where there is none, or none that the reader may see."""

    unit: Unit
    parent: Unit | None
    services: tuple[ServiceRow, ...]
    points: tuple[PointRow, ...]

    @property
    def unreachable(self) -> tuple[Service, ...]:
        """Active services that no open survey point asks about: nobody can judge them."""
        opened = [row for row in self.points if row.point.active]
        if any(row.service is None for row in opened):
            return ()
        asked = {row.service.id for row in opened if row.service is not None}
        return tuple(
            row.service for row in self.services if row.service.active and row.service.id not in asked
        )


def details_of(session: Session, branch: Branch, catalog: Catalog, language: str) -> UnitDetails:
    """The unit with names of elements in `language`."""
    unit = session.get_one(Unit, branch.id)
    services = services_of(session, [branch.id])
    by_id = {service.id: service for service in services}
    points = session.exec(select(Point).where(Point.unit_id == branch.id).order_by(col(Point.code)))
    return UnitDetails(
        unit=unit,
        parent=None if branch.above is None else session.get_one(Unit, branch.above.id),
        services=tuple(_service(service, catalog, language) for service in services),
        points=tuple(
            PointRow(point, by_id[point.service_id] if point.service_id else None) for point in points
        ),
    )


def instrument_of(catalog: Catalog, instrument_id: str) -> Instrument | None:
    """The newest version, or None."""
    try:
        return catalog.newest(instrument_id)
    except UnknownInstrument:
        return None


def element_names(catalog: Catalog, language: str) -> Mapping[str, str]:
    """The name of every element of the newest versions by its key, in the order of the questionnaires."""
    newest = (catalog.newest(one) for one in sorted({one.id for one in catalog.instruments.values()}))
    return {
        element.key: f"{element.code} {in_language(element.name, language)}"
        for instrument in newest
        for element in instrument.elements
    }


def _service(service: Service, catalog: Catalog, language: str) -> ServiceRow:
    instrument = instrument_of(catalog, service.instrument)
    names = {
        element.key: in_language(element.name, language)
        for element in (instrument.elements if instrument else ())
    }
    return ServiceRow(service, instrument, tuple(names.get(key, key) for key in service.not_asked))
