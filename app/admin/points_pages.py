"""`/kelola/titik/{code}`: a survey point with its address, its QR code to print, and the kiosks at it."""

from fastapi import APIRouter, Request, Response
from sqlmodel import col, select

from app.admin.figures import figure, moment
from app.admin.point_forms import point_in_scope
from app.auth import staff_pages
from app.auth.guards import ADMINISTERS, AnyStaff
from app.auth.principal import Principal
from app.core.session import ReadSession
from app.kiosks.tables import Device
from app.units.queries import government_of
from app.units.scope import covers
from app.units.tables import Point, Service
from app.web import qr
from app.web.locale import page_language

router = APIRouter(prefix="/kelola/titik/{code}", include_in_schema=False)


def address_of(request: Request, point: Point) -> str:
    """What the QR code holds: where citizens answer at this point."""
    return f"{request.app.state.settings.public_url}/s/{point.code}"


@router.get("")
def get_point(
    code: str, request: Request, principal: AnyStaff, session: ReadSession, kabar: str = ""
) -> Response:
    """The page, which also prints as a sheet to hang up."""
    point, unit = point_in_scope(session, principal, code)
    devices = select(Device).where(Device.point_id == point.id).order_by(col(Device.name), col(Device.id))
    address, language = address_of(request, point), page_language(request)
    return staff_pages.page(
        request,
        "staff/units/point.html",
        section="units",
        point=point,
        unit=unit,
        government=government_of(session, point.unit_id),
        service=None if point.service_id is None else session.get_one(Service, point.service_id),
        devices=[(one, moment(one.last_seen_at, unit, language)) for one in session.exec(devices)],
        number=lambda value: figure(value, language),
        administered=_administers(session, principal, point),
        address=address,
        short_address=address.partition("://")[2],
        code=qr.inline(address),
        news=kabar,
    )


@router.get("/qr.svg")
def get_svg(code: str, request: Request, principal: AnyStaff, session: ReadSession) -> Response:
    """The QR code for whoever lays out a poster."""
    point, _ = point_in_scope(session, principal, code)
    return _file(qr.svg(address_of(request, point)), f"qr-{point.code}.svg", "image/svg+xml")


@router.get("/qr.png")
def get_png(code: str, request: Request, principal: AnyStaff, session: ReadSession) -> Response:
    """The QR code for a document."""
    point, _ = point_in_scope(session, principal, code)
    return _file(qr.png(address_of(request, point)), f"qr-{point.code}.png", "image/png")


def _administers(session: ReadSession, principal: Principal, point: Point) -> bool:
    return covers(session, principal.limited(ADMINISTERS), point.unit_id)


def _file(content: bytes, name: str, media_type: str) -> Response:
    headers = {**staff_pages.PRIVATE, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)
