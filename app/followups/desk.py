"""What every page about a unit's follow-ups needs: the unit in scope, today there, names, who may change things."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from fastapi import Request
from sqlmodel import Session

from app.auth.guards import now
from app.auth.principal import Principal
from app.followups.elements import asked_elements, element_keys, element_names
from app.followups.guards import EDITS
from app.followups.rules import Frame
from app.followups.service import frame_of, today_of
from app.instruments.catalog import Catalog
from app.units.queries import services_of
from app.units.scope import covers, unit_in_scope
from app.units.tables import Service, Unit
from app.web.locale import page_language

SECTION = "followups"


@dataclass(frozen=True, slots=True)
class Desk:
    """A unit that the caller may see. `edits`: whether they may change its follow-ups."""

    unit: Unit
    unit_id: int
    services: tuple[Service, ...]
    names: Mapping[str, str]
    language: str
    today: date
    edits: bool

    @property
    def path(self) -> str:
        """Where the pages of this unit's follow-ups begin."""
        return f"/petugas/unit/{self.unit.code}/tindak-lanjut"

    @property
    def service_names(self) -> dict[int, str]:
        """The unit's services by id."""
        return {one.id: one.name for one in self.services if one.id is not None}

    @property
    def service_codes(self) -> dict[int, str]:
        """The codes of the unit's services by id."""
        return {one.id: one.code for one in self.services if one.id is not None}

    def asked(self, catalog: Catalog) -> list[tuple[str, str]]:
        """Key and name of the elements that one can choose here."""
        return asked_elements(catalog, [one for one in self.services if one.active], self.language)


def desk(request: Request, session: Session, principal: Principal, code: str) -> Desk:
    """The unit with this code. Raises NotFound outside the caller's units."""
    unit = unit_in_scope(session, principal, code)
    unit_id, language = unit.id or 0, page_language(request)
    whole: Principal = request.state.principal
    return Desk(
        unit=unit,
        unit_id=unit_id,
        services=tuple(services_of(session, [unit_id])),
        names=element_names(request.app.state.catalog, language),
        language=language,
        today=today_of(unit, now(request)),
        edits=covers(session, whole.limited(EDITS), unit_id),
    )


def frame(request: Request, session: Session, found: Desk) -> Frame:
    """What a follow-up of this unit may refer to."""
    return frame_of(session, found.unit, element_keys(request.app.state.catalog), now(request))
