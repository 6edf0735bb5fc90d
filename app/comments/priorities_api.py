"""What to improve first, over HTTP: a unit's own figures beside what citizens write about."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from app.aggregation.api import (
    FIGURES,
    CatalogDependency,
    PrinterDependency,
    ServiceParameter,
    addressed,
    ref,
)
from app.aggregation.comparison_schemas import ComparisonPrinter, PrioritiesListOut
from app.aggregation.conditional import Conditional
from app.aggregation.parameters import PERIOD_HELP, PeriodParameter, parse_period
from app.aggregation.priorities import priorities_of
from app.aggregation.results import Question, stored_id
from app.aggregation.schemas import period_out
from app.auth.guards import ResultReader
from app.comments.panel import element_counts
from app.core.session import ReadSession
from app.ikm.periods import Period
from app.units import queries

router = APIRouter(prefix="/api/v1/units/{code}/ikm", tags=["ikm"])

_HELP = f"the period that changes refer to, the one before when omitted: {PERIOD_HELP}"


def _with(with_: Annotated[str | None, Query(alias="with", description=_HELP)] = None) -> Period | None:
    return None if with_ is None else parse_period(with_, "/with")


@router.get(
    "/priorities", summary="What to improve first", response_model=PrioritiesListOut, responses=FIGURES
)
def get_priorities(
    code: str,
    principal: ResultReader,
    session: ReadSession,
    catalog: CatalogDependency,
    printer: PrinterDependency,
    kept: Conditional,
    period: PeriodParameter,
    with_period: Annotated[Period | None, Depends(_with)],
    service: ServiceParameter = None,
) -> Response:
    """Elements by score, by change, by comments, and by importance: as citizens say where the questionnaire asks
    for it, else derived from the answers, as each element's correlation with the mean of the respondent's other
    elements. Comments are those of the whole unit.
    """
    unit, judged = addressed(session, principal, code, service)
    unit_ids = tuple(queries.below(session, stored_id(unit)))
    spoken = element_counts(session, unit_ids, period)
    question = Question(period)
    results = priorities_of(session, catalog, unit, question, judged, spoken, with_period)
    found = PrioritiesListOut(
        unit=ref(unit),
        service=ref(judged) if judged else None,
        period=period_out(period),
        results=[ComparisonPrinter(printer).priorities(one) for one in results],
        as_of=printer.as_of,
    )
    return kept.answer(found)
