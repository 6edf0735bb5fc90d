"""`/kelola/impor`: a registry file, what it would change, and doing just that."""

import hashlib
from typing import Annotated

from fastapi import APIRouter, File, Form, Request, Response, UploadFile
from sqlmodel import Session

from app.admin import registry_export, registry_upload
from app.admin.figures import figure
from app.admin.registry_faults import explain
from app.admin.registry_scope import limited
from app.admin.registry_upload import FILE_BYTES_MOST, Sealed
from app.admin.service_forms import elements_of
from app.admin.unit_tree import Branch, Tree, tree_of
from app.audit.service import record
from app.auth import staff_pages
from app.auth.guards import Administrator, now
from app.auth.principal import Principal
from app.core.messages import translate
from app.core.session import ReadSession, WriteSession
from app.core.toml_source import Fault, SourceFaults
from app.units import service
from app.units.changes import ACTIONS, KINDS, AnyChange, Changes
from app.units.queries import registry_version
from app.units.recording import told
from app.units.registry import Registry, UnitEntry
from app.web.locale import page_language

LISTED_MOST = 200
# Around the file stand the fields of a multipart form; a sealed registry is longer by a third than its file.
UPLOAD_BYTES_MOST = FILE_BYTES_MOST + 16 * 1024
SEALED_BYTES_MOST = 2 * FILE_BYTES_MOST
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

router = APIRouter(
    prefix="/kelola/impor", include_in_schema=False, form_limits={"max_part_size": SEALED_BYTES_MOST}
)


@router.get("")
def get_import(request: Request, _principal: Administrator, baru: int = 0, berubah: int = 0) -> Response:
    """Choose a file; after one was applied, how much it added and changed."""
    return _start(request, added=baru, changed=berubah)


@router.post("", max_body_size=UPLOAD_BYTES_MOST)
def post_import(
    request: Request,
    principal: Administrator,
    session: ReadSession,
    berkas: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """What the file would change. Stores nothing."""
    if berkas is None or not berkas.filename:
        missing = translate("Pilih berkas registri dulu.", page_language(request))
        return _start(request, errors=[{"field": "berkas", "text": missing}])
    content = berkas.file.read(FILE_BYTES_MOST + 1)
    try:
        registry = registry_upload.read(berkas.filename, content, elements_of(request.app.state.catalog))
        sha256 = hashlib.sha256(content).hexdigest()
        return _preview(request, session, principal, registry, sha256)
    except SourceFaults as error:
        return _faulty(request, error.faults)


@router.post("/terapkan", max_body_size=SEALED_BYTES_MOST)
def post_apply(
    request: Request,
    principal: Administrator,
    session: WriteSession,
    isi: Annotated[str, Form()] = "",
    sha256: Annotated[str, Form()] = "",
    versi: Annotated[int, Form()] = 0,
) -> Response:
    """Do what the preview said. Once anything else has changed, there is a new preview instead."""
    version = service.hold(session)
    sealed = Sealed(isi, sha256, versi)
    registry = registry_upload.unseal(sealed, principal.actor, request.app.state.keys)
    if registry is None:
        text = translate(
            "Pratinjau ini bukan milik Anda atau sudah diubah. Muat berkasnya lagi.", page_language(request)
        )
        return _start(request, errors=[{"field": "berkas", "text": text}])
    try:
        if sealed.version != version:
            return _preview(request, session, principal, registry, sha256, stale=True)
        changes = service.apply(session, limited(session, tree_of(session, principal), registry))
    except SourceFaults as error:
        return _faulty(request, error.faults)
    _record(request, session, principal, changes, sha256)
    added, changed = (sum(changes.count(kind, action) for kind in KINDS) for action in ACTIONS[:2])
    return staff_pages.see_other(f"/kelola/impor?baru={added}&berubah={changed}")


@router.get("/contoh.xlsx")
def get_workbook(request: Request, principal: Administrator, session: ReadSession) -> Response:
    """The registry as it is now, to be filled in and sent back."""
    registry = registry_export.registry_of(session, tree_of(session, principal))
    return _file(registry_export.xlsx(registry, elements_of(request.app.state.catalog)), "xlsx", XLSX)


@router.get("/contoh.toml")
def get_toml(principal: Administrator, session: ReadSession) -> Response:
    """The same as text."""
    registry = registry_export.registry_of(session, tree_of(session, principal))
    return _file(registry_export.toml(registry).encode(), "toml", "application/toml")


def _file(content: bytes, ending: str, media_type: str) -> Response:
    headers = {**staff_pages.PRIVATE, "Content-Disposition": f'attachment; filename="registri.{ending}"'}
    return Response(content, media_type=media_type, headers=headers)


def _start(
    request: Request, *, errors: list[dict[str, str]] | None = None, added: int = 0, changed: int = 0
) -> Response:
    return staff_pages.page(
        request,
        "staff/units/import.html",
        section="units",
        status=422 if errors else 200,
        errors=errors or [],
        added=added,
        changed=changed,
        most=FILE_BYTES_MOST // 1024 // 1024,
    )


def _faulty(request: Request, faults: list[Fault]) -> Response:
    return staff_pages.page(
        request,
        "staff/units/import_faults.html",
        section="units",
        status=422,
        faults=explain(faults[:LISTED_MOST], page_language(request)),
        more=max(0, len(faults) - LISTED_MOST),
    )


def _preview(
    request: Request,
    session: Session,
    principal: Principal,
    registry: Registry,
    sha256: str,
    *,
    stale: bool = False,
) -> Response:
    changes = service.plan(session, limited(session, tree_of(session, principal), registry))
    listed = [change for change in changes if change.action != "unchanged"]
    version = registry_version(session)
    return staff_pages.page(
        request,
        "staff/units/import_preview.html",
        section="units",
        status=409 if stale else 200,
        stale=stale,
        counts=[(kind, [changes.count(kind, action) for action in ACTIONS]) for kind in KINDS],
        changes=listed[:LISTED_MOST],
        number=lambda value: figure(value, page_language(request)),
        more=max(0, len(listed) - LISTED_MOST),
        sealed=registry_upload.seal(registry, sha256, version, principal.actor, request.app.state.keys),
    )


def _record(request: Request, session: Session, principal: Principal, changes: Changes, sha256: str) -> None:
    """One entry for each highest unit that the file reaches, at the lowest unit that covers what it changed."""
    tree = tree_of(session, principal)
    touched: dict[str, list[AnyChange]] = {}
    for change in changes:
        if change.action != "unchanged":
            touched.setdefault(_unit_of(change, tree).path[0].code, []).append(change)
    for reached in touched.values():
        record(
            session,
            principal.actor,
            "registry.applied",
            now(request),
            unit_id=_covering([_unit_of(change, tree) for change in reached]).id,
            subject=f"registry:{sha256[:12]}",
            details={"sha256": sha256, **told(reached)},
        )


def _unit_of(change: AnyChange, tree: Tree) -> Branch:
    entry = change.entry
    return tree.find(entry.code if isinstance(entry, UnitEntry) else entry.unit)


def _covering(branches: list[Branch]) -> Branch:
    """The lowest unit above or at all of these, which lie below one highest unit."""
    together = branches[0].path
    for branch in branches[1:]:
        codes = {one.code for one in branch.path}
        together = [one for one in together if one.code in codes]
    return together[-1]
