"""Posters and certificates of a published result, set from its frozen document alone."""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal

from app.publication.canonical import read
from app.reports import typesetting
from app.reports.logo import Logo
from app.reports.result_words import (
    Printed,
    page_code,
    profile_of,
    services_named,
    verification_code,
    words_of,
)

PaperSize = Literal["a4", "a3"]
# Everybody may ask: nobody waits long for the press, and what was set once is kept, some 50 kB each.
WAIT_SECONDS = 3.0
KEPT = 100


def poster_pdf(
    printed: Printed, size: PaperSize, public_url: str, timezone: str, logo: Logo | None = None
) -> bytes:
    """The publication poster. The same publication gives the same bytes. Raises `PressBusy`."""
    document = read(printed.publication.document)
    profile = profile_of(document)
    data = {
        **words_of(printed, public_url, timezone),
        "size": size,
        "services": services_named(document),
        "rows": profile.rows,
        "note": profile.note,
        "code": page_code(printed, public_url),
    }
    return _set("hasil", data, printed, logo)


def certificate_pdf(printed: Printed, public_url: str, timezone: str, logo: Logo | None = None) -> bytes:
    """The certificate, A4 landscape, with a line to be signed on. Raises `PressBusy`."""
    data = {**words_of(printed, public_url, timezone), "code": verification_code(printed, public_url)}
    return _set("sertifikat", data, printed, logo)


def _set(layout: str, data: Mapping[str, Any], printed: Printed, logo: Logo | None) -> bytes:
    shown = json.dumps({**data, "logo": logo.name if logo else None}, ensure_ascii=False)
    return _pdf(layout, shown, printed.publication.issued_at, logo)


@lru_cache(maxsize=KEPT)
def _pdf(layout: str, data: str, at: datetime, logo: Logo | None) -> bytes:
    pictures = {logo.name: logo.content} if logo else None
    return typesetting.pdf(layout, json.loads(data), at, pictures, wait=WAIT_SECONDS)
