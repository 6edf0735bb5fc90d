"""What the forms about one's account show: faults by field, notices by name."""

from collections.abc import Sequence

from starlette.requests import Request

from app.core.errors import DomainError, FieldError
from app.core.messages import translate
from app.web.locale import page_language

Shown = list[dict[str, str]]


def faults(request: Request, errors: Sequence[FieldError]) -> Shown:
    """`errors` in the reader's language, as the form parts take them."""
    language = page_language(request)
    return [
        {"field": error.pointer.lstrip("/"), "text": translate(error.message, language, error.params)}
        for error in errors
    ]


def fault(request: Request, error: DomainError, field: str) -> Shown:
    """One refusal, at the field where it is put right."""
    return [{"field": field, "text": translate(error.message, page_language(request), error.params)}]


def refusal(request: Request, error: DomainError, field: str) -> Shown:
    """What a refusal says of each field; one that names none stands at `field`."""
    return faults(request, error.errors) if error.errors else fault(request, error, field)
