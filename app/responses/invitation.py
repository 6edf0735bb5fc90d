"""A ticket as whoever opens its link meets it: good, already answered, too late, or none at all."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from app.responses.directory import OpenPoint
from app.responses.errors import TicketExpired, TicketUnknown
from app.responses.tables import Response, Ticket
from app.units.tables import Service


def is_answered(session: Session, point: OpenPoint, ticket: UUID) -> bool:
    """Whether the link was used. What was answered here keeps its receipt, whatever became of the ticket since."""
    stored = session.get(Response, (point.unit_id, ticket))
    return stored is not None and stored.point_id in {one.target.point_id for one in point.services.values()}


def invited_to(session: Session, point: OpenPoint, ticket: UUID, now: datetime) -> str | None:
    """The code of the service that the ticket is for, None when it leaves that open.

    Raises `TicketUnknown` when it is none of this point's, `TicketExpired` when it is no longer answered.
    """
    found = session.get(Ticket, (point.unit_id, ticket))
    if found is None or found.point_id not in {one.target.point_id for one in point.services.values()}:
        raise TicketUnknown
    if now > found.expires_at:
        raise TicketExpired
    if found.service_id is None:
        return None
    return session.get_one(Service, found.service_id).code
