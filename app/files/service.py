"""Taking a file in: durable in its storage first, then its row, so that no row names a file that is not there."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from sqlmodel import Session, col, select

from app.audit.service import Actor
from app.core.errors import FieldError, InvalidInput, NotFound
from app.core.ids import uuid7
from app.core.streams import CHUNK_BYTES
from app.files.kinds import media_type_of
from app.files.names import clean_name
from app.files.storage import Storage, key_of
from app.files.tables import StoredFile

MEGABYTE = 1024 * 1024
FIELD = "berkas"
"""The field of every form and of the API in which files arrive."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that lies durably in the storage, and has no row yet."""

    unit_id: int
    id: UUID
    sha256: str
    name: str
    media_type: str
    size: int


def keep(storage: Storage, unit_id: int, content: BinaryIO, name: str, most_bytes: int) -> Kept:
    """Look at a file and store it, before any transaction begins. Raises `InvalidInput`, `StorageUnavailable`.

    Nothing is changed in it: a photo keeps what its camera wrote into it, place included.
    """
    size, sha256 = _measured(content, most_bytes)
    media_type = media_type_of(content)
    if media_type is None:
        message = "Berkas ini tidak diterima. Kirim PDF, foto (JPEG, PNG, WEBP), DOCX, atau XLSX tanpa makro."
        raise InvalidInput((FieldError(f"/{FIELD}", "file_kind", message),))
    kept = Kept(unit_id, uuid7(), sha256, clean_name(name, media_type), media_type, size)
    storage.put(key_of(unit_id, kept.id), content)
    return kept


def enter(session: Session, kept: Kept, actor: Actor, now: datetime) -> StoredFile:
    """The row of a kept file; it is visible once the transaction is committed."""
    row = StoredFile(
        unit_id=kept.unit_id,
        id=kept.id,
        sha256=kept.sha256,
        name=kept.name,
        media_type=kept.media_type,
        size=kept.size,
        uploaded_at=now,
        uploaded_by=actor.id if actor.kind == "user" else None,
    )
    session.add(row)
    session.flush()
    return row


def find(session: Session, unit_id: int, file_id: UUID) -> StoredFile:
    """A file of this unit. Raises `NotFound`."""
    found = session.get(StoredFile, (unit_id, file_id))
    if found is None:
        raise NotFound
    return found


def drop(session: Session, unit_id: int, file_id: UUID) -> None:
    """Forget a file that nothing refers to any more; its bytes go with the next `clean`."""
    session.delete(find(session, unit_id, file_id))
    session.flush()


def orphans(session: Session, storage: Storage, before: datetime) -> Iterator[str]:
    """Keys written before `before` that no row names: uploads that were broken off, files that were dropped."""
    known = {key_of(unit_id, id_) for unit_id, id_ in session.exec(select(StoredFile.unit_id, StoredFile.id))}
    for entry in storage.entries():
        if entry.key not in known and entry.written_at < before:
            yield entry.key


def damaged(session: Session, storage: Storage) -> Iterator[StoredFile]:
    """Rows whose file is missing or is not what it was."""
    for row in session.exec(select(StoredFile).order_by(col(StoredFile.unit_id), col(StoredFile.id))):
        digest = hashlib.sha256()
        try:
            for piece in storage.read(key_of(row.unit_id, row.id)):
                digest.update(piece)
        except NotFound:
            yield row
            continue
        if digest.hexdigest() != row.sha256:
            yield row


def _measured(content: BinaryIO, most_bytes: int) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    content.seek(0)
    while piece := content.read(CHUNK_BYTES):
        digest.update(piece)
        size += len(piece)
    content.seek(0)
    if not size:
        raise InvalidInput((FieldError(f"/{FIELD}", "file_empty", "Berkas ini kosong."),))
    if size > most_bytes:
        message = "Berkas paling besar {most} MB."
        raise InvalidInput(
            (FieldError(f"/{FIELD}", "file_too_large", message, {"most": most_bytes // MEGABYTE}),)
        )
    return size, digest.hexdigest()
