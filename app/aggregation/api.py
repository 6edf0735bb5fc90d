"""Results over HTTP, for whoever may read them."""

from datetime import date, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlmodel import Session

from app.aggregation import breakdown, ranking, results, trend
from app.aggregation.conditional import Conditional, figures
from app.aggregation.parameters import PeriodParameter, parse_period
from app.aggregation.results import Question, Result
from app.aggregation.schemas import (
    BreakdownOut,
    Printer,
    RankingOut,
    ResultOut,
    ResultsOut,
    TrendOut,
    period_out,
)
from app.auth.guards import ResultReader
from app.auth.principal import Principal
from app.core.errors import FieldError, InvalidInput, NotFound
from app.core.messages import language_of
from app.core.session import ReadSession
from app.ikm.periods import Period, PeriodError, parse
from app.ikm.weights import Weight, WeightNotApplicable
from app.instruments.catalog import Catalog
from app.responses.schemas import UnitRef
from app.units import queries
from app.units.scope import unit_in_scope
from app.units.tables import Service, Unit

router = APIRouter(prefix="/api/v1", tags=["ikm"])
FIGURES = figures(401, 403, 404, 422)

WeightParameter = Annotated[Weight, Query(description="exact = 1/k; the others reproduce older publications")]
RollupParameter = Annotated[
    Literal["pooled", "mean_of_units"] | None, Query(description="the unit's official rule when omitted")
]
FlaggedParameter = Annotated[
    Literal["with", "without"],
    Query(description="without: flagged answers left aside, for comparison; the published figure has them"),
]
ServiceParameter = Annotated[str | None, Query(description="code of one service of the unit")]


def _printer(request: Request) -> Printer:
    language = language_of(request.headers.get("accept-language"))
    return Printer(language, request.app.state.clock())


def _catalog(request: Request) -> Catalog:
    return request.app.state.catalog  # type: ignore[no-any-return]


PrinterDependency = Annotated[Printer, Depends(_printer)]
CatalogDependency = Annotated[Catalog, Depends(_catalog)]


@router.get(
    "/units/{code}/ikm",
    summary="The IKM of a unit or service",
    response_model=ResultOut | ResultsOut,
    responses=FIGURES,
)
def get_ikm(
    code: str,
    principal: ResultReader,
    session: ReadSession,
    catalog: CatalogDependency,
    printer: PrinterDependency,
    kept: Conditional,
    period: PeriodParameter,
    service: ServiceParameter = None,
    weight: WeightParameter = Weight.EXACT,
    rollup: RollupParameter = None,
    flagged: FlaggedParameter = "with",
) -> Response:
    """Pooled over the unit's services and the units below it, unless another roll-up is asked for."""
    unit, judged = addressed(session, principal, code, service)
    question = Question(period, weight, rollup, flagged == "with")
    return kept.answer(printer.answer(computed(session, catalog, unit, question, judged)))


@router.get(
    "/units/{code}/ikm/breakdown", summary="The IKM by group", response_model=BreakdownOut, responses=FIGURES
)
def get_breakdown(
    code: str,
    principal: ResultReader,
    session: ReadSession,
    catalog: CatalogDependency,
    printer: PrinterDependency,
    kept: Conditional,
    period: PeriodParameter,
    by: breakdown.By,
    service: ServiceParameter = None,
    weight: WeightParameter = Weight.EXACT,
) -> Response:
    """By sex, age, education, occupation, channel or service; who did not say is a group with key null."""
    unit, judged = addressed(session, principal, code, service)
    try:
        groups = breakdown.breakdown_of(
            session, catalog, unit, Question(period, weight, "pooled"), by, judged
        )
    except WeightNotApplicable:
        raise weight_not_applicable() from None
    found = BreakdownOut(
        unit=ref(unit),
        service=ref(judged) if judged else None,
        period=period_out(period),
        by=by,
        groups=[printer.group(group) for group in groups],
        as_of=printer.as_of,
    )
    return kept.answer(found)


@router.get("/ikm", summary="Every unit below, ranked", response_model=RankingOut, responses=FIGURES)
def get_ranking(
    principal: ResultReader,
    session: ReadSession,
    catalog: CatalogDependency,
    printer: PrinterDependency,
    kept: Conditional,
    period: PeriodParameter,
    under: Annotated[str, Query(description="code of the government or unit above")],
    weight: WeightParameter = Weight.EXACT,
    rollup: RollupParameter = None,
    limit: Annotated[int | None, Query(ge=1, le=1000, description="units a page; all when omitted")] = None,
    page: Annotated[int, Query(ge=1, le=100_000, description="which page, from 1; needs limit")] = 1,
) -> Response:
    """The units' own figures with their ranks, and the government's figure under its roll-up rule."""
    unit, _ = addressed(session, principal, under, None)
    try:
        found = ranking.ranking_of(session, catalog, unit, Question(period, weight, rollup))
    except WeightNotApplicable:
        raise weight_not_applicable() from None
    return kept.answer(printer.ranking(found, limit, page))


def trend_asked(
    session: Session,
    catalog: Catalog,
    printer: Printer,
    unit: Unit,
    service: Service | None,
    periods: tuple[Period, ...],
    by: trend.By,
    weight: Weight,
    rollup: str | None,
) -> TrendOut:
    """Results of these periods. Raises `InvalidInput` for a weight that this questionnaire cannot have."""
    try:
        steps = trend.trend_of(session, catalog, unit, periods, service=service, weight=weight, rollup=rollup)
    except WeightNotApplicable:
        raise weight_not_applicable() from None
    return TrendOut(
        unit=ref(unit),
        service=ref(service) if service else None,
        by=by,
        points=[printer.step(step) for step in steps],
        as_of=printer.as_of,
    )


def periods_asked(by: trend.By, first: str | None, last: str | None, today: date) -> tuple[Period, ...]:
    """The periods from one day or period to another, to today when omitted. Raises `InvalidInput`."""
    end = _last_day(last, "/to") if last else today
    start = _first_day(first, "/from") if first else trend.default_start(by, end)
    try:
        return trend.periods_of(by, start, end)
    except ValueError:
        message = "Awal rentang harus sebelum akhirnya, dan rentangnya jangan terlalu panjang."
        raise InvalidInput(errors=(FieldError("/from", "range_invalid", message),)) from None


def addressed(
    session: Session, principal: Principal, code: str, service_code: str | None
) -> tuple[Unit, Service | None]:
    """The unit and service asked about. Raises `NotFound` outside the caller's units."""
    unit = unit_in_scope(session, principal, code)
    if service_code is None:
        return unit, None
    service = queries.service_by_code(session, results.stored_id(unit), service_code)
    if service is None:
        raise NotFound
    return unit, service


def computed(
    session: Session, catalog: Catalog, unit: Unit, question: Question, service: Service | None
) -> list[Result]:
    """The results. Raises `InvalidInput` for a weight that this questionnaire cannot have."""
    try:
        return results.results_of(session, catalog, unit, question, service)
    except WeightNotApplicable:
        raise weight_not_applicable() from None


def weight_not_applicable() -> InvalidInput:
    """Shortened weights exist for nine elements only."""
    message = "Bobot 0,111 dan 0,11 hanya berlaku bila kesembilan unsur ditanyakan."
    return InvalidInput(errors=(FieldError("/weight", "weight_not_applicable", message),))


def _first_day(code: str, pointer: str) -> date:
    return _days(code, pointer).start


def _last_day(code: str, pointer: str) -> date:
    return _days(code, pointer).end - timedelta(days=1)


def _days(code: str, pointer: str) -> Period:
    try:
        return parse(f"{code}..{code}")  # a day is a period of one day
    except PeriodError:
        return parse_period(code, pointer)


def ref(named: Unit | Service) -> UnitRef:
    """A unit or service by code and name."""
    return UnitRef(code=named.code, name=named.name)
