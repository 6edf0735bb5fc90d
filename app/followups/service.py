"""Changing follow-ups: every change is one version, one step of the history, one line of the record."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session, select

from app.audit.service import Actor, record
from app.core.errors import FieldError, InvalidInput, NotFound
from app.core.ids import uuid7
from app.files import service as files
from app.files.service import Kept
from app.files.tables import StoredFile
from app.followups import rules
from app.followups.errors import Stale
from app.followups.queries import report_of
from app.followups.rules import Frame
from app.followups.tables import (
    CANCELLED,
    DONE,
    OPEN,
    ConsultationForum,
    FollowUp,
    FollowUpEvidence,
    FollowUpStep,
    SurveyReport,
)
from app.ikm.periods import PeriodError, parse
from app.units.queries import services_of
from app.units.tables import Unit

NUMBER_MOST = 100
_PROGRESS = frozenset({"progress", "obstacles", "state"})


def frame_of(session: Session, unit: Unit, elements: Collection[str], now: datetime) -> Frame:
    """What a follow-up of this unit may refer to; `elements` are the keys that questionnaires know."""
    forums = session.exec(select(ConsultationForum.id).where(ConsultationForum.unit_id == unit.id))
    services = {one.code: one.id for one in services_of(session, [unit.id or 0]) if one.id is not None}
    return Frame(services, set(forums), elements, today_of(unit, now))


def today_of(unit: Unit, now: datetime) -> date:
    """The date where the unit is."""
    return now.astimezone(ZoneInfo(unit.timezone)).date()


def create(
    session: Session,
    actor: Actor,
    unit: Unit,
    values: Mapping[str, object],
    frame: Frame,
    now: datetime,
    id_: UUID | None = None,
) -> FollowUp:
    """A new follow-up, normally only planned; one of earlier years may be entered as done. Raises InvalidInput."""
    columns = rules.read(values, {}, frame)
    row = FollowUp(unit_id=unit.id or 0, id=id_ or uuid7(), created_at=now, changed_at=now, **columns)
    session.add(row)
    session.flush()
    given = {name: [None, _plain(value)] for name, value in columns.items()}
    _note(session, actor, row, "followup.added", given, now)
    return row


def change(
    session: Session,
    actor: Actor,
    unit: Unit,
    follow_up_id: UUID,
    version: int,
    values: Mapping[str, object],
    frame: Frame,
    now: datetime,
) -> FollowUp:
    """Change what `values` name. Raises NotFound, Stale when `version` is not the stored one, InvalidInput.

    Saying what is stored already changes nothing, and makes no version.
    """
    row = _locked(session, unit, follow_up_id)
    if row.version != version:
        raise Stale
    before = row.model_dump()
    columns = rules.read(values, before, frame)
    changes = {
        name: [_plain(before[name]), _plain(value)]
        for name, value in columns.items()
        if before[name] != value
    }
    if not changes:
        return row
    for name in changes:
        setattr(row, name, columns[name])
    _next(row, now)
    session.flush()
    _note_change(session, actor, row, changes, now)
    return row


def attach(
    session: Session, actor: Actor, unit: Unit, follow_up_id: UUID, kept: Kept, now: datetime
) -> StoredFile:
    """Add a file as evidence. The same content again is the file that is there already."""
    row = _locked(session, unit, follow_up_id)
    same = (
        select(StoredFile)
        .join(FollowUpEvidence, _same_file())
        .where(FollowUpEvidence.unit_id == row.unit_id, FollowUpEvidence.follow_up_id == row.id)
        .where(StoredFile.sha256 == kept.sha256)
    )
    known = session.exec(same).first()
    if known is not None:
        return known
    file = files.enter(session, kept, actor, now)
    session.add(FollowUpEvidence(unit_id=row.unit_id, follow_up_id=row.id, file_id=file.id))
    _next(row, now)
    session.flush()
    _note(session, actor, row, "followup.evidence_added", {"evidence": [None, file.name]}, now)
    return file


def detach(
    session: Session, actor: Actor, unit: Unit, follow_up_id: UUID, file_id: UUID, now: datetime
) -> None:
    """Take a file back that was added by mistake. Its name stays in the history. Raises NotFound."""
    row = _locked(session, unit, follow_up_id)
    link = session.get(FollowUpEvidence, (row.unit_id, row.id, file_id))
    if link is None:
        raise NotFound
    file = files.find(session, row.unit_id, file_id)
    session.delete(link)
    session.flush()
    _next(row, now)
    _note(session, actor, row, "followup.evidence_removed", {"evidence": [file.name, None]}, now)
    files.drop(session, row.unit_id, file_id)


def show_evidence(
    session: Session, actor: Actor, unit: Unit, follow_up_id: UUID, public: Collection[UUID], now: datetime
) -> None:
    """Which files citizens may open once the follow-up is published; all others they may not."""
    row = _locked(session, unit, follow_up_id)
    wanted = (FollowUpEvidence.unit_id == row.unit_id, FollowUpEvidence.follow_up_id == row.id)
    links = session.exec(select(FollowUpEvidence).where(*wanted)).all()
    changed = [one for one in links if one.public != (one.file_id in public)]
    for one in changed:
        one.public = not one.public
    if changed:
        shown = sorted(str(one.file_id) for one in links if one.public)
        _next(row, now)
        _note(session, actor, row, "followup.evidence_shown", {"public_evidence": [None, shown]}, now)


def issue_report(
    session: Session, actor: Actor, unit: Unit, values: Mapping[str, object], now: datetime
) -> SurveyReport:
    """Say when the report of a period was issued (`period`, `issued_on`, `number`); again corrects it."""
    faults: list[FieldError] = []
    try:
        period = parse(str(values.get("period") or "")).code
    except PeriodError:
        period = ""
        message = "Tulis periode survei, misalnya 2026-Q3 atau 2026-S1."
        faults.append(FieldError("/period", "period_invalid", message))
    issued_on = rules.day_of(faults, "issued_on", values.get("issued_on"), today_of(unit, now))
    if issued_on is None and not faults:
        faults.append(FieldError("/issued_on", "day_missing", "Isi tanggal terbit laporan."))
    number = _number(faults, values.get("number"))
    if faults or issued_on is None:
        raise InvalidInput(tuple(faults))
    row = report_of(session, unit.id or 0, period)
    before = None if row is None else row.issued_on.isoformat()
    if row is None:
        row = SurveyReport(unit_id=unit.id or 0, period=period, issued_on=issued_on, recorded_at=now)
    row.issued_on, row.number, row.recorded_at = issued_on, number, now
    session.add(row)
    details = {"period": period, "issued_on": issued_on.isoformat(), "before": before}
    record(
        session,
        actor,
        "report.issued",
        now,
        unit_id=unit.id,
        subject=f"survey_report:{period}",
        details=details,
    )
    return row


def add_forum(
    session: Session, actor: Actor, unit: Unit, values: Mapping[str, object], now: datetime
) -> ConsultationForum:
    """Write down a consultation forum (`held_on`, `number` of its minutes, `participants`)."""
    faults: list[FieldError] = []
    held_on = rules.day_of(faults, "held_on", values.get("held_on"), today_of(unit, now))
    if held_on is None and not faults:
        faults.append(FieldError("/held_on", "day_missing", "Isi tanggal forum."))
    number = _number(faults, values.get("number"))
    if number is None:
        faults.append(FieldError("/number", "number_missing", "Isi nomor berita acara."))
    people = str(values.get("participants") or "").strip()
    if people and not (people.isascii() and people.isdigit() and 0 < int(people) <= 100_000):
        faults.append(
            FieldError("/participants", "participants_invalid", "Jumlah peserta adalah bilangan bulat.")
        )
    if faults or held_on is None or number is None:
        raise InvalidInput(tuple(faults))
    row = ConsultationForum(
        unit_id=unit.id or 0,
        id=uuid7(),
        held_on=held_on,
        number=number,
        participants=int(people) if people else None,
        recorded_at=now,
    )
    session.add(row)
    session.flush()
    details = {"number": number, "held_on": held_on.isoformat()}
    record(session, actor, "forum.added", now, unit_id=unit.id, subject=f"forum:{row.id}", details=details)
    return row


def _number(faults: list[FieldError], value: object) -> str | None:
    number = str(value or "").strip()
    if len(number) > NUMBER_MOST or "\0" in number:
        message = "Nomor paling panjang {most} huruf."
        faults.append(FieldError("/number", "number_long", message, {"most": NUMBER_MOST}))
    return number or None


def _locked(session: Session, unit: Unit, follow_up_id: UUID) -> FollowUp:
    wanted = select(FollowUp).where(FollowUp.unit_id == unit.id, FollowUp.id == follow_up_id)
    row = session.exec(wanted.with_for_update()).one_or_none()
    if row is None:
        raise NotFound
    return row


def _next(row: FollowUp, now: datetime) -> None:
    row.version += 1
    row.changed_at = now


def _note_change(
    session: Session, actor: Actor, row: FollowUp, changes: dict[str, list[Any]], at: datetime
) -> None:
    """Note a change as what it amounts to."""
    before, after = changes.get("state", [None, None])
    if after == DONE:
        _note(session, actor, row, "followup.finished", changes, at)
    elif after == CANCELLED:
        _note(session, actor, row, "followup.cancelled", changes, at)
    elif before is not None and before not in OPEN:
        _note(session, actor, row, "followup.reopened", changes, at)
    elif "published" in changes:
        is_public = bool(changes["published"][1])
        _note(session, actor, row, "followup.published" if is_public else "followup.withdrawn", changes, at)
    elif _PROGRESS.issuperset(changes):
        _note(session, actor, row, "followup.advanced", changes, at)
    else:
        _note(session, actor, row, "followup.changed", changes, at)


def _note(
    session: Session, actor: Actor, row: FollowUp, action: str, changes: dict[str, list[Any]], at: datetime
) -> None:
    step = FollowUpStep(
        unit_id=row.unit_id,
        id=uuid7(),
        follow_up_id=row.id,
        at=at,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_name=actor.name,
        what=action.removeprefix("followup."),
        changes=changes,
    )
    session.add(step)
    # The record says that something was changed and where; the words themselves stay in the history.
    details = {"period": row.period, "element": row.element, "fields": sorted(changes)}
    record(
        session,
        actor,
        action,
        at,
        unit_id=row.unit_id,
        subject=f"follow_up:{row.id}",
        details=details,
    )


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else str(value) if isinstance(value, UUID) else value


def _same_file() -> Any:
    return (FollowUpEvidence.unit_id == StoredFile.unit_id) & (FollowUpEvidence.file_id == StoredFile.id)
