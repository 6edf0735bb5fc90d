"""Imported history as a page shows it: numbers and days as the reader writes them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from babel.dates import format_date

from app.aggregation.period_picker import period_name
from app.core.errors import FieldError
from app.core.messages import translate
from app.history import queries
from app.history.entries import FollowUpEntry, ResultEntry
from app.history.service import Change
from app.history.sheet import CellFault
from app.history.tables import HistoricalFollowUp, HistoricalResult
from app.ikm.periods import parse
from app.instruments.catalog import Catalog
from app.instruments.model import in_language
from app.instruments.rules import Rule
from app.web.chart_words import number

NRR_PLACES = 3


@dataclass(frozen=True, slots=True)
class ShownResult:
    """An imported result; `computed` is the category under its rule, `differs` whether another one is printed."""

    id: UUID
    period: str
    code: str
    service: str | None
    service_code: str | None
    ikm: str
    rule: str
    mutu: str | None
    computed: str | None
    kinerja: str | None
    differs: bool
    respondents: str | None
    nrr: list[tuple[str, str, str]]
    source: str
    document: UUID | None
    version: int


@dataclass(frozen=True, slots=True)
class ShownFollowUp:
    """What became of the follow-up plan of an earlier survey."""

    period: str
    code: str
    planned: str
    finished: str
    issued: str | None
    done: str | None
    source: str
    document: UUID | None
    version: int


class Words:
    """History for a reader of one language."""

    def __init__(self, language: str, catalog: Catalog, rules: Mapping[str, Rule]) -> None:
        self._language = language
        self._catalog = catalog
        self._rules = rules

    def result(self, row: HistoricalResult, services: Mapping[int | None, tuple[str, str]]) -> ShownResult:
        """A stored result; `services` are code and name by id."""
        code, name = services.get(row.service_id, (None, None))
        rule = self._rules[row.rule]
        computed, kinerja = self.category(row.rule, row.ikm)
        return ShownResult(
            id=row.id,
            period=period_name(parse(row.period), self._language),
            code=row.period,
            service=name,
            service_code=code,
            ikm=number(queries.printed(row.ikm), self._language),
            rule=rule.basis,
            mutu=row.mutu,
            computed=computed,
            kinerja=kinerja,
            differs=row.mutu is not None and computed is not None and row.mutu != computed,
            respondents=None if row.respondents is None else number(row.respondents, self._language),
            nrr=[
                (code, in_language(dict(name), self._language), number(value, self._language))
                for code, name, value in queries.printed_nrr(row.nrr, rule)
            ],
            source=row.source,
            document=row.document_id,
            version=row.version,
        )

    def follow_up(self, row: HistoricalFollowUp) -> ShownFollowUp:
        """A stored follow-up plan."""
        return ShownFollowUp(
            period=period_name(parse(row.period), self._language),
            code=row.period,
            planned=number(row.planned, self._language),
            finished=number(row.finished, self._language),
            issued=self._day(row.report_issued_on),
            done=self._day(row.all_finished_on),
            source=row.source,
            document=row.document_id,
            version=row.version,
        )

    def category(self, rule: str, ikm: int) -> tuple[str | None, str | None]:
        """Letter and word of the category under the rule of then."""
        band = queries.band_of(self._catalog, self._rules[rule], ikm)
        if band is None:
            return None, None
        names = self._catalog.categories[self._rules[rule].categories].names
        return band.mutu, in_language(names[band.mutu], self._language)

    def change(self, change: Change) -> dict[str, object]:
        """A line of a preview."""
        entry = change.entry
        return {
            "period": period_name(parse(entry.period), self._language),
            "service": entry.service,
            "source": entry.source,
            "result": None if entry.result is None else self._said(entry.result),
            "result_action": change.result,
            "follow_up": None if entry.follow_up is None else self._followed(entry.follow_up),
            "follow_up_action": change.follow_up,
        }

    def faults(self, faults: Iterable[CellFault]) -> list[dict[str, object]]:
        """What is wrong in a file, by row and column."""
        return [
            {"row": fault.row, "column": fault.column, "text": self._reason(fault.error)} for fault in faults
        ]

    def _reason(self, error: FieldError) -> str:
        return translate(error.message, self._language, error.params)

    def _said(self, result: ResultEntry) -> dict[str, object]:
        computed, _ = self.category(result.rule, result.ikm)
        return {
            "ikm": number(queries.printed(result.ikm), self._language),
            "rule": result.rule,
            "mutu": result.mutu,
            "computed": computed,
            "differs": result.mutu is not None and computed is not None and result.mutu != computed,
            "respondents": None if result.respondents is None else number(result.respondents, self._language),
            "elements": len(result.nrr or ()),
        }

    def _followed(self, follow_up: FollowUpEntry) -> dict[str, object]:
        return {
            "planned": number(follow_up.planned, self._language),
            "finished": number(follow_up.finished, self._language),
            "issued": self._day(follow_up.report_issued_on),
            "done": self._day(follow_up.all_finished_on),
        }

    def _day(self, day: date | None) -> str | None:
        return None if day is None else format_date(day, "d MMMM y", locale=self._language)
