"""`/verifikasi`: a number or a file, and whether it is what was published."""

from typing import Annotated

from fastapi import APIRouter, File, Query, Request, Response, UploadFile
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from app.auth.guards import public
from app.core.messages import translate
from app.core.session import ReadSession
from app.publication import caching, queries, verification
from app.publication.schemas import page_path
from app.publication.verification import Verdict, Verified
from app.publication.view import View
from app.responses.form_page import LANGUAGE
from app.units.tables import Unit
from app.web import error_pages, templating
from app.web.locale import asked_language, page_language, switch

router = APIRouter(tags=["pages"], default_response_class=HTMLResponse)
PATH = "/verifikasi"
FILE_BYTES_MOST = 4 * 1024 * 1024
UPLOAD_BYTES_MOST = FILE_BYTES_MOST + 16 * 1024


@router.get(PATH, summary="Verify a publication", openapi_extra=LANGUAGE)
@public
def get_verification(
    request: Request,
    session: ReadSession,
    nomor: Annotated[str, Query(max_length=100, description="the number of a publication")] = "",
) -> Response:
    """By its number: whether it exists, whether it is whole, and whether it still counts."""
    found = verification.of_number(session, nomor) if nomor.strip() else None
    return caching.page(request, _page(request, session, found, nomor.strip()))


@router.post(
    PATH,
    max_body_size=UPLOAD_BYTES_MOST,
    summary="Verify a file",
    responses=error_pages.declared(400, 413, 422),
    openapi_extra=LANGUAGE,
)
@public
def post_verification(
    request: Request, session: ReadSession, berkas: Annotated[UploadFile | None, File()] = None
) -> Response:
    """A signed file, indented or not. Nothing of it is kept."""
    if berkas is None or not berkas.filename:
        missing = translate("Pilih berkas hasil (JSON) dulu.", page_language(request))
        html = _page(request, session, None, "", missing)
        return templating.respond(request, html, 422, templating.NO_STORE)
    content = berkas.file.read(FILE_BYTES_MOST + 1)
    found = (
        Verified(Verdict.UNREADABLE)
        if len(content) > FILE_BYTES_MOST
        else verification.of_file(session, content)
    )
    return templating.respond(request, _page(request, session, found, ""), 200, templating.NO_STORE)


def _page(
    request: Request, session: Session, found: Verified | None, number: str, fault: str | None = None
) -> str:
    language = page_language(request)
    view = unit = None
    if found is not None and found.publication is not None:
        unit = session.get_one(Unit, found.publication.unit_id)
        view = View(found.publication, language, unit.timezone)
    newer = None
    if found is not None and found.replaced_by is not None and unit is not None:
        newer = (found.replaced_by, page_path(unit.code, found.replaced_by))
    asked = asked_language(request)
    return templating.render(
        "publication/verification.html",
        language,
        switch=switch(request),
        verdict=found.verdict.value if found else None,
        view=view,
        newer=newer,
        number=number,
        fault=fault,
        keys=[(key, unit) for key, unit in queries.keys_of(session)],
        kept=f"?lang={asked}" if asked else "",
    )
