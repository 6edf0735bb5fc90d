"""What routes of exports share: what somebody asks for, checked and recorded before a byte leaves."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Query, Request
from sqlmodel import Session

from app.audit.service import record
from app.auth.guards import now
from app.auth.principal import Principal
from app.core.session import database
from app.exports import planning, queries
from app.exports.cells import file_name
from app.exports.queries import Extent
from app.ikm.periods import Period
from app.units.scope import unit_in_scope

ServiceParameter = Annotated[
    str | None, Query(description="Kode layanan; tanpa ini semua layanan unit dan unit di bawahnya")
]
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
    "sav": "application/x-spss-sav",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """An extent in somebody's reach, and how many answers it has."""

    covered: Extent
    rows: int


def asked(request: Request, principal: Principal, code: str, service: str | None, period: Period) -> Asked:
    """Everything that can be refused is refused here, before the first byte."""
    with database(request).read() as session:
        return asked_in(session, principal, code, service, period)


def asked_in(session: Session, principal: Principal, code: str, service: str | None, period: Period) -> Asked:
    """The same in a session. Raises NotFound."""
    covered = queries.extent(session, unit_in_scope(session, principal, code), service, period)
    return Asked(covered, planning.answers_in(session, covered))


def note(
    session: Session,
    request: Request,
    principal: Principal,
    found: Asked,
    file: str,
    *,
    comments: bool = False,
) -> None:
    """Who reads answers one by one, and what citizens wrote."""
    covered = found.covered
    details = {
        "file": file,
        "unit": covered.unit.code,
        "service": covered.service.code if covered.service else None,
        "period": covered.period.code,
        "rows": found.rows,
        "comments": comments,
    }
    record(
        session,
        principal.actor,
        "comments.exported" if comments else "answers.exported",
        now(request),
        unit_id=covered.unit.id,
        details=details,
    )


def note_now(
    request: Request, principal: Principal, found: Asked, file: str, *, comments: bool = False
) -> None:
    """The same, durable when it returns."""
    with database(request).write() as session:
        note(session, request, principal, found, file, comments=comments)


def note_document(request: Request, principal: Principal, found: Asked, file: str) -> None:
    """Who takes a file in which there are no answers."""
    covered = found.covered
    service = covered.service.code if covered.service else None
    details = {"file": file, "service": service, "period": covered.period.code}
    with database(request).write() as session:
        record(
            session,
            principal.actor,
            "document.fetched",
            now(request),
            unit_id=covered.unit.id,
            details=details,
        )


def file_headers(kind: str, covered: Extent, ending: str) -> Mapping[str, str]:
    """The name of the file, and that nothing on the way may keep it."""
    service = covered.service.code if covered.service else ""
    name = file_name(kind, covered.unit.code, service, covered.period.code, ending=ending)
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
