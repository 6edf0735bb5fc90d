"""What a page of comments is about, and what of them is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Query
from sqlmodel import Session, col, select

from app.aggregation.parameters import parse_period
from app.aggregation.period_picker import current
from app.auth.principal import Principal
from app.comments.guards import DEALS
from app.comments.queries import STATES, Order, Wanted
from app.ikm.periods import Period
from app.units.queries import below, services_of
from app.units.scope import covers, unit_in_scope
from app.units.tables import Service, Unit

Text = Annotated[str, Query(max_length=120)]


@dataclass(frozen=True, slots=True)
class Asked:
    """A filter as it stands in an address; what is empty does not count."""

    period: str = ""
    state: str = ""
    topic: str = ""
    service: str = ""
    q: str = ""
    published: bool = False
    order: Order = "newest"

    def query(self, **changed: str) -> str:
        """The query of an address that asks the same, but for what is changed."""
        held = {"period": self.period, "state": self.state, "topic": self.topic, "service": self.service}
        held |= {"q": self.q, "published": "1" if self.published else ""}
        held |= {"order": self.order if self.order != "newest" else ""}
        return "?" + urlencode({name: value for name, value in (held | changed).items() if value})

    @property
    def narrows(self) -> bool:
        """Whether anything was chosen that does not stand in the open."""
        return bool(self.topic or self.service or self.published or self.order != "newest")

    @property
    def sifts(self) -> bool:
        """Whether anything but the period is asked for."""
        return bool(self.state or self.topic or self.service or self.q or self.published)


def _asked(
    period: Text = "",
    state: Text = "",
    topic: Text = "",
    service: Text = "",
    q: Text = "",
    published: Text = "",
    order: Text = "",
) -> Asked:
    return Asked(
        period,
        state if state in STATES else "",
        topic,
        service,
        q.strip(),
        bool(published),
        "lowest" if order == "lowest" else "newest",
    )


Filter = Annotated[Asked, Depends(_asked)]


@dataclass(frozen=True, slots=True)
class Place:
    """What the list is about: the unit, all units that it gathers, its services where there is one unit only."""

    unit: Unit
    units: Sequence[Unit]
    services: Sequence[Service]
    deals: bool

    @property
    def ids(self) -> list[int]:
        """Ids of the units."""
        return [unit.id for unit in self.units if unit.id is not None]

    @property
    def service_options(self) -> list[tuple[str, str]]:
        """The services to choose from, by code and name."""
        return [(one.code, one.name) for one in self.services]

    @property
    def address(self) -> str:
        """Where the inbox is."""
        return address_of(self.unit)


def address_of(unit: Unit) -> str:
    """The address of a unit's inbox."""
    return f"/petugas/unit/{unit.code}/komentar"


def place_of(session: Session, principal: Principal, code: str) -> Place:
    """The unit with this code, in scope, and what belongs to it."""
    unit = unit_in_scope(session, principal, code)
    ids = below(session, unit.id or 0)
    units = list(session.exec(select(Unit).where(col(Unit.id).in_(ids)).order_by(Unit.name)))
    services = services_of(session, ids) if len(ids) == 1 else []
    return Place(unit, units, services, covers(session, principal.limited(DEALS), unit.id or 0))


def period_of(asked: Asked, today: date) -> Period:
    """The period that is asked for, the present quarter otherwise. Raises `InvalidInput`."""
    return parse_period(asked.period) if asked.period else current("quarter", today)


def wanted_of(place: Place, asked: Asked, period: Period) -> Wanted:
    """What to look for."""
    service = next((one.id for one in place.services if one.code == asked.service), None)
    return Wanted(
        unit_ids=place.ids,
        period=period,
        state=asked.state or None,
        topic=asked.topic or None,
        service_id=service,
        text=asked.q,
        published=asked.published,
        order=asked.order,
    )
