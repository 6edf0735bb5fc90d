"""Complaints among comments go to SP4N-LAPOR!: a text to copy, the number there, the clock, a year's counts."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from babel.dates import format_date
from sqlmodel import Session, col, func, select

from app.audit.service import Actor, record
from app.comments import clock
from app.comments.clock import StepName
from app.comments.service import about, note_change
from app.comments.tables import KINDS, CommentHandover
from app.core.errors import FieldError, InvalidInput
from app.core.tables import storable
from app.responses.screening import screen
from app.responses.tables import Comment

NUMBER_MAX = 40
STEPS: tuple[StepName, ...] = ("verified", "answered", "finished")


@dataclass(frozen=True, slots=True)
class YearCounts:
    """Comments handed over in a year, how many of them are finished, open, and open with a step that is late."""

    year: int
    handed_over: int
    finished: int
    open: int
    late: int


def ready_text(unit: str, service: str, comment: Comment) -> str:
    """What somebody pastes into LAPOR!: unit, service, month, the words. Nothing in it leads back to the answer."""
    month = format_date(comment.local_date, "MMMM y", locale="id")
    return (
        "Masukan warga dari Survei Kepuasan Masyarakat (tanpa identitas)\n"
        f"Unit: {unit}\nLayanan: {service}\nBulan: {month}\nIsi masukan: {screen(comment.text).text}"
    )


def done_of(handover: CommentHandover) -> dict[StepName, date | None]:
    """The steps and their days."""
    return {
        "verified": handover.verified_on,
        "answered": handover.answered_on,
        "finished": handover.finished_on,
    }


def steps_of(handover: CommentHandover, today: date) -> tuple[clock.Step, ...]:
    """The clock of one hand-over."""
    return clock.steps(handover.kind, handover.handed_over_on, done_of(handover), today)


def status_of(handover: CommentHandover) -> str:
    """How far it has come: `handed_over`, `verified`, `answered`, `finished`."""
    return clock.status(done_of(handover))


def of(session: Session, comment: Comment) -> CommentHandover | None:
    """The hand-over of a comment, if there was one."""
    return session.get(CommentHandover, (comment.unit_id, comment.response_id))


def hand_over(
    session: Session,
    actor: Actor,
    comment: Comment,
    *,
    lapor_number: str,
    kind: str,
    on: date | None,
    today: date,
    now: datetime,
) -> CommentHandover:
    """Keep the number that LAPOR! gave; a comment that nobody had acted on is now acted on.

    Written again, number and kind are corrected. Raises `InvalidInput`.
    """
    number = " ".join(lapor_number.split())
    faults = _faults(comment, number, kind, on or today, today)
    found = of(session, comment)
    on = on or (found.handed_over_on if found else today)
    if found is not None and any(day is not None and day < on for day in done_of(found).values()):
        faults.append(_misplaced("/handed_over_on"))
    if faults:
        raise InvalidInput(tuple(faults))
    row = found or CommentHandover(
        unit_id=comment.unit_id,
        response_id=comment.response_id,
        lapor_number=number,
        kind=kind,
        handed_over_on=on,
    )
    before = None if found is None else "handed_over"
    if found is not None and (found.lapor_number, found.kind, found.handed_over_on) == (number, kind, on):
        return found
    row.lapor_number, row.kind, row.handed_over_on = number, kind, on
    session.add(row)
    if comment.state in ("new", "reviewed"):
        comment.state = "acted_on"
    note_change(session, actor, comment, "handover", now, before=before, after="handed_over", note=number)
    details = about(comment, step="handed_over", kind=kind, on=on.isoformat())
    record(session, actor, "comment.handover", now, **details)
    return row


def note_steps(
    session: Session,
    actor: Actor,
    comment: Comment,
    days: Mapping[StepName, date | None],
    today: date,
    now: datetime,
) -> CommentHandover:
    """Keep the days of steps; only those in `days` are changed. When it is finished, the comment is done.

    Raises `InvalidInput`: not handed over, a day before the step before it, a day to come.
    """
    row = of(session, comment)
    if row is None:
        message = "Simpan dulu nomor LAPOR!-nya."
        raise InvalidInput((FieldError("/lapor_number", "not_handed_over", message),))
    wanted = {**done_of(row), **days}
    faults, last = [], row.handed_over_on
    for step in STEPS:
        day = wanted[step]
        if day is not None and not last <= day <= today:
            faults.append(_misplaced(f"/{step}_on"))
        last = day or last
    if faults:
        raise InvalidInput(tuple(faults))
    before = status_of(row)
    if wanted == done_of(row):
        return row
    row.verified_on, row.answered_on, row.finished_on = (wanted[step] for step in STEPS)
    session.add(row)
    if row.finished_on is not None:
        comment.state = "done"
    after = status_of(row)
    note_change(session, actor, comment, "handover", now, before=before, after=after)
    steps = {f"{step}_on": day.isoformat() if day else None for step, day in wanted.items()}
    record(session, actor, "comment.handover", now, **about(comment, step=after, **steps))
    return row


def _faults(comment: Comment, number: str, kind: str, on: date, today: date) -> list[FieldError]:
    faults = []
    if not number or len(number) > NUMBER_MAX or not storable(number):
        message = "Tulis nomor laporan dari LAPOR!, paling panjang {most} huruf."
        faults.append(FieldError("/lapor_number", "lapor_number", message, {"most": NUMBER_MAX}))
    if kind not in KINDS:
        faults.append(FieldError("/kind", "kind_missing", "Pilih jenis laporannya."))
    if not comment.local_date <= on <= today:
        faults.append(_misplaced("/handed_over_on"))
    return faults


def _misplaced(pointer: str) -> FieldError:
    message = "Tanggal ini mendahului langkah sebelumnya, atau belum tiba."
    return FieldError(pointer, "day_misplaced", message)


def handover_counts(session: Session, unit_ids: Collection[int], year: int, today: date) -> YearCounts:
    """What these units handed over in a year, and what became of it; also of comments that were erased since."""
    of_year = (
        col(CommentHandover.unit_id).in_(unit_ids),
        col(CommentHandover.handed_over_on) >= date(year, 1, 1),
        col(CommentHandover.handed_over_on) < date(year + 1, 1, 1),
    )
    number = select(func.count()).select_from(CommentHandover)
    handed_over = session.exec(number.where(*of_year)).one()
    finished = session.exec(number.where(*of_year, col(CommentHandover.finished_on).is_not(None))).one()
    waiting = select(CommentHandover).where(*of_year, col(CommentHandover.finished_on).is_(None))
    rows = session.exec(waiting).all()
    late = sum(any(step.late and step.done_on is None for step in steps_of(row, today)) for row in rows)
    return YearCounts(year, handed_over, finished, handed_over - finished, late)
