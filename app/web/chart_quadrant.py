"""The chart of importance against performance: dots in four fields that meet at the means of all."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from markupsafe import Markup

from app.web.chart_canvas import SMALL, Canvas, Frame, X
from app.web.chart_words import isolated, lines, number, width

_LEFT, _RIGHT = 3, 97
_TOP, _EDGE = 28, 24
_TALL, _SHORT = 340, 300
_LINE, _RADIUS = 16, 7


@dataclass(frozen=True, slots=True)
class Dot:
    """An element: its code for the picture, its name, both values as printed, its category, and its field."""

    code: str
    name: str
    across: Decimal
    up: Decimal
    letter: str
    field: str


@dataclass(frozen=True, slots=True)
class Fields:
    """Where the fields meet, as printed, and what they and the two directions are called."""

    across: Decimal
    up: Decimal
    across_name: str
    up_name: str
    upper_left: str
    upper_right: str
    lower_left: str
    lower_right: str


@dataclass(frozen=True, slots=True)
class _View:
    """What is seen: from the lowest to the highest values with room around them, `height` pixels high."""

    low: tuple[Fraction, Fraction]
    high: tuple[Fraction, Fraction]
    height: int

    def right(self, value: Decimal) -> Fraction:
        """How far across in per cent."""
        part = (Fraction(value) - self.low[0]) / (self.high[0] - self.low[0])
        return _LEFT + part * (_RIGHT - _LEFT)

    def down(self, value: Decimal) -> Fraction:
        """How far down in pixels."""
        part = (self.high[1] - Fraction(value)) / (self.high[1] - self.low[1])
        return _TOP + _EDGE + part * (self.height - 2 * _EDGE)


@dataclass(frozen=True, slots=True)
class _Box:
    """A place that is taken, in pixels of the narrowest drawing."""

    left: Fraction
    top: Fraction
    right: Fraction
    bottom: Fraction

    def meets(self, other: "_Box") -> bool:
        """Whether they lie over each other."""
        beside = self.right <= other.left or other.right <= self.left
        return not (beside or self.bottom <= other.top or other.bottom <= self.top)

    def is_inside(self, frame: Frame) -> bool:
        """Whether it lies within the picture from side to side."""
        return self.left >= 0 and self.right <= frame.room


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a label may stand: what it covers, how far from its dot, how it is aligned."""

    box: _Box
    shift: int
    down: int
    side: str


def quadrant(frame: Frame, title: str, dots: Sequence[Dot], fields: Fields) -> Markup:
    """Each dot with its code and, where there is room, its value across; the lines carry the means.

    Elements of the same values share a dot. A label that would lie over another is left out: the text says it.
    """
    canvas = Canvas(frame)
    view = _view(dots, fields, _TALL if frame.is_wide else _SHORT)
    bottom = _TOP + view.height
    canvas.rect(X(0), _TOP, X(100), view.height, "rail")
    taken = _names(canvas, fields, bottom)
    crossing = _means(canvas, fields, view, bottom)
    together = list(_together(dots).values())
    places = [(view.right(one.across), view.down(one.up)) for one, *_ in together]
    taken += [_around(frame, x, y) for x, y in places]
    for (dot, *_), (x, y) in zip(together, places, strict=True):
        canvas.circle(X(x), y, _RADIUS, f"{dot.letter.lower()} ring")
    for group, place in zip(together, places, strict=True):
        _label(canvas, group, place, taken, crossing)
    said = "; ".join(_said(dot, frame.language) for dot in dots)
    return canvas.picture("quadrant", bottom + 44, title, said)


def _together(dots: Sequence[Dot]) -> dict[tuple[Decimal, Decimal], list[Dot]]:
    """The dots by their place, each once, in the order in which the places come first."""
    found: dict[tuple[Decimal, Decimal], list[Dot]] = {}
    for dot in dots:
        found.setdefault((dot.across, dot.up), []).append(dot)
    return found


def _view(dots: Sequence[Dot], fields: Fields, height: int) -> _View:
    across, up = [fields.across, *(dot.across for dot in dots)], [fields.up, *(dot.up for dot in dots)]
    ends = [_ends(across, Fraction(1)), _ends(up, Fraction(1, 100))]
    return _View((ends[0][0], ends[1][0]), (ends[0][1], ends[1][1]), height)


def _ends(values: Sequence[Decimal], least: Fraction) -> tuple[Fraction, Fraction]:
    low, high = Fraction(min(values)), Fraction(max(values))
    room = max((high - low) * Fraction(8, 100), least)
    return low - room, high + room


def _names(canvas: Canvas, fields: Fields, bottom: int) -> list[_Box]:
    """The four fields in their corners, the directions outside; what they cover."""
    frame = canvas.frame
    room = frame.room * 46 // 100
    canvas.text(X(0), 16, f"↑ {fields.up_name}", "small muted")
    canvas.text(X(100), bottom + 38, f"{fields.across_name} →", "small muted end")
    taken = []
    for words, x, y, side in (
        (fields.upper_left, 1, _TOP + 18, ""),
        (fields.upper_right, 99, _TOP + 18, " end"),
        (fields.lower_left, 1, bottom - 8, ""),
        (fields.lower_right, 99, bottom - 8, " end"),
    ):
        line = lines(words, room, SMALL, most=1)[0]
        canvas.text(X(x), y, line, f"small bold muted{side}")
        start, long = Fraction(x * frame.room, 100), width(line, SMALL)
        left = start - long if side else start
        taken.append(_Box(left, Fraction(y - 13), left + long, Fraction(y + 4)))
    return taken


def _means(canvas: Canvas, fields: Fields, view: _View, bottom: int) -> tuple[_Box, _Box]:
    """The lines through the means with their values; what they cover."""
    language = canvas.frame.language
    x, y = view.right(fields.across), view.down(fields.up)
    canvas.line((X(x), _TOP), (X(x), bottom), "break")
    canvas.line((X(0), y), (X(100), y), "break")
    half = Fraction(width(f"Ø {number(fields.across, language)}", SMALL) * 50, canvas.frame.room)
    at = min(max(x, half), 100 - half)
    canvas.text(X(at), bottom + 18, f"Ø {number(fields.across, language)}", "small mid")
    canvas.text(X(100), 16, f"Ø {number(fields.up, language)}", "small end")
    room = canvas.frame.room
    across = x * room / 100
    return (
        _Box(across, Fraction(_TOP), across + 1, Fraction(bottom)),
        _Box(Fraction(0), y, Fraction(room), y + 1),
    )


def _around(frame: Frame, x: Fraction, y: Fraction) -> _Box:
    at, size = x * frame.room / 100, _RADIUS + 2
    return _Box(at - size, y - size, at + size, y + size)


def _label(
    canvas: Canvas,
    dots: Sequence[Dot],
    place: tuple[Fraction, Fraction],
    taken: list[_Box],
    crossing: Sequence[_Box],
) -> None:
    """The codes with the value beside their dot, where it meets nothing; less of them where all does not fit."""
    frame, (x, y) = canvas.frame, place
    codes, short = ", ".join(dot.code for dot in dots), f"{dots[0].code} +{len(dots) - 1}"
    if len(dots) == 1:
        short = codes
    texts = (f"{codes} {number(dots[0].across, frame.language)}", codes, short)
    tries = [(words, spot) for words in texts for spot in _spots(frame, words, x, y)]
    # A place that keeps off the lines is better; below or above a dot it is sometimes found.
    tries.sort(key=lambda one: (texts.index(one[0]), any(one[1].box.meets(line) for line in crossing)))
    free = (
        (words, spot)
        for words, spot in tries
        if spot.box.is_inside(frame) and not any(spot.box.meets(one) for one in taken)
    )
    found = next(free, None)
    if found is None:
        return
    words, spot = found
    taken.append(spot.box)
    canvas.text(X(x, spot.shift), y + spot.down, words, f"small halo{spot.side}")


def _spots(frame: Frame, words: str, x: Fraction, y: Fraction) -> list[_Spot]:
    """Right, left, above, below and the corners of a dot."""
    at, long, gap = x * frame.room / 100, Fraction(width(words, SMALL)), _RADIUS + 4
    found = []
    for down in (5, -4, 14, -11, 21):
        top = y + down - 12
        found.append(_Spot(_Box(at + gap, top, at + gap + long, top + _LINE), gap, down, ""))
        found.append(_Spot(_Box(at - gap - long, top, at - gap, top + _LINE), -gap, down, " end"))
    for down in (-12, 22):
        top = y + down - 12
        found.append(_Spot(_Box(at - long / 2, top, at + long / 2, top + _LINE), 0, down, " mid"))
    return found


def _said(dot: Dot, language: str) -> str:
    values = f"{number(dot.across, language)} {dot.letter}, {number(dot.up, language)}"
    return f"{dot.code} {isolated(dot.name)}: {values}, {dot.field}"
