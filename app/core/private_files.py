"""Files that nobody but the service's own account may read: the database and the key."""

import os
from pathlib import Path

MODE = 0o600
DIRECTORY_MODE = 0o700
_OTHERS = 0o077


def make_directory(path: Path) -> None:
    """A directory of our own, with those above it. One that is there already stays as it is."""
    path.mkdir(mode=DIRECTORY_MODE, parents=True, exist_ok=True)


def make_file(path: Path) -> None:
    """An empty file with mode 0600 where there is none; otherwise group and others lose their rights on it.

    Raises OSError where that is not ours to do.
    """
    make_directory(path.parent)
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, MODE))
    except FileExistsError:
        if path.is_file() and path.stat().st_mode & _OTHERS:
            path.chmod(MODE)
