"""Writing SPSS system files row by row, however many rows: memory holds a portion at a time.

Layout as PSPP's developers' guide describes it (System File Format), with byte codes as compression.
"""

import struct
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from math import nextafter
from typing import IO, Any

BIAS, BLOCK = 100, 8
RAW, BLANK, MISSING = 253, 254, 255  # byte codes: eight bytes follow, eight spaces, system-missing
SPACES = b" " * BLOCK
SYSMIS, HIGHEST = -sys.float_info.max, sys.float_info.max
LOWEST = nextafter(SYSMIS, 0)
EPOCH = date(1582, 10, 14).toordinal()
DAY_SECONDS = 86_400
STRING_MOST, SEGMENT, EFFECTIVE = 255, 255, 252
FORMATS = {"text": 1, "number": 5, "date": 20, "moment": 22}
FORMAT_WIDTHS = {"number": 8, "date": 11, "moment": 20}
MEASURES = {"nominal": 1, "ordinal": 2, "scale": 3}
LABEL_MOST, VALUE_LABEL_MOST, NOTE_BYTES = 255, 120, 80
PORTION_OPS = 80_000

Cell = tuple[bytes, tuple[bytes, ...]]
"""A value as byte codes, and behind each the bytes that it announces."""


class TextTooLong(ValueError):
    """A text has more bytes than its variable; it is not cut."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable: `kind` text, number, date or moment; `width` in bytes of a text; `missing` as a user's value."""

    name: str
    kind: str
    label: str
    width: int = 0
    values: dict[int, str] = field(default_factory=dict)
    missing: int | None = None
    measure: str = "nominal"

    @property
    def widths(self) -> tuple[int, ...]:
        """The widths of the parts that it is stored in: one, unless it is a very long text; 0 for a number."""
        if self.width <= STRING_MOST:
            return (self.width,)
        number = -(-self.width // EFFECTIVE)
        return (*[SEGMENT] * (number - 1), self.width - (number - 1) * EFFECTIVE)


def write(
    file: IO[bytes],
    variables: Sequence[Variable],
    rows: Iterable[Sequence[Any]],
    made_at: datetime,
    label: str,
    notes: Sequence[str],
) -> int:
    """Write a whole file into one that can be sought; returns the number of rows. None is system-missing.

    Labels that are too long are cut, values never: raises TextTooLong.
    """
    cases = _cases(variables, rows)
    file.write(_header(variables, made_at, label))
    file.write(_dictionary(variables, notes))
    number = 0
    for portion, so_far in _portions(cases):
        file.write(portion)
        number = so_far
    file.seek(_NUMBER_AT)
    file.write(struct.pack("<i", number))
    file.seek(0, 2)
    return number


_NUMBER_AT = 4 + 60 + 4 * 4


def _header(variables: Sequence[Variable], made_at: datetime, label: str) -> bytes:
    blocks = sum(max(1, -(-width // BLOCK)) for variable in variables for width in variable.widths)
    return struct.pack(
        "<4s60siiiiid9s8s64s3x",
        b"$FL2",
        b"@(#) SPSS DATA FILE e-SKM".ljust(60),
        2,
        blocks,
        1,
        0,
        -1,
        BIAS,
        made_at.strftime("%d %b %y").encode(),
        made_at.strftime("%H:%M:%S").encode(),
        cut(label, 64).encode().ljust(64),
    )


def _dictionary(variables: Sequence[Variable], notes: Sequence[str]) -> bytes:
    records, indexes, place = [], [], 1
    for number, variable in enumerate(variables):
        indexes.append(place)
        for part, width in enumerate(variable.widths):
            records.append(_variable(variable, _short(number, part), width, first=part == 0))
            place += max(1, -(-width // BLOCK))
    for index, variable in zip(indexes, variables, strict=True):
        if variable.values:
            records.append(_value_labels(variable, index))
    lines = [line.encode().ljust(NOTE_BYTES) for note in notes for line in _lines(note)]
    records.append(struct.pack("<ii", 6, len(lines)) + b"".join(lines))
    records.append(_extension(3, "<8i", 20, 0, 0, -1, 1, 1, 2, 65001))
    records.append(_extension(4, "<3d", SYSMIS, HIGHEST, LOWEST))
    records.append(_display(variables))
    names = "\t".join(f"{_short(number, 0)}={one.name}" for number, one in enumerate(variables))
    records.append(_text_extension(13, names.encode()))
    long = [(number, one.width) for number, one in enumerate(variables) if len(one.widths) > 1]
    if long:
        texts = [f"{_short(number, 0)}={width:05d}\0\t" for number, width in long]
        records.append(_text_extension(14, "".join(texts).encode()))
    records.append(_text_extension(20, b"UTF-8"))
    records.append(struct.pack("<ii", 999, 0))
    return b"".join(records)


def _short(number: int, part: int) -> str:
    return f"V{number + 1}" if part == 0 else f"V{number + 1}_{part}"


def _variable(variable: Variable, name: str, width: int, *, first: bool) -> bytes:
    kind, shown = FORMATS[variable.kind], width or FORMAT_WIDTHS[variable.kind]
    form = kind << 16 | shown << 8
    label = cut(variable.label, LABEL_MOST).encode() if first else b""
    missing = [] if variable.missing is None else [float(variable.missing)]
    record = struct.pack("<iiiiii8s", 2, width, bool(label), len(missing), form, form, name.encode().ljust(8))
    if label:
        record += struct.pack("<i", len(label)) + label.ljust(-(-len(label) // 4) * 4)
    record += struct.pack(f"<{len(missing)}d", *missing)
    more = struct.pack("<iiiiii8s", 2, -1, 0, 0, 0, 0, SPACES)
    return record + more * (max(1, -(-width // BLOCK)) - 1)


def _value_labels(variable: Variable, index: int) -> bytes:
    record = struct.pack("<ii", 3, len(variable.values))
    for value, label in variable.values.items():
        text = cut(label, VALUE_LABEL_MOST).encode()
        room = -(-(len(text) + 1) // BLOCK) * BLOCK - 1
        record += struct.pack("<dB", float(value), len(text)) + text.ljust(room)
    return record + struct.pack("<iii", 4, 1, index)


def _display(variables: Sequence[Variable]) -> bytes:
    numbers: list[int] = []
    for variable in variables:
        shown = min(variable.width, 32) or FORMAT_WIDTHS[variable.kind]
        numbers += [MEASURES[variable.measure], shown, 0 if variable.kind == "text" else 1] * len(
            variable.widths
        )
    return _extension(11, f"<{len(numbers)}i", *numbers)


def _extension(subtype: int, form: str, *values: float) -> bytes:
    content = struct.pack(form, *values)
    return struct.pack("<iiii", 7, subtype, len(content) // len(values), len(values)) + content


def _text_extension(subtype: int, content: bytes) -> bytes:
    return struct.pack("<iiii", 7, subtype, 1, len(content)) + content


def _cases(variables: Sequence[Variable], rows: Iterable[Sequence[Any]]) -> Iterator[list[Cell]]:
    encoders = [_Encoder(variable) for variable in variables]
    for row in rows:
        yield [encoder[value] for encoder, value in zip(encoders, row, strict=True)]


class _Encoder(dict[Any, Cell]):
    """Cells of one variable, each value encoded once as long as there are few."""

    def __init__(self, variable: Variable) -> None:
        self.variable = variable

    def __missing__(self, value: Any) -> Cell:
        cell = _cell(self.variable, value)
        if len(self) < 2000:
            self[value] = cell
        return cell


def _cell(variable: Variable, value: Any) -> Cell:
    if variable.kind == "text":
        return _text(variable, "" if value is None else str(value))
    if value is None:
        return bytes([MISSING]), (b"",)
    if variable.kind == "number" and -BIAS < value <= 151:
        return bytes([value + BIAS]), (b"",)
    return bytes([RAW]), (struct.pack("<d", _number(variable.kind, value)),)


def _number(kind: str, value: Any) -> float:
    if kind == "number":
        return float(value)
    days = (value.toordinal() - EPOCH) * DAY_SECONDS
    return float(days + value.hour * 3600 + value.minute * 60 + value.second if kind == "moment" else days)


def _text(variable: Variable, text: str) -> Cell:
    content = text.encode()
    if len(content) > variable.width:
        raise TextTooLong(variable.name)
    codes, blocks = bytearray(), []
    for part, width in enumerate(variable.widths):
        piece = content[part * SEGMENT : (part + 1) * SEGMENT].ljust(-(-width // BLOCK) * BLOCK)
        for start in range(0, len(piece), BLOCK):
            block = piece[start : start + BLOCK]
            codes.append(BLANK if block == SPACES else RAW)
            blocks.append(b"" if block == SPACES else block)
    return bytes(codes), tuple(blocks)


def _portions(cases: Iterable[list[Cell]]) -> Iterator[tuple[bytes, int]]:
    """The data, portion by portion, each with the number of rows so far: eight codes, then what they announce."""
    codes, blocks, number = bytearray(), list[bytes](), 0
    for case in cases:
        number += 1
        for cell_codes, cell_blocks in case:
            codes += cell_codes
            blocks += cell_blocks
        if len(codes) >= PORTION_OPS:
            whole = len(codes) // BLOCK * BLOCK
            yield _interleaved(codes[:whole], blocks[:whole]), number
            del codes[:whole], blocks[:whole]
    rest = -len(codes) % BLOCK
    yield _interleaved(codes + bytes(rest), [*blocks, *[b""] * rest]), number


def _interleaved(codes: bytearray, blocks: list[bytes]) -> bytes:
    parts: list[bytes] = []
    for start in range(0, len(codes), BLOCK):
        parts.append(bytes(codes[start : start + BLOCK]))
        parts += blocks[start : start + BLOCK]
    return b"".join(parts)


def _lines(text: str) -> Iterator[str]:
    """A note as lines of the format, broken between words where it can be."""
    while len(text.encode()) > NOTE_BYTES:
        line = cut(text, NOTE_BYTES)
        place = line.rfind(" ") + 1 or len(line)
        yield text[:place].rstrip()
        text = text[place:].lstrip()
    yield text


def cut(text: str, most: int) -> str:
    """As much of a text as fits into so many bytes."""
    return text.encode()[:most].decode(errors="ignore")
