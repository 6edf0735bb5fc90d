"""`/ikm/{unit}/poster.pdf` and `/ikm/{unit}/sertifikat.pdf`: what was published, to be hung up, for everybody."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session

from app.auth.guards import public
from app.core.errors import NotFound
from app.core.problems import declared
from app.core.session import database
from app.publication import caching, queries
from app.publication.numbers import slug
from app.publication.public_pages import ServiceCode, addressed
from app.reports.delivery import PDF
from app.reports.logo import logo
from app.reports.result_papers import PaperSize, certificate_pdf, poster_pdf
from app.reports.result_words import Printed
from app.units.tables import Service

router = APIRouter(tags=["publications"])
Number = Annotated[
    str | None, Query(max_length=100, description="number of one publication; without it the latest")
]
_FILE: dict[int | str, dict[str, Any]] = {
    200: {"description": "File", "content": {PDF: {"schema": {"type": "string", "format": "binary"}}}},
    304: {"description": "Not changed"},
    **declared(404, 422, 503),
}


@router.get(
    "/ikm/{code}/poster.pdf",
    summary="The poster of a published result",
    response_class=Response,
    responses=_FILE,
)
@public
def get_poster(
    request: Request,
    code: str,
    size: Annotated[PaperSize, Query(description="size of the paper")] = "a4",
    service: ServiceCode = None,
    number: Number = None,
) -> Response:
    """Of a unit, or of one of its services. Every figure is that of the signed document."""
    printed, timezone = _printed(request, code, service, number)
    settings = request.app.state.settings
    content = poster_pdf(printed, size, settings.public_url, timezone, logo(settings.logo_file))
    return caching.file(request, content, PDF, _headers("poster-ikm", printed, size))


@router.get(
    "/ikm/{code}/sertifikat.pdf",
    summary="The certificate of a published result",
    response_class=Response,
    responses=_FILE,
)
@public
def get_certificate(
    request: Request, code: str, service: ServiceCode = None, number: Number = None
) -> Response:
    """A4 landscape, with the beginning of the digest, a code that verifies, and a line to sign on."""
    printed, timezone = _printed(request, code, service, number)
    settings = request.app.state.settings
    content = certificate_pdf(printed, settings.public_url, timezone, logo(settings.logo_file))
    return caching.file(request, content, PDF, _headers("sertifikat-ikm", printed))


def _printed(request: Request, code: str, service: str | None, number: str | None) -> tuple[Printed, str]:
    """What is asked for and the unit's time zone. No database connection is held while it is set."""
    with database(request).read() as session:
        unit, judged = addressed(session, code, service)
        found = (
            queries.latest(session, unit.id or 0, judged.id if judged else None)
            if number is None
            else queries.by_number(session, number)
        )
        if found is None or found.unit_id != unit.id or (judged and found.service_id != judged.id):
            raise NotFound
        newer = queries.replacement_of(session, found.number)
        printed = Printed(found, unit.code, _service_code(session, found.service_id), newer)
        timezone = unit.timezone
        session.expunge_all()
    return printed, timezone


def _service_code(session: Session, service_id: int | None) -> str | None:
    return None if service_id is None else session.get_one(Service, service_id).code


def _headers(kind: str, printed: Printed, *more: str) -> Mapping[str, str]:
    name = "-".join([kind, printed.unit, slug(printed.publication.number), *more])
    return {**caching.PUBLIC, "Content-Disposition": f'inline; filename="{name}.pdf"'}
