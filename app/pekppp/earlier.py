"""What a unit imported of its earlier years, for the evidence: a file to be imported again, and its documents."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session

from app.exports.cells import Value
from app.files.tables import StoredFile
from app.history import queries as history
from app.history.sheet import COLUMNS
from app.history.tables import HistoricalFollowUp, HistoricalResult
from app.pekppp.facts import last_day, plan_year
from app.units import queries as units

ELEMENTS = tuple(f"U{number}" for number in range(1, 15))
HEADS = (*COLUMNS, *ELEMENTS)


@dataclass(frozen=True, slots=True)
class Earlier:
    """Lines under `HEADS`, a period and service each, and the documents with the code of their period."""

    lines: tuple[tuple[Value, ...], ...]
    documents: tuple[tuple[str, StoredFile], ...]


def earlier(session: Session, unit_id: int, years: Collection[int]) -> Earlier:
    """What was imported of surveys that ended in these years, and of plans of surveys that began in them."""
    results = [one for one in history.results_of(session, unit_id) if last_day(one.period).year in years]
    plans = [one for one in history.follow_ups_of(session, unit_id) if plan_year(one.period) in years]
    codes = {one.id: one.code for one in units.services_of(session, [unit_id])}
    whole = {one.period for one in results if one.service_id is None}
    by_period = {one.period: one for one in plans}
    lines = [
        _line(one, by_period.get(one.period) if one.service_id is None else None, codes) for one in results
    ]
    lines += [_plan_alone(one) for one in plans if one.period not in whole]
    return Earlier(tuple(sorted(lines, key=_order)), tuple(_documents(session, unit_id, [*results, *plans])))


def _line(
    result: HistoricalResult, plan: HistoricalFollowUp | None, codes: Mapping[int | None, str]
) -> tuple[Value, ...]:
    nrr = result.nrr or {}
    return (
        result.period,
        codes.get(result.service_id) if result.service_id is not None else None,
        result.rule,
        history.printed(result.ikm),
        result.mutu,
        result.respondents,
        result.source,
        *_plan(plan),
        *(history.thousandths(nrr[code]) if code in nrr else None for code in ELEMENTS),
    )


def _plan_alone(plan: HistoricalFollowUp) -> tuple[Value, ...]:
    return (plan.period, None, None, None, None, None, plan.source, *_plan(plan), *(None for _ in ELEMENTS))


def _plan(plan: HistoricalFollowUp | None) -> tuple[Value, ...]:
    if plan is None:
        return (None, None, None, None)
    return (plan.planned, plan.finished, plan.report_issued_on, plan.all_finished_on)


def _order(line: tuple[Value, ...]) -> tuple[date, str]:
    return last_day(str(line[0])), str(line[1] or "")


def _documents(
    session: Session, unit_id: int, rows: Iterable[HistoricalResult | HistoricalFollowUp]
) -> Iterable[tuple[str, StoredFile]]:
    """Each document once, with the first period that rests on it."""
    seen: set[UUID] = set()
    for row in sorted(rows, key=lambda one: last_day(one.period)):
        if row.document_id is None or row.document_id in seen:
            continue
        seen.add(row.document_id)
        file = session.get(StoredFile, (unit_id, row.document_id))
        if file is not None:
            yield row.period, file
