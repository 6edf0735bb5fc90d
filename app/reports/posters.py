"""Posters with the QR code of a survey point: A4, A5, a table tent, a sheet of stickers."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from app.reports import typesetting
from app.reports.logo import Logo
from app.reports.queries import Posted, Posters
from app.web import qr

PosterFormat = Literal["a4", "a5", "tent", "stickers"]

# No line of a poster is so narrow that this many letters do not fit. Longer words may break anywhere, as lines
# anyhow do behind a hyphen or a slash.
_WORD_LETTERS = 20
_LONG = re.compile(rf"[^\s/-]{{{_WORD_LETTERS + 1},}}")


def posters_pdf(
    posters: Posters, form: PosterFormat, public_url: str, at: datetime, logo: Logo | None = None
) -> bytes:
    """One file with a sheet a point, in the order given. The codes lead to `{public_url}/s/{code}`."""
    only = posters.points[0] if len(posters.points) == 1 else None
    about = (only.service or only.unit if only else None) or posters.government
    data = {
        "format": form,
        "title": f"Bagaimana pelayanan kami? {about}",
        "government": breakable(posters.government),
        "logo": logo.name if logo else None,
        "posters": [_poster(point, public_url) for point in posters.points],
    }
    return typesetting.pdf("posters", data, at, {logo.name: logo.content} if logo else None)


def _poster(point: Posted, public_url: str) -> Mapping[str, Any]:
    address = f"{public_url}/s/{point.code}"
    outline = qr.outline(address)
    return {
        "unit": breakable(point.unit),
        "service": breakable(point.service),
        "label": breakable(point.label),
        "short": address.partition("://")[2],
        "modules": outline.modules,
        "path": outline.path,
    }


def breakable(name: str | None) -> str | None:
    """`name` with invisible places (U+200B) at which words longer than any line may break."""
    return None if name is None else _LONG.sub(lambda word: "\u200b".join(word.group()), name)
