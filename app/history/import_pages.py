"""`/petugas/unit/{code}/riwayat/…`: a file of history, what it would change, and doing just that."""

import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated

from fastapi import APIRouter, File, Form, Request, Response, UploadFile
from sqlmodel import Session

from app.audit.service import Actor
from app.auth.guards import now
from app.auth.keys import Keys
from app.auth.staff_pages import PRIVATE, page, see_other
from app.core.messages import translate
from app.core.session import ReadSession, WriteSession
from app.history import service, sheet
from app.history.desk import Importer, id_of, rules, service_names, words
from app.history.entries import SOURCE_MOST, Entry
from app.history.service import Change
from app.history.sheet import FILE_BYTES_MOST
from app.responses.matrix_cells import UnusableMatrix
from app.units.scope import unit_in_scope
from app.units.tables import Unit
from app.web.locale import page_language

LISTED_MOST = 200
UPLOAD_BYTES_MOST = FILE_BYTES_MOST + 16 * 1024
SEALED_BYTES_MOST = 2 * FILE_BYTES_MOST

router = APIRouter(
    prefix="/petugas/unit/{code}/riwayat",
    include_in_schema=False,
    form_limits={"max_part_size": SEALED_BYTES_MOST},
)


@router.get("/berkas")
def get_upload(code: str, request: Request, principal: Importer, session: ReadSession) -> Response:
    """Choose a file."""
    return _upload(request, unit_in_scope(session, principal, code))


@router.get("/contoh.csv")
def get_template(code: str, principal: Importer, session: ReadSession) -> Response:
    """An empty file with all columns."""
    unit_in_scope(session, principal, code)
    headers = {**PRIVATE, "Content-Disposition": 'attachment; filename="riwayat.csv"'}
    return Response("\ufeff" + sheet.template(), media_type="text/csv; charset=utf-8", headers=headers)


@router.post("/berkas", max_body_size=UPLOAD_BYTES_MOST)
def post_upload(
    code: str,
    request: Request,
    principal: Importer,
    session: ReadSession,
    berkas: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """What the file would change. Stores nothing."""
    unit, language = unit_in_scope(session, principal, code), page_language(request)
    if berkas is None or not berkas.filename:
        return _upload(request, unit, translate("Pilih berkas riwayat dulu.", language))
    services = frozenset(one for one, _ in service_names(session, unit).values())
    source = berkas.filename.replace("\0", "")[-SOURCE_MOST:] or "berkas"
    try:
        found = sheet.read(berkas.file.read(FILE_BYTES_MOST + 1), rules(request), services, source)
    except UnusableMatrix:
        wrong = translate(
            "Berkas ini tidak dapat dibaca. Kirim CSV atau XLSX dengan judul kolom di baris pertama.",
            language,
        )
        return _upload(request, unit, wrong)
    if found.faults or not found.entries:
        return page(
            request,
            "staff/history/faults.html",
            section="home",
            status=422,
            unit=unit,
            faults=words(request).faults(found.faults[:LISTED_MOST]),
            more=max(0, len(found.faults) - LISTED_MOST),
        )
    return _preview(request, session, principal.actor, unit, [entry for _, entry in found.entries])


@router.post("/terapkan", max_body_size=SEALED_BYTES_MOST)
def post_apply(
    code: str,
    request: Request,
    principal: Importer,
    session: WriteSession,
    isi: Annotated[str, Form()] = "",
) -> Response:
    """Do what the preview said."""
    unit = unit_in_scope(session, principal, code)
    sealed = _unseal(isi, unit, principal.actor, request.app.state.keys)
    if sealed is None:
        wrong = translate(
            "Pratinjau ini bukan milik Anda atau sudah diubah. Muat berkasnya lagi.", page_language(request)
        )
        return _upload(request, unit, wrong)
    entries, actions = sealed
    if _actions(service.plan(session, id_of(unit), entries)) != actions:
        return _preview(request, session, principal.actor, unit, entries, stale=True)
    service.apply(session, principal.actor, id_of(unit), entries, now(request))
    return see_other(f"/petugas/unit/{code}/riwayat?kabar=diterapkan")


def _upload(request: Request, unit: Unit, wrong: str = "") -> Response:
    return page(
        request,
        "staff/history/upload.html",
        section="home",
        status=422 if wrong else 200,
        unit=unit,
        errors=[{"field": "berkas", "text": wrong}] if wrong else [],
        columns=[*sheet.COLUMNS, "U1 … U14"],
    )


def _preview(
    request: Request, session: Session, actor: Actor, unit: Unit, entries: list[Entry], *, stale: bool = False
) -> Response:
    changes = service.plan(session, id_of(unit), entries)
    return page(
        request,
        "staff/history/preview.html",
        section="home",
        status=409 if stale else 200,
        stale=stale,
        unit=unit,
        changes=[words(request).change(one) for one in changes[:LISTED_MOST]],
        more=max(0, len(changes) - LISTED_MOST),
        changing=any(set(one.actions) - {"unchanged"} for one in changes),
        sealed=_seal(entries, _actions(changes), unit, actor, request.app.state.keys),
    )


def _actions(changes: list[Change]) -> str:
    return " ".join(f"{one.result}/{one.follow_up}" for one in changes)


def _seal(entries: list[Entry], actions: str, unit: Unit, actor: Actor, keys: Keys) -> str:
    packed = zlib.compress(f"{actions}\n{service.packed(entries)}".encode(), 9)
    return urlsafe_b64encode(keys.seal(packed, _context(unit, actor))).decode()


def _unseal(text: str, unit: Unit, actor: Actor, keys: Keys) -> tuple[list[Entry], str] | None:
    """The entries that were sealed for this person and unit, and what they were to do; None for anything else."""
    try:
        content = urlsafe_b64decode(text.encode("ascii"))
    except ValueError:
        return None
    packed = keys.unseal(content, _context(unit, actor))
    if packed is None:
        return None
    actions, _, entries = zlib.decompress(packed).decode().partition("\n")
    return service.unpacked(entries), actions


def _context(unit: Unit, actor: Actor) -> str:
    return f"history preview {unit.id} {actor.kind}:{actor.id}"
