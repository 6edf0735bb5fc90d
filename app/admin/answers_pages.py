"""`/kelola/jawaban`: answers that deserve a look, and the ledger by which two persons take one out of the count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from sqlmodel import Session, col, select

from app.aggregation.parameters import parse_period
from app.aggregation.period_picker import current, picker
from app.audit.service import record
from app.auth.forms import faults
from app.auth.guards import now, staff
from app.auth.principal import Principal
from app.auth.roles import EXPORTS_RAW, Role
from app.auth.staff_pages import page, see_other
from app.auth.tables import User
from app.core.errors import DomainError, FieldError, NotFound
from app.core.messages import translate
from app.core.session import database
from app.ikm.periods import Period
from app.instruments.catalog import Catalog
from app.responses import ledger
from app.responses.answer_list import Show, answers
from app.responses.flags import BURST, FAST, REPEATED, STRAIGHT, TRAPPED, UNPROVEN, UNSIGNED
from app.responses.tables import Exclusion
from app.responses.tables import Response as Answer
from app.units import queries
from app.units.scope import unit_in_scope, units_in_scope
from app.units.tables import Unit
from app.web.locale import local_time, page_language

PATH = "/kelola/jawaban"
router = APIRouter(prefix=PATH, include_in_schema=False)
Reader = Annotated[Principal, Depends(staff(EXPORTS_RAW))]
Proposer = Annotated[Principal, Depends(staff(frozenset({Role.ADMIN, Role.UNIT_HEAD})))]
Unit_ = Annotated[str, Form(max_length=63)]


@dataclass(frozen=True, slots=True)
class Shown:
    """The unit that the page is about."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Line:
    """One answer as the list shows it, its scores with the codes of their elements."""

    id: UUID
    when: str
    service: str
    channel: str
    scores: Sequence[tuple[str, int]]
    flags: Sequence[str]
    counted: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """One line of the ledger in words."""

    id: UUID
    answer: str
    kind: str
    reason: str
    note: str | None
    by: str
    own: bool
    decided: str | None
    approved: bool


@router.get("")
def get_answers(
    request: Request,
    principal: Reader,
    unit: Annotated[str | None, Query(max_length=63)] = None,
    period: Annotated[str | None, Query(max_length=40)] = None,
    show: Show = "flagged",
    number: Annotated[int, Query(alias="page", ge=1, le=1000)] = 1,
) -> Response:
    """A unit's answers in a period, flagged ones first of all; reading them is recorded."""
    return _page(request, principal, unit, period, show, number)


@router.post("/usul")
def post_proposal(
    request: Request,
    principal: Proposer,
    unit: Unit_,
    period: Annotated[str, Form(max_length=40)],
    show: Annotated[Show, Form()] = "flagged",
    kind: Annotated[str, Form(pattern="^(exclude|include)$")] = ledger.EXCLUDE,
    answer: Annotated[list[UUID] | None, Form(max_length=ledger.ANSWERS_MAX)] = None,
    reason: Annotated[str, Form(max_length=20)] = "",
    note: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Propose to take the chosen answers out of the count, or back in."""
    try:
        with database(request).write() as session:
            found = unit_in_scope(session, principal, unit)
            ledger.propose(
                session,
                principal.actor,
                _id(found),
                answer or [],
                kind=kind,
                reason=reason,
                note=note,
                now=now(request),
            )
    except NotFound:
        raise
    except DomainError as error:
        return _page(request, principal, unit, period, show, 1, error)
    return see_other(_address(unit, period, show) + "#buku")


@router.post("/putus")
def post_decision(
    request: Request,
    principal: Reader,
    unit: Unit_,
    period: Annotated[str, Form(max_length=40)],
    line: Annotated[UUID, Form()],
    approve: Annotated[bool, Form()],
    show: Annotated[Show, Form()] = "flagged",
) -> Response:
    """Decide somebody else's proposal."""
    try:
        with database(request).write() as session:
            found = unit_in_scope(session, principal, unit)
            ledger.decide(session, principal.actor, _id(found), [line], approve=approve, now=now(request))
    except NotFound:
        raise
    except DomainError as error:
        return _page(request, principal, unit, period, show, 1, error)
    return see_other(_address(unit, period, show) + "#buku")


def _page(
    request: Request,
    principal: Principal,
    unit_code: str | None,
    period_code: str | None,
    show: Show,
    number: int,
    error: DomainError | None = None,
) -> Response:
    language = page_language(request)
    with database(request).write() as session:
        units = _units(session, principal)
        if not units:
            raise NotFound
        unit = unit_in_scope(session, principal, unit_code) if unit_code else units[0]
        zone = ZoneInfo(unit.timezone)
        today = now(request).astimezone(zone).date()
        period = parse_period(period_code) if period_code else current("quarter", today)
        rows, more = answers(session, _id(unit), period, show, number)
        _note_reading(session, principal, unit, period, show, now(request))
        services = {one.id: one.name for one in queries.services_of(session, [_id(unit)])}
        lines = [_line(request.app.state.catalog, row, services, zone, language) for row in rows]
        open_lines = ledger.pending(session, [_id(unit)])
        names = _names(session, [*open_lines, *(past := ledger.history(session, [_id(unit)]))])
        pending = [_proposal(one, names, principal, zone, language) for one in open_lines]
        history = [_proposal(one, names, principal, zone, language) for one in past]
        choices, shown = [(one.code, one.name) for one in units], Shown(unit.code, unit.name)
    return page(
        request,
        "staff/answers.html",
        section="answers",
        status=error.status if error else 200,
        units=choices,
        unit=shown,
        picker=picker(period, today, language),
        show=show,
        lines=lines,
        pending=pending,
        history=history,
        reasons=_reasons(language),
        errors=_errors(request, error),
        proposes=not principal.roles.isdisjoint({Role.ADMIN, Role.UNIT_HEAD}),
        older=_address(shown.code, period.code, show, number + 1) if more else None,
        later=_address(shown.code, period.code, show, number - 1) if number > 1 else None,
    )


def _errors(request: Request, error: DomainError | None) -> list[dict[str, str]]:
    if error is None:
        return []
    found = error.errors or (FieldError("/", error.code, error.message, error.params),)
    return faults(request, found)


def _units(session: Session, principal: Principal) -> list[Unit]:
    ids = units_in_scope(session, principal)
    return list(session.exec(select(Unit).where(col(Unit.id).in_(ids)).order_by(Unit.name)))


def _note_reading(
    session: Session, principal: Principal, unit: Unit, period: Period, show: Show, at: datetime
) -> None:
    details = {"period": period.code, "show": show}
    record(session, principal.actor, "answers.read", at, unit_id=unit.id, details=details)


def _line(
    catalog: Catalog, row: Answer, services: Mapping[int | None, str], zone: ZoneInfo, language: str
) -> Line:
    instrument = catalog.get(row.instrument)
    scores = [
        (instrument.element_of(question.key).code, row.scores[question.key])
        for element in instrument.elements
        for question in element.questions
        if question.key in row.scores
    ]
    flags = _flag_names(language)
    return Line(
        id=row.id,
        when=local_time(row.answered_at, zone, language),
        service=services.get(row.service_id, ""),
        channel=row.channel,
        scores=scores,
        flags=[flags.get(flag, flag) for flag in row.flags or ()],
        counted=row.state == "counted",
    )


def _proposal(
    line: Exclusion, names: Mapping[int, str], principal: Principal, zone: ZoneInfo, language: str
) -> Proposal:
    decided = None
    if line.decided_at is not None and line.decided_by is not None:
        decided = f"{names[line.decided_by]}, {local_time(line.decided_at, zone, language)}"
    return Proposal(
        id=line.id,
        answer=line.response_id.hex[-6:].upper(),
        kind=line.kind,
        reason=dict(_reasons(language)).get(line.reason, line.reason),
        note=line.note,
        by=f"{names[line.proposed_by]}, {local_time(line.proposed_at, zone, language)}",
        own=line.proposed_by == principal.user_id,
        decided=decided,
        approved=line.decision == ledger.APPROVED,
    )


def _names(session: Session, lines: Sequence[Exclusion]) -> dict[int, str]:
    ids = {line.proposed_by for line in lines} | {line.decided_by for line in lines if line.decided_by}
    people = session.exec(select(User.id, User.full_name).where(col(User.id).in_(ids)))
    return {id_: name for id_, name in people if id_ is not None}


def _reasons(language: str) -> list[tuple[str, str]]:
    return [
        ("trial", translate("Jawaban percobaan petugas", language)),
        ("repeated", translate("Orang yang sama menjawab berulang", language)),
        ("not_a_user", translate("Bukan pengguna layanan ini", language)),
        ("machine", translate("Dikirim oleh program", language)),
        ("mistake", translate("Salah dikeluarkan atau salah masuk", language)),
        ("other", translate("Alasan lain, dijelaskan di bawah", language)),
    ]


def _flag_names(language: str) -> dict[str, str]:
    return {
        STRAIGHT: translate("semua nilai sama", language),
        FAST: translate("terlalu cepat", language),
        BURST: translate("banyak sekaligus dari satu jaringan", language),
        REPEATED: translate("peramban yang sama berulang", language),
        UNSIGNED: translate("tanpa halaman formulir", language),
        TRAPPED: translate("mengisi isian tersembunyi", language),
        UNPROVEN: translate("tanpa bukti kerja", language),
    }


def _address(unit: str, period: str, show: str, number: int = 1) -> str:
    asked = {"unit": unit, "period": period, "show": show} | ({"page": str(number)} if number > 1 else {})
    return f"{PATH}?{urlencode(asked)}"


def _id(unit: Unit) -> int:
    if unit.id is None:
        raise ValueError("the unit must be stored")
    return unit.id
