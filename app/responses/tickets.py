"""Tickets: one-time links, so that a unit can say how many were asked and how many answered."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, func, select

from app.core.errors import FieldError, InvalidInput
from app.ikm.periods import Period, local_date
from app.responses.errors import TicketExpired, TicketUnknown
from app.responses.tables import Response, Ticket
from app.units.tables import Point, Service, Unit

COUNT_MAX = 500
HOURS_MAX = 24 * 90
KIOSK = "kiosk"


@dataclass(frozen=True, slots=True)
class Asked:
    """How many people of a period were given a ticket, and how many of these have answered."""

    issued: int
    answered: int


def issue(
    session: Session,
    unit: Unit,
    point: Point,
    service: Service | None,
    *,
    count: int,
    now: datetime,
    expires_at: datetime,
) -> list[Ticket]:
    """New tickets of a point, all for `service` where it is given. Their ids are secrets until they are used."""
    if unit.id is None or point.id is None:
        raise ValueError("the unit and the point must be stored")
    day = local_date(now, ZoneInfo(unit.timezone))
    tickets = [
        Ticket(
            unit_id=unit.id,
            id=uuid4(),  # random throughout: nobody can guess the next one
            point_id=point.id,
            service_id=service.id if service else point.service_id,
            issued_at=now,
            issued_on=day,
            expires_at=expires_at,
        )
        for _ in range(count)
    ]
    session.add_all(tickets)
    session.flush()
    return tickets


def check(session: Session, unit_id: int, point_id: int, service_id: int, id_: UUID, at: datetime) -> None:
    """Raise `TicketUnknown` or `TicketExpired` unless `id_` is a ticket of the point and service, valid at `at`.

    A ticket that was answered stays good: sending the same answer again is no fault.
    """
    ticket = session.get(Ticket, (unit_id, id_))
    if ticket is None or ticket.point_id != point_id or ticket.service_id not in (None, service_id):
        raise _refused(TicketUnknown)
    if at > ticket.expires_at and session.get(Response, (unit_id, id_)) is None:
        raise _refused(TicketExpired)


def _refused(error: type[TicketUnknown | TicketExpired]) -> InvalidInput:
    message = error.message  # a text that is collected where the error is defined
    return error((FieldError("/id", error.code, message),))


def asked(
    session: Session, unit_ids: Collection[int], period: Period, service_id: int | None = None
) -> Asked | None:
    """Tickets issued in a period and answered since, by the date in the unit's zone; None where none was issued."""
    wanted = (
        select(func.count(), func.count(col(Response.id)))
        .select_from(Ticket)
        .join(
            Response,
            (col(Response.unit_id) == col(Ticket.unit_id)) & (col(Response.id) == col(Ticket.id)),
            isouter=True,
        )
        .where(
            col(Ticket.unit_id).in_(unit_ids),
            col(Ticket.issued_on) >= period.start,
            col(Ticket.issued_on) < period.end,
        )
    )
    if service_id is not None:
        wanted = wanted.where(func.coalesce(col(Response.service_id), col(Ticket.service_id)) == service_id)
    issued, answered = session.exec(wanted).one()
    return Asked(issued, answered) if issued else None
