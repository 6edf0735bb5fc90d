"""What lets a phone work without network: the service worker, and the page of what waits on the phone."""

import hashlib
import json
from functools import cache

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse

from app.auth.guards import public
from app.core.messages import LANGUAGES
from app.responses.form_page import LANGUAGE, home_address
from app.web import static, templating
from app.web.compression import STATIC_LEVEL, accepts_gzip, compressed

router = APIRouter(prefix="/s", tags=["pages"])

# Everything that a citizen's page needs besides itself.
SHELL = ("citizen.css", "mark.svg", "citizen.js")
SCRIPT = "worker.js"


@router.get(
    "/sw.js",
    summary="The service worker of the citizen's pages",
    response_class=PlainTextResponse,
    responses={
        200: {"description": "The script", "content": {"text/javascript": {"schema": {"type": "string"}}}},
        304: {"description": "Unchanged"},
    },
)
@public
def get_worker(request: Request) -> Response:
    """Its address never changes and decides its scope, `/s/`. Browsers look for a new one at every visit."""
    body, gzipped, tag = worker()
    headers = {"Cache-Control": "no-cache", "ETag": tag, "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") in (tag, f"W/{tag}"):
        return Response(status_code=304, headers=headers)
    if accepts_gzip(request.headers.get("accept-encoding")):
        body = gzipped
        headers["Content-Encoding"] = "gzip"
    return Response(body, headers=headers, media_type="text/javascript")


@router.get("/", summary="What waits on this phone", response_class=HTMLResponse, openapi_extra=LANGUAGE)
@public
def get_waiting(request: Request) -> Response:
    """Filled in by the phone itself; the same for everybody. Also shown for a page that was never opened here."""
    return templating.page(
        request, "citizen/waiting.html", headers={"Cache-Control": "no-cache"}, home=home_address(request)
    )


@cache
def worker() -> tuple[bytes, bytes, str]:
    """The service worker's script, the same compressed, and its entity tag.

    The addresses of this release stand in front of it, and what they show: a release is a new script.
    """
    release = hashlib.sha256()
    for language in LANGUAGES:
        release.update(templating.render("citizen/waiting.html", language, switch="", home="").encode())
    facts = {
        "RELEASE": release.hexdigest()[:12],
        "SHELL": [static.url(name) for name in SHELL],
    }
    front = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in facts.items())
    body = front.encode() + static.files()[SCRIPT].body
    return body, compressed(body, STATIC_LEVEL), f'"{hashlib.sha256(body).hexdigest()[:16]}"'
