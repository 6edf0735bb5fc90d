"""The thread that has exports made, one after the other, each in a process of its own."""

import threading
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import structlog

from app.aggregation.parameters import parse_period
from app.core.clock import Clock
from app.core.db import Database
from app.core.errors import DomainError, NotFound
from app.core.private_files import make_directory
from app.core.settings import Settings
from app.exports import jobs, planning, processes, queries
from app.exports.processes import ExportFailed, Stopped
from app.exports.recipe import Recipe
from app.exports.tables import ExportJob
from app.instruments.catalog import Catalog
from app.units.tables import Unit

log = structlog.get_logger(__name__)
LOOK_SECONDS = 5.0
TIDY_LOOKS = 60
TELL_SECONDS = 1.0


class Runner:
    """Looks for exports that wait when it is woken, and every few seconds for those of other processes."""

    def __init__(self, database: Database, catalog: Catalog, settings: Settings, clock: Clock) -> None:
        self._database, self._catalog, self._settings, self._clock = database, catalog, settings, clock
        self.directory = directory_of(settings)
        self._woken, self._over = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="exports", daemon=True)

    def __enter__(self) -> "Runner":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._woken.set()
        self._thread.join(timeout=15)

    def wake(self) -> None:
        """There is something to do."""
        self._woken.set()

    def path_of(self, job: ExportJob) -> Path:
        """Where the file of a finished export lies."""
        return self.directory / f"{job.id}.{job.format}"

    def _run(self) -> None:
        looks = 0
        if not self._settings.chores_seconds:
            self._woken.wait()  # nothing is done unasked
            self._woken.clear()
        while not self._over.is_set():
            try:
                if looks % TIDY_LOOKS == 0:
                    self.tidy()
                while not self._over.is_set() and self.once():
                    pass
            except Exception as error:  # the database may be away for a while
                log.warning("exports.failed", error=type(error).__name__)
            looks += 1
            self._woken.wait(LOOK_SECONDS)
            self._woken.clear()

    def once(self) -> bool:
        """Make the export that has waited longest; False when none waits."""
        with self._database.read() as session:
            if not jobs.any_waits(session, self._clock()):
                return False  # most looks end here, and hold up nobody who writes
        with self._database.write() as session:
            job = jobs.claim(session, self._clock())
            if job is None:
                return False
            session.flush()
            session.refresh(job)
            session.expunge(job)
        try:
            self._make(job)
        except Stopped:
            self._give_back(job)
        except DomainError as error:
            self._fail(job, error.code)
        except Exception as error:
            log.error("export.failed", error=type(error).__name__)  # noqa: TRY400 - its text may hold an answer
            self._fail(job, ExportFailed.code)
        finally:
            self._part_of(job).unlink(missing_ok=True)
        return True

    def tidy(self) -> None:
        """Let go of what is past its time, and of files that belong to no export."""
        with self._database.write() as session:
            jobs.expire(session, self._clock())
            session.flush()
            needed = {str(one) for one in jobs.with_files(session)}
        with suppress(FileNotFoundError):
            for path in self.directory.iterdir():
                if _is_ours(path) and path.name.partition(".")[0] not in needed:
                    path.unlink(missing_ok=True)

    def _make(self, job: ExportJob) -> None:
        recipe = self._recipe(job)
        make_directory(self.directory)
        part = self._part_of(job)

        told = 0.0

        def goes_on(rows: int) -> bool:
            nonlocal told
            if self._over.is_set():
                return False
            if time.monotonic() - told < TELL_SECONDS:
                return True
            told = time.monotonic()
            with self._database.write() as session:
                return jobs.is_wanted(session, job.unit_id, job.id, rows, self._clock())

        made = processes.made_patiently(recipe, job.rows, part, goes_on)
        part.chmod(0o600)
        part.rename(self.path_of(job))
        keep = timedelta(hours=self._settings.exports_hours)
        with self._database.write() as session:
            stored = session.get_one(ExportJob, (job.unit_id, job.id))
            if jobs.is_wanted(session, job.unit_id, job.id, stored.rows, self._clock()):
                jobs.finish(stored, made.sha256, made.size, self._clock(), keep)
                return
        self.path_of(job).unlink(missing_ok=True)

    def _recipe(self, job: ExportJob) -> Recipe:
        with self._database.read() as session:
            unit = session.get(Unit, job.unit_id)
            if unit is None:
                raise NotFound
            covered = queries.extent(session, unit, job.service, parse_period(job.period))
            return planning.recipe_of(
                session,
                self._catalog,
                self._settings.database_url,
                covered,
                job.format,  # type: ignore[arg-type]  # one of FORMATS, by a CHECK
                comments=job.comments,
                locale=job.locale,  # type: ignore[arg-type]
                language=job.language,
            )

    def _give_back(self, job: ExportJob) -> None:
        """It was cancelled, or the service stops: then it begins anew after the start."""
        with self._database.write() as session:
            stored = session.get(ExportJob, (job.unit_id, job.id))
            if stored is not None and stored.state == "running":
                jobs.give_back(stored)

    def _fail(self, job: ExportJob, reason: str) -> None:
        with self._database.write() as session:
            stored = session.get(ExportJob, (job.unit_id, job.id))
            if stored is not None and stored.state == "running":
                jobs.fail(stored, reason, self._clock())

    def _part_of(self, job: ExportJob) -> Path:
        return self.directory / f"{job.id}.part"


def directory_of(settings: Settings) -> Path:
    """Where files of exports lie: as set, otherwise beside the key, which is on a disk of ours already."""
    return settings.exports_dir or settings.secret_key_file.parent / "exports"


def _is_ours(path: Path) -> bool:
    """Whether a file is named after an export; whatever else lies there is none of our business."""
    try:
        UUID(path.name.partition(".")[0])
    except ValueError:
        return False
    return path.is_file()
