"""Imported results and follow-up plans: for their own page, for trends that show them apart, for PEKPPP."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlmodel import Session, col, select

from app.core.errors import NotFound
from app.core.messages import translate
from app.history.tables import HistoricalFollowUp, HistoricalResult
from app.ikm.category import Band
from app.ikm.periods import Period, parse
from app.instruments.catalog import Catalog
from app.instruments.rules import Rule

_HUNDREDTH, _THOUSANDTH = Decimal("0.01"), Decimal("0.001")


@dataclass(frozen=True, slots=True)
class HistoricalPoint:
    """An imported result for a trend: drawn behind a break, never joined to what was computed here."""

    id: UUID
    period: Period
    service_id: int | None
    ikm: Decimal
    rule: str
    mutu: str | None
    respondents: int | None
    source: str

    def label(self, language: str) -> str:
        """Why the line breaks before this point: `diimpor, aturan 2014`."""
        return translate("diimpor, aturan {rule}", language, {"rule": self.rule})


def history_of(session: Session, unit_id: int, service_id: int | None = None) -> list[HistoricalPoint]:
    """The imported results of a unit (`service_id` None) or of one of its services, oldest first."""
    wanted = select(HistoricalResult).where(
        HistoricalResult.unit_id == unit_id,
        col(HistoricalResult.service_id).is_not_distinct_from(service_id),
    )
    points = [
        HistoricalPoint(
            one.id,
            parse(one.period),
            one.service_id,
            printed(one.ikm),
            one.rule,
            one.mutu,
            one.respondents,
            one.source,
        )
        for one in session.exec(wanted)
    ]
    return sorted(points, key=lambda one: (one.period.start, one.period.end))


def results_of(session: Session, unit_id: int) -> list[HistoricalResult]:
    """Every imported result of a unit, newest period first, the whole unit before its services."""
    found = session.exec(select(HistoricalResult).where(HistoricalResult.unit_id == unit_id))
    return sorted(
        found, key=lambda one: (-parse(one.period).start.toordinal(), one.period, one.service_id or 0)
    )


def follow_ups_of(session: Session, unit_id: int) -> list[HistoricalFollowUp]:
    """The follow-up plans of earlier years, newest first; for PEKPPP indicators 8 and 9."""
    found = session.exec(select(HistoricalFollowUp).where(HistoricalFollowUp.unit_id == unit_id))
    return sorted(found, key=lambda one: parse(one.period).start, reverse=True)


def find_result(session: Session, unit_id: int, result_id: UUID) -> HistoricalResult:
    """An imported result of this unit. Raises NotFound."""
    found = session.get(HistoricalResult, (unit_id, result_id))
    if found is None:
        raise NotFound
    return found


def result_of(session: Session, unit_id: int, service_id: int | None, period: str) -> HistoricalResult | None:
    """The imported result of exactly this period."""
    wanted = select(HistoricalResult).where(
        HistoricalResult.unit_id == unit_id,
        HistoricalResult.period == period,
        col(HistoricalResult.service_id).is_not_distinct_from(service_id),
    )
    return session.exec(wanted).one_or_none()


def printed(ikm: int) -> Decimal:
    """Hundredths as the number that was printed, with its two decimals."""
    return ikm * _HUNDREDTH


def thousandths(nrr: int) -> Decimal:
    """A stored NRR as the number that was printed, with three decimals."""
    return nrr * _THOUSANDTH


def printed_nrr(nrr: Mapping[str, int] | None, rule: Rule) -> list[tuple[str, Mapping[str, str], Decimal]]:
    """Code, name and NRR of the elements that are known, in the order of the rule."""
    return [
        (code, name, thousandths(nrr[code])) for code, name in rule.elements.items() if nrr and code in nrr
    ]


def band_of(catalog: Catalog, rule: Rule, ikm: int) -> Band | None:
    """The category of a printed IKM under the rule in force then; None where its table is not kept here."""
    categories = catalog.categories.get(rule.categories)
    return None if categories is None else categories.table.band_of(printed(ikm))
