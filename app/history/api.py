"""`GET /api/v1/units/{code}/history`: what was imported, apart from all that is computed."""

from fastapi import APIRouter, Request
from sqlmodel import Session

from app.auth.guards import ResultReader
from app.core.messages import language_of, translate
from app.core.problems import declared
from app.core.session import ReadSession
from app.history import queries
from app.history.desk import id_of, rules, service_names
from app.history.schemas import HistoricalElementOut, HistoricalFollowUpOut, HistoricalResultOut, HistoryOut
from app.history.tables import HistoricalResult
from app.instruments.model import in_language
from app.responses.schemas import UnitRef
from app.units.scope import unit_in_scope
from app.units.tables import Unit

router = APIRouter(prefix="/api/v1/units", tags=["history"])


@router.get("/{code}/history", summary="Results of earlier years", responses=declared(401, 403, 404, 422))
def get_history(code: str, request: Request, principal: ResultReader, session: ReadSession) -> HistoryOut:
    """Imported results and follow-up plans of the unit, newest first, under the rules in force then."""
    unit = unit_in_scope(session, principal, code)
    return HistoryOut(
        unit=UnitRef(code=unit.code, name=unit.name),
        results=_results(request, session, unit),
        follow_ups=[
            HistoricalFollowUpOut(
                **one.model_dump(exclude={"unit_id", "document_id", "imported_by", "version"}),
                document=one.document_id,
            )
            for one in queries.follow_ups_of(session, id_of(unit))
        ],
    )


def _results(request: Request, session: Session, unit: Unit) -> list[HistoricalResultOut]:
    names = {id_: UnitRef(code=code, name=name) for id_, (code, name) in service_names(session, unit).items()}
    return [
        _result(request, row, names.get(row.service_id)) for row in queries.results_of(session, id_of(unit))
    ]


def _result(request: Request, row: HistoricalResult, service: UnitRef | None) -> HistoricalResultOut:
    language = language_of(request.headers.get("accept-language"))
    rule = rules(request)[row.rule]
    band = queries.band_of(request.app.state.catalog, rule, row.ikm)
    return HistoricalResultOut(
        id=row.id,
        period=row.period,
        service=service,
        ikm=queries.printed(row.ikm),
        rule=row.rule,
        basis=rule.basis,
        label=translate("diimpor, aturan {rule}", language, {"rule": row.rule}),
        category_printed=row.mutu,
        category=band.mutu if band else None,
        category_differs=band is not None and row.mutu not in (None, band.mutu),
        respondents=row.respondents,
        nrr=[
            HistoricalElementOut(code=code, name=in_language(dict(name), language), nrr=value)
            for code, name, value in queries.printed_nrr(row.nrr, rule)
        ],
        source=row.source,
        document=row.document_id,
        imported_at=row.imported_at,
    )
