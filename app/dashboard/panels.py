"""What other packages tell on a unit's page: one panel each, in this order. To add one, write a line in PANELS.

A panel looks at the database and gives its data, or None where it has nothing to say; its template is
`staff/panels/<name>.html` and finds the data as `panel`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import Session

from app.dashboard.document_panel import documents
from app.dashboard.panel_context import Context, PanelData
from app.dashboard.pekppp_panel import pekppp
from app.dashboard.priority_panel import priorities
from app.dashboard.work_panels import comments, followups, plans, publication


@dataclass(frozen=True, slots=True)
class Panel:
    """A name, which is that of its template, and what finds its data; `early` right below the elements."""

    name: str
    find: Callable[[Session, Context], PanelData | None]
    early: bool = False

    @property
    def template(self) -> str:
        """Where it is written."""
        return f"staff/panels/{self.name}.html"


@dataclass(frozen=True, slots=True)
class Shown:
    """A panel that has something to say."""

    template: str
    data: PanelData
    early: bool


PANELS: tuple[Panel, ...] = (
    Panel("priorities", priorities, early=True),
    Panel("plans", plans),
    Panel("comments", comments),
    Panel("followups", followups),
    Panel("publication", publication),
    Panel("pekppp", pekppp),
    Panel("documents", documents),
)


def shown(session: Session, context: Context) -> tuple[Shown, ...]:
    """The panels of a page, in order, without those that have nothing to say."""
    found = ((one, one.find(session, context)) for one in PANELS)
    return tuple(Shown(one.template, data, one.early) for one, data in found if data is not None)
