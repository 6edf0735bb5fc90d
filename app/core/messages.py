"""Texts of the interface: Indonesian in the code, other languages in gettext catalogues (locale/)."""

from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType

from babel.core import negotiate_locale
from babel.messages.pofile import read_po

LANGUAGES = ("id", "en")
DEFAULT = "id"
_CATALOGUES = Path(__file__).resolve().parent / "locale"


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Indonesian text -> text in `language`; empty for Indonesian itself."""
    found: dict[str, str] = {}
    for path in catalogue_files(language):
        with path.open("rb") as file:
            entries = read_po(file, locale=language)
        found |= {str(entry.id): str(entry.string) for entry in entries if entry.id and entry.string}
    return MappingProxyType(found)


def catalogue_files(language: str) -> list[Path]:
    """The files of a language: one for what citizens see, one for each part that staff see."""
    return sorted([*_CATALOGUES.glob(f"{language}.po"), *_CATALOGUES.glob(f"{language}/*.po")])


def translate(message: str, language: str, params: Mapping[str, object] | None = None) -> str:
    """`message` in `language` with its `{names}` filled; Indonesian where no translation exists."""
    text = catalogue(language).get(message, message)
    return text.format_map(params) if params else text


@lru_cache(maxsize=512)
def language_of(accept_language: str | None) -> str:
    """The best of our languages for an Accept-Language header (RFC 9110, 12.5.4); Indonesian by default."""
    weighted: list[tuple[float, int, str]] = []
    for position, part in enumerate((accept_language or "")[:200].split(",")):
        tag, _, parameter = part.strip().partition(";")
        try:
            weight = float(parameter.strip().removeprefix("q=")) if parameter else 1.0
        except ValueError:
            continue
        if tag and weight > 0:
            weighted.append((-weight, position, tag.split("-")[0]))
    wanted = [tag for _, _, tag in sorted(weighted)]
    return negotiate_locale(wanted, LANGUAGES) or DEFAULT
