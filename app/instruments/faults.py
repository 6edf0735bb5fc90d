"""What pydantic found, in the words and codes of the contract."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from app.core.errors import FieldError
from app.ikm.scale import Scale

POINTER_MAX = 100

# (field, kind of fault) -> code and message; None stands for any other field.
_MESSAGES: dict[tuple[str | None, str], tuple[str, str]] = {
    ("scores", "missing"): ("question_missing", "Pertanyaan ini belum dijawab."),
    ("scores", "extra_forbidden"): (
        "question_unknown",
        "Pertanyaan ini tidak ada dalam kuesioner layanan ini.",
    ),
    ("scores", "too_short"): ("question_missing", "Belum ada pertanyaan yang dijawab."),
    ("scores", "other"): ("score_invalid", "Nilai harus bilangan bulat {low} sampai {high}."),
    ("age", "other"): ("age_invalid", "Umur harus bilangan bulat 0 sampai 120."),
    ("age", "range"): ("age_out_of_range", "Umur harus antara 0 dan 120."),
    ("comment", "string_too_long"): ("comment_too_long", "Saran paling panjang 2.000 huruf."),
    ("id", "other"): ("id_invalid", "Nomor jawaban harus berbentuk UUID."),
    ("answered_at", "other"): (
        "time_invalid",
        "Waktu harus berbentuk RFC 3339 dengan zona, misalnya 2026-09-30T23:30:00+08:00.",
    ),
    ("seconds", "other"): ("seconds_invalid", "Lama mengisi harus bilangan bulat, dalam detik."),
    (None, "json_invalid"): ("json_invalid", "Isi bukan JSON yang benar."),
    (None, "missing"): ("field_missing", "Isian ini wajib ada."),
    (None, "extra_forbidden"): ("field_unknown", "Isian ini tidak dikenal."),
    (None, "literal_error"): ("choice_unknown", "Pilihan ini tidak ada dalam daftar."),
    (None, "other"): ("value_invalid", "Isi atau jenis isian ini tidak sesuai."),
}
_RANGES = frozenset({"greater_than_equal", "less_than_equal"})


def of_validation(error: ValidationError, scale: Scale) -> tuple[FieldError, ...]:
    """Every fault of a validation. Nothing that was sent is repeated, except the name of the field."""
    params = {"low": scale.low, "high": scale.high}
    return tuple(_fault(detail, params) for detail in error.errors(include_url=False, include_input=False))


def _fault(detail: Mapping[str, Any], params: Mapping[str, object]) -> FieldError:
    # Alternatives of a union add a part of their own to the location; names of fields come first.
    location = [str(part) for part in detail["loc"]]
    depth = 2 if location[:1] in (["scores"], ["profile"]) else 1
    place = location[:depth]
    kind = str(detail["type"])
    field = _field_of(place, kind)
    code, message = _text(field, kind)
    return FieldError(pointer(place), code, message, params if "{" in message else {})


def _field_of(place: list[str], kind: str) -> str | None:
    if place[:1] == ["scores"]:
        return "scores" if len(place) > 1 or kind == "too_short" else None
    return place[-1] if place else None


def _text(field: str | None, kind: str) -> tuple[str, str]:
    sought = [(field, kind)]
    if kind in _RANGES:
        sought.append((field, "range"))
    if kind not in ("missing", "extra_forbidden"):
        sought.append((field, "other"))
    sought += [(None, kind), (None, "other")]
    return next(_MESSAGES[key] for key in sought if key in _MESSAGES)


def pointer(parts: list[str]) -> str:
    """A JSON pointer (RFC 6901) to the field at `parts`."""
    escaped = (part[:POINTER_MAX].replace("~", "~0").replace("/", "~1") for part in parts)
    return "".join(f"/{part}" for part in escaped)
