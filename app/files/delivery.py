"""Files on their way in and out over HTTP: bounded uploads, downloads that no browser runs."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import BinaryIO

from fastapi import Request
from starlette.datastructures import UploadFile

from app.core.streams import Stream
from app.files.names import disposition
from app.files.service import FIELD, MEGABYTE, Kept, keep
from app.files.storage import Storage, key_of
from app.files.tables import StoredFile

# A route's bound is fixed when it is made; what an installation allows (ESKM_UPLOAD_MEGABYTES) lies below.
FILES_MOST = 5
MEGABYTES_MOST = 50
BODY_BYTES_MOST = MEGABYTES_MOST * MEGABYTE + 64 * 1024
# A file of ours, opened as a page by whatever means, may do nothing at all.
SANDBOX = "default-src 'none'; sandbox; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file of a posted form, on disk once it is larger than a megabyte."""

    name: str
    content: BinaryIO


@dataclass(frozen=True, slots=True)
class SentForm:
    """The fields of a posted form and its files."""

    fields: Mapping[str, list[str]] = field(default_factory=dict)
    files: tuple[SentFile, ...] = ()

    def text(self, name: str) -> str:
        """One field without blanks at its ends; empty when it is not there."""
        return self.fields.get(name, [""])[0].strip()

    def several(self, name: str) -> list[str]:
        """All values under this name: boxes that were ticked."""
        return self.fields.get(name, [])


@asynccontextmanager
async def posted(request: Request) -> AsyncIterator[SentForm]:
    """Read a form; its files are there as long as the block lasts. Only behind a guard: nobody else may upload."""
    async with request.form(max_files=FILES_MOST, max_fields=200) as form:
        names = dict.fromkeys(form)
        fields = {name: [one for one in form.getlist(name) if isinstance(one, str)] for name in names}
        sent = [one for one in form.getlist(FIELD) if isinstance(one, UploadFile) and one.filename]
        yield SentForm(fields, tuple(SentFile(one.filename or "", one.file) for one in sent))


def storage_of(request: Request) -> Storage:
    """Where this installation keeps its files."""
    return request.app.state.files  # type: ignore[no-any-return]


def keep_all(request: Request, unit_id: int, files: tuple[SentFile, ...]) -> list[Kept]:
    """Store what a form brought, durably; rows are for the transaction that follows."""
    most = request.app.state.settings.upload_megabytes * MEGABYTE
    return [keep(storage_of(request), unit_id, one.content, one.name, most) for one in files]


def file_response(request: Request, row: StoredFile, *, cache: str = "no-store") -> Stream:
    """The file, to be saved: never shown as a page, never guessed at, never run."""
    content = storage_of(request).read(key_of(row.unit_id, row.id))
    headers = {
        "Content-Disposition": disposition(row.name),
        "Content-Length": str(row.size),
        "Content-Security-Policy": SANDBOX,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": cache,
    }
    return Stream(content, content.close, media_type=row.media_type, headers=headers)
