"""`/kelola/penerima`: other systems that are told what happens here, and the log of what was sent to them."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Path, Request, Response
from sqlmodel import Session

from app.admin.territory import Territory, territory_of
from app.admin.wording import shown
from app.auth.guards import Administrator, now
from app.auth.principal import Principal
from app.auth.staff_pages import page, see_other
from app.core.errors import DomainError, FieldError, InvalidInput, NotFound
from app.core.messages import translate
from app.core.session import ReadSession, database
from app.web.locale import local_time, page_language
from app.webhooks import service
from app.webhooks.events import EVENTS, PING, event_names, written
from app.webhooks.tables import Webhook

router = APIRouter(prefix="/kelola/penerima", include_in_schema=False)
WebhookId = Annotated[int, Path(ge=1, le=2**31 - 1)]
Text = Annotated[str, Form(max_length=3000)]
Chosen = Annotated[list[str], Form()]


@dataclass(frozen=True, slots=True)
class Draft:
    """A receiver as typed."""

    name: str = ""
    url: str = "https://"
    unit: str = ""
    events: tuple[str, ...] = EVENTS


@router.get("")
def get_webhooks(
    request: Request, principal: Administrator, session: ReadSession, done: str = ""
) -> Response:
    """All receivers of the units that one administers."""
    territory = territory_of(session, principal)
    return page(
        request,
        "staff/webhooks/list.html",
        section="webhooks",
        webhooks=service.webhooks_of(session, territory.ids),
        unit_name=territory.name_of,
        event_names=event_names(page_language(request)),
        done=done,
    )


@router.get("/baru")
def get_new(request: Request, principal: Administrator, session: ReadSession) -> Response:
    """The form."""
    return _form(request, territory_of(session, principal), Draft())


@router.post("/baru")
def post_new(
    request: Request,
    principal: Administrator,
    name: Text = "",
    url: Text = "",
    unit: Text = "",
    events: Chosen = [],  # noqa: B006 - the framework copies it
) -> Response:
    """The secret stands in this answer and nowhere else."""
    draft = Draft(name, url, unit, tuple(events))
    try:
        with database(request).write() as session:
            webhook, secret = _make(request, session, principal, draft)
            made = {"id": webhook.id, "name": webhook.name, "url": webhook.url}
    except DomainError as error:
        with database(request).read() as session:
            return _form(request, territory_of(session, principal), draft, error)
    return page(request, "staff/webhooks/made.html", section="webhooks", made=made, secret=written(secret))


@router.get("/{webhook_id}")
def get_webhook(
    request: Request, principal: Administrator, session: ReadSession, webhook_id: WebhookId, done: str = ""
) -> Response:
    """What it is told of, and the latest messages with all their tries."""
    webhook, territory = _found(session, principal, webhook_id)
    return _detail(request, session, webhook, territory, done=done)


@router.post("/{webhook_id}")
def post_webhook(
    request: Request,
    principal: Administrator,
    webhook_id: WebhookId,
    name: Text = "",
    url: Text = "",
    events: Chosen = [],  # noqa: B006 - the framework copies it
    active: Text = "",
) -> Response:
    """Other values, or a pause."""
    try:
        with database(request).write() as session:
            webhook, _ = _found(session, principal, webhook_id)
            service.change(
                session,
                principal.actor,
                webhook,
                now(request),
                name=name,
                url=url,
                events=events,
                active=bool(active),
                private=request.app.state.settings.webhooks_private,
            )
    except InvalidInput as error:
        with database(request).read() as session:
            webhook, territory = _found(session, principal, webhook_id)
            draft = Draft(name, url, "", tuple(events))
            return _detail(request, session, webhook, territory, draft=draft, errors=error.errors)
    return see_other(f"/kelola/penerima/{webhook_id}?done=changed")


@router.post("/{webhook_id}/coba")
def post_ping(request: Request, principal: Administrator, webhook_id: WebhookId) -> Response:
    """A message to try it with."""
    with database(request).write() as session:
        webhook, _ = _found(session, principal, webhook_id)
        service.ping(session, principal.actor, webhook, now(request))
    return see_other(f"/kelola/penerima/{webhook_id}?done=pinged")


@router.post("/{webhook_id}/hapus")
def post_removal(request: Request, principal: Administrator, webhook_id: WebhookId) -> Response:
    """It is told nothing any more."""
    with database(request).write() as session:
        webhook, _ = _found(session, principal, webhook_id)
        service.remove(session, principal.actor, webhook, now(request))
    return see_other("/kelola/penerima?done=removed")


@router.post("/{webhook_id}/kirim-ulang/{delivery_id}")
def post_again(
    request: Request, principal: Administrator, webhook_id: WebhookId, delivery_id: UUID
) -> Response:
    """The same message once more."""
    with database(request).write() as session:
        webhook, _ = _found(session, principal, webhook_id)
        service.again(session, principal.actor, webhook, delivery_id, now(request))
    return see_other(f"/kelola/penerima/{webhook_id}?done=again")


def _make(request: Request, session: Session, principal: Principal, draft: Draft) -> tuple[Webhook, bytes]:
    unit = territory_of(session, principal).by_code(draft.unit)
    settings, state = request.app.state.settings, request.app.state
    faults: tuple[FieldError, ...] = ()
    try:
        service.checked(draft.name, draft.url, draft.events, private=settings.webhooks_private)
    except InvalidInput as error:
        faults = error.errors
    if unit is None or unit.id is None:
        missing = FieldError("/unit", "unit_unknown", "Pilih unit yang diberitakan.")
        raise InvalidInput((*faults, missing))
    if faults:
        raise InvalidInput(faults)
    return service.create(
        session,
        principal.actor,
        state.keys,
        unit.id,
        draft.name,
        draft.url,
        draft.events,
        now(request),
        private=settings.webhooks_private,
    )


def _form(request: Request, territory: Territory, draft: Draft, error: DomainError | None = None) -> Response:
    language = page_language(request)
    errors = shown(error.errors, language) if error else []
    if error and not errors:
        errors = [{"field": "", "text": translate(error.message, language, error.params)}]
    return page(
        request,
        "staff/webhooks/new.html",
        section="webhooks",
        status=error.status if error else 200,
        draft=draft,
        errors=errors,
        units=territory.options(),
        event_names=event_names(language),
    )


def _found(session: Session, principal: Principal, webhook_id: int) -> tuple[Webhook, Territory]:
    territory = territory_of(session, principal)
    webhook = session.get(Webhook, webhook_id)
    if webhook is None or webhook.unit_id not in territory.ids:
        raise NotFound
    return webhook, territory


def _detail(
    request: Request,
    session: Session,
    webhook: Webhook,
    territory: Territory,
    *,
    done: str = "",
    draft: Draft | None = None,
    errors: tuple[FieldError, ...] = (),
) -> Response:
    language, zone = page_language(request), territory.zone_of(webhook.unit_id)
    deliveries = service.deliveries_of(session, webhook)
    names = {**event_names(language), PING: translate("Percobaan", language)}
    return page(
        request,
        "staff/webhooks/detail.html",
        section="webhooks",
        status=422 if errors else 200,
        webhook=webhook,
        draft=draft or Draft(webhook.name, webhook.url, "", tuple(webhook.events)),
        errors=shown(errors, language),
        unit_name=territory.name_of(webhook.unit_id),
        event_names=event_names(language),
        names=names,
        deliveries=deliveries,
        attempts=service.attempts_of(session, deliveries),
        reasons=_reasons(language),
        moment=lambda at: local_time(at, zone, language),
        done=done,
    )


def _reasons(language: str) -> dict[str, str]:
    """Why nothing came back."""
    return {
        "timeout": translate("tidak menjawab dalam 10 detik", language),
        "name": translate("nama situs tidak ditemukan", language),
        "tls": translate("sertifikat situs tidak sah", language),
        "connection": translate("tidak dapat dihubungi", language),
        "address_refused": translate("alamat di jaringan dalam, tidak diizinkan", language),
        "secret": translate("kunci instalasi berganti; hapus dan buat lagi", language),
    }
