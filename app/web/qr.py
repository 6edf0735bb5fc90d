"""QR codes of addresses, drawn for pages, for printers and for whoever lays out a poster."""

import io
import re
from dataclasses import dataclass

import segno
from markupsafe import Markup

# M restores 15 % of a damaged code: a scratched sticker still reads. segno takes more where it costs nothing.
ERROR_CORRECTION = "m"
# Q restores 25 %: what hangs for months is written on, bleached and torn.
PRINT_ERROR_CORRECTION = "q"
# ISO/IEC 18004 asks for four modules of light around the code.
QUIET_ZONE = 4
PNG_PIXELS_LEAST = 1000
_DARK = re.compile(b"\x01+")


@dataclass(frozen=True, slots=True)
class Outline:
    """A code to be drawn by others: `modules` a side without quiet zone, the dark ones as an SVG path in units."""

    modules: int
    path: str


def inline(text: str) -> Markup:
    """The code as an <svg> element that takes the size of its box. Always dark on white: readers expect that."""
    drawn: str = _code(text).svg_inline(
        border=QUIET_ZONE, omitsize=True, light="#fff", svgclass="qr", lineclass=None
    )
    return Markup(drawn)  # noqa: S704 - made of numbers, see the test that a text cannot enter it


def svg(text: str) -> bytes:
    """The code as an SVG file."""
    file = io.BytesIO()
    _code(text).save(file, kind="svg", border=QUIET_ZONE, scale=10, light="#fff", nl=False)
    return file.getvalue()


def png(text: str) -> bytes:
    """The code as a PNG file, at least PNG_PIXELS_LEAST pixels wide, every module a whole number of pixels."""
    code = _code(text)
    modules, _ = code.symbol_size(border=QUIET_ZONE)
    file = io.BytesIO()
    code.save(file, kind="png", border=QUIET_ZONE, scale=-(-PNG_PIXELS_LEAST // modules))
    return file.getvalue()


def outline(text: str) -> Outline:
    """The code for print. One path of areas: codes drawn as a stroke a row show seams where rows meet."""
    rows = [bytes(row) for row in _code(text, PRINT_ERROR_CORRECTION).matrix]
    runs = [
        f"M{run.start()} {y}h{run.end() - run.start()}v1H{run.start()}z"
        for y, row in enumerate(rows)
        for run in _DARK.finditer(row)
    ]
    return Outline(len(rows), "".join(runs))


def _code(text: str, error: str = ERROR_CORRECTION) -> segno.QRCode:
    return segno.make_qr(text, error=error)
