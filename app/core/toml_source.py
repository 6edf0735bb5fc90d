"""TOML files whose values still know their line, so that a fault can be named as file:line: message."""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Position = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong in a file; `line` counts from 1, None when the fault has no line."""

    file: str
    line: int | None
    message: str

    def __str__(self) -> str:
        """The fault as `file:line: message`, which editors and terminals can jump to."""
        return (
            f"{self.file}: {self.message}"
            if self.line is None
            else f"{self.file}:{self.line}: {self.message}"
        )


class SourceFaults(Exception):
    """One or more faults in source files, in the order of files and lines."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = sorted(faults, key=lambda fault: (fault.file, fault.line or 0))
        super().__init__("\n".join(str(fault) for fault in self.faults))


@dataclass(frozen=True, slots=True)
class TomlDocument:
    """A parsed file: `data` as tomllib gives it, and the line of each key, table header and array item."""

    file: str
    data: dict[str, Any]
    lines: Mapping[Position, int]

    def line_of(self, path: Sequence[str | int]) -> int:
        """The line of what stands at `path`; of the nearest thing around it when it is not in the file.

        A path mixes keys and indexes: `("units", 1, "services", 0, "code")`. A table or an item of an array
        of tables stands where its header stands, an item of an array where the item begins.
        """
        position = tuple(path)
        while position:
            if position in self.lines:
                return self.lines[position]
            position = position[:-1]
        return 1

    def fault(self, path: Sequence[str | int], message: str) -> Fault:
        """A fault of this file at the line of `path`."""
        return Fault(self.file, self.line_of(path), message)


def read(source: Path | str, file: str | None = None) -> TomlDocument:
    """Parse a file (Path) or a text (str); `file` is the name that faults give it.

    A byte order mark and Windows line ends are accepted. Raises SourceFaults, with the line where there is
    one, when the file cannot be read, is not UTF-8 or is not TOML (a key written twice included).
    """
    if isinstance(source, Path):
        name = str(source) if file is None else file
        text = _text_of(source, name)
    else:
        name = "<teks>" if file is None else file
        text = source
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise SourceFaults([_syntax_fault(name, text, error)]) from error
    return TomlDocument(name, data, _Positions(text).found())


def _text_of(path: Path, name: str) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SourceFaults([Fault(name, None, f"berkas tidak dapat dibaca: {error.strerror}")]) from error
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SourceFaults([Fault(name, line, "berkas bukan teks UTF-8")]) from error


_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


def _syntax_fault(name: str, text: str, error: Exception) -> Fault:
    detail = str(error)
    place = _PLACE.search(detail)
    if place is None:
        return Fault(name, None, f"TOML tidak sah: {detail}")
    line = int(place[1]) if place[1] else text.rstrip("\n").count("\n") + 1
    detail = detail[: place.start()]
    if detail.startswith(("Cannot overwrite a value", "Duplicate inline table key")):
        return Fault(name, line, "kunci ditulis dua kali (TOML tidak sah)")
    if detail.startswith("Cannot declare"):
        return Fault(name, line, "tabel ditulis dua kali (TOML tidak sah)")
    return Fault(name, line, f"TOML tidak sah: {detail}")


_BLANK = re.compile(r"(?:[ \t\n]|#[^\n]*)+")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}\n#]+")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}(?!")'
    r"|'''.*?'{3,5}(?!')"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)


class _Positions:
    """Walks a text that tomllib accepted and notes lines; it may trust the syntax and checks nothing."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line_starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._lines: dict[Position, int] = {}
        self._lengths: dict[Position, int] = {}

    def found(self) -> dict[Position, int]:
        """The line of every position of the text."""
        table: Position = ()
        while self._skip_blank():
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._key_and_value(table)
        return self._lines

    def _skip_blank(self) -> bool:
        if blank := _BLANK.match(self._text, self._at):
            self._at = blank.end()
        return self._at < len(self._text)

    def _note(self, position: Position, at: int) -> None:
        # Parents that have no line of their own (dotted keys, implied tables) stand where they first appear.
        line = bisect_right(self._line_starts, at)
        for length in range(1, len(position) + 1):
            self._lines.setdefault(position[:length], line)

    def _header(self) -> Position:
        start = self._at
        is_array = self._text.startswith("[[", self._at)
        self._at += 2 if is_array else 1
        *outer, last = self._dotted_key()
        self._skip_blank()
        self._at += 2 if is_array else 1
        position: Position = ()
        for part in outer:
            position = self._newest((*position, part))
        position = (*position, last)
        if is_array:
            self._lengths[position] = self._lengths.get(position, 0) + 1
            position = self._newest(position)
        self._note(position, start)
        return position

    def _newest(self, position: Position) -> Position:
        """The last item when an array of tables stands at `position`, else the position itself."""
        length = self._lengths.get(position)
        return position if length is None else (*position, length - 1)

    def _dotted_key(self) -> list[str]:
        parts = []
        while True:
            self._skip_blank()
            if bare := _BARE_KEY.match(self._text, self._at):
                parts.append(bare[0])
                self._at = bare.end()
            else:
                # Only TOML itself knows all escapes of a quoted key.
                start = self._at
                self._string()
                parts.append(tomllib.loads(f"key = {self._text[start : self._at]}")["key"])
            self._skip_blank()
            if self._text[self._at] != ".":
                return parts
            self._at += 1

    def _key_and_value(self, table: Position) -> None:
        start = self._at
        position = (*table, *self._dotted_key())
        self._note(position, start)
        self._at += 1
        self._value(position)

    def _value(self, position: Position) -> None:
        self._skip_blank()
        first = self._text[self._at]
        if first == "[":
            self._array(position)
        elif first == "{":
            self._inline_table(position)
        elif first in "\"'":
            self._string()
        elif scalar := _SCALAR.match(self._text, self._at):
            self._at = scalar.end()

    def _array(self, position: Position) -> None:
        self._at += 1
        index = 0
        while self._skip_blank() and self._text[self._at] != "]":
            self._note((*position, index), self._at)
            self._value((*position, index))
            index += 1
            self._skip_comma()
        self._at += 1

    def _inline_table(self, position: Position) -> None:
        self._at += 1
        while self._skip_blank() and self._text[self._at] != "}":
            self._key_and_value(position)
            self._skip_comma()
        self._at += 1

    def _skip_comma(self) -> None:
        self._skip_blank()
        if self._text[self._at] == ",":
            self._at += 1

    def _string(self) -> None:
        if string := _STRING.match(self._text, self._at):
            self._at = string.end()
