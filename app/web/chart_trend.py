"""The chart of values over time: a line that is cut, never bridged, where its values cannot be compared."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import groupby, pairwise

from markupsafe import Markup

from app.web.chart_canvas import SMALL, Canvas, Frame, X, share
from app.web.chart_words import isolated, lines, number, width
from app.web.charts import Scale

HEIGHT = 160
_LEFT, _RIGHT = 6, 94
_STEP = 5


@dataclass(frozen=True, slots=True)
class Point:
    """A value of one period, None without answers. `group` is written under neighbours that share it (the year).

    `broken` says in a few words why the line does not come from the point before; `old` draws a point that today's
    rules do not judge as hollow.
    """

    label: str
    group: str
    value: Decimal | None
    low: Decimal | None = None
    high: Decimal | None = None
    broken: str | None = None
    old: bool = False


@dataclass(frozen=True, slots=True)
class _View:
    """What is seen: values from `low` to `high`, the highest at `top` pixels; reasons stand above it."""

    low: Decimal
    high: Decimal
    top: int

    @property
    def axis(self) -> int:
        """Where the names of periods stand."""
        return self.top + HEIGHT + 28

    def down(self, value: Decimal) -> Fraction:
        """How far down a value is drawn."""
        return self.top + HEIGHT - share(value, self.low, self.high) * HEIGHT / 100


def trend(frame: Frame, title: str, points: Sequence[Point], scale: Scale) -> Markup:
    """Values from the oldest to the newest with whiskers; `scale` gives the lines of the categories."""
    canvas = Canvas(frame)
    view = _view(points)
    places = [_across(number, len(points)) for number in range(len(points))]
    _bands(canvas, points, scale, view)
    _breaks(canvas, points, places, view)
    _lines(canvas, points, places, view)
    shown = _shown(frame, points)
    for place, (x, point) in enumerate(zip(places, points, strict=True)):
        if point.value is not None:
            _point(canvas, point, x, view, written=place in shown, last=place == len(points) - 1)
        if place in shown or len(points) <= frame.room // 30:
            canvas.text(
                X(x), view.axis, point.label, "small mid" + ("" if point.value is not None else " muted")
            )
    _groups(canvas, points, places, view)
    said = "; ".join(_said(point, frame.language) for point in points)
    return canvas.picture("trend", view.axis + 28, title, said)


def _view(points: Sequence[Point]) -> _View:
    """From the lowest to the highest value: multiples of five, at least ten apart."""
    top = 56 if any(point.broken for point in points[1:]) else 32
    values = [one for point in points for one in (point.value, point.low, point.high) if one is not None]
    if not values:
        return _View(Decimal(25), Decimal(100), top)
    low = Decimal(math.floor(min(values) / _STEP) * _STEP)
    high = Decimal(math.ceil(max(values) / _STEP) * _STEP)
    if high - low < 10:
        low, high = (low, low + 10) if low + 10 <= 100 else (Decimal(90), Decimal(100))
    return _View(low, high, top)


def _across(place: int, count: int) -> Fraction:
    if count == 1:
        return Fraction(50)
    return _LEFT + Fraction((_RIGHT - _LEFT) * place, count - 1)


def _bands(canvas: Canvas, points: Sequence[Point], scale: Scale, view: _View) -> None:
    """A line where a category begins, its letter and value at the end where they meet no value."""
    for band in scale.bands[1:]:
        if view.low < band.lower < view.high:
            y = view.down(band.lower)
            canvas.line((X(0), y), (X(100), y), "band")
            words = f"{band.letter} {number(band.lower, canvas.frame.language)}"
            if _is_near(points[0], y, view) and not _is_near(points[-1], y, view):
                canvas.text(X(100), y - 4, words, "small muted halo end")
            else:
                canvas.text(X(0), y - 4, words, "small muted halo")


def _is_near(point: Point, y: Fraction, view: _View) -> bool:
    """Whether a point, its whisker or its value stands about where a text just above `y` would."""
    if point.value is None:
        return False
    top = view.down(point.value if point.high is None else point.high)
    bottom = view.down(point.value if point.low is None else point.low)
    return top - 28 < y and y - 18 < bottom


def _breaks(canvas: Canvas, points: Sequence[Point], places: Sequence[Fraction], view: _View) -> None:
    broken = [place for place, point in enumerate(points) if point.broken and place]
    for count, place in enumerate(broken):
        x = (places[place - 1] + places[place]) / 2
        canvas.line((X(x), 22 + 16 * (count % 2)), (X(x), view.axis - 14), "break")
        words = lines(points[place].broken or "", canvas.frame.room * 7 // 10, SMALL, most=1)[0]
        room = Fraction(width(words, SMALL) * 50, canvas.frame.room)
        side = "mid" if room < x < 100 - room else "end" if x > 50 else ""
        canvas.text(X(x), 16 + 16 * (count % 2), words, f"small bold {side}".strip())


def _lines(canvas: Canvas, points: Sequence[Point], places: Sequence[Fraction], view: _View) -> None:
    for (x1, before), (x2, after) in pairwise(zip(places, points, strict=True)):
        if before.value is not None and after.value is not None and not after.broken:
            canvas.line((X(x1), view.down(before.value)), (X(x2), view.down(after.value)), "line")


def _shown(frame: Frame, points: Sequence[Point]) -> set[int]:
    """Which values stand beside their points: the last, and as many before it as there is room for."""
    step = -(-len(points) * 44 // max(frame.room * (_RIGHT - _LEFT) // 100, 1))
    return {place for place in range(len(points)) if (len(points) - 1 - place) % max(step, 1) == 0}


def _point(canvas: Canvas, point: Point, x: Fraction, view: _View, *, written: bool, last: bool) -> None:
    if point.value is None:
        return
    y, top = view.down(point.value), view.down(point.value)
    if point.low is not None and point.high is not None:
        top = view.down(point.high)
        canvas.line((X(x), view.down(point.low)), (X(x), top), "whisker")
    canvas.circle(X(x), y, 6 if last else 5, "old" if point.old else "dot ring")
    if written:
        weight = ("mid halo" if canvas.frame.is_wide else "small mid halo") + (" bold" if last else "")
        canvas.text(X(x), min(top, y - 6) - 6, number(point.value, canvas.frame.language), weight)


def _groups(canvas: Canvas, points: Sequence[Point], places: Sequence[Fraction], view: _View) -> None:
    for group, members in groupby(zip(places, points, strict=True), key=lambda one: one[1].group):
        across = [x for x, _ in members]
        if not group:
            continue
        half = min(Fraction(_RIGHT - _LEFT, 2 * max(len(places) - 1, 1)) * 3 / 4, Fraction(_LEFT - 1))
        canvas.line((X(across[0] - half), view.axis + 8), (X(across[-1] + half), view.axis + 8), "rule")
        canvas.text(X((across[0] + across[-1]) / 2), view.axis + 24, group, "small mid muted")


def _said(point: Point, language: str) -> str:
    name = isolated(f"{point.label} {point.group}".strip())
    value = "–" if point.value is None else number(point.value, language)
    interval = ""
    if point.low is not None and point.high is not None:
        interval = f" ({number(point.low, language)}–{number(point.high, language)})"
    return f"{f'[{point.broken}] ' if point.broken else ''}{name} {value}{interval}"
