"""Charts: numbers as accessible SVG. Pure: what is drawn is what is handed in, already rounded as it is printed.

Every chart carries its numbers as text and again in its description; a table belongs under it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from markupsafe import Markup

from app.web.chart_canvas import END, LARGE, SMALL, Canvas, Frame, Number, X, share
from app.web.chart_words import isolated, lines, number, percent, signed, width

LINE = 20


@dataclass(frozen=True, slots=True)
class Band:
    """A category on the scale: its letter and the lowest value in it."""

    letter: str
    lower: Decimal


@dataclass(frozen=True, slots=True)
class Scale:
    """From `low` to `high` across the picture; `bands` from the lowest to the highest."""

    bands: tuple[Band, ...]
    low: Decimal = Decimal(25)
    high: Decimal = Decimal(100)

    def at(self, value: Number) -> X:
        """The place of a value, never outside."""
        return X(share(value, self.low, self.high))

    @property
    def cuts(self) -> tuple[Decimal, ...]:
        """Where a band ends and the next begins, inside the picture."""
        return tuple(one.lower for one in self.bands[1:] if self.low < one.lower < self.high)


@dataclass(frozen=True, slots=True)
class Bar:
    """A value with its category; `change` against another period, which is `significant` or not (yet)."""

    name: str
    value: Decimal
    letter: str
    low: Decimal | None = None
    high: Decimal | None = None
    change: Decimal | None = None
    significant: bool = False


@dataclass(frozen=True, slots=True)
class Spread:
    """How often each answer was given, the lowest first."""

    name: str
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Amount:
    """A group and how many belong to it."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Ranked:
    """A row of a ranking; `rank` is written as it is (`=3`), `leads` begins a group of equals."""

    rank: str
    leads: bool
    name: str
    value: Decimal
    letter: str
    low: Decimal | None
    high: Decimal | None
    note: str = ""


def ruler(frame: Frame, title: str, bar: Bar, scale: Scale) -> Markup:
    """One value on the whole scale, with its interval and the categories around it."""
    canvas = Canvas(frame)
    starts = [scale.low, *scale.cuts]
    for band, start, stop in zip(scale.bands, starts, [*scale.cuts, scale.high], strict=True):
        here, there = scale.at(start), scale.at(stop)
        own = band.letter == bar.letter
        length = X(Fraction(there.percent) - Fraction(here.percent))
        canvas.rect(here, 24, length, 12, band.letter.lower() + ("" if own else " off"))
        if start > scale.low:
            canvas.rect(here, 24, X(0, 2), 12, "tick")
        middle = X((Fraction(here.percent) + Fraction(there.percent)) / 2)
        canvas.text(middle, 58, band.letter, "mid bold" if own else "mid")
        if frame.is_wide:
            side = "small muted mid" if start > scale.low else "small muted"
            canvas.text(here, 58, number(start, frame.language), side)
    if frame.is_wide:
        canvas.text(END, 58, number(scale.high, frame.language), "small muted end")
    if bar.low is not None and bar.high is not None:
        least, most = scale.at(bar.low), scale.at(bar.high)
        canvas.rect(least, 14, X(Fraction(most.percent) - Fraction(least.percent)), 4, "solid")
    at = scale.at(bar.value)
    canvas.path(at, 0, "M-7 0H7L0 12ZM-1 8h2v32h-2Z", "solid")
    left = Fraction(at.percent) > 50
    words = number(bar.value, frame.language)
    canvas.text(X(at.percent, -14 if left else 14), 11, words, "small bold end" if left else "small bold")
    return canvas.picture("ruler", 66, title, _said(bar, frame.language))


def bars(frame: Frame, title: str, rows: Sequence[Bar], scale: Scale) -> Markup:
    """Horizontal bars in the order given, each with value, category, change and interval."""
    canvas, y = Canvas(frame), 0
    changes = any(row.change is not None for row in rows)
    for row in rows:
        y = _label(canvas, row.name, y, beside=176 if changes else 96)
        _figures(canvas, row, y - 12, changes=changes)
        _bar(canvas, row, y, scale)
        y += 28
    _axis(canvas, scale, y + 10)
    said = "; ".join(_said(row, frame.language) for row in rows)
    return canvas.picture("bars", y + 14, title, said)


def distribution(frame: Frame, title: str, rows: Sequence[Spread]) -> Markup:
    """For each row 100 %, divided into the answers from the lowest to the highest."""
    canvas, y, said = Canvas(frame), 0, []
    least = 5 if frame.is_wide else 9
    for row in rows:
        y = _label(canvas, row.name, y)
        whole, before = sum(row.counts), 0
        for place, count in enumerate(row.counts):
            if not count:
                continue
            tint = f"s{1 + place * 4 // len(row.counts)}"
            start, length = Fraction(before * 100, whole), Fraction(count * 100, whole)
            canvas.rect(X(start), y, X(length), 20, tint)
            if before:
                canvas.rect(X(start), y, X(0, 1), 20, "tick")
            part = percent(count, whole)
            if part >= least:
                canvas.text(X(start + length / 2), y + 15, str(part), f"on-{tint} small mid")
            before += count
        said.append(f"{isolated(row.name)}: {', '.join(str(percent(one, whole)) for one in row.counts)}")
        y += 32
    return canvas.picture("spread", y, title, "; ".join(said))


def amounts(frame: Frame, title: str, rows: Sequence[Amount]) -> Markup:
    """How many belong to each group, as bars against the largest."""
    canvas, y = Canvas(frame), 0
    most = max((row.count for row in rows), default=0) or 1
    for row in rows:
        written = lines(row.name, frame.room * 44 // 100, LARGE)
        for place, line in enumerate(written):
            canvas.text(X(0), y + 20 + place * LINE, line)
        middle = y + 9 + (len(written) - 1) * LINE // 2
        canvas.rect(X(46), middle, X(Fraction(40 * row.count, most)), 12, "accent")
        canvas.text(END, middle + 11, number(row.count, frame.language), "end")
        y += 12 + LINE * len(written)
    said = "; ".join(f"{isolated(row.name)} {number(row.count, frame.language)}" for row in rows)
    return canvas.picture("amounts", y, title, said)


def ranking(frame: Frame, title: str, rows: Sequence[Ranked], scale: Scale) -> Markup:
    """Rows under each other, each a dot with its interval; a line begins each group of equals."""
    canvas, y = Canvas(frame), 0
    for row in rows:
        if row.leads:
            canvas.line((X(0), y), (END, y), "rule")
        notes = width(row.note, SMALL) + 16 if frame.is_wide and row.note else 0
        canvas.text(X(0), y + 26, row.rank, "bold" if row.leads else "muted")
        bottom = _label(canvas, row.name, y + 6, beside=96 + notes, x=48)
        if notes:
            canvas.text(X(100, -96), bottom - 4, row.note, "end small muted")
        canvas.text(X(100, -34), bottom - 4, number(row.value, frame.language), "end")
        canvas.plate(X(100, -24), bottom - 22, row.letter)
        y = _dot(canvas, row, bottom + 6, scale)
    _axis(canvas, scale, y + 14)
    said = "; ".join(
        f"{row.rank} {isolated(row.name)} {number(row.value, frame.language)} {row.letter}" for row in rows
    )
    return canvas.picture("ranking", y + 18, title, said)


def progress(frame: Frame, title: str, done: int, target: int) -> Markup:
    """What was reached of a target, in per cent of it; more than all of it fills the bar."""
    canvas = Canvas(frame)
    part = percent(done, target)
    canvas.text(X(0), 16, f"{number(done, frame.language)} / {number(target, frame.language)}", "bold")
    canvas.text(END, 16, f"{number(part, frame.language)}%", "end")
    canvas.rect(X(0), 26, END, 8, "track", round_=1)
    canvas.rect(X(0), 26, X(share(done, 0, max(target, 1))), 8, "accent", round_=1)
    said = (
        f"{number(done, frame.language)} / {number(target, frame.language)}, {number(part, frame.language)}%"
    )
    return canvas.picture("progress", 36, title, said)


def _label(canvas: Canvas, name: str, y: int, *, beside: int = 0, x: int = 0) -> int:
    """The name from `y` down, `beside` pixels left free at the end of its last line; where it ends."""
    room = canvas.frame.room - x
    written = lines(name, room, LARGE, most=3, last=room - beside)
    for place, line in enumerate(written):
        canvas.text(X(0, x), y + 18 + place * LINE, line)
    return y + 24 + (len(written) - 1) * LINE


def _figures(canvas: Canvas, row: Bar, y: int, *, changes: bool) -> None:
    """Value, plate and change at the right end, on the line whose middle is at `y`."""
    language = canvas.frame.language
    aside = 80 if changes else 0
    canvas.text(X(100, -34 - aside), y + 6, number(row.value, language), "end")
    canvas.plate(X(100, -24 - aside), y - 12, row.letter)
    if row.change is None:
        return
    if row.change:
        kind = "solid" if row.significant else "hollow"
        canvas.triangle(X(100, -70), y - 6, up=row.change > 0, classes=kind)
    canvas.text(END, y + 6, signed(row.change, language), "end" + (" bold" if row.significant else " muted"))


def _bar(canvas: Canvas, row: Bar, y: int, scale: Scale) -> None:
    canvas.rect(X(0), y + 4, END, 10, "track")
    canvas.rect(X(0), y + 4, scale.at(row.value), 10, row.letter.lower())
    for cut in scale.cuts:
        canvas.rect(scale.at(cut), y + 4, X(0, 1), 10, "tick")
    if row.low is not None and row.high is not None:
        canvas.line((scale.at(row.low), y + 17), (scale.at(row.high), y + 17), "interval")


def _dot(canvas: Canvas, row: Ranked, y: int, scale: Scale) -> int:
    canvas.rect(X(0), y, END, 12, "rail")
    for cut in scale.cuts:
        canvas.rect(scale.at(cut), y, X(0, 1), 12, "edge")
    if row.low is not None and row.high is not None:
        canvas.line((scale.at(row.low), y + 6), (scale.at(row.high), y + 6), "interval")
    canvas.circle(scale.at(row.value), y + 6, 7, f"{row.letter.lower()} ring")
    return y + 22


def _axis(canvas: Canvas, scale: Scale, y: int) -> None:
    language = canvas.frame.language
    canvas.text(X(0), y, number(scale.low, language), "small muted")
    canvas.text(END, y, number(scale.high, language), "small muted end")
    room, last = canvas.frame.room, Fraction(0)
    for cut in scale.cuts:
        at = Fraction(scale.at(cut).percent)
        if min(at - last, 100 - at) * room > 4600:
            canvas.text(X(at), y, number(cut, language), "small muted mid")
            last = at


def _said(row: Bar, language: str) -> str:
    words = f"{isolated(row.name)} {number(row.value, language)} {row.letter}"
    if row.low is not None and row.high is not None:
        words += f" ({number(row.low, language)}–{number(row.high, language)})"
    return f"{words}, {signed(row.change, language)}" if row.change is not None else words
