"""Comparisons over HTTP: a period with another, one channel with the next."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from app.aggregation.api import (
    FIGURES,
    CatalogDependency,
    PrinterDependency,
    RollupParameter,
    ServiceParameter,
    WeightParameter,
    addressed,
    ref,
    weight_not_applicable,
)
from app.aggregation.channels import channels_of
from app.aggregation.comparison import comparison_of
from app.aggregation.comparison_schemas import ChannelsOut, ComparisonPrinter, ComparisonsOut
from app.aggregation.conditional import Conditional
from app.aggregation.parameters import PERIOD_HELP, PeriodParameter, parse_period
from app.aggregation.results import Question
from app.aggregation.schemas import period_out
from app.auth.guards import ResultReader
from app.core.session import ReadSession
from app.ikm.periods import Period
from app.ikm.weights import Weight, WeightNotApplicable

router = APIRouter(prefix="/api/v1/units/{code}/ikm", tags=["ikm"])


def _with(
    with_: Annotated[str, Query(alias="with", description=PERIOD_HELP, examples=["2026-Q2"])],
) -> Period:
    return parse_period(with_, "/with")


WithParameter = Annotated[Period, Depends(_with)]


@router.get(
    "/compare", summary="A period against an earlier one", response_model=ComparisonsOut, responses=FIGURES
)
def get_comparison(
    code: str,
    principal: ResultReader,
    session: ReadSession,
    catalog: CatalogDependency,
    printer: PrinterDependency,
    kept: Conditional,
    period: PeriodParameter,
    with_period: WithParameter,
    service: ServiceParameter = None,
    weight: WeightParameter = Weight.EXACT,
    rollup: RollupParameter = None,
) -> Response:
    """Differences of the IKM and of each element (`period` minus `with`), their intervals, and whether they are
    more than chance: Welch's test, Holm's correction over the elements. Nothing is claimed where questionnaire
    or elements changed.
    """
    unit, judged = addressed(session, principal, code, service)
    question = Question(period, weight, rollup)
    try:
        comparisons = comparison_of(session, catalog, unit, question, with_period, judged)
    except WeightNotApplicable:
        raise weight_not_applicable() from None
    found = ComparisonsOut(
        unit=ref(unit),
        service=ref(judged) if judged else None,
        period=period_out(period),
        with_period=period_out(with_period),
        comparisons=[ComparisonPrinter(printer).comparison(one) for one in comparisons],
        as_of=printer.as_of,
    )
    return kept.answer(found)


@router.get(
    "/channels", summary="What the way of answering does", response_model=ChannelsOut, responses=FIGURES
)
def get_channels(
    code: str,
    principal: ResultReader,
    session: ReadSession,
    catalog: CatalogDependency,
    printer: PrinterDependency,
    kept: Conditional,
    period: PeriodParameter,
    service: ServiceParameter = None,
    weight: WeightParameter = Weight.EXACT,
) -> Response:
    """The result of each channel and the differences between them: of all answers, and pooled over the services
    that both serve, which is the one to trust where `confounded`.
    """
    unit, judged = addressed(session, principal, code, service)
    try:
        effects = channels_of(session, catalog, unit, Question(period, weight, "pooled"), judged)
    except WeightNotApplicable:
        raise weight_not_applicable() from None
    found = ChannelsOut(
        unit=ref(unit),
        service=ref(judged) if judged else None,
        period=period_out(period),
        results=[ComparisonPrinter(printer).channels(effect) for effect in effects],
        as_of=printer.as_of,
    )
    return kept.answer(found)
