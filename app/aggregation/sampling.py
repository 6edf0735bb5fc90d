"""Evenly spaced days of a large period: what reads answers one by one costs the same however many there are."""

import math
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from sqlmodel import col

from app.ikm.periods import Period
from app.responses.tables import Response

SAMPLE = 10_000
"""About as many answers are read at most; the standard error of a correlation is then below 0.01."""

Days = tuple[date, ...] | Period
"""The days that are read: some, or all of a period."""


def step(responses: int) -> int:
    """How many days apart: never a multiple of 7, or all days would be the same day of the week."""
    every = max(1, math.ceil(Fraction(responses, SAMPLE)))
    return every + 1 if every % 7 == 0 else every


def sampled_days(period: Period, every: int) -> Days:
    """Every so many days, from the middle of the first step on; the period itself for all days."""
    if every == 1:
        return period
    first = min(every // 2, period.days - 1)
    return tuple(period.start + timedelta(days=day) for day in range(first, period.days, every))


def answered_on(days: Days) -> Any:
    """The condition that an answer was given on one of these days."""
    if isinstance(days, Period):
        return (col(Response.local_date) >= days.start) & (col(Response.local_date) < days.end)
    return col(Response.local_date).in_(days)
