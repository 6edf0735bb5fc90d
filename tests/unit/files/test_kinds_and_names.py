"""Files are known by what is in them; names are made harmless."""

import io
import struct
import zipfile
import zlib
from io import BytesIO

import openpyxl
import pytest
import typst
from docx import Document

from app.files.kinds import media_type_of
from app.files.names import NAME_MOST, clean_name, disposition
from app.files.tables import DOCX, JPEG, PDF, PNG, WEBP, XLSX


def png() -> bytes:
    """A real picture of one pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixel = zlib.compress(b"\0\xff\xff\xff")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixel) + chunk(b"IEND", b"")


def xlsx() -> bytes:
    file = io.BytesIO()
    openpyxl.Workbook().save(file)
    return file.getvalue()


def docx() -> bytes:
    file = io.BytesIO()
    Document().save(file)
    return file.getvalue()


def archive(**members: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for name, content in members.items():
            packed.writestr(name.replace("__", "/"), content)
    return file.getvalue()


def repacked(content: bytes, name: str, data: bytes) -> bytes:
    """The same archive with one member more, or with another content of one."""
    file = io.BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(file, "w") as new:
        for member in old.namelist():
            if member != name:
                new.writestr(member, old.read(member))
        new.writestr(name, data)
    return file.getvalue()


ACCEPTED = {
    PDF: typst.compile(b"= Bukti"),
    JPEG: b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\0" * 20,
    PNG: png(),
    WEBP: b"RIFF\x24\0\0\0WEBPVP8 " + b"\0" * 20,
    DOCX: docx(),
    XLSX: xlsx(),
}


@pytest.mark.parametrize("media_type", ACCEPTED)
def test_what_is_accepted(media_type: str) -> None:
    file = BytesIO(ACCEPTED[media_type])
    file.seek(5)
    assert media_type_of(file) == media_type
    assert file.tell() == 0


@pytest.mark.parametrize(
    "content",
    [
        b"<!DOCTYPE html><script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b" %PDF-1.7",
        b"GIF89a" + b"\0" * 20,
        b"MZ\x90\x00" + b"\0" * 20,
        b"RIFF\x24\0\0\0WAVEfmt ",
        b"PK\x03\x04 not an archive at all",
        archive(readme="hello"),
        archive(word__document="x"),
        b"PK",
        b"",
        repacked(xlsx(), "xl/vbaProject.bin", b"macro"),
        repacked(docx(), "[Content_Types].xml", b"application/vnd.ms-word.document.macroEnabled.main+xml"),
    ],
)
def test_what_is_not(content: bytes) -> None:
    assert media_type_of(BytesIO(content)) is None


@pytest.mark.parametrize(
    ("sent", "media_type", "expected"),
    [
        ("foto loket.jpg", JPEG, "foto loket.jpg"),
        ("FOTO.JPEG", JPEG, "FOTO.jpeg"),
        ("..\\..\\windows\\laporan.pdf", PDF, "laporan.pdf"),
        ("../../etc/passwd", PDF, "passwd.pdf"),
        ("laporan.html", PDF, "laporan.html.pdf"),  # never an ending that a browser would run
        ("laporan.pdf.exe", PDF, "laporan.pdf.exe.pdf"),
        ("a\u202egpj.exe", JPEG, "agpj.exe.jpg"),  # written backwards it would end in .jpg
        ('a"b\r\nSet-Cookie: x.png', PNG, "ab Set-Cookie x.png"),
        ("  .  ", PNG, "berkas.png"),
        (".pdf", PDF, "pdf.pdf"),
        ("x" * 300 + ".xlsx", XLSX, "x" * (NAME_MOST - 5) + ".xlsx"),
        ("rencana\u0000aksi.docx", DOCX, "rencanaaksi.docx"),
    ],
)
def test_names(sent: str, media_type: str, expected: str) -> None:
    assert clean_name(sent, media_type) == expected


def test_the_header_saves_and_never_opens() -> None:
    found = disposition("bukti é 100%.pdf")
    assert found == "attachment; filename=\"bukti _ 100_.pdf\"; filename*=UTF-8''bukti%20%C3%A9%20100%25.pdf"
