"""The installation's secret key: a file that only its owner can read, made at the first start."""

import os
import secrets
from pathlib import Path

from app.core.private_files import MODE, make_directory

KEY_BYTES = 32


class SecretKeyError(Exception):
    """The key file cannot be used; the message says what to do."""


def load_or_create(path: Path) -> bytes:
    """The key in `path`, as at least 32 bytes. Makes the file with mode 0600 when there is none.

    Several processes may start at once: only one creates the file, the others read what it wrote.
    """
    make_directory(path.parent)
    fresh = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    if not path.exists():
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(fresh, path)  # unlike rename, fails when somebody else was first
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    try:
        key = bytes.fromhex(path.read_text().strip())
    except ValueError as error:
        raise SecretKeyError(f"{path}: bukan kunci heksadesimal; pulihkan dari cadangan") from error
    if len(key) < KEY_BYTES:
        raise SecretKeyError(f"{path}: kunci terlalu pendek, perlu {KEY_BYTES} bita")
    return key
