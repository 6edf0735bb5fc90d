"""Adding a survey point to a unit, changing one, closing it."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlmodel import Session, select

from app.admin import form_pages, registry_edits
from app.admin.form_pages import changed_meanwhile
from app.admin.registry_edits import Found, stored_point
from app.admin.registry_form import Posted, Refused, Sent, code_taken, free_code, registry_of
from app.auth.guards import Administrator, now
from app.auth.principal import Principal
from app.auth.staff_pages import see_other
from app.core.errors import NotFound
from app.core.session import ReadSession, WriteSession
from app.core.tables import storable
from app.units.queries import services_of
from app.units.registry import PointEntry
from app.units.scope import covers, unit_in_scope
from app.units.service import hold
from app.units.tables import Point, Unit

router = APIRouter(include_in_schema=False)

_FORM = "staff/units/point_form.html"
_FIELDS = ("label", "service", "channel", "code")
_TICKS = ("tickets", "proof_of_work")
# What a code says of its channel; it is printed below the QR, so it is in the citizens' language.
_SPOKEN = {"qr": "qr", "kiosk": "kios", "counter": "loket", "link": "tautan"}


def point_in_scope(session: Session, principal: Principal, code: str) -> tuple[Point, Unit]:
    """The survey point and its unit; NotFound outside the caller's units."""
    point = None
    if storable(code):
        point = session.exec(select(Point).where(Point.code == code)).one_or_none()
    if point is None or not covers(session, principal, point.unit_id):
        raise NotFound
    return point, session.get_one(Unit, point.unit_id)


@router.get("/kelola/unit/{code}/titik/tambah")
def get_new_point(
    code: str, request: Request, principal: Administrator, session: ReadSession, layanan: str = ""
) -> Response:
    """The empty form; `layanan` is the service that it was opened for."""
    unit = unit_in_scope(session, principal, code)
    values = {**_values(Sent()), "service": layanan, "channel": "qr"}
    return _show(request, session, unit, values, found=None)


@router.post("/kelola/unit/{code}/titik/tambah")
def post_new_point(
    code: str, request: Request, principal: Administrator, session: WriteSession, sent: Posted
) -> Response:
    """Store a new survey point of the unit."""
    hold(session)
    unit, values = unit_in_scope(session, principal, code), _values(sent)
    own = sent.text("code") or _proposed(session, unit, sent)
    try:
        taken = [code_taken()] if _is_taken(session, own) else []
        registry = registry_of("points", {**values, "code": own}, {}, unit.code, taken)
        registry_edits.save(session, principal.actor, registry, now(request))
    except Refused as refused:
        return _show(request, session, unit, values, found=None, refused=refused)
    return see_other(f"/kelola/titik/{own}?kabar=ditambah")


@router.get("/kelola/titik/{code}/ubah")
def get_point_form(code: str, request: Request, principal: Administrator, session: ReadSession) -> Response:
    """The form of one survey point."""
    _, unit = point_in_scope(session, principal, code)
    found = stored_point(session, code)
    return _show(request, session, unit, _stored_values(found), found=found)


@router.post("/kelola/titik/{code}/ubah")
def post_point_form(
    code: str, request: Request, principal: Administrator, session: WriteSession, sent: Posted
) -> Response:
    """Store what was changed, unless somebody else changed the point since the form was opened."""
    hold(session)
    _, unit = point_in_scope(session, principal, code)
    found, values = stored_point(session, code), _values(sent)
    changed = changed_meanwhile(found, sent, _stored_values(found), values)
    if changed is not None:
        return _show(request, session, unit, values, found=found, changed=changed)
    try:
        given = {**values, "code": code, "active": found.entry.active}
        registry_edits.save(
            session, principal.actor, registry_of("points", given, {}, unit.code), now(request)
        )
    except Refused as refused:
        return _show(request, session, unit, values, found=found, refused=refused)
    return see_other(f"/kelola/titik/{code}?kabar=disimpan")


@router.post("/kelola/titik/{code}/keadaan")
def post_point_state(
    code: str, request: Request, principal: Administrator, session: WriteSession, sent: Posted
) -> Response:
    """Close a survey point, or open it again."""
    hold(session)
    point_in_scope(session, principal, code)
    active = sent.text("active") == "1"
    found = stored_point(session, code)
    registry_edits.set_active(session, principal.actor, found, now(request), active=active)
    return see_other(f"/kelola/titik/{code}?kabar={'dibuka' if active else 'ditutup'}")


def _is_taken(session: Session, code: str) -> bool:
    return storable(code) and session.exec(select(Point.id).where(Point.code == code)).first() is not None


def _proposed(session: Session, unit: Unit, sent: Sent) -> str:
    """`unit-service-channel`, as long as it fits."""
    parts = [unit.code, sent.text("service"), _SPOKEN.get(sent.text("channel"), "titik")]
    wanted = "-".join(part for part in parts if part)
    if len(wanted) > 55:
        wanted = f"{unit.code[:40]}-{parts[-1]}"
    return free_code(wanted, lambda taken: _is_taken(session, taken))


def _show(
    request: Request,
    session: Session,
    unit: Unit,
    values: Mapping[str, object],
    *,
    found: Found | None,
    **more: Any,
) -> Response:
    services = services_of(session, [unit.id] if unit.id else [])
    return form_pages.show(
        request,
        _FORM,
        values,
        found=found,
        unit=unit,
        services=[(one.code, one.name) for one in services if one.active or one.code == values["service"]],
        **more,
    )


def _values(sent: Sent) -> dict[str, object]:
    ticked: dict[str, object] = {name: True for name in _TICKS if sent.text(name) == "1"}
    return {name: sent.text(name) for name in _FIELDS} | ticked


def _stored_values(found: Found) -> dict[str, object]:
    entry = found.entry
    assert isinstance(entry, PointEntry)  # noqa: S101 - read as a point
    ticked: dict[str, object] = {name: True for name in _TICKS if getattr(entry, name)}
    return {name: getattr(entry, name) or "" for name in _FIELDS} | ticked
