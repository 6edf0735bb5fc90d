"""Reads a QR code back from the pixels of a PNG, by ISO/IEC 18004 alone: nothing here knows how it was drawn.

Versions 1 to 6 in byte mode without damage, which is what an address of up to 106 characters is printed as.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

# Data codewords of each block by version and level (L, M, Q, H), from table 9 of the standard.
BLOCKS = {
    1: ((19,), (16,), (13,), (9,)),
    2: ((34,), (28,), (22,), (16,)),
    3: ((55,), (44,), (17, 17), (13, 13)),
    4: ((80,), (32, 32), (24, 24), (9, 9, 9, 9)),
    5: ((108,), (43, 43), (15, 15, 16, 16), (11, 11, 12, 12)),
    6: ((68, 68), (27, 27, 27, 27), (19, 19, 19, 19), (15, 15, 15, 15)),
}
LEVELS = {0b01: "L", 0b00: "M", 0b11: "Q", 0b10: "H"}
FORMAT_MASK = 0b101010000010010
MASKS = (
    lambda y, x: (y + x) % 2,
    lambda y, x: y % 2,
    lambda y, x: x % 3,
    lambda y, x: (y + x) % 3,
    lambda y, x: (y // 2 + x // 3) % 2,
    lambda y, x: y * x % 2 + y * x % 3,
    lambda y, x: (y * x % 2 + y * x % 3) % 2,
    lambda y, x: ((y + x) % 2 + y * x % 3) % 2,
)


@dataclass(frozen=True)
class Read:
    """What a code says, its error correction, and how it lies in its picture."""

    text: str
    level: str
    pixels: int
    quiet_modules: int


def read(png: bytes) -> Read:
    """The code of a PNG with one bit a pixel."""
    rows = _pixels(png)
    margin = next(y for y, row in enumerate(rows) if any(row))
    # A finder pattern is seven modules wide, and the picture begins with one.
    wide = next(x for x, dark in enumerate(rows[margin][margin:]) if not dark)
    module = wide // 7
    size = (len(rows) - 2 * margin) // module
    half = module // 2
    dark = [
        [rows[margin + y * module + half][margin + x * module + half] for x in range(size)]
        for y in range(size)
    ]
    version = (size - 17) // 4
    bits = [dark[8][x] for x in (0, 1, 2, 3, 4, 5, 7, 8)] + [dark[y][8] for y in (7, 5, 4, 3, 2, 1, 0)]
    form = int("".join(str(int(bit)) for bit in bits), 2) ^ FORMAT_MASK
    level, mask = LEVELS[form >> 13], MASKS[form >> 10 & 7]
    stream = _stream(dark, version, mask)
    blocks = BLOCKS[version]["LMQH".index(level)]
    return Read(_text(_together(stream, blocks)), level, len(rows), margin // module)


def _pixels(png: bytes) -> list[list[bool]]:
    """Rows of dark pixels."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    at, data, width, height = 8, b"", 0, 0
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind, content = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            width, height, depth, colour = struct.unpack(">IIBB", content[:10])
            assert (depth, colour) == (1, 0), "one bit of grey a pixel"
        elif kind == b"IDAT":
            data += content
        at += 12 + length
    raw, stride = zlib.decompress(data), (width + 7) // 8 + 1
    lines: list[bytes] = []
    for row in range(height):
        filtered, *line = raw[row * stride : (row + 1) * stride]
        above = lines[-1] if lines else bytes(stride - 1)
        assert filtered in (0, 2), "as it is, or as the difference to the row above"
        lines.append(bytes((one + up * (filtered == 2)) % 256 for one, up in zip(line, above, strict=True)))
    return [[not line[x // 8] >> (7 - x % 8) & 1 for x in range(width)] for line in lines]


def _stream(dark: list[list[bool]], version: int, mask: object) -> list[int]:
    """All codewords, in the order they stand in the code."""
    bits = [dark[y][x] ^ (not mask(y, x)) for y, x in _places(len(dark), version)]  # type: ignore[operator]
    return [int("".join(str(int(bit)) for bit in bits[at : at + 8]), 2) for at in range(0, len(bits) - 7, 8)]


def _places(size: int, version: int) -> Iterator[tuple[int, int]]:
    """The modules that carry data: two columns at a time from the right, up and down in turn."""
    upwards, right = True, size - 1
    while right > 0:
        if right == 6:  # the timing pattern has this column for itself
            right -= 1
        for y in range(size - 1, -1, -1) if upwards else range(size):
            for x in (right, right - 1):
                if not _is_pattern(y, x, size, version):
                    yield y, x
        upwards, right = not upwards, right - 2


def _is_pattern(y: int, x: int, size: int, version: int) -> bool:
    """Finders with formats, timing, and from version 2 the one alignment pattern."""
    finder = (y < 9 and (x < 9 or x >= size - 8)) or (y >= size - 8 and x < 9)
    centre = size - 7
    aligned = version > 1 and abs(y - centre) <= 2 and abs(x - centre) <= 2
    return finder or y == 6 or x == 6 or aligned


def _together(stream: list[int], lengths: tuple[int, ...]) -> list[int]:
    """The data codewords of all blocks, which stand interleaved, one block after the other."""
    blocks: list[list[int]] = [[] for _ in lengths]
    words = iter(stream)
    for place in range(max(lengths)):
        for block, length in zip(blocks, lengths, strict=True):
            if place < length:
                block.append(next(words))
    return [word for block in blocks for word in block]


def _text(words: list[int]) -> str:
    bits = "".join(f"{word:08b}" for word in words)
    assert bits[:4] == "0100", "byte mode"
    length = int(bits[4:12], 2)
    return bytes(int(bits[at : at + 8], 2) for at in range(12, 12 + 8 * length, 8)).decode()
