"""Stores a matrix of answers through the intake; the same file again, or a crash half-way, doubles nothing.

Rows have the same id for ever (`matrix_rows`), and a file its name and date (`matrix_origin`).
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from app.audit.service import SYSTEM, Actor, record
from app.core.clock import Clock, utc_now
from app.core.db import Database
from app.core.errors import Busy
from app.instruments.catalog import Catalog, UnknownInstrument
from app.responses import matrix_origin
from app.responses.directory import Directory, OpenService
from app.responses.errors import ResponseRejected
from app.responses.intake import Intake
from app.responses.matrix import Matrix, RowFault, read_matrix, refuse_not_asked
from app.responses.matrix_cells import UnusableMatrix
from app.responses.matrix_columns import Order, columns_of, importance_left_out
from app.responses.matrix_origin import Origin
from app.responses.matrix_rows import CHANNEL, Reading, submission_of
from app.responses.submission import Outcome, Submission
from app.units import queries

CHUNK = 500
# Pauses before a chunk that found no room is sent again, in seconds: about a quarter of a minute in all.
PATIENCE = (0.1, 0.5, 1.0, 2.0, 4.0, 8.0)

_REASONS = {
    Outcome.CONFLICT: "Baris ini sudah pernah diimpor dengan isi lain; yang lama tidak berubah.",
    Outcome.REJECTED: ResponseRejected.message,
}

Progress = Callable[[int, int], None]
"""Told how many of how many rows are settled."""
_Prepared = tuple[int, Submission]


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What is said about a file. `unit` and `service` are codes; what is None is found out."""

    unit: str
    service: str
    order: Order | None = None
    answered_on: date | None = None
    source: str | None = None
    allow_blank: bool = False


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of every row: `rows` = `stored` + `duplicates` + `faulty` + `unstored`.

    `unstored` rows are sound; the database did not take them in time. The same import again completes them.
    """

    origin: Origin
    rows: int
    stored: int
    duplicates: int
    unstored: int
    faults: tuple[RowFault, ...]

    @property
    def faulty(self) -> int:
        """How many rows have a fault."""
        return len({fault.row for fault in self.faults})

    @property
    def complete(self) -> bool:
        """Whether all rows are in the database now."""
        return not self.faults and not self.unstored


async def import_matrix(
    path: Path,
    request: ImportRequest,
    database: Database,
    catalog: Catalog,
    *,
    intake: Intake | None = None,
    actor: Actor = SYSTEM,
    clock: Clock = utc_now,
    progress: Progress | None = None,
    patience: Sequence[float] = PATIENCE,
) -> ImportReport:
    """Store the rows of a CSV or XLSX file that are answers, and tell about every other.

    Without an `intake` one is opened for this import. That `actor` imports is recorded before the first row
    is stored, and what became of the rows at the end. Raises UnusableMatrix, with nothing stored, for a file
    or a request that cannot be meant so.
    """
    matrix, origin, prepared, faults = await asyncio.to_thread(
        _prepare, path, request, database, catalog, actor, clock()
    )
    if intake is not None:
        outcomes = await store(intake, [one for _, one in prepared], progress, patience)
    else:
        async with Intake(database) as own:
            outcomes = await store(own, [one for _, one in prepared], progress, patience)
    for (row, _), outcome in zip(prepared, outcomes, strict=True):
        if outcome in _REASONS:
            faults.append(RowFault(row, None, _REASONS[outcome]))
    report = ImportReport(
        origin=origin,
        rows=len(matrix.rows),
        stored=outcomes.count(Outcome.STORED),
        duplicates=outcomes.count(Outcome.DUPLICATE),
        unstored=outcomes.count(None),
        faults=tuple(sorted(faults, key=lambda fault: fault.row)),
    )
    if prepared:
        await asyncio.to_thread(
            _record_end, database, actor, prepared[0][1].unit_id, request, report, clock()
        )
    return report


async def store(
    intake: Intake,
    submissions: Sequence[Submission],
    progress: Progress | None = None,
    patience: Sequence[float] = PATIENCE,
) -> list[Outcome | None]:
    """What became of each, in order; None from the first chunk on that found no room despite `patience`."""
    outcomes: list[Outcome | None] = []
    for start in range(0, len(submissions), CHUNK):
        if progress:
            progress(start, len(submissions))
        chunk = await _submit(intake, submissions[start : start + CHUNK], patience)
        outcomes += chunk
        if None in chunk:
            break
    if progress:
        progress(len(outcomes), len(submissions))
    return outcomes + [None] * (len(submissions) - len(outcomes))


async def _submit(
    intake: Intake, submissions: Sequence[Submission], patience: Sequence[float]
) -> list[Outcome | None]:
    outcomes: list[Outcome | None] = [None] * len(submissions)
    for pause in (0.0, *patience):
        await asyncio.sleep(pause)
        waiting = [place for place, outcome in enumerate(outcomes) if outcome is None]
        try:
            results = await intake.submit_many([submissions[place] for place in waiting])
        except Busy:
            continue
        for place, result in zip(waiting, results, strict=True):
            outcomes[place] = None if isinstance(result, Busy) else result
        if None not in outcomes:
            break
    return outcomes


def _prepare(
    path: Path, request: ImportRequest, database: Database, catalog: Catalog, actor: Actor, now: datetime
) -> tuple[Matrix, Origin, list[_Prepared], list[RowFault]]:
    matrix = read_matrix(path)
    service = _service(request, database, catalog)
    columns = columns_of(matrix.header, service.instrument, service.not_asked, request.order)
    left_out = importance_left_out(columns, service.instrument, service.not_asked)
    if left_out and not request.allow_blank:
        raise UnusableMatrix(
            f"Kolom kepentingan tidak ada: {', '.join(left_out)}. Bila tidak ditanyakan di kertas, "
            "izinkan jawaban kosong (--allow-blank)."
        )
    refuse_not_asked(matrix, columns)
    if not matrix.rows:
        raise UnusableMatrix("Tidak ada baris di bawah judul kolom.")
    today = now.astimezone(service.target.zone).date()
    with database.read() as session:
        origin = matrix_origin.origin_of(
            session,
            service.target,
            matrix.sha256,
            path.name,
            today,
            source=request.source,
            answered_on=request.answered_on,
        )
    reading = Reading(request.unit, service, columns, origin, now)
    prepared: list[_Prepared] = []
    faults: list[RowFault] = []
    for row in matrix.rows:
        result = submission_of(row, reading)
        if isinstance(result, Submission):
            prepared.append((row.number, result))
        else:
            faults += result
    if prepared:
        # Before the first row: whatever ends this import, the next one files the rows in the same place.
        with database.write() as session:
            matrix_origin.remember(session, service.target, matrix.sha256, origin, now)
            details = {**_named(request, origin), "sha256": matrix.sha256, "rows": len(matrix.rows)}
            record(session, actor, "import.started", now, unit_id=service.target.unit_id, details=details)
    return matrix, origin, prepared, faults


def _record_end(
    database: Database,
    actor: Actor,
    unit_id: int,
    request: ImportRequest,
    report: ImportReport,
    now: datetime,
) -> None:
    counts = {name: getattr(report, name) for name in ("stored", "duplicates", "faulty", "unstored")}
    details = {**_named(request, report.origin), **counts}
    with database.write() as session:
        record(session, actor, "import.finished", now, unit_id=unit_id, details=details)


def _named(request: ImportRequest, origin: Origin) -> dict[str, object]:
    """Which import it is, in the record."""
    return {
        "source": origin.source,
        "service": request.service,
        "answered_on": origin.answered_on.isoformat(),
    }


def _service(request: ImportRequest, database: Database, catalog: Catalog) -> OpenService:
    """Paper may be entered after a service has closed: inactive ones are served too."""
    with database.read() as session:
        unit = queries.unit_by_code(session, request.unit)
        if unit is None or unit.id is None:
            raise UnusableMatrix(f'Unit "{request.unit}" tidak ada.')
        service = queries.service_by_code(session, unit.id, request.service)
        if service is None:
            known = [service.code for service in queries.services_of(session, [unit.id])]
            raise UnusableMatrix(
                f'Layanan "{request.service}" tidak ada pada unit {unit.code}'
                + (f"; yang ada: {', '.join(known)}." if known else ".")
            )
        try:
            return Directory(database, catalog).open_service(
                unit, service, None, channel=CHANNEL, complete=not request.allow_blank
            )
        except UnknownInstrument as error:
            raise UnusableMatrix(f"Layanan ini memakai {error}.") from error
