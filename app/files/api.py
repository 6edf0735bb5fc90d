"""Files of a unit, for whoever may read its results: in the browser and over the API."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from app.auth.guards import ResultReader
from app.auth.principal import Principal
from app.core.problems import declared
from app.core.session import database
from app.files import service
from app.files.delivery import file_response
from app.files.tables import MEDIA_TYPES
from app.units.scope import unit_in_scope

router = APIRouter(tags=["files"])

_FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file exactly as it was uploaded, as an attachment",
        "content": {one: {"schema": {"type": "string", "format": "binary"}} for one in MEDIA_TYPES},
    }
}


@router.get("/petugas/unit/{code}/berkas/{file_id}", include_in_schema=False)
def get_file(code: str, file_id: UUID, request: Request, principal: ResultReader) -> StreamingResponse:
    """A file, from a page."""
    return _sent(request, principal, code, file_id)


@router.get(
    "/api/v1/units/{code}/files/{file_id}",
    summary="A file of a unit",
    response_class=StreamingResponse,
    responses={**_FILE, **declared(401, 403, 404, 422, 503)},
)
def get_unit_file(code: str, file_id: UUID, request: Request, principal: ResultReader) -> StreamingResponse:
    """Evidence, byte for byte. Its address works only within the caller's units."""
    return _sent(request, principal, code, file_id)


def _sent(request: Request, principal: Principal, code: str, file_id: UUID) -> StreamingResponse:
    with database(request).read() as session:
        unit = unit_in_scope(session, principal, code)
        row = service.find(session, unit.id or 0, file_id)
        session.expunge(row)
    return file_response(request, row)
