"""Pages from templates: escaped, translated, compressed. `_()` in a template is a text of the interface."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import Response

from app.core.messages import translate
from app.web import static
from app.web.compression import accepts_gzip, compressed
from app.web.locale import page_language, sentence, switch

TEMPLATES = Path(__file__).resolve().parent / "templates"
NO_STORE = {"Cache-Control": "no-store"}


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals["static"] = static.url
    environment.filters["sentence"] = sentence
    return environment


ENVIRONMENT = _environment()


def render(template: str, language: str, **context: Any) -> str:
    """The text of a page. `foreign` marks Indonesian names on a page in another language."""
    foreign = language != "id"
    return ENVIRONMENT.get_template(template).render(
        language=language, foreign=foreign, _=_translator(language), **context
    )


def page(
    request: Request,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] = NO_STORE,
    **context: Any,
) -> Response:
    """A page in the language of the request. It is not cached unless `headers` say so."""
    language = page_language(request)
    context.setdefault("switch", switch(request))
    return respond(request, render(template, language, **context), status, headers)


def respond(request: Request, html: str, status: int, headers: Mapping[str, str]) -> Response:
    """`html` as a response, compressed when the browser takes it."""
    body = html.encode()
    sent = {**headers, "Vary": "Accept-Encoding, Accept-Language"}
    if accepts_gzip(request.headers.get("accept-encoding")):
        body = compressed(body)
        sent["Content-Encoding"] = "gzip"
    return Response(body, status, sent, "text/html; charset=utf-8")


def _translator(language: str) -> Callable[..., str]:
    def text(message: str, **params: object) -> str:
        return translate(message, language, params or None)

    return text
