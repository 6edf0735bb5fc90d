"""The database and the key are files that only the service's own account can read."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from app.core import secrets
from app.core.db import Database
from app.core.migrations import upgrade
from app.core.private_files import make_file
from app.core.settings import Settings


@pytest.fixture(autouse=True)
def careless() -> Iterator[None]:
    """A process whose files everybody may write, unless it says otherwise."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_installation_is_private(tmp_path: Path) -> None:
    home = tmp_path / "var" / "lib"
    secrets.load_or_create(home / "secret.key")
    database = Database(Settings(database_url=f"sqlite:///{home}/eskm.db"))
    upgrade(database)
    with database.write() as session:
        session.execute(text("SELECT 1"))
        # The log beside the file holds answers too, and exists while somebody is connected.
        found = {path.name: mode(path) for path in home.iterdir()}
    assert found == dict.fromkeys(("eskm.db", "eskm.db-wal", "eskm.db-shm", "secret.key"), 0o600)
    assert mode(home) == 0o700
    database.dispose()


def test_a_database_that_others_can_read_is_closed_at_the_start(tmp_path: Path) -> None:
    path = tmp_path / "eskm.db"
    path.touch(0o644)
    Database(Settings(database_url=f"sqlite:///{path}")).dispose()
    assert mode(path) == 0o600


def test_directories_of_others_stay_as_they_are(tmp_path: Path) -> None:
    """Whoever keeps the database in a shared directory would not thank us for closing it."""
    tmp_path.chmod(0o755)
    make_file(tmp_path / "eskm.db")
    assert mode(tmp_path) == 0o755


def test_nothing_that_is_there_is_emptied(tmp_path: Path) -> None:
    path = tmp_path / "eskm.db"
    path.write_bytes(b"content")
    make_file(path)
    assert path.read_bytes() == b"content"


def test_the_key_is_never_readable_by_others_not_even_for_a_moment(tmp_path: Path) -> None:
    """It appears under its name only when it is written and closed: by a link to a file made with 0600."""
    path = tmp_path / "secret.key"
    key = secrets.load_or_create(path)
    assert mode(path) == 0o600
    assert len(key) == 32
    assert secrets.load_or_create(path) == key
    assert [one.name for one in tmp_path.iterdir()] == ["secret.key"]
