"""What a panel is given to find its data."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session

from app.aggregation.results import stored_id
from app.auth.principal import Principal
from app.auth.roles import Role
from app.dashboard.unit_view import View
from app.instruments.catalog import Catalog
from app.units.scope import covers

PanelData = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Context:
    """For whom and about what a panel speaks. `principal` holds only roles that read results."""

    principal: Principal
    catalog: Catalog
    view: View
    today: date
    language: str

    @property
    def unit_id(self) -> int:
        """The unit of the page."""
        return stored_id(self.view.subject.unit)

    @property
    def service_id(self) -> int | None:
        """The service of the page, None for a unit's."""
        service = self.view.subject.service
        return service.id if service else None

    def holds(self, session: Session, roles: Collection[Role]) -> bool:
        """Whether the caller has one of these roles on the unit."""
        return covers(session, self.principal.limited(roles), self.unit_id)
