"""The questionnaires of an installation, old and new, and where those units use them that somebody may see."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import Session, col, func, select

from app.auth.principal import Principal
from app.instruments.catalog import Catalog
from app.instruments.model import Instrument
from app.instruments.tables import InstrumentVersion
from app.responses.tables import Total
from app.units.scope import units_in_scope
from app.units.tables import Service, Unit


@dataclass(frozen=True, slots=True)
class Version:
    """One version. `state`: `current` for new answers, `replaced` by a newer one, `gone` with its file."""

    instrument: Instrument
    state: str
    registered_at: datetime | None
    services: int
    responses: int


@dataclass(frozen=True, slots=True)
class User:
    """A service that asks a questionnaire."""

    unit: str
    unit_code: str
    service: str
    active: bool


def versions(session: Session, principal: Principal, catalog: Catalog, folder: Path) -> list[Version]:
    """Every version, the newest of each questionnaire first, with what is in scope."""
    units = units_in_scope(session, principal)
    registered = dict(session.exec(select(InstrumentVersion.ref, InstrumentVersion.registered_at)).all())
    answered = _answered(session, units)
    asked = _asked(session, units)
    found = [
        Version(
            instrument=instrument,
            state=_state(instrument, catalog, folder),
            registered_at=registered.get(instrument.ref),
            services=asked.get(instrument.id, 0) if instrument == catalog.newest(instrument.id) else 0,
            responses=answered.get(instrument.ref, 0),
        )
        for instrument in catalog.instruments.values()
    ]
    return sorted(found, key=lambda one: (one.instrument.id, -one.instrument.version))


def users_of(session: Session, principal: Principal, instrument_id: str) -> list[User]:
    """The services in scope that ask this questionnaire, by unit and name."""
    wanted = (
        select(Unit.name, Unit.code, Service.name, Service.active)
        .join(Service, col(Service.unit_id) == col(Unit.id))
        .where(col(Unit.id).in_(units_in_scope(session, principal)), Service.instrument == instrument_id)
        .order_by(col(Unit.name), col(Unit.code), col(Service.name))
    )
    return [User(*row) for row in session.exec(wanted)]


def _state(instrument: Instrument, catalog: Catalog, folder: Path) -> str:
    if catalog.newest(instrument.id).version != instrument.version:
        return "replaced"
    return "current" if (folder / instrument.id / f"{instrument.version}.toml").is_file() else "gone"


def _answered(session: Session, units: list[int]) -> Mapping[str, int]:
    counted = select(Total.instrument, func.sum(Total.responses)).where(col(Total.unit_id).in_(units))
    return {ref: int(many) for ref, many in session.exec(counted.group_by(col(Total.instrument)))}


def _asked(session: Session, units: list[int]) -> Mapping[str, int]:
    counted = select(Service.instrument, func.count()).where(col(Service.unit_id).in_(units))
    return dict(session.exec(counted.group_by(col(Service.instrument))).all())
