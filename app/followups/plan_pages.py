"""Planning a follow-up, from a weak element when one comes from a result, and changing the plan later."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from babel.numbers import format_decimal
from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from app.aggregation.figures import ElementFigure, elements
from app.aggregation.period_picker import current, period_name
from app.aggregation.results import Question, results_of
from app.auth.forms import Shown, refusal
from app.auth.guards import now
from app.auth.staff_pages import page, see_other
from app.core.errors import InvalidInput
from app.core.session import ReadSession, WriteSession
from app.files.delivery import SentForm
from app.followups import queries, service, view, wording
from app.followups.clock import quarter_of
from app.followups.desk import SECTION, Desk, desk, frame
from app.followups.errors import Stale
from app.followups.guards import Editor, Sent
from app.followups.tables import FORUM
from app.ikm.periods import By, PeriodError, parse, previous
from app.units.queries import service_by_code

router = APIRouter(prefix="/petugas/unit/{code}/tindak-lanjut", include_in_schema=False)

FIELDS = ("period", "element", "service", "source", "forum", "recommendation", "action", "due", "owner")
LOWEST = 3
_QUARTERS_BACK, _QUARTERS_ON = 8, 8
_PERIODS_BACK: dict[By, int] = {"quarter": 8, "semester": 4, "year": 3}


@router.get("/baru")
def get_new(code: str, request: Request, principal: Editor, session: ReadSession) -> Response:
    """The empty form; `element`, `period`, `service`, `source`, `forum` and `comment` in the address fill it."""
    found = desk(request, session, principal, code)
    asked = request.query_params
    values: dict[str, object] = {name: asked.get(name, "")[:100] for name in (*FIELDS, "comment")}
    values["period"] = _known_period(str(values["period"])) or previous(current("quarter", found.today)).code
    values["source"] = values["source"] or (FORUM if values["forum"] else "survey")
    year, quarter = quarter_of(found.today)
    values["due"] = values["due"] or f"{year}-Q{quarter}"
    return _form(request, session, found, values)


@router.post("/baru")
def post_new(code: str, request: Request, sent: Sent, session: WriteSession) -> Response:
    """Store a new follow-up."""
    found = desk(request, session, sent.principal, code)
    values = _values(sent.form)
    try:
        given = {**values, "comment": sent.form.text("comment")}
        row = service.create(
            session, sent.principal.actor, found.unit, given, frame(request, session, found), now(request)
        )
    except InvalidInput as error:
        shown = {**values, "comment": sent.form.text("comment")}
        return _form(request, session, found, shown, errors=refusal(request, error, ""), status=422)
    return see_other(f"{found.path}/{row.id}?kabar=dibuat")


@router.get("/{follow_up}/ubah")
def get_change(
    code: str, follow_up: UUID, request: Request, principal: Editor, session: ReadSession
) -> Response:
    """The form with what is stored."""
    found = desk(request, session, principal, code)
    row = queries.one(session, found.unit_id, follow_up)
    values = view.form_values(row, found.service_codes)
    return _form(request, session, found, values, stored=(row.id, row.version))


@router.post("/{follow_up}/ubah")
def post_change(code: str, follow_up: UUID, request: Request, sent: Sent, session: WriteSession) -> Response:
    """Store what was changed, unless somebody else was faster."""
    found = desk(request, session, sent.principal, code)
    row = queries.one(session, found.unit_id, follow_up)
    values = {**_values(sent.form), "obstacles": sent.form.text("obstacles")}
    version = sent.form.text("version")
    try:
        service.change(
            session,
            sent.principal.actor,
            found.unit,
            follow_up,
            int(version) if version.isdecimal() and len(version) < 10 else 0,
            values,
            frame(request, session, found),
            now(request),
        )
    except InvalidInput as error:
        errors, status, version_shown = refusal(request, error, ""), 422, version
    except Stale as error:
        errors, status, version_shown = refusal(request, error, ""), 409, str(row.version)
    else:
        return see_other(f"{found.path}/{row.id}?kabar=disimpan")
    return _form(
        request, session, found, values, stored=(row.id, version_shown), errors=errors, status=status
    )


def _values(form: SentForm) -> dict[str, object]:
    return {name: form.text(name) for name in FIELDS}


def _form(
    request: Request,
    session: Session,
    found: Desk,
    values: Mapping[str, object],
    *,
    stored: tuple[UUID, object] | None = None,
    errors: Shown | None = None,
    status: int = 200,
) -> Response:
    catalog = request.app.state.catalog
    forums = queries.forums(session, found.unit_id)
    return page(
        request,
        "staff/followups/form.html",
        section=SECTION,
        status=status,
        desk=found,
        values=values,
        stored=stored,
        errors=errors or [],
        elements=found.asked(catalog),
        services=[(one.code, one.name) for one in found.services if one.active],
        sources=list(wording.sources(found.language).items()),
        forums=[(str(one.id), f"{one.number}, {wording.day(one.held_on, found.language)}") for one in forums],
        periods=_periods(found, str(values["period"])),
        quarters=_quarters(found, str(values["due"])),
        **_weak(request, session, found, values),
    )


def _weak(request: Request, session: Session, found: Desk, values: Mapping[str, object]) -> dict[str, Any]:
    """The figures that a plan begins with: the element chosen, and the lowest ones of the period."""
    code = _known_period(str(values["period"]))
    nothing: dict[str, Any] = {"figure": None, "lowest": [], "period_name": ""}
    if code is None:
        return nothing
    period = parse(code)
    chosen = service_by_code(session, found.unit_id, str(values["service"])) if values["service"] else None
    results = results_of(session, request.app.state.catalog, found.unit, Question(period), chosen)
    best = max(results, key=lambda one: one.respondents)
    if best.index is None:
        return {**nothing, "period_name": period_name(period, found.language)}
    asked = [one for one in elements(best, found.language) if one.ikm is not None]
    asked.sort(key=lambda one: one.ikm or Decimal(0))
    return {
        "figure": next((one for one in asked if one.key == values["element"]), None),
        "lowest": asked[:LOWEST],
        "period_name": period_name(period, found.language),
        "printed": lambda one: _printed(one, found.language),
    }


def _printed(one: ElementFigure, language: str) -> str:
    return format_decimal(one.ikm, format="0.00", locale=language) if one.ikm is not None else ""


def _known_period(code: str) -> str | None:
    try:
        return parse(code).code
    except PeriodError:
        return None


def _periods(found: Desk, chosen: str) -> list[tuple[str, str]]:
    """Quarters, semesters and years of the last time, and the one that is chosen."""
    codes: list[str] = []
    for kind, back in _PERIODS_BACK.items():
        period = current(kind, found.today)
        for _ in range(back):
            codes.append(period.code)
            period = previous(period)
    if (known := _known_period(chosen)) and known not in codes:
        codes.insert(0, known)
    return [(code, period_name(parse(code), found.language)) for code in codes]


def _quarters(found: Desk, chosen: str) -> list[tuple[str, str]]:
    """Quarters around today, and the one that is chosen."""
    year, quarter = quarter_of(found.today)
    here = year * 4 + quarter - 1
    numbers = range(here - _QUARTERS_BACK, here + _QUARTERS_ON)
    codes = {
        f"{one // 4}-Q{one % 4 + 1}": wording.quarter(one // 4, one % 4 + 1, found.language)
        for one in numbers
    }
    known = _known_period(chosen)
    if known and known not in codes and "-Q" in known:
        period = parse(known)
        codes = {known: wording.quarter(period.start.year, int(known[-1]), found.language), **codes}
    return list(codes.items())
