"""The government's coat of arms, which an installation may put on its posters."""

from dataclasses import dataclass
from pathlib import Path

import structlog

from app.reports import typesetting

log = structlog.get_logger(__name__)
BYTES_MOST = 2_000_000
KINDS = (".svg", ".png")


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture that can be drawn, under the name that a layout knows it by."""

    name: str
    content: bytes


def logo(path: Path | None) -> Logo | None:
    """The picture of the setting `logo_file`; None without one.

    A file that cannot be used is told in the log, and posters are printed without it: they are wanted today.
    """
    if path is None:
        return None
    name = f"logo{path.suffix.lower()}"
    try:
        content = path.read_bytes()
    except OSError as error:
        log.error("logo.unreadable", file=str(path), reason=error.strerror)  # noqa: TRY400 - its cause says all
        return None
    if path.suffix.lower() in KINDS and len(content) <= BYTES_MOST and typesetting.is_picture(name, content):
        return Logo(name, content)
    log.error("logo.unusable", file=str(path), wanted="SVG or PNG", bytes_most=BYTES_MOST)
    return None
