"""What a file is, read from its first bytes and, for office documents, from its table of parts; never its name."""

from typing import BinaryIO
from zipfile import BadZipFile, ZipFile

from app.files.tables import DOCX, JPEG, PDF, PNG, WEBP, XLSX

ENDINGS = {
    PDF: ("pdf",),
    JPEG: ("jpg", "jpeg"),
    PNG: ("png",),
    WEBP: ("webp",),
    DOCX: ("docx",),
    XLSX: ("xlsx",),
}
"""Endings of names by media type; the first is the usual one."""

ACCEPT = ",".join(f".{ending}" for endings in ENDINGS.values() for ending in endings)
"""The same for the `accept` attribute of a form's field."""

_PARTS = "[Content_Types].xml"
_PARTS_BYTES_MOST = 1024 * 1024
_MEMBERS_MOST = 20_000
_MAIN = {
    b"wordprocessingml.document.main+xml": DOCX,
    b"spreadsheetml.sheet.main+xml": XLSX,
}


def media_type_of(content: BinaryIO) -> str | None:
    """The media type of one of the accepted kinds; None for anything else, for macros too. Leaves it rewound."""
    content.seek(0)
    head = content.read(16)
    try:
        return _by_signature(head) or (_of_office(content) if head.startswith(b"PK\x03\x04") else None)
    finally:
        content.seek(0)


def _by_signature(head: bytes) -> str | None:
    if head.startswith(b"%PDF-"):
        return PDF
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    return None


def _of_office(content: BinaryIO) -> str | None:
    """A document or workbook without macros (ECMA-376, part 2: the content types name the main part)."""
    try:
        with ZipFile(content) as archive:
            members = archive.infolist()
            if len(members) > _MEMBERS_MOST or any("vbaproject" in one.filename.lower() for one in members):
                return None
            with archive.open(_PARTS) as parts:
                named = parts.read(_PARTS_BYTES_MOST)
    except (BadZipFile, KeyError, NotImplementedError, RuntimeError, EOFError, OSError):
        return None  # damaged, encrypted, or an archive of something else
    if b"macroEnabled" in named:
        return None
    return next((media_type for mark, media_type in _MAIN.items() if mark in named), None)
