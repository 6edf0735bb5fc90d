"""What forms of administration show: faults beside their fields, days, and notices after something was done."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date

from app.core.errors import DomainError, FieldError
from app.core.messages import translate


def shown(errors: Iterable[FieldError], language: str) -> list[dict[str, str]]:
    """Faults for the form macros: the field's id, and what to do about it."""
    return [
        {
            "field": error.pointer.removeprefix("/"),
            "text": translate(error.message, language, error.params),
        }
        for error in errors
    ]


def refusal(error: DomainError, language: str) -> list[dict[str, str]]:
    """A refusal for the summary on top of a page: its fields, or the whole when it names none."""
    if error.errors:
        return shown(error.errors, language)
    return [{"field": "", "text": translate(error.message, language, error.params)}]


def day(instant: datetime | None, zone: ZoneInfo, language: str) -> str | None:
    """`14 Okt 2026` where it happened; None for nothing."""
    if instant is None:
        return None
    return format_date(instant.astimezone(zone).date(), "d MMM y", locale=language)
