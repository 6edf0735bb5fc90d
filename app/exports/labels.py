"""Indonesian words of the exports that a person reads: periods and dates."""

from datetime import date, timedelta

from app.ikm.periods import Period

MONTHS = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)
_ROMAN = {"1": "I", "2": "II", "3": "III", "4": "IV"}


def day_label(day: date) -> str:
    """A date as it is written in a letter: 1 Juli 2026."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def period_label(period: Period) -> str:
    """A period by name with its first and last day: Triwulan III 2026 (1 Juli 2026 s.d. 30 September 2026)."""
    first, last = day_label(period.start), day_label(period.end - timedelta(days=1))
    name = _name(period)
    return f"{name} ({first} s.d. {last})" if name else f"{first} s.d. {last}"


def _name(period: Period) -> str:
    if ".." in period.code:
        return ""
    year, _, part = period.code.partition("-")
    if not part:
        return f"Tahun {year}"
    if part[0] == "Q":
        return f"Triwulan {_ROMAN[part[1]]} {year}"
    if part[0] == "S":
        return f"Semester {_ROMAN[part[1]]} {year}"
    return f"{MONTHS[int(part) - 1]} {year}"
