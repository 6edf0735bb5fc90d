"""From a row of a matrix to an answer with an id of its own, through the validator of all answers. Pure.

The id follows from unit, service, source, date and row number: the same row again has the same id.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID, uuid5

from app.instruments.answers import InvalidAnswer
from app.responses.directory import OpenService
from app.responses.matrix import Row, RowFault, row_values, shape_fault
from app.responses.matrix_cells import as_date
from app.responses.matrix_columns import Columns
from app.responses.matrix_origin import FIRST_DATE, Origin
from app.responses.submission import Submission, submission

CHANNEL = "import"

_IDS = UUID("6c1f7d0e-3a52-5b89-9f6e-4f1d2b7a9c35")


@dataclass(frozen=True, slots=True)
class Reading:
    """What turns the rows of one file into submissions."""

    unit_code: str
    service: OpenService
    columns: Columns
    origin: Origin
    now: datetime

    @property
    def today(self) -> date:
        """The day that it is where the unit is."""
        return self.now.astimezone(self.service.target.zone).date()


def submission_of(row: Row, reading: Reading) -> Submission | list[RowFault]:
    """The answer in a row, ready to be stored, or every fault that the row has."""
    if fault := shape_fault(row, reading.columns):
        return [fault]
    day = _answered_on(row, reading)
    if isinstance(day, RowFault):
        return [day]
    service = reading.service
    noon = datetime.combine(day, time(12), service.target.zone)
    values = {
        **row_values(row, reading.columns),
        "id": str(_id(row, reading)),
        "point": CHANNEL,  # the validator wants one; paper has none, and none is stored
        "answered_at": noon.isoformat(),
    }
    try:
        # Today's answers are filed at noon also in the morning, so that the same file again is the same.
        answer = service.validator.parse(values, max(reading.now, noon))
    except InvalidAnswer as error:
        return _faults(row, reading.columns, error)
    return submission(answer, service.target, reading.now)


def _faults(row: Row, columns: Columns, error: InvalidAnswer) -> list[RowFault]:
    """The faults of an answer, from left to right."""
    faults = [
        RowFault(row.number, columns.heading_at(fault.pointer), fault.message.format(**fault.params))
        for fault in error.errors
    ]
    return sorted(faults, key=lambda fault: columns.header.index(fault.column) if fault.column else -1)


def _answered_on(row: Row, reading: Reading) -> date | RowFault:
    place = reading.columns.fields.get("date")
    cell = row.at(place)
    if place is None or cell is None:
        return reading.origin.answered_on
    day = as_date(cell)
    column = reading.columns.header[place]
    if day is None:
        return RowFault(row.number, column, "Tanggal harus berbentuk 2026-03-31 atau 31/03/2026.")
    if not FIRST_DATE <= day <= reading.today:
        return RowFault(row.number, column, f"Tanggal harus antara {FIRST_DATE.year} dan hari ini.")
    return day


def _id(row: Row, reading: Reading) -> UUID:
    origin = reading.origin
    parts = (
        reading.unit_code,
        reading.service.code,
        origin.source,
        origin.answered_on.isoformat(),
        row.number,
    )
    return uuid5(_IDS, json.dumps(parts))
