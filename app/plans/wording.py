"""Plans as a page and a mail say them: numbers and days as the reader writes them."""

import math
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from babel.dates import format_date
from markupsafe import Markup

from app.aggregation.period_picker import period_name
from app.core.messages import translate
from app.ikm.periods import parse
from app.plans.queries import Progress
from app.plans.tables import COCHRAN, FORMULA, TABLE
from app.web.chart_canvas import Frame, both
from app.web.chart_words import number, percent
from app.web.charts import progress


@dataclass(frozen=True, slots=True)
class Shown:
    """A plan with its progress, ready to be read. `picture` is the bar of the quota, `pace` a week's answers."""

    id: UUID
    period: str
    period_code: str
    service: str | None
    window: str
    whole_period: bool
    population: str
    origin: str
    method: str
    target: str
    answers: str
    share: int
    missing: str
    picture: Markup
    state: str
    expected: str | None
    earliest: str | None
    latest: str | None
    pace: str | None
    needed: str | None
    note: str | None
    version: int


def shown(found: Progress, service: str | None, language: str) -> Shown:
    """A plan in words; `service` is the name of its service, None for the whole unit."""
    plan, forecast = found.plan, found.forecast
    period = parse(plan.period)
    name = period_name(period, language)
    title = translate("Jawaban dari target", language)
    return Shown(
        id=plan.id,
        period=name,
        period_code=plan.period,
        service=service,
        window=span(plan.first_day, plan.last_day, language),
        whole_period=plan.first_day == period.start and (period.end - plan.last_day).days == 1,
        population=number(plan.population, language),
        origin=plan.population_origin,
        method=method_name(plan.method, plan.margin, plan.confidence, language),
        target=number(plan.target, language),
        answers=number(found.answers, language),
        share=percent(found.answers, plan.target),
        missing=number(max(0, plan.target - found.answers), language),
        picture=both(
            Frame(f"p{plan.id.hex}", language),
            lambda frame: progress(frame, title, found.answers, plan.target),
        ),
        state=forecast.state,
        expected=_day(forecast.expected, language),
        earliest=_day(forecast.earliest, language),
        latest=_day(forecast.latest, language),
        pace=None if forecast.weekly is None else number(math.floor(forecast.weekly + 0.5), language),
        needed=None if forecast.needed is None else number(forecast.needed, language),
        note=plan.note,
        version=plan.version,
    )


def method_name(method: str, margin: int | None, confidence: int | None, language: str) -> str:
    """How a target was determined, with what Cochran's method was asked for."""
    match method:
        case str(one) if one == TABLE:
            return translate("Tabel Krejcie dan Morgan", language)
        case str(one) if one == FORMULA:
            return translate("Rumus Krejcie dan Morgan", language)
        case str(one) if one == COCHRAN:
            said = {"margin": per_cent(margin or 0, language), "confidence": str(confidence)}
            return translate("Cochran, galat {margin}%, keyakinan {confidence}%", language, said)
    return translate("Jumlah yang ditentukan sendiri", language)


def per_cent(hundredths: int, language: str) -> str:
    """`5`, `2,5` or `0,75`: hundredths of a per cent without zeros that say nothing."""
    whole, rest = divmod(hundredths, 100)
    decimals = f"{rest:02}".rstrip("0")
    sign = "," if language == "id" else "."
    return f"{whole}{sign}{decimals}" if decimals else str(whole)


def span(first: date, last: date, language: str) -> str:
    """`1 Juli 2026 sampai 30 September 2026`."""
    said = {"first": long_day(first, language), "last": long_day(last, language)}
    return translate("{first} sampai {last}", language, said)


def long_day(day: date, language: str) -> str:
    """`30 September 2026`."""
    return format_date(day, "d MMMM y", locale=language)


def _day(day: date | None, language: str) -> str | None:
    return None if day is None else long_day(day, language)
