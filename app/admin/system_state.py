"""How the installation is: its database, its disk, its queue, its key, its kiosks. Reads only."""

import multiprocessing
import shutil
import stat
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, make_url, text
from sqlmodel import Session, col, select

from app.core.schema_version import current_revision, newest_revision
from app.core.settings import Settings
from app.responses.intake import Intake
from app.responses.tables import Response, Total
from app.units.tables import Unit


@dataclass(frozen=True, slots=True)
class DatabaseState:
    """Kind with version, size in bytes, schema in use and wanted, answers, and how far its clock is from ours."""

    kind: str
    size: int
    revision: str | None
    newest_revision: str | None
    answers: int
    excluded: int
    last_received: datetime | None
    clock_ahead: timedelta | None


@dataclass(frozen=True, slots=True)
class DiskState:
    """Bytes left and in all where `place` is."""

    place: Path
    free: int
    total: int


@dataclass(frozen=True, slots=True)
class QueueState:
    """Answers of this process that wait to be written, how many may, and for how long at most one has."""

    length: int
    limit: int
    seconds: float


@dataclass(frozen=True, slots=True)
class KeyState:
    """The file with the secret key: None for the mode where it cannot be looked at."""

    place: Path
    mode: str | None
    private: bool


def database_state(session: Session, now: datetime) -> DatabaseState:
    """The database, by its indexes and sums alone: no answers are scanned."""
    connection = session.connection()
    answers, excluded = session.exec(select(func.sum(Total.responses), func.sum(Total.excluded))).one()
    if connection.dialect.name == "sqlite":
        kind = f"SQLite {connection.scalar(text('SELECT sqlite_version()'))}"
        size = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
        ahead = None
    else:
        kind = f"PostgreSQL {connection.scalar(text('SHOW server_version'))}"
        size = "SELECT pg_database_size(current_database())"
        told = connection.scalar(text("SELECT clock_timestamp()"))
        ahead = told - now if told is not None else None
    return DatabaseState(
        kind=kind,
        size=int(connection.scalar(text(size)) or 0),
        revision=current_revision(connection),
        newest_revision=newest_revision(),
        answers=int(answers or 0),
        excluded=int(excluded or 0),
        last_received=_last_received(session),
        clock_ahead=ahead,
    )


def _last_received(session: Session) -> datetime | None:
    """When the latest answer arrived of those given on the last two days with answers: an index knows these."""
    newest = select(func.max(Response.local_date)).where(Response.unit_id == Unit.id).scalar_subquery()
    days: dict[int | None, date | None] = dict(session.exec(select(Unit.id, newest)).all())
    last = max((day for day in days.values() if day is not None), default=None)
    if last is None:
        return None
    since = last - timedelta(days=1)  # it may already be tomorrow further east
    units = [unit_id for unit_id, day in days.items() if day is not None and day >= since]
    lately = select(func.max(Response.received_at)).where(
        col(Response.unit_id).in_(units), col(Response.local_date) >= since
    )
    return session.exec(lately).one()


def disk_state(settings: Settings) -> DiskState:
    """The disk of the database file; with a database server, that of the key on this machine."""
    file = make_url(settings.database_url).database if settings.is_sqlite else None
    place = Path(file if file and file != ":memory:" else settings.secret_key_file).absolute().parent
    usage = shutil.disk_usage(place)
    return DiskState(place, usage.free, usage.total)


def queue_state(intake: Intake) -> QueueState:
    """What waits in this process."""
    return QueueState(intake.depth, intake.limit, intake.busy_seconds)


def key_state(path: Path) -> KeyState:
    """Who may read the secret key."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return KeyState(path, None, private=False)
    return KeyState(path, f"{mode:04o}", private=not mode & 0o077)


def has_siblings() -> bool:
    """Whether this process is one of several that a supervisor started."""
    return multiprocessing.parent_process() is not None


def is_current(state: DatabaseState) -> bool:
    """Whether the schema is the one that this version needs."""
    return state.revision == state.newest_revision
