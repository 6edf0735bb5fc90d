"""A real service in a process of its own, behind a wire that can be cut: what offline tests kill and starve."""

import shutil
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlmodel import select

from app.core.db import Database
from app.core.settings import Settings
from app.responses.tables import Comment, Response
from app.units.tables import Point
from benchmarks.load.processes import ROOT, Service, environment, free_port, start
from benchmarks.load.wire import Wire


class Office:
    """The small city in the SQLite file `database`, served on one port whatever happens to its process."""

    def __init__(self, database: Path) -> None:
        self._folder = database.parent
        self._url = f"sqlite:///{database}"
        self._port = free_port()
        self._lock = threading.Lock()
        self.code = ROOT
        self.wire = Wire(self._port)
        self.service: Service | None = None

    @property
    def address(self) -> str:
        """Where browsers find it, through the wire."""
        return self.wire.address

    def open(self) -> None:
        """Start the process and wait until it can store; only another release has to read its modules first."""
        told = environment(
            ESKM_DATABASE_URL=self._url,
            ESKM_SECRET_KEY_FILE=str(self._folder / "secret.key"),
            ESKM_SURVEYS_DIR=str(ROOT / "surveys"),
            ESKM_FILES_URL=str(self._folder / "files"),
            ESKM_LOG_LEVEL="ERROR",
        )
        log = self._folder / "serve.log"
        if self.code == ROOT:
            self.service = start(told, log, forked=True, port=self._port)
        else:
            told["PYTHONPATH"] = str(self.code)
            command = [sys.executable, "-m", "app.cli", "serve", "--port", str(self._port)]
            with log.open("ab") as output:
                process = subprocess.Popen(command, env=told, cwd=self._folder, stdout=output, stderr=output)
            self.service = Service(self._port, process, log)
        self.service.wait_ready()

    def kill(self) -> None:
        """SIGKILL: no time to do anything."""
        assert self.service is not None
        self.service.kill()
        self.service = None

    def renew(self, script: str, addition: str) -> None:
        """The next process runs another release: the same code with `addition` at the end of a static file."""
        release = self._folder / "release"
        shutil.copytree(ROOT / "app", release / "app", ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("migrations", "surveys"):
            (release / name).symlink_to(ROOT / name)
        with (release / "app" / "web" / "static" / script).open("a", encoding="utf-8") as file:
            file.write(addition)
        self.code = release

    def close(self) -> None:
        """End everything."""
        if self.service is not None:
            self.kill()
        self.wire.close()

    def stored(self) -> list[dict[str, Any]]:
        """Every stored answer with its comment, in the order in which they were given."""
        database = Database(Settings(database_url=self._url))
        try:
            with database.read() as session:
                comments = {one.response_id: one.text for one in session.exec(select(Comment))}
                rows = [row.model_dump() for row in session.exec(select(Response))]
        finally:
            database.dispose()
        found = [row | {"comment": comments.get(row["id"])} for row in rows]
        return sorted(found, key=lambda row: row["answered_at"])

    def wait_stored(self, number: int, seconds: float = 30) -> list[dict[str, Any]]:
        """The stored answers, once there are `number` of them."""
        self.has_stored(number, seconds)
        found = self.stored()
        assert len(found) == number
        return found

    def has_stored(self, number: int, seconds: float) -> bool:
        """Whether there are `number` of them before the time is over."""
        until = time.monotonic() + seconds
        while len(self.stored()) < number:
            if time.monotonic() > until:
                return False
            time.sleep(0.2)
        return True

    def close_point(self, code: str) -> None:
        """Nobody may answer there any more."""
        self._set(code, active=False)

    def ask_for_proofs(self, code: str) -> None:
        """From now on, and at once for a service that is opened afterwards, phones compute there."""
        self._set(code, proof_of_work=True)

    def _set(self, code: str, **fields: bool) -> None:
        database = Database(Settings(database_url=self._url))
        with database.write() as session:
            point = session.exec(select(Point).where(Point.code == code)).one()
            for name, value in fields.items():
                setattr(point, name, value)
        database.dispose()


def now() -> datetime:
    """The present instant; phones of these tests have the clock of this machine."""
    return datetime.now(UTC)
