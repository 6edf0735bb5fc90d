"""What charts are drawn on: an accessible SVG, for a page (positions in per cent, text in its own size) or alone.

For a page colours come from style sheets by class. Standing alone, every shape carries its own attributes.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

from markupsafe import Markup, escape

Number = int | Decimal | Fraction
# Between these two a page shows one of two drawings of the same picture: see charts.css.
NARROW, WIDE = 288, 576
ALONE = 640
LARGE, SMALL = 16, 14
_FORBIDDEN = re.compile("[^ -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
FONT = "Noto Sans, Liberation Sans, DejaVu Sans, sans-serif"

# What a class means where no style sheet is: colours of the light page, which print well.
_ALONE: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "a": {"fill": "#0b6e57"},
        "b": {"fill": "#1f6bd0"},
        "c": {"fill": "#bf8a10"},
        "d": {"fill": "#861f1a"},
        "on-a": {"fill": "#fff"},
        "on-b": {"fill": "#fff"},
        "on-c": {"fill": "#15202b"},
        "on-d": {"fill": "#fff"},
        "s1": {"fill": "#7a3d06"},
        "s2": {"fill": "#e3a541"},
        "s3": {"fill": "#d5e0ec"},
        "s4": {"fill": "#86a9cd"},
        "on-s1": {"fill": "#fff"},
        "off": {"fill-opacity": "0.35"},
        "track": {"fill": "#d3dae1"},
        "rail": {"fill": "#f2f5f8"},
        "tick": {"fill": "#fff"},
        "edge": {"fill": "#6f7d8a"},
        "accent": {"fill": "#143a66"},
        "muted": {"fill": "#505e6b"},
        "solid": {"fill": "#15202b"},
        "hollow": {"fill": "none", "stroke": "#505e6b", "stroke-width": "1.25"},
        "rule": {"stroke": "#6f7d8a"},
        "band": {"stroke": "#d3dae1"},
        "interval": {"stroke": "#15202b", "stroke-width": "2"},
        "whisker": {"stroke": "#6f7d8a"},
        "break": {"stroke": "#15202b", "stroke-dasharray": "3 4"},
        "line": {"stroke": "#143a66", "stroke-width": "2.5"},
        "dot": {"fill": "#143a66"},
        "old": {"fill": "#fff", "stroke": "#143a66", "stroke-width": "2"},
        "ring": {"stroke": "#fff", "stroke-width": "2"},
        "halo": {"stroke": "#fff", "stroke-width": "4", "stroke-linejoin": "round", "paint-order": "stroke"},
        "bold": {"font-weight": "700"},
        "small": {"font-size": str(SMALL)},
        "mid": {"text-anchor": "middle"},
        "end": {"text-anchor": "end"},
    }
)
# Tints that style sheets vary between light and dark are not named here: the text is dark on them.


@dataclass(frozen=True, slots=True)
class Frame:
    """How a picture is to be drawn. `key` begins its ids, so it stands once on a page; `language` writes numbers.

    `width` None: for a page, as wide as its box, `narrow` or not; `only` where there is no other drawing for other
    boxes. A width in pixels: standing alone.
    """

    key: str
    language: str = "id"
    narrow: bool = False
    only: bool = False
    width: int | None = None
    font: str = FONT

    @property
    def room(self) -> int:
        """The least width in pixels that text may count on."""
        return self.width or (NARROW if self.narrow else WIDE)

    @property
    def is_wide(self) -> bool:
        """Whether there is room for what is nice to have."""
        return self.room >= WIDE


@dataclass(frozen=True, slots=True)
class X:
    """A place across the picture: per cent of its width, and pixels from there."""

    percent: Number = 0
    pixels: int = 0


END = X(100)


class Canvas:
    """Collects shapes; `picture` puts the SVG around them. Heights, sizes and y are pixels."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self._shapes: list[Markup] = []

    def text(self, x: X, y: Number, words: str, classes: str = "") -> None:
        """One line of text, its baseline at `y`."""
        self._add("text", self._place("x", x) | {"y": decimal(y)}, classes, words)

    def rect(self, x: X, y: Number, width: X, height: Number, classes: str, *, round_: int = 0) -> None:
        """A rectangle; its `width` is either in per cent or in pixels."""
        attributes = self._place("x", x) | {"width": self._length(width), "height": decimal(height)}
        if y:
            attributes["y"] = decimal(y)
        if round_:
            attributes["rx"] = str(round_)
        self._add("rect", attributes, classes)

    def line(self, start: tuple[X, Number], end: tuple[X, Number], classes: str) -> None:
        """A straight line between two points."""
        (x1, y1), (x2, y2) = start, end
        places = {"x1": self._length(x1), "x2": self._length(x2)}
        self._add("line", places | {"y1": decimal(y1), "y2": decimal(y2)}, classes)

    def circle(self, x: X, y: Number, radius: int, classes: str) -> None:
        """A dot."""
        self._add("circle", {"cx": self._length(x), "cy": decimal(y), "r": str(radius)}, classes)

    def path(self, x: X, y: Number, outline: str, classes: str) -> None:
        """A small form drawn around a point, `outline` in pixels from there."""
        if self.frame.width is None:
            inner = _element("path", {"d": outline, "class": classes})
            self._shapes.append(_element("svg", self._place("x", x) | {"y": decimal(y)}, inner))
        else:
            moved = f"translate({self._length(x)} {decimal(y)})"
            self._add("path", {"d": outline, "transform": moved}, classes)

    def triangle(self, x: X, y: int, *, up: bool, classes: str) -> None:
        """A mark of 12 pixels whose upper left corner is at `x`, `y`: up or down."""
        self.path(x, y, "M0 11h12L6 0Z" if up else "M0 0h12L6 11Z", classes)

    def plate(self, x: X, y: int, letter: str) -> None:
        """A category's letter on its colour, 24 pixels a side."""
        name = letter.lower()
        self.rect(x, y, X(0, 24), 24, name, round_=2)
        self.text(X(x.percent, x.pixels + 12), y + 18, letter, f"on-{name} mid bold")

    def picture(self, kind: str, height: int, title: str, description: str) -> Markup:
        """The SVG. `title` says what it shows, `description` all its numbers in words."""
        frame = self.frame
        size = {"width": "100%", "height": str(height)}
        if frame.width is not None:
            size = {
                "xmlns": "http://www.w3.org/2000/svg",
                "width": str(frame.width),
                "height": str(height),
                "viewBox": f"0 0 {frame.width} {height}",
                "font-family": frame.font,
                "font-size": str(LARGE),
                "fill": "#15202b",
            }
        else:
            one = "only" if frame.only else "narrow" if frame.narrow else "wide"
            size["class"] = f"chart {kind} {one}"
        names = f"{frame.key}-title", f"{frame.key}-desc"
        said = {"role": "img", "aria-labelledby": names[0], "aria-describedby": names[1]}
        head = [
            _element("title", {"id": names[0]}, escape(_clean(title))),
            _element("desc", {"id": names[1]}, escape(_clean(description))),
        ]
        return _element("svg", size | said, *head, *self._shapes)

    def _add(self, name: str, attributes: Mapping[str, str], classes: str, words: str | None = None) -> None:
        styled = dict(attributes)
        if self.frame.width is None:
            if classes:
                styled["class"] = classes
        else:
            for one in classes.split():
                styled |= _ALONE.get(one, {})
        inner = () if words is None else (escape(_clean(words)),)
        self._shapes.append(_element(name, styled, *inner))

    def _place(self, name: str, x: X) -> dict[str, str]:
        if self.frame.width is not None or not (x.percent and x.pixels):
            return {name: self._length(x)}
        # Per cent and pixels together: only a transform adds them, in every browser.
        return {name: f"{decimal(x.percent)}%", "transform": f"translate({x.pixels} 0)"}

    def _length(self, x: X) -> str:
        if self.frame.width is not None:
            return decimal(Fraction(x.percent) * self.frame.width / 100 + x.pixels)
        if x.percent and x.pixels:
            raise ValueError("either per cent or pixels")
        return str(x.pixels) if x.pixels else f"{decimal(x.percent)}%"


def both(frame: Frame, draw: Callable[[Frame], Markup]) -> Markup:
    """A picture for a page: drawn for phones and for wide boxes, of which the style sheet shows one."""
    narrow = replace(frame, key=f"{frame.key}-n", narrow=True, width=None)
    return draw(narrow) + draw(replace(frame, narrow=False, width=None))


def small(frame: Frame, draw: Callable[[Frame], Markup]) -> Markup:
    """A picture for a page that is drawn for a column: the same wherever it stands."""
    return draw(replace(frame, narrow=True, only=True, width=None))


def decimal(value: Number) -> str:
    """A coordinate: at most two decimals, exact up to there."""
    hundredths = round(Fraction(value) * 100)
    whole, rest = divmod(abs(hundredths), 100)
    sign = "-" if hundredths < 0 else ""
    return f"{sign}{whole}.{rest:02}".rstrip("0").rstrip(".") if rest else f"{sign}{whole}"


def share(value: Number, low: Number, high: Number) -> Fraction:
    """Where `value` lies between `low` and `high` in per cent, never outside."""
    inside = min(max(Fraction(value), Fraction(low)), Fraction(high))
    return (inside - Fraction(low)) * 100 / (Fraction(high) - Fraction(low))


def _element(name: str, attributes: Mapping[str, str], *inner: Markup) -> Markup:
    written = "".join(f' {key}="{escape(value)}"' for key, value in attributes.items())
    content: Sequence[Markup] = inner
    if not content and name != "svg":
        return Markup(f"<{name}{written}/>")  # noqa: S704 - attributes are escaped
    return Markup(f"<{name}{written}>{Markup().join(content)}</{name}>")  # noqa: S704 - so is what is inside


def _clean(words: str) -> str:
    """Without the signs that XML forbids."""
    return _FORBIDDEN.sub("", words)
