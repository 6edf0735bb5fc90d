"""Tickets over HTTP, for a counter or a queue system: `POST /api/v1/units/{code}/tickets`."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session, select

from app.audit.service import record
from app.auth.guards import now, staff
from app.auth.principal import Principal
from app.auth.roles import Role
from app.core.errors import FieldError, InvalidInput
from app.core.problems import declared
from app.core.session import WriteSession
from app.core.tables import storable
from app.responses import tickets
from app.units.queries import service_by_code
from app.units.scope import unit_in_scope
from app.units.tables import Point, Service, Unit

router = APIRouter(prefix="/api/v1/units", tags=["tickets"])
TicketMaker = Annotated[Principal, Depends(staff(frozenset({Role.ADMIN, Role.OPERATOR})))]


class TicketsIn(BaseModel):
    """What is asked for: `count` tickets of a point, each valid for `hours`."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"point": "dpmptsp-nib-link", "count": 1, "hours": 72}]},
    )

    point: str
    service: str | None = None
    count: Annotated[int, Field(ge=1, le=tickets.COUNT_MAX)] = 1
    hours: Annotated[int, Field(ge=1, le=tickets.HOURS_MAX)] = 72


class TicketOut(BaseModel):
    """One link for one answer. `id` is also the id that the answer will have."""

    id: UUID
    address: str
    expires_at: datetime


class TicketsOut(BaseModel):
    """New tickets. Their addresses are shown here and nowhere else."""

    point: str
    service: str | None
    tickets: list[TicketOut]


@router.post(
    "/{code}/tickets",
    status_code=201,
    summary="Make one-time links",
    responses=declared(400, 401, 403, 404, 413, 422),
)
def post_tickets(
    code: str, wanted: TicketsIn, request: Request, principal: TicketMaker, session: WriteSession
) -> TicketsOut:
    """Links that can be answered once each, until they expire. Print them, or send them after the service."""
    at = now(request)
    unit = unit_in_scope(session, principal, code)
    point = _point(session, unit, wanted.point)
    service = _service(session, unit, point, wanted.service)
    expires_at = at + timedelta(hours=wanted.hours)
    made = tickets.issue(session, unit, point, service, count=wanted.count, now=at, expires_at=expires_at)
    record(
        session,
        principal.actor,
        "tickets.made",
        at,
        unit_id=unit.id,
        subject=f"point:{point.code}",
        details={"count": wanted.count, "hours": wanted.hours},
    )
    public_url = request.app.state.settings.public_url
    return TicketsOut(
        point=point.code,
        service=wanted.service,
        tickets=[
            TicketOut(id=one.id, address=f"{public_url}/s/{point.code}?t={one.id}", expires_at=one.expires_at)
            for one in made
        ],
    )


def _point(session: Session, unit: Unit, code: str) -> Point:
    found = (
        session.exec(select(Point).where(Point.code == code, Point.unit_id == unit.id)).one_or_none()
        if storable(code)
        else None
    )
    if found is None or not found.active:
        raise InvalidInput(
            (FieldError("/point", "point_unknown", "Titik survei ini tidak ada di unit ini, atau ditutup."),)
        )
    if found.channel == tickets.KIOSK:
        raise InvalidInput(
            (FieldError("/point", "point_is_kiosk", "Kios tidak memakai tautan sekali pakai."),)
        )
    return found


def _service(session: Session, unit: Unit, point: Point, code: str | None) -> Service | None:
    if code is None:
        return None
    found = service_by_code(session, unit.id, code) if unit.id is not None else None
    if found is None or not found.active or point.service_id not in (None, found.id):
        raise InvalidInput(
            (FieldError("/service", "service_unknown", "Layanan ini tidak dinilai di titik ini."),)
        )
    return found
