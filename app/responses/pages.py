"""Pages for citizens: `/s/{code}`, the form; its receipt is a page of `publication`. No cookie, no script."""

from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from starlette.concurrency import run_in_threadpool

from app.auth.guards import public
from app.core.errors import Busy
from app.core.session import database
from app.instruments.answers import InvalidAnswer
from app.responses import form
from app.responses.api import reception
from app.responses.directory import OpenPoint, OpenService
from app.responses.errors import IdConflict, ResponseRejected, TicketUnknown, TooMany
from app.responses.evidence import Evidence
from app.responses.form_page import LANGUAGE, address, choice_page, form_page
from app.responses.invitation import invited_to, is_answered
from app.responses.screening import screen
from app.web import error_pages, templating
from app.web.locale import page_language

router = APIRouter(tags=["pages"], default_response_class=HTMLResponse)

COVERED = "#tertutup"
_FORM_BODY = {
    **LANGUAGE,
    "requestBody": {
        "description": "A field for every question key, and the optional fields of the profile.",
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "properties": {
                        name: {"type": "string"}
                        for name in ("id", "service", *form.PROFILE, "comment", "switch", "page", "proof")
                    },
                    "additionalProperties": {"type": "string"},
                }
            }
        },
    },
}


@router.get(
    "/s/{code}",
    summary="The form of a survey point",
    responses={
        303: {"description": "This one-time link was answered: its receipt"},
        **error_pages.declared(404, 410, 422),
    },
    openapi_extra=LANGUAGE,
)
@public
async def get_form(
    request: Request, code: str, service: str | None = None, t: UUID | None = None
) -> Response:
    """The questionnaire; where several services can be judged, first the choice of one.

    `t` is a ticket: it becomes the id of the answer. A ticket that was answered leads to its receipt.
    """
    desk = reception(request)
    point = await desk.point(code)
    if point.tickets:
        invited = await run_in_threadpool(_invited, request, point, t)
        if isinstance(invited, Response):
            return invited
        service = invited or service
    chosen = _service(point, service)
    if chosen is None:
        return choice_page(request, point)
    page = desk.judge.pages.issue(point.code, desk.clock())
    drawn = form.draw(chosen, form.blank(page, t), page_language(request))
    return form_page(request, point, chosen, drawn)


@router.post(
    "/s/{code}",
    status_code=303,
    summary="Send the form",
    responses={
        200: {"description": "Not sent: the same form in the other language", "content": {"text/html": {}}},
        303: {"description": "Stored: the receipt; with `#tertutup` where personal data in it was covered"},
        **error_pages.declared(400, 404, 410, 413, 422, 503),
    },
    openapi_extra=_FORM_BODY,
)
@public
async def post_form(request: Request, code: str) -> Response:
    """Store the answer and lead to its receipt. A form that cannot be stored comes back as it was filled in,
    and so does one that asks for the other language.
    """
    point = await reception(request).point(code)
    async with request.form() as sent:
        fields = {name: value for name, value in sent.items() if isinstance(value, str)}
    service = _service(point, fields.get("service"), lenient=False)
    if service is None:
        return choice_page(request, point, status=422)
    filled = form.read(fields, service)
    if "switch" in fields:
        return form_page(request, point, service, form.draw(service, filled, page_language(request)))
    return await _store(request, point, service, filled)


async def _store(request: Request, point: OpenPoint, service: OpenService, filled: form.Filled) -> Response:
    desk, language = reception(request), page_language(request)
    now = desk.clock()
    try:
        answer = service.validator.parse(form.values(filled, point.code, service), now)
        evidence = Evidence(filled.page, filled.proof, trapped=bool(filled.trap))
        await desk.receive(answer, service.target, now, desk.arrivals.source(request.scope), evidence)
    except IdConflict:
        pass  # sent, changed and sent again: the first one counts, and its receipt is what there is to show
    except InvalidAnswer as error:
        drawn = form.draw(service, filled, language, error.errors)
        return form_page(request, point, service, drawn, status=422)
    except (Busy, ResponseRejected, TooMany) as error:
        drawn = form.draw(service, filled, language, summary=form.not_sent(language))
        return form_page(request, point, service, drawn, status=error.status, headers=error.headers)
    return _to_receipt(request, point, UUID(filled.id), was_covered=bool(screen(filled.comment).found))


def _invited(request: Request, point: OpenPoint, ticket: UUID | None) -> Response | str | None:
    """The service that a ticket is for, None when it leaves that open; a response where there is no more to ask."""
    if ticket is None:
        raise TicketUnknown
    with database(request).read() as session:
        if is_answered(session, point, ticket):
            return _to_receipt(request, point, ticket)
        return invited_to(session, point, ticket, reception(request).clock())


def _to_receipt(request: Request, point: OpenPoint, id_: UUID, *, was_covered: bool = False) -> Response:
    """To the receipt, which tells by itself what was covered where its address ends so."""
    location = address(request, point, f"/receipt/{id_}") + (COVERED if was_covered else "")
    return Response(status_code=303, headers={**templating.NO_STORE, "Location": location})


def _service(point: OpenPoint, code: str | None, *, lenient: bool = True) -> OpenService | None:
    """The service that the form is about; None when it must be chosen. `lenient` takes the only one there is
    whatever the address says, which an answer never does: it would be filed under another service.
    """
    if code is not None and code in point.services:
        return point.services[code]
    only = next(iter(point.services.values())) if len(point.services) == 1 else None
    return only if lenient or code is None else None
