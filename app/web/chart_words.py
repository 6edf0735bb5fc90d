"""Words and numbers in pictures: as the reader's language writes them, in lines that fit."""

import unicodedata
from decimal import Decimal

from babel.numbers import format_decimal

MINUS = "−"
_NARROW = frozenset("iljtfrI.,:;'|!()[] -/")
_BROAD = frozenset("mwMW@%&")
_ISOLATE, _POP = "\u2068", "\u2069"


def number(value: Decimal | int, language: str) -> str:
    """`3.544` and `91,48` in Indonesian, with the decimals that the value has."""
    places = -int(value.as_tuple().exponent) if isinstance(value, Decimal) else 0
    pattern = "#,##0" + ("." + "0" * places if places > 0 else "")
    return format_decimal(value, format=pattern, locale=language).replace("-", MINUS)


def signed(value: Decimal, language: str) -> str:
    """A change with its sign; nothing has none."""
    return ("+" if value > 0 else "") + number(value if value else abs(value), language)


def percent(part: int, whole: int) -> int:
    """A part in whole per cent, half up; 0 of nothing."""
    return (200 * part + whole) // (2 * whole) if whole else 0


def width(text: str, size: int) -> int:
    """About how many pixels a text takes in a sans-serif type of this size; rather too many."""
    tenths = 0
    for sign in text:
        if sign in _NARROW:
            tenths += 34
        elif sign in _BROAD:
            tenths += 92
        elif unicodedata.east_asian_width(sign) in "WF" or ord(sign) > 0xFFFF:
            tenths += 120
        elif unicodedata.combining(sign):
            continue
        else:
            tenths += 68 if sign.isupper() else 58
    return -(-tenths * size // 100)


def lines(text: str, room: int, size: int, most: int = 2, last: int | None = None) -> list[str]:
    """The text in at most `most` lines of `room` pixels; what does not fit ends with an ellipsis.

    The last line may have less room: figures stand beside it.
    """
    found: list[str] = []
    line = ""
    for word in text.split():
        joined = f"{line} {word}" if line else word
        if width(joined, size) <= room:
            line = joined
            continue
        found += [line] if line else []
        line = word
    found.append(line)
    if last is not None and width(found[-1], size) > last:
        found[-1:] = _shortened(found[-1], last, size)
    shown = found[:most]
    if len(found) > most:
        shown[-1] += "…"
    rooms = [room] * (len(shown) - 1) + [room if last is None else last]
    return [_cut(one, wide, size) for one, wide in zip(shown, rooms, strict=True)]


def isolated(name: str) -> str:
    """A name that does not turn the words around it: right-to-left letters stay inside."""
    turned = any(unicodedata.bidirectional(sign) in ("R", "AL", "RLE", "RLO", "RLI") for sign in name)
    return f"{_ISOLATE}{name}{_POP}" if turned else name


def _shortened(line: str, room: int, size: int) -> list[str]:
    """The line as two that are about as long as each other, the second no longer than `room`."""
    words = line.split()
    splits = [(" ".join(words[:start]), " ".join(words[start:])) for start in range(1, len(words))]
    fitting = [one for one in splits if width(one[1], size) <= room] or splits[-1:]
    if not fitting:
        return words
    first, second = min(fitting, key=lambda one: abs(width(one[0], size) - width(one[1], size)))
    return [first, second]


def _cut(line: str, room: int, size: int) -> str:
    if width(line, size) <= room:
        return line
    kept = line.rstrip("…")
    while kept and width(kept + "…", size) > room:
        kept = kept[:-1]
    return kept.rstrip() + "…"
