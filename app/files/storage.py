"""Where the bytes lie: a folder beside the database, or an S3-compatible store. A key is `unit/file`."""

import os
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, Protocol
from uuid import UUID, uuid4

from app.core.errors import DomainError, NotFound
from app.core.late import Late
from app.core.private_files import MODE, make_directory
from app.core.streams import CHUNK_BYTES, FilePieces

S3 = "s3://"
_obstore = Late("obstore")
_stores = Late("obstore.store")
_exceptions = Late("obstore.exceptions")


class StorageUnavailable(DomainError):
    """The place where files lie cannot be reached or is full; nothing was stored."""

    status = 503
    code = "storage_unavailable"
    message = "Tempat menyimpan berkas sedang tidak dapat dipakai. Berkas belum disimpan; coba lagi nanti."


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in the storage, and when it was written."""

    key: str
    written_at: datetime


Pieces = FilePieces | Generator[bytes]


class Storage(Protocol):
    """What both kinds can do. All raise `StorageUnavailable` where the place itself fails."""

    def put(self, key: str, content: BinaryIO) -> None:
        """Store the rest of `content`. When this returns, a power loss takes nothing back."""

    def read(self, key: str) -> Pieces:
        """The bytes in pieces; opened before this returns, to be read to the end or closed. Raises NotFound."""

    def delete(self, key: str) -> None:
        """Remove a file; one that is gone already is no fault."""

    def entries(self) -> Iterator[Entry]:
        """Everything that lies there, half-written files included."""


def key_of(unit_id: int, file_id: UUID) -> str:
    """Where a file of a unit lies. Nothing of it comes from what somebody typed."""
    return f"{unit_id}/{file_id.hex}"


def open_storage(url: str) -> Storage:
    """The storage of `ESKM_FILES_URL`. Nothing is made or asked before the first use."""
    return ObjectStorage(url) if url.startswith(S3) else FolderStorage(Path(url.removeprefix("file://")))


class FolderStorage:
    """Files in a folder of the service's own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, key: str, content: BinaryIO) -> None:
        """Written aside, made durable, then given its name; the folder's entry is made durable too."""
        target = self._folder / key
        aside = target.with_name(f".{uuid4().hex}.part")
        try:
            self._make_folder(target.parent)
            with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE), "wb") as file:
                while piece := content.read(CHUNK_BYTES):
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            aside.replace(target)
            _sync_folder(target.parent)
        except OSError as error:
            with suppress(OSError):
                aside.unlink(missing_ok=True)
            raise StorageUnavailable from error

    def read(self, key: str) -> Pieces:
        """The bytes in pieces."""
        try:
            file = (self._folder / key).open("rb")
        except FileNotFoundError:
            raise NotFound from None
        except OSError as error:
            raise StorageUnavailable from error
        return FilePieces(file)

    def delete(self, key: str) -> None:
        """Remove a file."""
        try:
            (self._folder / key).unlink(missing_ok=True)
        except OSError as error:
            raise StorageUnavailable from error

    def entries(self) -> Iterator[Entry]:
        """Everything below the folder."""
        for path in sorted(self._folder.rglob("*")):
            if path.is_file():
                written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
                yield Entry(path.relative_to(self._folder).as_posix(), written)

    def _make_folder(self, folder: Path) -> None:
        if folder.is_dir():
            return
        make_directory(folder)
        for one in (folder.parent, self._folder.parent):
            _sync_folder(one)


class ObjectStorage:
    """Files in a bucket. Credentials, region and address come from the usual `AWS_…` variables."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._opened: Any = None

    def put(self, key: str, content: BinaryIO) -> None:
        """An object is there wholly or not at all, and durable once the store has said so."""
        try:
            _obstore.put(self._store, key, content)
        except _exceptions.BaseError as error:
            raise StorageUnavailable from error

    def read(self, key: str) -> Pieces:
        """The bytes in pieces."""
        try:
            found = _obstore.get(self._store, key)
        except FileNotFoundError:
            raise NotFound from None
        except _exceptions.BaseError as error:
            raise StorageUnavailable from error
        return _streamed(found)

    def delete(self, key: str) -> None:
        """Remove an object."""
        try:
            _obstore.delete(self._store, key)
        except FileNotFoundError:
            return
        except _exceptions.BaseError as error:
            raise StorageUnavailable from error

    def entries(self) -> Iterator[Entry]:
        """Everything below the prefix."""
        try:
            for batch in _obstore.list(self._store):
                for one in batch:
                    yield Entry(one["path"], one["last_modified"])
        except _exceptions.BaseError as error:
            raise StorageUnavailable from error

    @property
    def _store(self) -> Any:
        if self._opened is None:
            # No options for the client: they would put those of the environment (AWS_ALLOW_HTTP) out of force.
            retries = {"max_retries": 2, "retry_timeout": timedelta(seconds=20)}
            self._opened = _stores.from_url(self._url, retry_config=retries)
        return self._opened


def _streamed(found: Any) -> Generator[bytes]:
    for piece in found.stream(min_chunk_size=CHUNK_BYTES):
        yield bytes(piece)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
