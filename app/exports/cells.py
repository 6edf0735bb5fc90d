"""Values as cells of a table that a spreadsheet opens: separators, decimals, and no text that becomes a formula."""

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, TypeAlias
from uuid import UUID

Value: TypeAlias = str | int | Decimal | bool | date | datetime | UUID | None
Locale = Literal["en", "id"]

BOM = "\ufeff"
# Blanks, control characters and invisible marks: a spreadsheet drops them, and what follows comes first. Written so
# that Python's and PostgreSQL's regular expressions read them alike.
_MARKS = r"\u00ad\u061c\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff"
_IGNORED = rf"[\u0000-\u0020\u007f-\u00a0{_MARKS}]*"
_TRIGGER = r"[=+\-@\uff1d\uff0b\uff0d\uff20\u2212]"
STARTS_FORMULA = rf"{_IGNORED}{_TRIGGER}|[\t\r]"
# A file opened with the other separator is cut inside a text: what then comes first must be harmless as well.
CUT_FORMULA = rf"([,;\t\r\n]{_IGNORED})(?={_TRIGGER})"
_STARTS_FORMULA, _CUT_FORMULA = re.compile(STARTS_FORMULA), re.compile(CUT_FORMULA)


def harmless(text: str) -> str:
    """`text` such that no spreadsheet takes it for a formula: an apostrophe is put before a dangerous one."""
    return f"'{text}" if _STARTS_FORMULA.match(text) else text


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a table is written: what separates its cells, and the decimal mark of its numbers."""

    separator: str
    decimal_mark: str

    def cell(self, value: Value) -> str:
        """One value as text: times in RFC 3339, truth as `true` or `false`, nothing as an empty cell."""
        if value is None:
            return ""
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, str):
            return harmless(_CUT_FORMULA.sub(r"\1'", value))
        if isinstance(value, int | Decimal):
            return self.number(value)
        return value.isoformat() if isinstance(value, date) else str(value)

    def number(self, value: int | Decimal) -> str:
        """A number with this decimal mark, without thousands separators or exponent."""
        return f"{value:f}".replace(".", self.decimal_mark) if isinstance(value, Decimal) else str(value)

    def lines(self, rows: Iterable[Iterable[Value]]) -> bytes:
        """Rows as lines of CSV (RFC 4180) in UTF-8, without the byte order mark that begins a file."""
        buffer = io.StringIO(newline="")
        writer = csv.writer(buffer, delimiter=self.separator, lineterminator="\r\n")
        writer.writerows([self.cell(value) for value in row] for row in rows)
        return buffer.getvalue().encode()


DIALECTS: dict[Locale, Dialect] = {"en": Dialect(",", "."), "id": Dialect(";", ",")}
"""What a spreadsheet expects by the language it is set to."""


def file_name(*parts: str, ending: str) -> str:
    """A name that every file system and every header takes, from parts such as unit and period codes."""
    safe = [re.sub(r"[^A-Za-z0-9._-]+", "-", part).strip("-.") for part in parts if part]
    return f"{'-'.join(part for part in safe if part)}.{ending}"
