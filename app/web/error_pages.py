"""Errors as pages, for people with a browser: what happened, what was kept, what to do. No database needed."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from app.core import problems
from app.core.messages import translate
from app.web import templating
from app.web.locale import asked_language, page_language, switch

_SENDING = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def wanted(request: Request) -> bool:
    """Whether the caller is a browser on a page, not a program on the API."""
    return not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", "")


def respond(
    request: Request, status: int, code: str, detail: str, headers: Mapping[str, str] | None = None
) -> Response:
    """A page that says what happened; `detail` is already in the reader's language."""
    language = page_language(request)
    html = templating.render(
        "error.html",
        language,
        switch=switch(request),
        status=status,
        title=_title(status, code, language),
        detail=detail,
        advice=_advice(request, status, code, language),
        home=f"/?lang={language}" if asked_language(request) else "/",
    )
    # A failure is answered outside the middleware that adds these headers to everything else.
    sent = {**templating.NO_STORE, **(headers or {})}
    return templating.respond(request, html, status, sent)


def declared(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a page that may fail so, for OpenAPI: a page for browsers, a problem for programs."""
    found = problems.declared(*statuses)
    for status in statuses:
        found[status]["description"] = HTTPStatus(status).phrase
        found[status]["content"]["text/html"] = {"schema": {"type": "string"}}
    return found


def _title(status: int, code: str, language: str) -> str:
    titles = {
        "point_unknown": translate("Titik survei ini tidak dikenal", language),
        "ticket_unknown": translate("Tautan ini tidak berlaku", language),
        "ticket_expired": translate("Tautan ini tidak berlaku", language),
        "point_closed": translate("Survei ini sudah ditutup", language),
        "not_found": translate("Halaman ini tidak ada", language),
        "too_large": translate("Kiriman ini terlalu besar", language),
        "busy": translate("Sedang sangat ramai", language),
    }
    if code in titles:
        return titles[code]
    if status in (401, 403):
        return translate("Anda tidak dapat membuka halaman ini", language)
    if status >= 500:
        return translate("Maaf, ada gangguan", language)
    return translate("Permintaan ini tidak dapat diproses", language)


def _advice(request: Request, status: int, code: str, language: str) -> str:
    if code == "ticket_unknown":
        return translate(
            "Mintalah tautan kepada petugas yang melayani Anda: satu tautan untuk satu penilaian.", language
        )
    if code == "ticket_expired":
        return translate("Mintalah tautan baru kepada petugas yang melayani Anda.", language)
    if status >= 500 and request.method in _SENDING:
        return translate(
            "Isian Anda belum hilang: muat ulang halaman ini untuk mengirimnya sekali lagi. "
            "Penilaian yang sama tetap dihitung satu kali.",
            language,
        )
    if status >= 500:
        return translate("Tunggu sebentar, lalu muat ulang halaman ini.", language)
    if status == 413:
        return translate("Kembali ke halaman sebelumnya, persingkat isian Anda, lalu kirim lagi.", language)
    return translate("Dari halaman awal Anda dapat memilih unit yang ingin Anda nilai.", language)
