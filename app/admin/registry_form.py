"""Forms for units, services and survey points: their fields become a row of the registry, and its rules decide."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from app.core.errors import FieldError
from app.core.toml_source import Fault
from app.units.registry import ElementsOf, Registry, check
from app.units.registry_rows import COLUMNS, POPULATION_MOST, SHEETS, Row, Rows, Sheet

TEXT_MOST = 500
_FILE = "formulir"
# A fault of a row knows its line: here every column is a line of its own.
_COLUMNS = tuple(dict.fromkeys(column.name for sheet in SHEETS for column in COLUMNS[sheet]))
_LINES = {name: line for line, name in enumerate(_COLUMNS, start=1)}
_GROUPED = re.compile(r"\d{1,3}(?:[. ]\d{3})+")


@dataclass(frozen=True, slots=True)
class Sent:
    """The fields of a posted form."""

    fields: Mapping[str, list[str]] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """One field without blanks at its ends; empty when it is not there."""
        return self.fields.get(name, [""])[0].strip()

    def several(self, name: str) -> list[str]:
        """All boxes of this name that were ticked."""
        return self.fields.get(name, [])


async def _sent(request: Request) -> Sent:
    async with request.form() as form:
        names = dict.fromkeys(form)
        return Sent({name: [one for one in form.getlist(name) if isinstance(one, str)] for name in names})


Posted = Annotated[Sent, Depends(_sent)]


class Refused(Exception):
    """A form that cannot be stored; `errors` name its fields."""

    def __init__(self, errors: Iterable[FieldError]) -> None:
        self.errors = tuple(errors)
        super().__init__(", ".join(error.code for error in self.errors))


def registry_of(
    sheet: Sheet,
    values: Mapping[str, object],
    elements_of: ElementsOf,
    unit: str = "",
    also: Iterable[FieldError] = (),
) -> Registry:
    """A registry of one entry. Blank values count as left out.

    Raises Refused with one error for each field, in the order of `values`, those of `also` among them.
    """
    given = {name: value for name, value in values.items() if value not in ("", None)}
    long = [name for name, value in given.items() if isinstance(value, str) and len(value) > TEXT_MOST]
    missing = [column.name for column in COLUMNS[sheet] if column.required and column.name not in given]
    row = Row(_FILE, None, given, _LINES, unit=unit or None)
    rows = Rows(_FILE)
    rows.of(sheet).append(row)
    registry = check(rows, elements_of)
    errors = [
        *also,
        *(_missing(name) for name in missing),
        *(_long(name) for name in long),
        *errors_of(registry.faults),
    ]
    if errors:
        raise Refused(_one_each(errors, list(values)))
    return registry


def errors_of(faults: Iterable[Fault]) -> list[FieldError]:
    """The registry's faults as errors of fields, in words that fit a form."""
    columns = [_COLUMNS[fault.line - 1] for fault in faults if fault.line is not None]
    return [_wrong(column) for column in dict.fromkeys(columns)]


def count(text: str) -> object:
    """A number as people type it, `4.384` included; what is none is passed on for the rules to refuse."""
    plain = re.sub(r"[. ]", "", text) if _GROUPED.fullmatch(text) else text
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 20 else plain


def slug(name: str, most: int = 63) -> str:
    """A code made of a name: `Dinas Perhubungan & Laut` becomes `dinas-perhubungan-laut`; may be empty."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:most].strip("-")


def code_taken() -> FieldError:
    """Something has the code of a new thing already."""
    return FieldError("/code", "code_taken", "Kode ini sudah dipakai.")


def free_code(wanted: str, is_taken: Callable[[str], bool]) -> str:
    """`wanted`, or with the lowest number behind it that makes it new."""
    number, code = 1, wanted
    while is_taken(code):
        number += 1
        ending = f"-{number}"
        code = wanted[: 63 - len(ending)] + ending
    return code


def _one_each(errors: Iterable[FieldError], order: list[str]) -> list[FieldError]:
    first: dict[str, FieldError] = {}
    for error in errors:
        first.setdefault(error.pointer.removeprefix("/"), error)
    return [
        first[name]
        for name in sorted(first, key=lambda name: order.index(name) if name in order else len(order))
    ]


def _missing(name: str) -> FieldError:
    match name:
        case "name":
            return FieldError("/name", "name_missing", "Isi namanya.")
        case "channel":
            return FieldError("/channel", "channel_missing", "Pilih saluran titik survei ini.")
        case _:
            return FieldError("/code", "code_missing", "Isi kodenya.")


def _long(name: str) -> FieldError:
    return FieldError(f"/{name}", "too_long", "Paling panjang {most} karakter.", {"most": TEXT_MOST})


def _wrong(column: str) -> FieldError:
    """What a form says where the registry's rules refuse a column."""
    match column:
        case "code":
            return FieldError(
                "/code",
                "code_invalid",
                "Kode hanya terdiri atas huruf kecil a sampai z, angka, dan tanda hubung; "
                "paling panjang 63 karakter.",
            )
        case "parent":
            return FieldError(
                "/parent", "parent_invalid", "Unit tidak dapat berada di bawah dirinya sendiri."
            )
        case "not_asked":
            return FieldError(
                "/not_asked",
                "not_asked_invalid",
                "Sisakan paling sedikit satu unsur, dan hanya pilih unsur dari kuesioner layanan ini.",
            )
        case "population":
            return FieldError(
                "/population",
                "population_invalid",
                "Isi bilangan bulat 1 sampai {most}, atau kosongkan.",
                {"most": POPULATION_MOST},
            )
        case "timezone" | "rollup" | "instrument" | "service" | "channel":
            return FieldError(f"/{column}", "unlisted", "Pilih salah satu dari daftar.")
        case _:
            return FieldError(
                f"/{column}", "unstorable", "Isian ini memuat karakter yang tidak dapat disimpan."
            )
