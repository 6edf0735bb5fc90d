"""Errors of the domain. Each has a stable code and a status, and speaks the user's language when shown.

`message` is the Indonesian text, which is also the key in the message catalogue; `{names}` in it are
filled from `params`. Nothing that a caller sent is ever put into a message.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """One fault of an input: JSON pointer (RFC 6901), stable code, message as in `DomainError`."""

    pointer: str
    code: str
    message: str
    params: Mapping[str, object] = field(default_factory=dict)


class DomainError(Exception):
    """Base of all errors that a user can be shown."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "bad_request"
    message: ClassVar[str] = "Permintaan ini tidak dapat diproses."
    # Where somebody with a browser goes on instead of reading an error, if anywhere.
    onward: str | None = None

    def __init__(
        self,
        errors: tuple[FieldError, ...] = (),
        headers: Mapping[str, str] | None = None,
        **params: object,
    ) -> None:
        super().__init__(self.code)
        self.errors = errors
        self.headers = dict(headers or {})
        self.params = params


class NotFound(DomainError):
    """Absent, or outside what the caller may see: both look the same."""

    status = 404
    code = "not_found"
    message = "Tidak ditemukan."


class InvalidInput(DomainError):
    """The input breaks the rules named in `errors`."""

    status = 422
    code = "invalid_input"
    message = "Ada isian yang belum benar."


class Unauthenticated(DomainError):
    """No credentials, or credentials that are not valid (any more)."""

    status = 401
    code = "unauthenticated"
    message = "Perlu token yang berlaku, atau masuk dulu."
    onward = "/masuk"

    def __init__(self) -> None:
        super().__init__(headers={"WWW-Authenticate": "Bearer"})


class Forbidden(DomainError):
    """Known to us, in scope, but the role does not allow this."""

    status = 403
    code = "forbidden"
    message = "Peran Anda tidak mencakup tindakan ini."


class NotJson(DomainError):
    """The body is declared as something other than JSON."""

    status = 415
    code = "not_json"
    message = "Kirim isi sebagai application/json."


class Busy(DomainError):
    """Storing is not possible at the moment; the client keeps its copy and tries again."""

    status = 503
    code = "busy"
    message = "Sedang sangat ramai. Simpan jawaban ini dan kirim lagi sebentar lagi."

    def __init__(self, retry_after_seconds: int = 2) -> None:
        super().__init__(headers={"Retry-After": str(retry_after_seconds)})
