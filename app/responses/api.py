"""Collection over HTTP: `POST /api/v1/responses`, `GET /api/v1/points/{code}`, its challenge."""

from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from app.auth.guards import public
from app.core.errors import NotFound, NotJson
from app.core.problems import declared
from app.responses.directory import OpenPoint
from app.responses.evidence import of_headers
from app.responses.reception import Accepted, Reception
from app.responses.schemas import (
    EVIDENCE,
    EXAMPLE,
    Acknowledgement,
    ChallengeOut,
    PointOut,
    ResponseBody,
    ServiceOut,
    UnitRef,
    body_schema,
)
from app.responses.submission import Outcome

router = APIRouter(prefix="/api/v1", tags=["responses"])

STATUS_CODES = {Outcome.STORED: 201, Outcome.DUPLICATE: 200}
NO_STORE = {"Cache-Control": "no-store"}


def reception(request: Request) -> Reception:
    """The collection path of this process."""
    return request.app.state.reception  # type: ignore[no-any-return]


def require_json(request: Request) -> None:
    """Raise `NotJson` unless the body is declared as JSON."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise NotJson


@router.post(
    "/responses",
    status_code=201,
    summary="Store an answer",
    response_model=Acknowledgement,
    responses={
        200: {"model": Acknowledgement, "description": "Same id, same content: nothing changed"},
        **declared(404, 409, 410, 413, 415, 422, 429, 503),
    },
    openapi_extra={"parameters": EVIDENCE, "requestBody": body_schema(ResponseBody, EXAMPLE)},
)
@public
async def post_response(request: Request) -> Response:
    """Stored and durable when this answers 201. Send the same id again after any doubt: it counts once."""
    require_json(request)
    desk = reception(request)
    source = desk.arrivals.source(request.scope)
    accepted = await desk.accept_json(await request.body(), source, of_headers(request.scope["headers"]))
    content = acknowledgement(accepted)
    return Response(content, STATUS_CODES[accepted.status], NO_STORE, "application/json")


def acknowledgement(accepted: Accepted) -> bytes:
    """The body of the answer. Nothing in it needs escaping: a UUID, a code of base 32, one of two words."""
    return b'{"id":"%s","receipt":"%s","status":"%s"}' % (
        str(accepted.id).encode(),
        accepted.receipt.encode(),
        accepted.status.encode(),
    )


@router.get(
    "/points/{code}", summary="A survey point and its questionnaires", responses=declared(404, 410, 422)
)
@public
async def get_point(request: Request, code: str) -> PointOut:
    """What a client needs in order to ask: unit, services, questionnaires with all texts."""
    return point_out(await reception(request).point(code))


@router.get(
    "/points/{code}/challenge",
    summary="A proof of work for one answer",
    response_model=ChallengeOut,
    responses=declared(404, 410, 422),
)
@public
async def get_challenge(request: Request, code: str, id: UUID) -> JSONResponse:  # noqa: A002 - the contract's name
    """What a client computes before it sends the answer `id`, at points with `proof_of_work`; 404 at others.

    ALTCHA, version 2: see https://altcha.org. The solution travels in `X-Eskm-Proof`, as Base64 of JSON.
    """
    desk = reception(request)
    point = await desk.point(code)
    if not point.proof_of_work:
        raise NotFound
    return JSONResponse(desk.judge.proofs.challenge(point.code, id), headers=NO_STORE)


def point_out(point: OpenPoint) -> PointOut:
    """A point as clients see it."""
    services = point.services.values()
    return PointOut(
        code=point.code,
        label=point.label,
        channel=point.channel,
        proof_of_work=point.proof_of_work,
        unit=UnitRef(code=point.unit_code, name=point.unit_name),
        services=[
            ServiceOut(
                code=service.code,
                name=service.name,
                instrument=service.instrument.ref,
                questions=[q.key for q in service.instrument.asked_questions(service.not_asked)],
            )
            for service in services
        ],
        instruments={service.instrument.ref: service.instrument.to_document() for service in services},
    )
