"""Strict reading of one row of the registry file: every fault is noted, none stops the reading."""

import unicodedata

from app.core.toml_source import Fault
from app.units.registry_rows import CODE, COLUMNS, POPULATION_MOST, Row, Sheet


class Fields:
    """The values of one row, each read as what its column holds; what is wrong leaves a fault and None."""

    def __init__(self, row: Row, sheet: Sheet, faults: list[Fault]) -> None:
        self._row = row
        self._faults = faults
        names = {column.name for column in COLUMNS[sheet]}
        for name in row.values:
            if name not in names:
                self._fault(name, f'kunci "{name}" tidak dikenal')
        for column in COLUMNS[sheet]:
            if column.required and column.name not in row.values:
                self._fault(None, f'"{column.name}" wajib diisi')

    def _fault(self, name: str | None, message: str) -> None:
        self._faults.append(self._row.fault(message, name))

    def word(self, name: str) -> str | None:
        """A text as written, not blank and without control characters."""
        value = self._row.values.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            self._fault(name, f'"{name}" harus teks')
        elif not value.strip():
            self._fault(name, f'"{name}" kosong')
        elif any(unicodedata.category(sign) in ("Cc", "Cs") and not sign.isspace() for sign in value):
            self._fault(name, f'"{name}" berisi karakter kendali')
        else:
            return value
        return None

    def text(self, name: str) -> str | None:
        """A text on one line, with single spaces."""
        value = self.word(name)
        return None if value is None else " ".join(value.split())

    def code(self) -> str | None:
        """The row's own code; returned even when its form is wrong, so that others may refer to it."""
        value = self.word("code")
        if value is not None and not CODE.fullmatch(value):
            message = f'kode "{value}" tidak sah: hanya a-z, 0-9, dan "-", paling panjang 63 karakter'
            self._fault("code", message)
        return value

    def choice(self, name: str, allowed: tuple[str, ...]) -> str | None:
        """One of the allowed words."""
        value = self.word(name)
        if value is not None and value not in allowed:
            self._fault(name, f'"{name}" harus salah satu dari: {", ".join(allowed)}')
            return None
        return value

    def flag(self, name: str, *, default: bool = True) -> bool:
        """A yes or no; `default` when omitted."""
        value = self._row.values.get(name)
        if isinstance(value, bool):
            return value
        if value is not None:
            self._fault(name, f'"{name}" harus true atau false (di XLSX: ya atau tidak)')
        return default

    def count(self, name: str) -> int | None:
        """A positive whole number."""
        value = self._row.values.get(name)
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= POPULATION_MOST:
            return value
        self._fault(name, f'"{name}" harus bilangan bulat 1 sampai {POPULATION_MOST}')
        return None

    def keys(self, name: str) -> list[str]:
        """A list of different keys."""
        value = self._row.values.get(name)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(key, str) for key in value):
            self._fault(name, f'"{name}" harus daftar teks')
            return []
        for key in sorted({key for key in value if value.count(key) > 1}):
            self._fault(name, f'unsur "{key}" ditulis dua kali')
        return list(dict.fromkeys(value))
