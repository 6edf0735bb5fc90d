"""Every error as a problem for programs, as a page for people."""

from collections.abc import Mapping
from traceback import extract_tb
from urllib.parse import urlencode

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import RedirectResponse, Response

from app.core import problems
from app.core.errors import Busy, DomainError, FieldError
from app.core.messages import language_of, translate
from app.web import error_pages
from app.web.locale import page_language

log = structlog.get_logger(__name__)
TOLD = "eskm_told"
READ_ONLY = "25006"  # read_only_sql_transaction

# What the framework itself refuses: status -> code and Indonesian text.
_REFUSALS: Mapping[int, tuple[str, str]] = {
    400: ("bad_request", "Permintaan ini tidak dapat diproses."),
    404: ("not_found", "Tidak ditemukan."),
    405: ("method_not_allowed", "Cara ini tidak tersedia pada alamat ini."),
    413: ("too_large", "Kiriman ini terlalu besar."),
}
_PARAMETER = "Parameter ini wajib ada atau isinya tidak sesuai."
_INTERNAL = ("internal", "Ada kesalahan di pihak kami. Tidak ada yang berubah; silakan coba lagi.")


def register(app: FastAPI) -> None:
    """Install the handlers."""
    app.add_exception_handler(DomainError, _domain_error)
    app.add_exception_handler(OperationalError, _unavailable)
    app.add_exception_handler(InternalError, _read_only)
    app.add_exception_handler(PoolTimeout, _unavailable)
    app.add_exception_handler(RequestValidationError, _invalid_parameters)
    app.add_exception_handler(HTTPException, _refusal)
    app.add_exception_handler(ClientDisconnect, _hung_up)
    app.add_exception_handler(Exception, _unexpected)


def _language(request: Request) -> str:
    """Pages may be asked for in a language by their address, the API by its header alone."""
    if error_pages.wanted(request):
        return page_language(request)
    return language_of(request.headers.get("accept-language"))


def _respond(
    request: Request,
    status: int,
    code: str,
    detail: str,
    *,
    errors: list[dict[str, str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    if error_pages.wanted(request):
        return error_pages.respond(request, status, code, detail, headers)
    return problems.respond(problems.document(status, code, detail, errors), headers)


def _domain_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, DomainError)  # noqa: S101 - registered for this class
    if error.onward is not None and error_pages.wanted(request):
        return _lead(request, error.onward)
    language = _language(request)
    return _respond(
        request,
        error.status,
        error.code,
        translate(error.message, language, error.params),
        errors=problems.described(error.errors, language),
        headers=error.headers,
    )


def refuse(request: Request, error: DomainError) -> Response:
    """The response of a refusal that comes before any route, where no handler is reached."""
    return _domain_error(request, error)


def _lead(request: Request, onward: str) -> Response:
    """To where somebody signs in, and from there back to the page that was asked for."""
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    back = "?" + urlencode({"onward": asked}) if request.method == "GET" and asked != "/petugas" else ""
    return RedirectResponse(onward + back, status_code=303, headers={"Cache-Control": "no-store"})


def _unavailable(request: Request, error: Exception) -> Response:
    """The database cannot be reached or is locked: nothing is broken here, and the same again may succeed."""
    cause = type(getattr(error, "orig", None) or error).__name__
    log.error("database.unavailable", route=getattr(request.scope.get("route"), "path", None), error=cause)
    return _domain_error(request, Busy())


def _read_only(request: Request, error: Exception) -> Response:
    """A server that only reads for now, as a standby does in a failover, is unavailable; the rest is our fault."""
    if getattr(getattr(error, "orig", None), "sqlstate", None) != READ_ONLY:
        raise error
    return _unavailable(request, error)


def _invalid_parameters(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class
    language = _language(request)
    faults = tuple(
        FieldError("/" + "/".join(str(part) for part in fault["loc"][1:]), "parameter_invalid", _PARAMETER)
        for fault in error.errors()
    )
    detail = translate("Ada isian yang belum benar.", language)
    return _respond(request, 422, "invalid_input", detail, errors=problems.described(faults, language))


def _refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class
    code, message = _REFUSALS.get(error.status_code, _REFUSALS[400])
    text = translate(message, _language(request))
    return _respond(request, error.status_code, code, text, headers=error.headers)


def too_large(request: Request) -> Response:
    """The refusal of a body above the limit. It leaves outside the middleware that adds the headers."""
    code, message = _REFUSALS[413]
    return _respond(request, 413, code, translate(message, _language(request)))


def is_told(error: BaseException) -> bool:
    """Whether a failure was logged and answered here, so that nobody needs to hear of it again."""
    return TOLD in error.__dict__


def _path_to(error: BaseException) -> list[str]:
    """Where it went wrong, without the error's text: a database quotes rows in it, and a row is an answer."""
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in extract_tb(error.__traceback__)[-8:]]


def _hung_up(request: Request, _error: Exception) -> Response:
    """Nobody is there to read this; half a body is no request."""
    return _refusal(request, HTTPException(400))


def _unexpected(request: Request, error: Exception) -> Response:
    route = getattr(request.scope.get("route"), "path", None)
    log.error("request.failed", route=route, error=type(error).__name__, at=_path_to(error))
    error.__dict__[TOLD] = True
    code, message = _INTERNAL
    return _respond(request, 500, code, translate(message, _language(request)))
