"""Looks at a PDF as paper: pages, words, and what a reader of codes finds in its picture."""

import re
import subprocess
from dataclasses import dataclass

import zxingcpp

MM_AN_INCH = 25.4
_PAGE = re.compile(r'<page width="([^"]+)" height="([^"]+)"')
_WORD = re.compile(r'<word xMin="([^"]+)" yMin="([^"]+)" xMax="([^"]+)" yMax="([^"]+)"')
A4 = (210, 297)
A5 = (148, 210)


@dataclass(frozen=True)
class Grey:
    """A page in shades of grey, one byte a pixel."""

    width: int
    height: int
    pixels: bytes

    def codes(self) -> list[str]:
        """The texts of all QR codes in it."""
        return [code.text for code in self._found()]

    def boxes(self) -> list[tuple[int, int, int, int]]:
        """Left, top, right and bottom of each code."""
        places = [code.position for code in self._found()]
        corners = [(one.top_left, one.top_right, one.bottom_left, one.bottom_right) for one in places]
        return [
            (min(p.x for p in four), min(p.y for p in four), max(p.x for p in four), max(p.y for p in four))
            for four in corners
        ]

    def _found(self) -> list[zxingcpp.Barcode]:
        view = memoryview(self.pixels).cast("B", shape=(self.height, self.width))
        return list(zxingcpp.read_barcodes(view, formats=zxingcpp.BarcodeFormat.QRCode))

    def darkest(self, left: int, top: int, right: int, bottom: int) -> int:
        """The darkest pixel of a region, 0 to 255; what lies outside the page is white."""
        rows = range(max(top, 0), min(bottom, self.height))
        columns = slice(max(left, 0), max(min(right, self.width), 0))
        return min(
            (min(self.pixels[y * self.width :][columns], default=255) for y in rows),
            default=255,
        )


def text(pdf: bytes) -> str:
    """All words of all pages, pages ended by form feeds."""
    return _run("pdftotext", "-raw", "-enc", "UTF-8", "-", "-", given=pdf).decode()


def edges(pdf: bytes) -> tuple[float, float, float, float]:
    """How near to the left, top, right and bottom edge of the page any word comes, in millimetres."""
    drawn = _run("pdftotext", "-bbox", "-", "-", given=pdf).decode()
    width, height = (float(one) for one in _PAGE.findall(drawn)[0])
    words = [[float(one) for one in word] for word in _WORD.findall(drawn)]
    left, top, right, bottom = zip(*words, strict=True)
    near = (min(left), min(top), width - max(right), height - max(bottom))
    return tuple(one / 72 * MM_AN_INCH for one in near)  # type: ignore[return-value]


def facts(pdf: bytes) -> dict[str, str]:
    """What `pdfinfo` says of the file."""
    lines = _run("pdfinfo", "-isodates", "-", given=pdf).decode().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def sizes(pdf: bytes) -> list[tuple[int, int]]:
    """Width and height of each page in whole millimetres."""
    count = int(facts(pdf)["Pages"])
    lines = _run("pdfinfo", "-f", "1", "-l", str(count), "-", given=pdf).decode().splitlines()
    measures = [line.split() for line in lines if line.startswith("Page ") and " size:" in line]
    return [
        (round(float(one[3]) / 72 * MM_AN_INCH), round(float(one[5]) / 72 * MM_AN_INCH)) for one in measures
    ]


def page(pdf: bytes, dpi: float, number: int = 1) -> Grey:
    """One page as a printer or a camera would see it at this resolution."""
    wanted = ("-gray", "-r", f"{dpi:.3f}", "-f", str(number), "-l", str(number))
    head, size, most, pixels = _run("pdftoppm", *wanted, "-", given=pdf).split(b"\n", 3)
    assert (head, most) == (b"P5", b"255")
    width, height = (int(one) for one in size.split())
    return Grey(width, height, pixels)


def _run(*command: str, given: bytes) -> bytes:
    return subprocess.run(command, input=given, capture_output=True, check=True, timeout=60).stdout
