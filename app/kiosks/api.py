"""The kiosk interface: batches of answers and signs of life."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from pydantic import TypeAdapter, ValidationError
from starlette.concurrency import run_in_threadpool

from app.core.db import Database
from app.core.errors import InvalidInput
from app.core.messages import language_of
from app.core.problems import declared
from app.core.session import database
from app.ikm.scale import Scale
from app.instruments.faults import of_validation
from app.kiosks import service
from app.kiosks.batches import store_batch
from app.kiosks.guards import KioskDevice
from app.kiosks.schemas import (
    BATCH,
    BATCH_EXAMPLE,
    REPORT,
    REPORT_EXAMPLE,
    BatchResults,
    DocumentedBatch,
    Heartbeat,
    ReportBody,
)
from app.kiosks.service import Report
from app.responses.api import reception, require_json
from app.responses.schemas import body_schema

router = APIRouter(prefix="/api/v1/kiosk", tags=["kiosk"])

# 500 answers with the longest comment that JSON can spell out.
BATCH_BYTES_MAX = 8 * 1024 * 1024


@router.post(
    "/batches",
    summary="Answers that a kiosk kept",
    max_body_size=BATCH_BYTES_MAX,
    responses=declared(401, 404, 410, 413, 415, 422, 429, 503),
    openapi_extra={"requestBody": body_schema(DocumentedBatch, BATCH_EXAMPLE)},
)
async def post_batch(request: Request, device: KioskDevice) -> BatchResults:
    """One result per answer, in order; what is `stored` or `duplicate` is durable and can be forgotten."""
    require_json(request)
    batch = parsed(BATCH, await request.body())
    desk = reception(request)
    point = await desk.point(device.point_code)
    language = language_of(request.headers.get("accept-language"))
    results = await store_batch(desk, point, batch["responses"], language)
    await run_in_threadpool(_note, database(request), device.device_id, report_of(batch), desk.clock())
    return BatchResults(results=results)


@router.post(
    "/heartbeat",
    summary="A sign of life",
    responses=declared(401, 413, 415, 422),
    openapi_extra={"requestBody": body_schema(ReportBody, REPORT_EXAMPLE)},
)
async def post_heartbeat(request: Request, device: KioskDevice) -> Heartbeat:
    """Length and age of the device's queue, so that a silent or full kiosk is noticed."""
    require_json(request)
    report = report_of(parsed(REPORT, await request.body()))
    now = reception(request).clock()
    await run_in_threadpool(_note, database(request), device.device_id, report, now)
    return Heartbeat(time=now)


def _note(db: Database, device_id: int, report: Report, now: datetime) -> None:
    with db.write() as session:
        service.note_contact(session, device_id, report, now)


def parsed(adapter: TypeAdapter[Any], body: bytes) -> Any:
    """The values of a JSON body. Raises `InvalidInput` with every fault."""
    try:
        return adapter.validate_json(body)
    except ValidationError as error:
        raise InvalidInput(errors=of_validation(error, Scale())) from None


def report_of(body: ReportBody) -> Report:
    """The part of a body that tells about the device. A time that no calendar has counts as none."""
    try:
        oldest = datetime.fromisoformat(text.upper()) if (text := body.get("oldest")) else None
    except ValueError:
        oldest = None
    return Report(queue=body.get("queue"), oldest=oldest, version=body.get("version"))
