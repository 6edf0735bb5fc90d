"""What other packages tell on a unit's page: one panel each, in this order. To add one, write a line in PANELS.

A panel looks at the database and gives its data, or None where it has nothing to say; its template is
`staff/panels/<name>.html` and finds the data as `panel`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session

from app.auth.principal import Principal
from app.dashboard.unit_view import View
from app.instruments.catalog import Catalog

PanelData = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Context:
    """For whom and about what a panel speaks. `principal` holds only roles that read results."""

    principal: Principal
    catalog: Catalog
    view: View
    today: date
    language: str


@dataclass(frozen=True, slots=True)
class Panel:
    """A name, which is that of its template, and what finds its data."""

    name: str
    find: Callable[[Session, Context], PanelData | None]

    @property
    def template(self) -> str:
        """Where it is written."""
        return f"staff/panels/{self.name}.html"


@dataclass(frozen=True, slots=True)
class Shown:
    """A panel that has something to say."""

    template: str
    data: PanelData


PANELS: tuple[Panel, ...] = ()


def shown(session: Session, context: Context) -> tuple[Shown, ...]:
    """The panels of a page, in order, without those that have nothing to say."""
    found = ((one.template, one.find(session, context)) for one in PANELS)
    return tuple(Shown(template, data) for template, data in found if data is not None)
