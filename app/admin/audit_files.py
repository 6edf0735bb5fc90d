"""The record as a file: lines of JSON for programs, CSV for people; either can be verified without this service."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from app.audit.chain import MEMBERS, canonical, instant
from app.audit.queries import Line
from app.audit.tables import AuditEntry
from app.exports.cells import BOM, Dialect

COLUMNS = (
    *("at", "government", "sequence", "actor_kind", "actor_id", "actor_name", "action", "unit", "subject"),
    *("details", "previous", "hash", "members"),
)
# Signs that begin a formula, inside a text: JSON reads their codes as the same signs.
_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"')
_SIGNS = re.compile(r"[=+\-@\uff1d\uff0b\uff0d\uff20\u2212]")


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes of units by their id; what is not among them is shown as a number."""

    units: Mapping[int, str]

    def unit(self, unit_id: int | None) -> str | None:
        """The code of a unit."""
        return None if unit_id is None else self.units.get(unit_id, f"#{unit_id}")

    def government(self, chain: int) -> str:
        """The code of a chain's government; nothing for the installation's own chain."""
        return self.unit(chain) or "" if chain else ""


def json_line(line: Line) -> bytes:
    """One entry as an object: the members that are hashed, the hash before, and its own."""
    document = {**_members(line.entry), "previous": line.previous, "hash": line.entry.hash}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def csv_head(dialect: Dialect) -> bytes:
    """What a file begins with."""
    return BOM.encode() + dialect.lines([COLUMNS])


def csv_lines(lines: Iterable[Line], dialect: Dialect, codes: Codes) -> bytes:
    """Entries as lines of CSV. `members` is what is hashed behind `previous`, as a JSON list."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=dialect.separator, lineterminator="\r\n")
    writer.writerows(_cells(line, dialect, codes) for line in lines)
    return buffer.getvalue().encode()


def _cells(line: Line, dialect: Dialect, codes: Codes) -> Iterator[str]:
    entry = line.entry
    for value in (
        *(instant(entry.at), codes.government(entry.chain), entry.sequence),
        *(entry.actor_kind, entry.actor_id, entry.actor_name, entry.action),
        *(codes.unit(entry.unit_id), entry.subject),
    ):
        yield dialect.cell(value)
    # An apostrophe before a sign would be hashed too: these texts are harmless without one.
    yield _harmless(canonical(entry.details))
    yield line.previous
    yield entry.hash
    yield _harmless(canonical(list(_members(entry).values())))


def _members(entry: AuditEntry) -> dict[str, object]:
    members = {name: getattr(entry, name) for name in MEMBERS}
    members["at"] = instant(entry.at)
    return members


def _harmless(text: str) -> str:
    """JSON that a spreadsheet takes for a text, wherever it cuts it: the same to whoever reads JSON."""
    return _STRINGS.sub(lambda string: _SIGNS.sub(_code, string.group()), text)


def _code(sign: re.Match[str]) -> str:
    return f"\\u{ord(sign.group()):04x}"
