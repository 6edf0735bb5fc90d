"""`/petugas/unit/{code}/surat`: the monthly letter as page and as PDF."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from app.aggregation.period_picker import period_name
from app.audit.service import record
from app.auth.guards import ResultReader, now
from app.auth.principal import Principal
from app.auth.staff_pages import page
from app.core.errors import FieldError, InvalidInput
from app.core.session import ReadSession, database
from app.ikm.periods import Period
from app.letters import service
from app.letters.printing import pdf
from app.letters.writing import written
from app.units.scope import unit_in_scope
from app.units.tables import Unit
from app.web.locale import page_language

router = APIRouter(prefix="/petugas/unit/{code}", include_in_schema=False)


@router.get("/surat")
def get_letter(
    code: str, request: Request, principal: ResultReader, session: ReadSession, period: str = ""
) -> Response:
    """The letter about a month, the last one unless another is named; one that was not made yet is a preview."""
    unit, month = _asked(request, session, principal, code, period)
    content, made_at = _content(request, session, unit, month)
    language = page_language(request)
    others = [(one, name) for one in service.months(session, unit.id or 0) if (name := _name(one, language))]
    return page(
        request,
        "staff/letter.html",
        section="units",
        unit=unit,
        letter=content,
        made=made_at is not None,
        month=month.code,
        others=others,
    )


@router.get("/surat.pdf")
def get_file(code: str, request: Request, principal: ResultReader, period: str = "") -> Response:
    """The same to print or to send."""
    with database(request).read() as session:
        unit, month = _asked(request, session, principal, code, period)
        content, made_at = _content(request, session, unit, month)
        name, unit_id = f"surat-{unit.code}-{month.code}.pdf", unit.id
    made = pdf(content, made_at or now(request))
    with database(request).write() as session:
        details = {"file": name, "period": month.code}
        record(session, principal.actor, "document.fetched", now(request), unit_id=unit_id, details=details)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(made, media_type="application/pdf", headers=headers)


def _asked(
    request: Request, session: Session, principal: Principal, code: str, period: str
) -> tuple[Unit, Period]:
    unit = unit_in_scope(session, principal, code)
    month = service.period_of(period) if period else service.last_month(unit, now(request))
    if month is None:
        message = "Surat ini tentang satu bulan: tulis periodenya seperti 2026-09."
        raise InvalidInput((FieldError("/period", "period_invalid", message),))
    return unit, month


def _content(
    request: Request, session: Session, unit: Unit, month: Period
) -> tuple[Mapping[str, Any], datetime | None]:
    kept = service.find(session, unit.id or 0, month.code)
    if kept is not None:
        return kept.content, kept.made_at
    return written(session, request.app.state.catalog, unit, month, now(request)).content(), None


def _name(code: str, language: str) -> str | None:
    month = service.period_of(code)
    return period_name(month, language) if month else None
