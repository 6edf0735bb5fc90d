"""The trend of the report: computed results and what was imported from older ones, which never join one line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session

from app.aggregation.figures import figure
from app.aggregation.period_picker import kind_of, period_name, short_name
from app.aggregation.reasons import reason_text
from app.aggregation.results import Result
from app.aggregation.trend import By, Step, default_start, leading, periods_of, trend_of
from app.history.queries import history_of
from app.ikm.comparability import Reason
from app.ikm.periods import Period
from app.instruments.catalog import Catalog
from app.reports.report_rows import NOTHING, TrendRow, decimal
from app.reports.report_words import LANGUAGE
from app.units.tables import Service, Unit
from app.web.chart_trend import Point
from app.web.chart_words import number

IMPORTED_MOST = 6


@dataclass(frozen=True, slots=True)
class Moment:
    """A period with a figure: as a row, and as a point of the picture."""

    row: TrendRow
    point: Point


def past_of(
    session: Session, catalog: Catalog, unit: Unit, service: Service | None, period: Period
) -> tuple[Moment, ...]:
    """Periods of the same kind up to this one, oldest first; those without a figure are left out."""
    by = kind_of(period) or "quarter"
    last = period.end - timedelta(days=1)
    periods = tuple(one for one in periods_of(by, default_start(by, last), last) if one.end <= period.end)
    steps = trend_of(session, catalog, unit, periods, service=service)
    begin = periods[0].start if periods else period.start
    older = [
        one
        for one in history_of(session, unit.id or 0, service.id if service else None)
        if kind_of(one.period) == by and one.period.end <= begin
    ][-IMPORTED_MOST:]
    found: list[Moment] = []
    for past in older:
        label = past.label(LANGUAGE)
        first = not found or found[-1].row.note != label
        row = TrendRow(
            period_name(past.period, LANGUAGE),
            number(past.respondents, LANGUAGE) if past.respondents else NOTHING,
            decimal(past.ikm),
            past.mutu or NOTHING,
            label,
        )
        broken = label if first and found else None
        found.append(
            Moment(row, Point(*short_name(past.period, by, LANGUAGE), past.ikm, broken=broken, old=True))
        )
    imported = bool(found)
    for step in steps:
        result = leading(step)
        if result is None or result.index is None:
            continue
        reasons = (Reason.SOURCE,) if imported else step.breaks
        imported = False
        found.append(_computed(step, by, result, reasons))
    return tuple(found)


def _computed(step: Step, by: By, result: Result, reasons: Sequence[Reason]) -> Moment:
    shown = figure(result, LANGUAGE)
    note = " ".join(reason_text(one, LANGUAGE) for one in reasons)
    row = TrendRow(
        period_name(step.period, LANGUAGE),
        number(shown.respondents, LANGUAGE),
        decimal(shown.ikm),
        shown.mutu,
        note,
    )
    cut = "tidak sebanding" if reasons else None
    return Moment(
        row, Point(*short_name(step.period, by, LANGUAGE), shown.ikm, shown.low, shown.high, broken=cut)
    )
