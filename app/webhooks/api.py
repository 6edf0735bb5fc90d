"""Receivers over HTTP, for administrators."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from sqlmodel import Session

from app.auth.guards import Administrator, now
from app.auth.principal import Principal
from app.core.problems import declared
from app.core.session import ReadSession, WriteSession
from app.units.scope import unit_in_scope
from app.webhooks import service
from app.webhooks.events import written
from app.webhooks.schemas import (
    DeliveriesOut,
    WebhookIn,
    WebhookMade,
    WebhookOut,
    WebhooksOut,
    delivery_out,
    webhook_made,
    webhook_out,
)
from app.webhooks.tables import Webhook

router = APIRouter(prefix="/api/v1/units/{code}/webhooks", tags=["webhooks"])
WebhookId = Annotated[int, Path(ge=1, le=2**31 - 1)]
READS, WRITES = declared(401, 403, 404, 422), declared(400, 401, 403, 404, 409, 413, 422)
TRIES = declared(401, 403, 404, 409, 422)


@router.get("", summary="Receivers of a unit", responses=READS)
def get_webhooks(code: str, principal: Administrator, session: ReadSession) -> WebhooksOut:
    """Those of this unit itself; each is told of the unit and all below it."""
    unit_id = _unit_id(session, principal, code)
    return WebhooksOut(webhooks=[webhook_out(one) for one in service.webhooks_of(session, [unit_id])])


@router.post("", status_code=201, summary="Make a receiver", responses=WRITES)
def post_webhook(
    code: str, wanted: WebhookIn, request: Request, principal: Administrator, session: WriteSession
) -> WebhookMade:
    """Its secret stands in this answer and nowhere else. Messages are signed after Standard Webhooks 1.0."""
    unit_id = _unit_id(session, principal, code)
    webhook, secret = service.create(
        session,
        principal.actor,
        request.app.state.keys,
        unit_id,
        wanted.name,
        wanted.url,
        wanted.events,
        now(request),
        private=request.app.state.settings.webhooks_private,
    )
    return webhook_made(webhook, written(secret))


@router.put("/{webhook_id}", summary="Change a receiver", responses=WRITES)
def put_webhook(
    code: str,
    webhook_id: WebhookId,
    wanted: WebhookIn,
    request: Request,
    principal: Administrator,
    session: WriteSession,
) -> WebhookOut:
    """All members at once; `active: false` pauses it. Its secret stays."""
    webhook = _found(session, principal, code, webhook_id)
    service.change(
        session,
        principal.actor,
        webhook,
        now(request),
        name=wanted.name,
        url=wanted.url,
        events=wanted.events,
        active=wanted.active,
        private=request.app.state.settings.webhooks_private,
    )
    return webhook_out(webhook)


@router.delete(
    "/{webhook_id}",
    status_code=204,
    response_class=Response,
    summary="Remove a receiver",
    responses=declared(401, 403, 404, 422),
)
def delete_webhook(
    code: str, webhook_id: WebhookId, request: Request, principal: Administrator, session: WriteSession
) -> Response:
    """It gets no more messages, not even those that wait."""
    service.remove(session, principal.actor, _found(session, principal, code, webhook_id), now(request))
    return Response(status_code=204)


@router.post(
    "/{webhook_id}/ping", status_code=202, summary="Try a receiver", responses=declared(401, 403, 404, 422)
)
def post_ping(
    code: str, webhook_id: WebhookId, request: Request, principal: Administrator, session: WriteSession
) -> WebhookOut:
    """Puts a message of type `ping` into its queue; what came of it stands among the deliveries."""
    webhook = _found(session, principal, code, webhook_id)
    service.ping(session, principal.actor, webhook, now(request))
    return webhook_out(webhook)


@router.get("/{webhook_id}/deliveries", summary="What was sent", responses=READS)
def get_deliveries(
    code: str, webhook_id: WebhookId, principal: Administrator, session: ReadSession
) -> DeliveriesOut:
    """The latest fifty messages, each with all its tries."""
    deliveries = service.deliveries_of(session, _found(session, principal, code, webhook_id))
    attempts = service.attempts_of(session, deliveries)
    return DeliveriesOut(deliveries=[delivery_out(one, attempts[one.id]) for one in deliveries])


@router.post(
    "/{webhook_id}/deliveries/{delivery_id}/retry",
    status_code=202,
    summary="Send a message again",
    responses=TRIES,
)
def post_retry(
    code: str,
    webhook_id: WebhookId,
    delivery_id: UUID,
    request: Request,
    principal: Administrator,
    session: WriteSession,
) -> WebhookOut:
    """Also one that was taken: a receiver that lost it recognises it by its id."""
    webhook = _found(session, principal, code, webhook_id)
    service.again(session, principal.actor, webhook, delivery_id, now(request))
    return webhook_out(webhook)


def _unit_id(session: Session, principal: Principal, code: str) -> int:
    unit = unit_in_scope(session, principal, code)
    if unit.id is None:
        raise ValueError("the unit must be stored")
    return unit.id


def _found(session: Session, principal: Principal, code: str, webhook_id: int) -> Webhook:
    return service.webhook_of(session, _unit_id(session, principal, code), webhook_id)
