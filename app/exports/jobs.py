"""Exports in the background: asked for, taken up by one process, finished, cancelled, expired."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import Session, col, func, select

from app.audit.service import Actor, record
from app.core.errors import DomainError, NotFound
from app.core.ids import uuid7
from app.exports.cells import Locale
from app.exports.recipe import Format
from app.exports.tables import CANCELLED, DONE, EXPIRED, FAILED, QUEUED, RUNNING, ExportJob

OPEN_MOST = 5
LISTED = 50
# A process that makes an export says so twice a second; after so long without a word it is gone.
SILENT = timedelta(seconds=60)
ATTEMPTS_MOST = 3
FORGOTTEN = timedelta(days=30)


class TooManyExports(DomainError):
    """Somebody waits for as many exports as one may wait for."""

    status = 409
    code = "too_many_exports"
    message = "Masih ada {most} ekspor Anda yang belum selesai. Tunggu, atau batalkan salah satunya."

    def __init__(self) -> None:
        super().__init__(most=OPEN_MOST)


class ExportNotReady(DomainError):
    """There is no file (yet, or any more)."""

    status = 409
    code = "export_not_ready"
    message = "Berkas ekspor ini tidak tersedia: belum selesai, gagal, dibatalkan, atau sudah dihapus."


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody wants to have made."""

    unit_id: int
    service: str | None
    period: str
    format: Format
    comments: bool
    locale: Locale
    language: str
    rows: int


def create(session: Session, actor: Actor, order: Order, now: datetime) -> ExportJob:
    """A new export that waits for its turn. Raises TooManyExports."""
    waiting = select(func.count()).select_from(ExportJob).where(col(ExportJob.state).in_((QUEUED, RUNNING)))
    if session.exec(waiting.where(_of(actor))).one() >= OPEN_MOST:
        raise TooManyExports
    job = ExportJob(
        id=uuid7(),
        unit_id=order.unit_id,
        actor_kind=actor.kind,
        actor_id=actor.id,
        service=order.service,
        period=order.period,
        format=order.format,
        comments=order.comments,
        locale=order.locale,
        language=order.language,
        rows=order.rows,
        created_at=now,
    )
    session.add(job)
    return job


def of_actor(session: Session, actor: Actor, unit_ids: list[int]) -> list[ExportJob]:
    """One's own exports of these units, newest first."""
    wanted = select(ExportJob).where(_of(actor), col(ExportJob.unit_id).in_(unit_ids))
    return list(session.exec(wanted.order_by(col(ExportJob.id).desc()).limit(LISTED)))


def find(session: Session, actor: Actor, unit_id: int, job_id: UUID) -> ExportJob:
    """One's own export. Raises NotFound for somebody else's as for none."""
    job = session.get(ExportJob, (unit_id, job_id))
    if job is None or (job.actor_kind, job.actor_id) != (actor.kind, actor.id):
        raise NotFound
    return job


def cancel(session: Session, actor: Actor, job: ExportJob, now: datetime) -> None:
    """No longer wanted: the process that makes it stops, a finished file is removed. Others stay as they are."""
    if job.state in (QUEUED, RUNNING, DONE):
        job.state, job.finished_at, job.sha256, job.size = CANCELLED, now, None, None
        record(session, actor, "export.cancelled", now, unit_id=job.unit_id, subject=f"export:{job.id}")


def _of(actor: Actor) -> ColumnElement[bool]:
    return and_(col(ExportJob.actor_kind) == actor.kind, col(ExportJob.actor_id) == actor.id)


def _waits(now: datetime) -> ColumnElement[bool]:
    silent = and_(col(ExportJob.state) == RUNNING, col(ExportJob.seen_at) < now - SILENT)
    return or_(col(ExportJob.state) == QUEUED, silent)


def any_waits(session: Session, now: datetime) -> bool:
    """Whether there is anything that `claim` might give."""
    return session.exec(select(ExportJob.id).where(_waits(now)).limit(1)).first() is not None


def claim(session: Session, now: datetime) -> ExportJob | None:
    """The export that has waited longest, or whose process fell silent: it is ours to make now."""
    wanted = select(ExportJob).where(_waits(now))
    wanted = wanted.order_by(col(ExportJob.created_at)).limit(1).with_for_update(skip_locked=True)
    job = session.exec(wanted).first()
    if job is None:
        return None
    if job.attempts >= ATTEMPTS_MOST:
        fail(job, "interrupted", now)
        return None
    job.state, job.started_at, job.seen_at, job.rows_done = RUNNING, now, now, 0
    job.attempts += 1
    return job


def is_wanted(session: Session, unit_id: int, job_id: UUID, rows_done: int, now: datetime) -> bool:
    """Note how far it is; False once it was cancelled."""
    job = session.get(ExportJob, (unit_id, job_id))
    if job is None or job.state != RUNNING:
        return False
    job.rows_done, job.seen_at = rows_done, now
    return True


def finish(job: ExportJob, sha256: str, size: int, now: datetime, keep: timedelta) -> None:
    """The file is there, for as long as `keep`."""
    job.state, job.finished_at, job.expires_at = DONE, now, now + keep
    job.sha256, job.size, job.reason = sha256, size, None


def fail(job: ExportJob, reason: str, now: datetime) -> None:
    """There will be no file; `reason` is a code of `REASONS` in the words of the page."""
    job.state, job.reason, job.finished_at = FAILED, reason, now


def give_back(job: ExportJob) -> None:
    """The service stops: another process, or this one after its start, begins anew."""
    job.state, job.seen_at, job.rows_done = QUEUED, None, 0
    job.attempts -= 1


def expire(session: Session, now: datetime) -> None:
    """Files whose time is over, and the memory of exports that ended a month ago."""
    for job in session.exec(
        select(ExportJob).where(ExportJob.state == DONE, col(ExportJob.expires_at) <= now)
    ):
        job.state, job.sha256, job.size = EXPIRED, None, None
    ended = select(ExportJob).where(col(ExportJob.finished_at) < now - FORGOTTEN)
    for job in session.exec(ended.where(col(ExportJob.state).not_in((QUEUED, RUNNING, DONE)))):
        session.delete(job)


def with_files(session: Session) -> set[UUID]:
    """The exports whose files are needed."""
    return set(session.exec(select(ExportJob.id).where(col(ExportJob.state).in_((RUNNING, DONE)))))
