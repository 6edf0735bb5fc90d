"""Adding a unit, changing one, moving it, closing it: `/kelola/unit/…`."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from app.admin import form_pages, registry_edits
from app.admin.form_pages import changed_meanwhile
from app.admin.registry_edits import Found, stored_unit
from app.admin.registry_form import Posted, Refused, Sent, code_taken, free_code, registry_of, slug
from app.admin.unit_tree import Branch, Tree, tree_of
from app.auth.guards import Administrator, now
from app.auth.principal import Principal
from app.auth.staff_pages import see_other
from app.core.errors import FieldError
from app.core.session import ReadSession, WriteSession
from app.units.queries import government_of, unit_by_code
from app.units.registry import UnitEntry
from app.units.scope import unit_in_scope
from app.units.service import hold
from app.units.tables import Unit

router = APIRouter(include_in_schema=False)

_FORM = "staff/units/unit_form.html"
_TEXTS = ("name", "kind", "address", "phone")
_FIELDS = ("name", "code", "parent", "timezone", "kind", "address", "phone", "rollup")


@router.get("/kelola/unit/tambah")
def get_new_unit(
    request: Request, principal: Administrator, session: ReadSession, induk: str = ""
) -> Response:
    """The empty form; `induk` is the unit from whose page it was opened."""
    tree = tree_of(session, principal)
    values = {**_values(Sent()), "parent": induk if induk in tree.by_code else ""}
    return form_pages.show(request, _FORM, values, unit=None, parents=_parents(session, tree))


@router.post("/kelola/unit/tambah")
def post_new_unit(
    request: Request, principal: Administrator, session: WriteSession, sent: Posted
) -> Response:
    """Store a new unit under one that the administrator holds."""
    hold(session)
    tree = tree_of(session, principal)
    parents = _parents(session, tree)
    values = _values(sent)
    code = sent.text("code") or free_code(
        slug(sent.text("name")) or "unit", lambda taken: unit_by_code(session, taken) is not None
    )
    try:
        errors = _parent_errors(values["parent"], parents)
        if unit_by_code(session, code) is not None:
            errors.append(code_taken())
        registry = registry_of("units", {**values, "code": code}, {}, also=errors)
        registry_edits.save(session, principal.actor, registry, now(request))
    except Refused as refused:
        return form_pages.show(request, _FORM, values, refused=refused, unit=None, parents=parents)
    return see_other(f"/kelola/unit?unit={code}&kabar=ditambah")


@router.get("/kelola/unit/{code}/ubah")
def get_unit_form(code: str, request: Request, principal: Administrator, session: ReadSession) -> Response:
    """The form of one unit."""
    unit = unit_in_scope(session, principal, code)
    found = stored_unit(session, code)
    return _show(request, session, principal, unit, found, _stored_values(found))


@router.post("/kelola/unit/{code}/ubah")
def post_unit_form(
    code: str, request: Request, principal: Administrator, session: WriteSession, sent: Posted
) -> Response:
    """Store what was changed, unless somebody else changed the unit since the form was opened."""
    hold(session)
    unit = unit_in_scope(session, principal, code)
    found, values = stored_unit(session, code), _values(sent)
    tree = tree_of(session, principal)
    parents = _parents(session, tree, tree.find(code))
    if not parents:
        values["parent"] = _stored_values(found)["parent"]
    changed = changed_meanwhile(found, sent, _stored_values(found), values)
    if changed is not None:
        return _show(request, session, principal, unit, found, values, changed=changed)
    try:
        errors = _parent_errors(values["parent"], parents) if parents else []
        registry = registry_of("units", {**values, "code": code, "active": unit.active}, {}, also=errors)
        registry_edits.save(session, principal.actor, registry, now(request))
    except Refused as refused:
        return _show(request, session, principal, unit, found, values, refused=refused)
    return see_other(f"/kelola/unit?unit={code}&kabar=disimpan")


@router.post("/kelola/unit/{code}/keadaan")
def post_unit_state(
    code: str, request: Request, principal: Administrator, session: WriteSession, sent: Posted
) -> Response:
    """Close a unit, or open it again."""
    hold(session)
    unit_in_scope(session, principal, code)
    active = sent.text("active") == "1"
    registry_edits.set_active(
        session, principal.actor, stored_unit(session, code), now(request), active=active
    )
    return see_other(f"/kelola/unit?unit={code}&kabar={'dibuka' if active else 'ditutup'}")


def _show(
    request: Request,
    session: Session,
    principal: Principal,
    unit: Unit,
    found: Found,
    values: Mapping[str, object],
    **more: Any,
) -> Response:
    tree = tree_of(session, principal)
    branch = tree.find(unit.code)
    return form_pages.show(
        request,
        _FORM,
        values,
        found=found,
        unit=unit,
        parents=_parents(session, tree, branch),
        is_root=unit.parent_id is None,
        **more,
    )


def _parents(session: Session, tree: Tree, moved: Branch | None = None) -> list[tuple[str, str]]:
    """Where a unit may be put, as codes and indented names; empty where it has to stay.

    A unit stays below a parent that the administrator does not hold, and within its government: its answers
    and its record belong there.
    """
    if moved is not None and (moved.above is None or not moved.above.administered):
        return []
    itself = set() if moved is None else {branch.code for branch in moved.walk()}
    home = None if moved is None else government_of(session, moved.id).id
    found: list[tuple[str, str]] = []
    for root in tree.roots:
        if home is None or government_of(session, root.id).id == home:
            _indent(root, 0, itself, found)
    return found


def _indent(branch: Branch, depth: int, without: set[str], found: list[tuple[str, str]]) -> None:
    if branch.code in without:
        return
    if branch.administered:
        found.append((branch.code, "\u2003" * depth + branch.name))
    for below in branch.below:
        _indent(below, depth + 1, without, found)


def _parent_errors(parent: object, parents: list[tuple[str, str]]) -> list[FieldError]:
    if parent in {code for code, _ in parents}:
        return []
    return [FieldError("/parent", "parent_missing", "Pilih unit induk dari daftar.")]


def _values(sent: Sent) -> dict[str, object]:
    return {name: sent.text(name) for name in _FIELDS}


def _stored_values(found: Found) -> dict[str, object]:
    """The fields of the form as they would be filled with what is stored."""
    entry = found.entry
    assert isinstance(entry, UnitEntry)  # noqa: S101 - read as a unit
    same_zone = found.parent is not None and found.parent.timezone == entry.timezone
    return {
        **{name: getattr(entry, name) or "" for name in _TEXTS},
        "code": entry.code,
        "parent": entry.parent or "",
        "timezone": "" if same_zone else entry.timezone,
        "rollup": entry.rollup,
    }
