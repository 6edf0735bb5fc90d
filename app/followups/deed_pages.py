"""One follow-up: plan, progress, end, evidence, effect, what citizens read of it, and all that happened to it."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from babel.numbers import format_decimal
from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from app.aggregation.period_picker import period_name
from app.auth.forms import Shown, refusal
from app.auth.guards import ResultReader, now
from app.auth.principal import Principal
from app.auth.staff_pages import page, see_other
from app.core.errors import DomainError, FieldError, InvalidInput, NotFound
from app.core.session import ReadSession, database
from app.files.delivery import BODY_BYTES_MOST, keep_all
from app.files.kinds import ACCEPT
from app.files.service import FIELD, Kept
from app.followups import queries, service, view, wording
from app.followups.desk import SECTION, Desk, desk, frame
from app.followups.effect import Effect, effect_of
from app.followups.errors import Stale
from app.followups.guards import Editor, Sender, Sent
from app.followups.tables import CANCELLED, DONE, IN_PROGRESS, PLANNED, FollowUp
from app.ikm.periods import parse
from app.ikm.rounding import printed_ikm
from app.units.tables import Service

router = APIRouter(prefix="/petugas/unit/{code}/tindak-lanjut/{follow_up}", include_in_schema=False)

Values = Mapping[str, object]


@router.get("")
def get_detail(
    code: str, follow_up: UUID, request: Request, principal: ResultReader, session: ReadSession
) -> Response:
    """All that is known of a follow-up."""
    return _show(request, session, desk(request, session, principal, code), follow_up)


@router.post("/kemajuan")
def post_progress(code: str, follow_up: UUID, request: Request, sent: Sent) -> Response:
    """How far it is, and what stands in the way."""
    form = sent.form
    progress = form.text("progress")
    begun = progress not in ("", "0")
    values = {
        "progress": progress or "0",
        "obstacles": form.text("obstacles"),
        "state": IN_PROGRESS if begun or form.text("state") == IN_PROGRESS else PLANNED,
    }
    return _change(request, sent, code, follow_up, values, "dicatat")


@router.post("/selesai", max_body_size=BODY_BYTES_MOST)
def post_done(code: str, follow_up: UUID, request: Request, sent: Sent) -> Response:
    """It is done: when, what was done, and the files that show it. Files are kept even if the rest is wrong."""
    form = sent.form
    values = {"state": DONE, "done_on": form.text("done_on"), "outcome": form.text("outcome")}
    return _change(request, sent, code, follow_up, values, "selesai")


@router.post("/batal")
def post_cancel(code: str, follow_up: UUID, request: Request, sent: Sent) -> Response:
    """It will not be done, and why."""
    values = {"state": CANCELLED, "reason": sent.form.text("reason")}
    return _change(request, sent, code, follow_up, values, "dibatalkan")


@router.post("/buka")
def post_reopen(code: str, follow_up: UUID, request: Request, sent: Sent) -> Response:
    """It was not the end after all; the history keeps what was said."""
    return _change(request, sent, code, follow_up, {"state": IN_PROGRESS}, "dibuka")


@router.post("/terbit")
def post_publish(code: str, follow_up: UUID, request: Request, sent: Sent) -> Response:
    """What citizens read of it, and which files they may open; or nothing any more."""
    form = sent.form
    shown = {found for text in form.several("public") if (found := _uuid(text)) is not None}
    is_public = form.text("published") == "1"
    values = {"published": is_public, "public_text": form.text("public_text")}
    news = "terbit" if is_public else "ditarik"
    return _change(request, sent, code, follow_up, values, news, public=shown)


@router.post("/bukti", max_body_size=BODY_BYTES_MOST)
def post_evidence(code: str, follow_up: UUID, request: Request, sent: Sent) -> Response:
    """Add files as evidence."""
    if not sent.form.files:
        error = InvalidInput((FieldError(f"/{FIELD}", "file_missing", "Pilih berkas dulu."),))
        return _again(request, sent.principal, code, follow_up, error, {})
    return _change(request, sent, code, follow_up, {}, "bukti")


@router.post("/bukti/{evidence}/hapus")
def post_remove(code: str, follow_up: UUID, evidence: UUID, request: Request, principal: Editor) -> Response:
    """Take back a file that was added by mistake."""
    with database(request).write() as session:
        found = desk(request, session, principal, code)
        service.detach(session, principal.actor, found.unit, follow_up, evidence, now(request))
        address = f"{found.path}/{follow_up}?kabar=dihapus#bukti"
    return see_other(address)


def _change(
    request: Request,
    sent: Sender,
    code: str,
    follow_up: UUID,
    values: Values,
    news: str,
    public: set[UUID] | None = None,
) -> Response:
    """Files first, durable on their own; then what was said of the follow-up. What is refused is shown again."""
    principal = sent.principal
    version = sent.form.text("version")
    seen = int(version) if version.isdecimal() and len(version) < 10 else 0
    try:
        if sent.form.files:
            seen = _attach(request, principal, code, follow_up, seen, sent)
        with database(request).write() as session:
            found = desk(request, session, principal, code)
            if values:
                known = frame(request, session, found)
                at = now(request)
                service.change(session, principal.actor, found.unit, follow_up, seen, values, known, at)
            if public is not None:
                service.show_evidence(session, principal.actor, found.unit, follow_up, public, now(request))
            address = f"{found.path}/{follow_up}?kabar={news}"
    except NotFound:
        raise
    except DomainError as error:
        return _again(request, principal, code, follow_up, error, values)
    return see_other(address)


def _attach(
    request: Request, principal: Principal, code: str, follow_up: UUID, seen: int, sent: Sender
) -> int:
    """Store what was sent, and link it; the version that follows."""
    with database(request).read() as session:
        found = desk(request, session, principal, code)
        unit_id = found.unit_id
        if queries.one(session, unit_id, follow_up).version != seen and not _is_only_evidence(sent):
            raise Stale
    kept: list[Kept] = keep_all(request, unit_id, sent.form.files)
    with database(request).write() as session:
        found = desk(request, session, principal, code)
        for one in kept:
            service.attach(session, principal.actor, found.unit, follow_up, one, now(request))
        return queries.one(session, unit_id, follow_up).version


def _is_only_evidence(sent: Sender) -> bool:
    """Adding a file overwrites nothing, whatever happened meanwhile."""
    return not sent.form.text("outcome") and "done_on" not in sent.form.fields


def _again(
    request: Request, principal: Principal, code: str, follow_up: UUID, error: DomainError, values: Values
) -> Response:
    with database(request).read() as session:
        found = desk(request, session, principal, code)
        shown = refusal(request, error, "")
        return _show(request, session, found, follow_up, errors=shown, values=values, status=error.status)


def _show(
    request: Request,
    session: Session,
    found: Desk,
    follow_up: UUID,
    *,
    errors: Shown | None = None,
    values: Values | None = None,
    status: int = 200,
) -> Response:
    row = queries.one(session, found.unit_id, follow_up)
    files = queries.evidence(session, [found.unit_id], [row.id]).get(row.id, [])
    service_row = next((one for one in found.services if one.id == row.service_id), None)
    clocked = queries.clocked(session, [row], found.today)[0]
    steps = queries.history(session, found.unit_id, row.id)
    names, services = found.names, found.service_names
    return page(
        request,
        "staff/followups/detail.html",
        section=SECTION,
        status=status,
        desk=found,
        row=row,
        line=view.line(clocked, names, len(files), found.language),
        service=service_row.name if service_row else None,
        source=wording.sources(found.language)[row.source],
        forum=_forum(session, found, row),
        issued_on=wording.day(clocked.issued_on, found.language),
        files=[view.file(one, found.unit, found.language) for one in files],
        steps=[view.step(one, names, services, found.unit, found.language) for one in steps],
        effect=_effect(request, session, found, service_row, row),
        values={**_stored(row, found), **(values or {})},
        errors=errors or [],
        today=found.today.isoformat(),
        accept=ACCEPT,
        most=request.app.state.settings.upload_megabytes,
        news=request.query_params.get("kabar", "") if status == 200 else "",
    )


def _stored(row: FollowUp, found: Desk) -> dict[str, object]:
    return {
        "progress": row.progress,
        "obstacles": row.obstacles or "",
        "done_on": (row.done_on or found.today).isoformat(),
        "outcome": row.outcome or "",
        "reason": row.reason or "",
        "public_text": row.public_text or "",
    }


def _forum(session: Session, found: Desk, row: FollowUp) -> str | None:
    forum = next((one for one in queries.forums(session, found.unit_id) if one.id == row.forum_id), None)
    return None if forum is None else f"{forum.number}, {wording.day(forum.held_on, found.language)}"


def _effect(
    request: Request, session: Session, found: Desk, chosen: Service | None, row: FollowUp
) -> dict[str, Any] | None:
    """The effect in words and printed numbers."""
    effect: Effect | None = effect_of(
        session, request.app.state.catalog, found.unit, chosen, row, found.today
    )
    if effect is None:
        return None
    printed = _printer(found.language)
    change = effect.change
    margin = change.interval if change else None
    return {
        "before": period_name(effect.before, found.language),
        "after": period_name(effect.after, found.language),
        "value_before": printed(effect.value_before),
        "value_after": printed(effect.value_after),
        "change": printed(printed_ikm(change.difference), sign=True) if change else None,
        "rises": change is not None and change.difference > 0,
        "low": printed(margin.low, sign=True) if margin else None,
        "high": printed(margin.high, sign=True) if margin else None,
        "significant": change is not None and change.significant,
        "tested": margin is not None,
        "comparable": effect.comparable,
        "ready_on": wording.day(effect.ready_on, found.language),
        "waiting": effect.ready_on > found.today,
        "survey": parse(row.period) == effect.before,
    }


def _printer(language: str) -> Callable[..., str | None]:
    def printed(value: Any, *, sign: bool = False) -> str | None:
        if value is None:
            return None
        pattern = "+0.00;−0.00" if sign else "0.00"
        return format_decimal(value, format=pattern, locale=language)

    return printed


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
