"""Imported history on the wire."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, JsonValue

from app.aggregation.schemas import PeriodOut, TrendOut
from app.responses.schemas import UnitRef

UNIT: dict[str, JsonValue] = {"code": "dpmptsp", "name": "Dinas Penanaman Modal dan PTSP"}
EXAMPLE: dict[str, JsonValue] = {
    "imported": True,
    "id": "0197f3a2-6f0c-7cc1-9d55-1a2b3c4d5e6f",
    "period": "2016",
    "service": None,
    "ikm": 78.15,
    "rule": "2014",
    "basis": "PermenPANRB 16/2014",
    "label": "diimpor, aturan 2014",
    "category_printed": "B",
    "category": "B",
    "category_differs": False,
    "respondents": 150,
    "nrr": [{"code": "U8", "name": "Maklumat Pelayanan", "nrr": 3.05}],
    "source": "Laporan SKM 2016, halaman 14",
    "document": None,
    "imported_at": "2026-10-01T02:11:00Z",
}


class HistoricalElementOut(BaseModel):
    """The NRR of an element of the rule in force then; its code and name are that rule's, not today's."""

    code: str
    name: str
    nrr: float


class HistoricalResultOut(BaseModel):
    """A result as an earlier document prints it: `category` is that of its rule, `category_printed` its own."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    imported: Literal[True] = True
    id: UUID
    period: str
    service: UnitRef | None
    ikm: float
    rule: str
    basis: str
    label: str
    category_printed: str | None
    category: str | None
    category_differs: bool
    respondents: int | None
    nrr: list[HistoricalElementOut]
    source: str
    document: UUID | None
    imported_at: datetime


class ImportedPointOut(BaseModel):
    """A figure of an earlier report beside a trend; `rule` is the one that was in force, `label` says so."""

    imported: Literal[True] = True
    period: PeriodOut
    ikm: float
    rule: str
    label: str
    category_printed: str | None
    respondents: int | None
    source: str


class TrendWithHistoryOut(TrendOut):
    """Consecutive periods, empty ones included; apart from them what was imported, oldest first."""

    imported: list[ImportedPointOut]


class HistoricalFollowUpOut(BaseModel):
    """Of the follow-up plan of an earlier survey: how many actions, how many finished, and when."""

    imported: Literal[True] = True
    period: str
    planned: int
    finished: int
    report_issued_on: date | None
    all_finished_on: date | None
    source: str
    document: UUID | None
    imported_at: datetime


class HistoryOut(BaseModel):
    """What was imported of a unit: never part of any computed result."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"unit": UNIT, "results": [EXAMPLE], "follow_ups": []}]}
    )

    unit: UnitRef
    results: list[HistoricalResultOut]
    follow_ups: list[HistoricalFollowUpOut]
