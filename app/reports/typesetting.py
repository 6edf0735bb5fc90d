"""Documents from the layouts in `layouts/`, made by Typst in this process: no network, no fonts to install."""

import json
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog

from app.core.late import Late
from app.reports.errors import PressBusy

log = structlog.get_logger(__name__)
_typst = Late("typst")
LAYOUTS = Path(__file__).resolve().parent / "layouts"
ACCESSIBLE = "ua-1"
"""PDF/UA-1 (ISO 14289-1): tagged, titled, every picture with words."""
# Typst computes outside the interpreter's lock: two large files at once would take both cores from collection.
_press = threading.Lock()
WAIT_SECONDS = 20.0


def pdf(
    layout: str,
    data: Mapping[str, Any],
    at: datetime,
    pictures: Mapping[str, bytes] | None = None,
    *,
    wait: float = WAIT_SECONDS,
) -> bytes:
    """The document of `layouts/<layout>.typ` on `data`, which it reads as `<layout>.json`.

    `data` is never read as Typst. `pictures` are files that it may name; `at` is an aware instant, the date of
    the file. Raises `PressBusy` when others have the press for longer than `wait` seconds.
    """
    files = {path.name: path.read_bytes() for path in LAYOUTS.glob("*.typ")}
    files["main.typ"] = files.pop(f"{layout}.typ")
    files[f"{layout}.json"] = json.dumps(data, ensure_ascii=False).encode()
    if not _press.acquire(timeout=wait):
        raise PressBusy
    try:
        with _folder(pictures or {}) as folder:
            return _compiled(files, folder, at)
    finally:
        _press.release()


def is_picture(name: str, content: bytes) -> bool:
    """Whether Typst can draw it; `name` ends in what it is, `.svg` or `.png`."""
    source, inputs = b'#image(sys.inputs.at("name"))', {"name": name}
    with _folder({name: content}) as folder:
        try:
            _typst.compile(source, root=folder, ignore_system_fonts=True, sys_inputs=inputs)
        except _typst.TypstError:
            return False
    return True


def pngs(pictures: Mapping[str, str], per_inch: float) -> dict[str, bytes]:
    """SVG pictures by file name as PNG, so many pixels an inch. Raises `PressBusy` when others have the press."""
    source = b'#set page(width: auto, height: auto, margin: 0pt)\n#image(sys.inputs.at("name"))'
    if not _press.acquire(timeout=WAIT_SECONDS):
        raise PressBusy
    try:
        with _folder({name: svg.encode() for name, svg in pictures.items()}) as folder:
            options = {"root": folder, "format": "png", "ppi": per_inch, "ignore_system_fonts": True}
            return {name: _typst.compile(source, sys_inputs={"name": name}, **options) for name in pictures}
    finally:
        _press.release()


@contextmanager
def _folder(pictures: Mapping[str, bytes]) -> Iterator[Path]:
    """A folder with these files alone: all of the disk that Typst may read. Texts it takes from memory."""
    with tempfile.TemporaryDirectory(prefix="eskm-typst-") as name:
        for file, content in pictures.items():
            Path(name, file).write_bytes(content)
        yield Path(name)


def _compiled(files: Mapping[str, bytes], root: Path, at: datetime) -> bytes:
    given = {"input": dict(files), "root": root, "timestamp": int(at.timestamp())}
    try:
        made: bytes = _typst.compile(**given, ignore_system_fonts=True, pdf_standards=ACCESSIBLE)
    except _typst.TypstError as error:
        log.warning("press.not_accessible", reason=str(error)[:200])
        # A sign that the embedded fonts do not have breaks the standard: then the machine's fonts may help, and
        # where they do not, a box stands for the sign.
        made = _typst.compile(**given)
    return made
