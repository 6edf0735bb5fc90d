"""What was imported of earlier years is in the pack: its document, and a file that can be imported again."""

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from starlette.testclient import TestClient

from app.auth.roles import Role
from tests.admin.conftest import desk, recorded, staff
from tests.web.markup import Page

__all__ = ["desk", "recorded", "staff"]

BACKENDS = ("sqlite",)  # the statements of history run on both in tests/pekppp/test_evaluation.py

Headers = dict[str, str]
PAGE = "/petugas/unit/ptsp/riwayat"
REPORT = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
NOTED = {
    "period": "2025",
    "source": "Laporan SKM 2025",
    "ikm": "78,15",
    "mutu": "B",
    "respondents": "150",
    "U8": "3,05",
    "planned": "4",
    "finished": "4",
    "report_issued_on": "2026-01-10",
    "all_finished_on": "2026-03-02",
}
OLDER = """periode;layanan;ikm;responden;rtl_rencana;rtl_selesai;laporan_terbit
2024;nib;80,5;50;;;
2024;;;;3;1;2025-01-31
2021;;70;10;;;
"""


@pytest.fixture
def head(staff: Callable[..., Headers]) -> Headers:
    return staff("ptsp", Role.UNIT_HEAD)


@pytest.fixture
def pack(desk: TestClient, head: Headers) -> Callable[[int], ZipFile]:
    """Imports three years and makes the pack of a year."""
    noted = desk.post(
        f"{PAGE}/catat", data=NOTED, files={"berkas": ("..\\lap 2025.pdf", REPORT)}, headers=head
    )
    assert noted.status_code == 303, noted.text
    preview = Page(_uploaded(desk, head, OLDER.encode()))
    stored = desk.post(f"{PAGE}/terapkan", data={"isi": preview.fields["isi"]}, headers=head)
    assert stored.headers["location"] == f"{PAGE}?kabar=diterapkan"

    def made(year: int) -> ZipFile:
        answer = desk.get(f"/api/v1/units/ptsp/pekppp/evidence.zip?year={year}", headers=head)
        assert answer.status_code == 200, answer.text
        return ZipFile(BytesIO(answer.content))

    return made


def _uploaded(desk: TestClient, head: Headers, data: bytes) -> str:
    preview = desk.post(f"{PAGE}/berkas", files={"berkas": ("riwayat.csv", data)}, headers=head)
    assert preview.status_code == 200, preview.text
    return preview.text


def test_the_document_is_there_once_under_its_period(pack: Callable[[int], ZipFile]) -> None:
    archive = pack(2026)
    (name,) = [name for name in archive.namelist() if name.startswith("dokumen-riwayat/")]
    assert name.startswith("dokumen-riwayat/2025-001-")
    assert name.endswith(".pdf")
    assert archive.read(name) == REPORT
    assert name in {one["name"] for one in json.loads(archive.read("manifest.json"))["files"]}


def test_what_was_imported_can_be_imported_again(
    pack: Callable[[int], ZipFile], desk: TestClient, head: Headers
) -> None:
    text = pack(2026).read("riwayat.csv")
    lines = text.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("periode,layanan,aturan,ikm,")
    assert [tuple(line.split(",")[:2]) for line in lines[1:]] == [("2024", ""), ("2024", "nib"), ("2025", "")]
    assert "Isi berkas sama dengan yang sudah tersimpan." in _uploaded(desk, head, text)


def test_a_year_without_anything_imported_has_no_such_files(
    pack: Callable[[int], ZipFile],
) -> None:
    names: list[Any] = pack(2019).namelist()
    assert "riwayat.csv" not in names
    assert not [name for name in names if name.startswith("dokumen-riwayat/")]
