"""Static files: read once, compressed once, named by their content, kept by browsers for a year."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.web.compression import STATIC_LEVEL, accepts_gzip, compressed

PREFIX = "/static"
CACHE = "public, max-age=31536000, immutable"
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
# Files that travel as one: on a slow phone every request costs. They are written without texts over several lines
# and without the signs of a comment in a text, so that comments and indentation can stay at home.
BUNDLES = {
    "citizen.js": (
        "citizen/queue.js",
        "citizen/kept.js",
        "citizen/answers.js",
        "citizen/faults.js",
        "citizen/form.js",
        "citizen/comment.js",
    ),
    "proof.js": ("citizen/proof.js",),
    "worker.js": ("citizen/queue.js", "citizen/worker.js"),
    "citizen.css": ("app.css", "citizen/pages.css"),
}
_COMMENT = re.compile(rb"/\*.*?\*/", re.DOTALL)
_FOLDER = Path(__file__).resolve().parent / "static"


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file as it is sent. `address` is the part of the URL after PREFIX and holds a digest of `body`."""

    address: str
    media_type: str
    body: bytes
    gzipped: bytes


@cache
def files() -> Mapping[str, StaticFile]:
    """Every static file by its name, such as `app.css`."""
    found = (path for path in sorted(_FOLDER.rglob("*")) if path.suffix in MEDIA_TYPES)
    sources = {path.relative_to(_FOLDER).as_posix(): path.read_bytes() for path in found}
    for name, parts in BUNDLES.items():
        sources[name] = b"".join(_bare(sources[part]) for part in parts)
    return MappingProxyType({name: _file(Path(name), body) for name, body in sources.items()})


def url(name: str) -> str:
    """The address of a static file. KeyError when there is none of this name."""
    return PREFIX + files()[name].address


def mount(app: FastAPI) -> None:
    """Serve the static files under PREFIX."""
    app.mount(PREFIX, StaticFiles({file.address: file for file in files().values()}), name="static")


class StaticFiles:
    """An ASGI application that answers from memory. There is no path to a disk that a caller could bend."""

    def __init__(self, by_address: Mapping[str, StaticFile]) -> None:
        self._by_address = by_address

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request. Raises HTTPException 404 for an unknown address, 405 for anything but reading."""
        file = self._by_address.get(scope["path"].removeprefix(scope.get("root_path", "")))
        if file is None:
            raise HTTPException(404)
        if scope["method"] not in ("GET", "HEAD"):
            raise HTTPException(405, headers={"Allow": "GET, HEAD"})
        headers = {"Cache-Control": CACHE, "Vary": "Accept-Encoding"}
        body = file.body
        if accepts_gzip(Headers(scope=scope).get("accept-encoding")):
            body = file.gzipped
            headers["Content-Encoding"] = "gzip"
        await Response(body, headers=headers, media_type=file.media_type)(scope, receive, send)


def _file(path: Path, body: bytes) -> StaticFile:
    digest = hashlib.sha256(body).hexdigest()[:12]
    named = path.with_name(f"{path.stem}.{digest}{path.suffix}")
    return StaticFile(f"/{named.as_posix()}", MEDIA_TYPES[path.suffix], body, compressed(body, STATIC_LEVEL))


def _bare(source: bytes) -> bytes:
    """A script or sheet without comments that have lines of their own, and without indentation."""
    lines = (line.strip() for line in _COMMENT.sub(b"", source).splitlines())
    return b"".join(line + b"\n" for line in lines if line and not line.startswith(b"//"))
