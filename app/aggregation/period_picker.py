"""The links by which one chooses a period: its kind, and a step back or on. Every choice is an address."""

from dataclasses import dataclass
from datetime import date, timedelta

from babel.dates import format_date, get_month_names

from app.core.messages import translate
from app.ikm.periods import MONTHS, By, Period, PeriodError, previous, sequence

KINDS: tuple[By, ...] = ("month", "quarter", "semester", "year")
_ROMAN = {"1": "I", "2": "II", "3": "III", "4": "IV"}


@dataclass(frozen=True, slots=True)
class Step:
    """A period to go to, by its name."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Picker:
    """`tabs` are (name of the kind, code of such a period, whether it is this kind). `after` has begun."""

    period: Step
    tabs: tuple[tuple[str, str, bool], ...]
    before: Step | None
    after: Step | None


def kind_of(period: Period) -> By | None:
    """Month, quarter, semester or year; None for days that somebody chose."""
    for by in KINDS:
        if sequence(by, period.start, period.start)[0] == period:
            return by
    return None


def short_name(period: Period, by: By, language: str) -> tuple[str, str]:
    """As it stands under a picture: `III` and the year that it shares with its neighbours; a year alone."""
    start = period.start
    if by == "year":
        return str(start.year), ""
    if by == "month":
        return format_date(start, "LLL", locale=language), str(start.year)
    part = (start.month - 1) // MONTHS[by] + 1
    return _ROMAN[str(part)], str(start.year)


def current(by: By, today: date) -> Period:
    """The period of this kind in which `today` lies."""
    return sequence(by, today, today)[0]


def picker(period: Period, today: date, language: str) -> Picker:
    """The choices around `period`. Another kind leads to the one that holds its last day, or today."""
    last = min(period.end - timedelta(days=1), max(today, period.start))
    kind = kind_of(period)
    tabs = tuple((kind_name(by, language), current(by, last).code, by == kind) for by in KINDS)
    return Picker(
        _step(period, language),
        tabs,
        _step(earlier, language) if (earlier := _before(period)) else None,
        _step(later, language) if kind and (later := _after(period, kind, today)) else None,
    )


def period_name(period: Period, language: str) -> str:
    """`Triwulan III 2026`, `Oktober 2026`, `17 Jul–15 Sep 2026`."""
    year, _, part = period.code.partition("-")
    if ".." in period.code:
        return _days(period, language)
    if not part:
        return translate("Tahun {year}", language, {"year": year})
    if part[0] == "Q":
        return translate("Triwulan {number} {year}", language, {"number": _ROMAN[part[1]], "year": year})
    if part[0] == "S":
        return translate("Semester {number} {year}", language, {"number": _ROMAN[part[1]], "year": year})
    return f"{get_month_names('wide', 'stand-alone', locale=language)[int(part)]} {year}"


def _days(period: Period, language: str) -> str:
    first, last = period.start, period.end - timedelta(days=1)
    end = format_date(last, "d MMM y", locale=language)
    if first == last:
        return end
    begin = format_date(first, "d MMM" if first.year == last.year else "d MMM y", locale=language)
    return f"{begin}–{end}"


def kind_name(by: By, language: str) -> str:
    """Month, quarter, semester or year, as people call them."""
    return {
        "month": translate("Bulan", language),
        "quarter": translate("Triwulan", language),
        "semester": translate("Semester", language),
        "year": translate("Tahun", language),
    }[by]


def _step(period: Period, language: str) -> Step:
    return Step(period.code, period_name(period, language))


def _before(period: Period) -> Period | None:
    try:
        return previous(period)
    except PeriodError:
        return None


def _after(period: Period, kind: By, today: date) -> Period | None:
    return current(kind, period.end) if period.end <= today else None
