"""`GET /api/v1/units/{code}/ikm/trend`: results over time, and apart from them what earlier reports said."""

from collections.abc import Sequence
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Response

from app.aggregation.api import (
    FIGURES,
    CatalogDependency,
    PrinterDependency,
    RollupParameter,
    ServiceParameter,
    WeightParameter,
    addressed,
    periods_asked,
    trend_asked,
)
from app.aggregation.conditional import Conditional
from app.aggregation.parameters import PERIOD_HELP
from app.aggregation.period_picker import kind_of
from app.aggregation.schemas import period_out
from app.aggregation.trend import By
from app.auth.guards import ResultReader
from app.core.session import ReadSession
from app.history.desk import id_of
from app.history.queries import HistoricalPoint, history_of
from app.history.schemas import ImportedPointOut, TrendWithHistoryOut
from app.ikm.periods import Period
from app.ikm.weights import Weight

router = APIRouter(prefix="/api/v1/units/{code}/ikm", tags=["ikm"])


@router.get("/trend", summary="The IKM over time", response_model=TrendWithHistoryOut, responses=FIGURES)
def get_trend(
    code: str,
    principal: ResultReader,
    session: ReadSession,
    catalog: CatalogDependency,
    printer: PrinterDependency,
    kept: Conditional,
    by: By = "quarter",
    from_: Annotated[str | None, Query(alias="from", description=f"a day or a period: {PERIOD_HELP}")] = None,
    to: Annotated[str | None, Query(description="a day or a period; today when omitted")] = None,
    service: ServiceParameter = None,
    weight: WeightParameter = Weight.EXACT,
    rollup: RollupParameter = None,
) -> Response:
    """Results of consecutive calendar periods, those without answers included. `imported` are figures of earlier
    reports about periods of the same kind, all older ones when `from` is omitted: they were made elsewhere, perhaps
    by other rules, and continue no point.
    """
    unit, judged = addressed(session, principal, code, service)
    today = printer.as_of.astimezone(ZoneInfo(unit.timezone)).date()
    periods = periods_asked(by, from_, to, today)
    found = trend_asked(session, catalog, printer, unit, judged, periods, by, weight, rollup)
    points = history_of(session, id_of(unit), judged.id if judged else None)
    imported = _shown(points, by, periods, since=from_ is not None)
    return kept.answer(
        TrendWithHistoryOut(**dict(found), imported=[_out(one, printer.language) for one in imported])
    )


def _shown(
    points: Sequence[HistoricalPoint], by: By, periods: Sequence[Period], *, since: bool
) -> list[HistoricalPoint]:
    """Those of the same kind that end with the last of the periods at most, and begin with the first if `since`."""
    same = [one for one in points if kind_of(one.period) == by and one.period.end <= periods[-1].end]
    return [one for one in same if not since or one.period.start >= periods[0].start]


def _out(one: HistoricalPoint, language: str) -> ImportedPointOut:
    return ImportedPointOut(
        period=period_out(one.period),
        ikm=one.ikm,
        rule=one.rule,
        label=one.label(language),
        category_printed=one.mutu,
        respondents=one.respondents,
        source=one.source,
    )
