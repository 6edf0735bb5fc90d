"""JSON in the one form that is hashed and signed (as RFC 8785, with whole numbers only), and its strict reading."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

# Beyond this, readers in other languages lose digits: larger numbers are written as texts.
WHOLE_MAX = 2**53 - 1


class NotCanonical(ValueError):
    """A text is no JSON of the kind that is signed: it holds a fraction, or a name twice, or is no JSON at all."""


def canonical(value: Mapping[str, Any]) -> bytes:
    """UTF-8 without spaces, names in the order of their characters, nothing escaped that need not be.

    Raises `NotCanonical` for a number that is not whole or beyond WHOLE_MAX, or a name that is not ASCII.
    """
    _check(value)
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise NotCanonical("a text cannot be written as UTF-8") from error


def digest(value: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of the canonical form."""
    return hashlib.sha256(canonical(value)).hexdigest()


def read(content: bytes | str) -> dict[str, Any]:
    """The object in a JSON text, however it is indented. Raises `NotCanonical`."""
    try:
        found = json.loads(
            content,
            parse_float=_refuse,
            parse_constant=_refuse,
            object_pairs_hook=_object,
        )
    except (ValueError, RecursionError) as error:
        raise NotCanonical(str(error)) from error
    if not isinstance(found, dict):
        raise NotCanonical("a publication is a JSON object")
    return found


def _refuse(literal: str) -> None:
    raise NotCanonical(f"{literal} is not a whole number")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotCanonical("a name stands twice in an object")
    return found


def _check(value: Any) -> None:
    match value:
        case None | bool() | str():
            return
        case int():
            if abs(value) > WHOLE_MAX:
                raise NotCanonical("a number is too large for other readers: write it as a text")
        case dict():
            for name, member in value.items():
                if not isinstance(name, str) or not name.isascii():
                    raise NotCanonical("names are ASCII: their order is then the same everywhere")
                _check(member)
        case list() | tuple():
            for member in value:
                _check(member)
        case _:
            raise NotCanonical(f"{type(value).__name__} has no canonical form")
