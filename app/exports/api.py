"""Bulk data of a unit and all below it: answers as CSV, and the processing table as a workbook."""

import tempfile
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, BinaryIO

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse

from app.aggregation.parameters import PeriodParameter
from app.audit.service import record
from app.auth.guards import RawExporter, now
from app.auth.principal import Principal
from app.core.problems import declared
from app.core.session import database
from app.exports import processing_xlsx, queries, responses_csv, score_matrix
from app.exports.cells import DIALECTS, Locale, file_name
from app.exports.queries import Extent
from app.ikm.periods import Period
from app.units.scope import unit_in_scope

router = APIRouter(prefix="/api/v1/units/{code}/exports", tags=["exports"])

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CHUNK_BYTES = 64 * 1024

ServiceParameter = Annotated[
    str | None, Query(description="Kode layanan; tanpa ini semua layanan unit dan unit di bawahnya")
]


def _file_of(media_type: str) -> dict[int | str, dict[str, Any]]:
    schema = {"type": "string", "format": "binary"}
    return {
        200: {"description": "File", "content": {media_type: {"schema": schema}}},
        **declared(401, 403, 404, 422),
    }


@router.get("/responses.csv", response_class=StreamingResponse, responses=_file_of("text/csv"))
def responses_csv_file(
    request: Request,
    principal: RawExporter,
    code: str,
    period: PeriodParameter,
    service: ServiceParameter = None,
    comments: Annotated[bool, Query(description="Sertakan komentar responden")] = False,
    locale: Annotated[Locale, Query(description="id: titik koma dan koma desimal")] = "en",
) -> StreamingResponse:
    """A row a response, by unit code, local date and id; comments only when asked for."""
    covered = _extent(request, principal, code, service, period)
    instruments = [request.app.state.catalog.get(ref) for ref in covered.instruments]
    _record(request, principal, covered, "responses.csv", comments=comments)
    content = responses_csv.stream(
        database(request), covered, instruments, DIALECTS[locale], comments=comments
    )
    return StreamingResponse(content, media_type=CSV, headers=_headers("responses", covered, "csv"))


@router.get("/processing.xlsx", response_class=StreamingResponse, responses=_file_of(XLSX))
def processing_xlsx_file(
    request: Request,
    principal: RawExporter,
    code: str,
    period: PeriodParameter,
    service: ServiceParameter = None,
) -> StreamingResponse:
    """The regulation's processing table with living formulas, one sheet an instrument."""
    covered, state = _extent(request, principal, code, service, period), request.app.state
    _record(request, principal, covered, "processing.xlsx")
    matrices = score_matrix.collect(database(request), covered, state.catalog)
    file = tempfile.TemporaryFile(prefix="eskm-export-")  # noqa: SIM115 - closed when it was sent
    try:
        processing_xlsx.write(file, covered, matrices, state.catalog, state.clock())
    except BaseException:
        file.close()
        raise
    size = file.seek(0, 2)
    file.seek(0)
    headers = {**_headers("processing", covered, "xlsx"), "Content-Length": str(size)}
    return StreamingResponse(_pieces(file), media_type=XLSX, headers=headers)


def _extent(request: Request, principal: Principal, code: str, service: str | None, period: Period) -> Extent:
    """Everything that can be refused is refused here, before the first byte."""
    with database(request).read() as session:
        return queries.extent(session, unit_in_scope(session, principal, code), service, period)


def _record(
    request: Request, principal: Principal, covered: Extent, file: str, *, comments: bool = False
) -> None:
    """Durable before the first byte leaves: who reads answers one by one, and what citizens wrote."""
    details = {
        "file": file,
        "unit": covered.unit.code,
        "service": covered.service.code if covered.service else None,
        "period": covered.period.code,
        "comments": comments,
    }
    with database(request).write() as session:
        record(
            session,
            principal.actor,
            "comments.exported" if comments else "answers.exported",
            now(request),
            unit_id=covered.unit.id,
            details=details,
        )


def _headers(kind: str, covered: Extent, ending: str) -> Mapping[str, str]:
    service = covered.service.code if covered.service else ""
    name = file_name(kind, covered.unit.code, service, covered.period.code, ending=ending)
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(CHUNK_BYTES):
            yield piece
