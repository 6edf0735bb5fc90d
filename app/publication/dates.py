"""Days and quarters as readers write them."""

from datetime import date

from babel.dates import format_date

from app.aggregation.period_picker import period_name
from app.ikm.periods import parse


def day_name(day: date, language: str) -> str:
    """`30 September 2026`."""
    return format_date(day, "d MMMM y", locale=language)


def quarter_name(year: int, quarter: int, language: str) -> str:
    """`Triwulan III 2026`."""
    return period_name(parse(f"{year}-Q{quarter}"), language)
