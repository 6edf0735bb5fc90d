"""Adding a service to a unit, changing one, closing it: `/kelola/unit/{code}/layanan/…`."""

from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from app.admin import form_pages, registry_edits
from app.admin.form_pages import changed_meanwhile
from app.admin.registry_edits import Found, stored_service
from app.admin.registry_form import Posted, Refused, Sent, code_taken, count, free_code, registry_of, slug
from app.admin.unit_details import element_names
from app.audit.service import Actor
from app.auth.guards import Administrator, now
from app.auth.staff_pages import see_other
from app.core.errors import FieldError, NotFound
from app.core.session import ReadSession, WriteSession
from app.instruments.catalog import Catalog
from app.instruments.model import in_language
from app.units.queries import service_by_code
from app.units.registry import ElementsOf, ServiceEntry
from app.units.registry_rows import DEFAULT_INSTRUMENT
from app.units.scope import unit_in_scope
from app.units.service import hold
from app.units.tables import Unit
from app.web.locale import page_language

router = APIRouter(prefix="/kelola/unit/{code}/layanan", include_in_schema=False)

_FORM = "staff/units/service_form.html"


def elements_of(catalog: Catalog) -> ElementsOf:
    """The element keys of the newest version of every questionnaire."""
    ids = sorted({one.id for one in catalog.instruments.values()})
    return {one: [element.key for element in catalog.newest(one).elements] for one in ids}


@router.get("/tambah")
def get_new_service(code: str, request: Request, principal: Administrator, session: ReadSession) -> Response:
    """The empty form."""
    unit = unit_in_scope(session, principal, code)
    values = {**_values(Sent()), "instrument": DEFAULT_INSTRUMENT}
    return _show(request, unit, values, found=None)


@router.post("/tambah")
def post_new_service(
    code: str, request: Request, principal: Administrator, session: WriteSession, sent: Posted
) -> Response:
    """Store a new service of the unit."""
    hold(session)
    unit = unit_in_scope(session, principal, code)
    values = _values(sent)
    own = sent.text("code") or free_code(
        slug(sent.text("name")) or "layanan", lambda taken: _is_taken(session, unit, taken)
    )
    try:
        taken = [code_taken()] if _is_taken(session, unit, own) else []
        _save(request, session, principal.actor, unit, {**values, "code": own}, taken)
    except Refused as refused:
        return _show(request, unit, values, found=None, refused=refused)
    return see_other(f"/kelola/unit?unit={code}&kabar=layanan-ditambah")


@router.get("/{service}/ubah")
def get_service_form(
    code: str, service: str, request: Request, principal: Administrator, session: ReadSession
) -> Response:
    """The form of one service."""
    unit = unit_in_scope(session, principal, code)
    found = _find(session, unit, service)
    return _show(request, unit, _stored_values(found), found=found)


@router.post("/{service}/ubah")
def post_service_form(
    code: str, service: str, request: Request, principal: Administrator, session: WriteSession, sent: Posted
) -> Response:
    """Store what was changed, unless somebody else changed the service since the form was opened."""
    hold(session)
    unit = unit_in_scope(session, principal, code)
    found, values = _find(session, unit, service), _values(sent)
    changed = changed_meanwhile(found, sent, _stored_values(found), values)
    if changed is not None:
        return _show(request, unit, values, found=found, changed=changed)
    try:
        given = {**values, "code": service, "active": found.entry.active}
        _save(request, session, principal.actor, unit, given)
    except Refused as refused:
        return _show(request, unit, values, found=found, refused=refused)
    return see_other(f"/kelola/unit?unit={code}&kabar=layanan-disimpan")


@router.post("/{service}/keadaan")
def post_service_state(
    code: str, service: str, request: Request, principal: Administrator, session: WriteSession, sent: Posted
) -> Response:
    """Close a service, or open it again."""
    hold(session)
    unit = unit_in_scope(session, principal, code)
    active = sent.text("active") == "1"
    registry_edits.set_active(
        session, principal.actor, _find(session, unit, service), now(request), active=active
    )
    return see_other(f"/kelola/unit?unit={code}&kabar=layanan-{'dibuka' if active else 'ditutup'}")


def _find(session: Session, unit: Unit, service: str) -> Found:
    if unit.id is None or service_by_code(session, unit.id, service) is None:
        raise NotFound
    return stored_service(session, unit.code, service)


def _is_taken(session: Session, unit: Unit, code: str) -> bool:
    return unit.id is None or service_by_code(session, unit.id, code) is not None


def _save(
    request: Request,
    session: Session,
    actor: Actor,
    unit: Unit,
    values: Mapping[str, object],
    also: Iterable[FieldError] = (),
) -> None:
    known = elements_of(request.app.state.catalog)
    registry = registry_of("services", values, known, unit.code, also)
    registry_edits.save(session, actor, registry, now(request))


def _show(
    request: Request, unit: Unit, values: Mapping[str, object], *, found: Found | None, **more: Any
) -> Response:
    language, catalog = page_language(request), request.app.state.catalog
    return form_pages.show(
        request,
        _FORM,
        values,
        found=found,
        unit=unit,
        elements=element_names(catalog, language),
        instruments=[
            (one, f"{in_language(catalog.newest(one).title, language)} ({one})")
            for one in elements_of(catalog)
        ],
        **more,
    )


def _values(sent: Sent) -> dict[str, object]:
    texts = {name: sent.text(name) for name in ("name", "code", "instrument")}
    return {**texts, "not_asked": sent.several("not_asked"), "population": count(sent.text("population"))}


def _stored_values(found: Found) -> dict[str, object]:
    entry = found.entry
    assert isinstance(entry, ServiceEntry)  # noqa: S101 - read as a service
    return {
        "code": entry.code,
        "name": entry.name,
        "instrument": entry.instrument,
        "population": "" if entry.population is None else entry.population,
        "not_asked": list(entry.not_asked),
    }
