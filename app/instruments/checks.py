"""Strict reading of one table of a TOML file: every fault is noted with its line, none stops the reading."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Self

from app.core.toml_source import Fault, Position, TomlDocument
from app.instruments.model import LANGUAGES


@dataclass(frozen=True, slots=True)
class Form:
    """What a key or code must look like, and how a fault says so."""

    pattern: re.Pattern[str]
    example: str

    @classmethod
    def of(cls, pattern: str, example: str) -> Self:
        """A form from the text of a pattern; it must match a whole value."""
        return cls(re.compile(pattern), example)


class TableCheck:
    """One table of a document. Reading a value that is missing or wrong gives None and leaves a fault."""

    def __init__(self, document: TomlDocument, faults: list[Fault], path: Position, table: object) -> None:
        self.document = document
        self.path = path
        self.values: Mapping[str, Any] = table if isinstance(table, dict) else {}
        self._faults = faults
        self._is_table = isinstance(table, dict)
        if not self._is_table:
            self.fault(f"{self._name()} harus tabel")

    def fault(self, message: str, *below: str | int) -> None:
        """Note a fault at the line of this table, or of what stands `below` it."""
        self._faults.append(self.document.fault((*self.path, *below), message))

    def line_of(self, *below: str | int) -> int:
        """The line of what stands `below` this table."""
        return self.document.line_of((*self.path, *below))

    def _name(self) -> str:
        names = [part for part in self.path if isinstance(part, str)]
        return f'"{names[-1]}"' if names else "berkas"

    def expect(self, required: Collection[str], optional: Collection[str] = (), noun: str = "kunci") -> Self:
        """Note required keys that are missing and keys that are neither required nor optional."""
        if self._is_table:
            for key in required:
                if key not in self.values:
                    self.fault(f'{noun} "{key}" tidak ada')
            for key in self.values:
                if key not in required and key not in optional:
                    self.fault(f'{noun} "{key}" tidak dikenal', key)
        return self

    def string(self, key: str, form: Form | None = None) -> str | None:
        """A text that is not blank and has the form."""
        value = self.values.get(key)
        if value is None:
            return None
        return self._string(value, key, form=form)

    def _string(self, value: object, *below: str | int, form: Form | None = None) -> str | None:
        name = next(part for part in reversed(below) if isinstance(part, str))
        if not isinstance(value, str):
            self.fault(f'"{name}" harus teks', *below)
        elif not value.strip():
            self.fault(f'"{name}" kosong', *below)
        elif form is not None and form.pattern.fullmatch(value) is None:
            self.fault(f'"{name}": {value!r} tidak sesuai bentuk; contoh: {form.example}', *below)
        else:
            return value
        return None

    def integer(self, key: str, least: int, most: int) -> int | None:
        """A whole number from `least` to `most`."""
        value = self.values.get(key)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool):
            self.fault(f'"{key}" harus bilangan bulat', key)
        elif not least <= value <= most:
            self.fault(f'"{key}" harus {least} sampai {most}', key)
        else:
            return value
        return None

    def strings(self, key: str) -> list[str] | None:
        """An array of texts none of which is blank."""
        value = self.values.get(key)
        if value is None:
            return None
        if not isinstance(value, list):
            self.fault(f'"{key}" harus daftar teks', key)
            return None
        found = [self._string(item, key, place) for place, item in enumerate(value)]
        return [item for item in found if item is not None] if None not in found else None

    def text(self, key: str) -> None:
        """A text in every language."""
        for_languages = self.inner(key)
        if for_languages is not None:
            for_languages.expect(LANGUAGES, noun="bahasa")
            for language in LANGUAGES:
                for_languages.string(language)

    def inner(self, key: str) -> "TableCheck | None":
        """The table at `key`."""
        if key not in self.values:
            return None
        return TableCheck(self.document, self._faults, (*self.path, key), self.values[key])

    def items(self, key: str) -> "list[TableCheck]":
        """The items of an array of tables, which must hold at least one."""
        if key not in self.values:
            return []
        value = self.values[key]
        if not isinstance(value, list):
            self.fault(f'"{key}" harus daftar tabel', key)
            return []
        if not value:
            self.fault(f'"{key}" kosong', key)
        return [
            TableCheck(self.document, self._faults, (*self.path, key, place), item)
            for place, item in enumerate(value)
        ]


class Once:
    """Notes values that may stand in a file only once, with the line where each stood first."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._lines: dict[str, int] = {}

    def see(self, check: TableCheck, value: str | None, *below: str | int) -> None:
        """Note a fault at `below` when `value` was seen before."""
        if value is None:
            return
        if value in self._lines:
            check.fault(
                f'{self._what} "{value}" ditulis dua kali (pertama di baris {self._lines[value]})', *below
            )
        else:
            self._lines[value] = check.line_of(*below)
