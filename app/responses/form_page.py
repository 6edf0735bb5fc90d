"""How the citizen's pages are put together: addresses that keep the language, the form, the choice of a service."""

from urllib.parse import quote, urlencode

from fastapi import Request, Response

from app.core.messages import LANGUAGES
from app.instruments.model import in_language
from app.responses import form
from app.responses.directory import OpenPoint, OpenService
from app.responses.reception import SHARED
from app.responses.screening import ANY
from app.web import templating
from app.web.locale import asked_language, in_words, page_language

# What a browser may show again when somebody goes back, and no cache in between may give to others: going back
# must find the same form with the same id, or sending it once more would count twice.
OWN_COPY = {"Cache-Control": "private, no-cache"}
# Sending to the very address of the form would make browsers forget their copy of it.
SENDING = {"kirim": "1"}
COUNTED_IN_WORDS = 13
LANGUAGE = {
    "parameters": [
        {
            "name": "lang",
            "in": "query",
            "description": "The language of the page; without it Accept-Language decides.",
            "schema": {"type": "string", "enum": list(LANGUAGES)},
        }
    ]
}
"""The `openapi_extra` of a page."""


def form_page(
    request: Request,
    point: OpenPoint,
    service: OpenService,
    drawn: form.Form,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> Response:
    """The form as `drawn`. Only an empty form on somebody's own phone may be shown again from its memory."""
    language = page_language(request)
    is_shared = point.channel in SHARED
    is_blank = request.method == "GET"
    kept = _ticket(request)
    return templating.page(
        request,
        "citizen/form.html",
        status=status,
        headers={**(OWN_COPY if is_blank and not is_shared else templating.NO_STORE), **(headers or {})},
        point=point,
        service=service,
        form=drawn,
        action=address(request, point, **kept, **SENDING),
        others=address(request, point, **kept) if len(point.services) > 1 and is_blank else None,
        other_language=_other_language(request, point, service, kept),
        receipt=address(request, point, "/receipt/{id}"),
        is_shared=is_shared,
        has_ticket=bool(kept),
        number_words=[in_words(number, language) for number in range(COUNTED_IN_WORDS)],
        kept_here=kept_address(request),
        screen_pattern=ANY,
        survey=f"{in_language(service.instrument.title, language)}, {service.instrument.basis}",
    )


def choice_page(request: Request, point: OpenPoint, *, status: int = 200) -> Response:
    """The services of a point to choose from; 422: an answer named one that is not among them."""
    kept = _ticket(request)
    links = [
        (service.name, address(request, point, service=service.code, **kept))
        for service in point.services.values()
    ]
    return templating.page(
        request,
        "citizen/choice.html",
        status=status,
        point=point,
        links=links,
        missing=status == 422,
        kept_here=kept_address(request),
    )


def address(request: Request, point: OpenPoint, below: str = "", **query: str) -> str:
    """An address of this point that keeps the language asked for. `below` is put in as it is."""
    language = asked_language(request)
    return _at(point, below, {**query, "lang": language} if language else query)


def kept_address(request: Request) -> str:
    """The page of what waits on this phone."""
    language = asked_language(request)
    return f"/s/?lang={language}" if language else "/s/"


def home_address(request: Request) -> str:
    """The start page."""
    language = asked_language(request)
    return f"/?lang={language}" if language else "/"


def _ticket(request: Request) -> dict[str, str]:
    """The one-time link by which somebody came, for the addresses that lead on."""
    ticket = request.query_params.get("t")
    return {"t": ticket} if ticket else {}


def _other_language(request: Request, point: OpenPoint, service: OpenService, kept: dict[str, str]) -> str:
    other = next(language for language in LANGUAGES if language != page_language(request))
    chosen = {"service": service.code} if len(point.services) > 1 else {}
    return _at(point, "", {**chosen, **kept, "lang": other})


def _at(point: OpenPoint, below: str, query: dict[str, str]) -> str:
    return f"/s/{quote(point.code, safe='')}{below}" + (f"?{urlencode(query)}" if query else "")
