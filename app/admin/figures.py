"""Numbers and moments as staff read them."""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.numbers import format_decimal

from app.units.tables import Unit
from app.web.locale import local_time


def figure(value: int | Decimal, language: str) -> str:
    """`4.384` in Indonesian, `4,384` in English; decimals stay as they are."""
    decimals = -int(value.as_tuple().exponent) if isinstance(value, Decimal) else 0
    pattern = "#,##0" + ("." + "0" * decimals if decimals > 0 else "")
    return format_decimal(value, format=pattern, locale=language)


def moment(at: datetime | None, unit: Unit, language: str) -> str | None:
    """When something happened, in the unit's time zone."""
    return None if at is None else local_time(at, ZoneInfo(unit.timezone), language)
