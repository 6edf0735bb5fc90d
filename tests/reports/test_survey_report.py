"""The SKM report: the reference's figures in PDF and Word, hostile names as text, a government's own layout."""

import io
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import docx
import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from app.audit.tables import AuditEntry
from app.auth.roles import Role
from app.core.db import Database
from app.core.settings import Settings
from app.reports.word_layout import default_layout
from app.units.queries import unit_by_code
from tests.conftest import ELEMENTS

# Questionnaire order, 29 respondents: 91.48, A (reference, section 9).
ASKED = (*ELEMENTS[:7], "sarana", "pengaduan")
SUMS = (105, 101, 100, 116, 102, 105, 106, 105, 115)
PERIOD = "2026-Q3"
HOSTILE = 'Dinas <b>"A&B"</b> =1+1 {{ 7*7 }} {% x %} #emph[x] \u202egnorom 🚀'


@pytest.fixture
def reader(token: Callable[..., dict[str, str]]) -> dict[str, str]:
    """An evaluator's program."""
    return token("kota", Role.EVALUATOR)


@pytest.fixture
def answered(client: TestClient, body: Callable[..., dict[str, Any]]) -> None:
    """29 answers with the reference's sums: the first respondents give a point more than the others."""
    for number in range(29):
        scores = {key: total // 29 + (number < total % 29) for key, total in zip(ASKED, SUMS, strict=True)}
        more = {"sex": "P"} if number % 3 else {"sex": "L", "age": 30}
        sent = body(3, scores=scores, answered_at="2026-09-10T09:00:00+08:00", profile=more)
        assert client.post("/api/v1/responses", json=sent).status_code == 201


def text_of_pdf(content: bytes) -> str:
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)
    return done.stdout.decode()


def text_of_docx(content: bytes) -> str:
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def fetch(client: TestClient, form: str, headers: dict[str, str], query: str = f"period={PERIOD}") -> Any:
    return client.get(f"/api/v1/units/ptsp/reports/laporan.{form}?{query}", headers=headers)


@pytest.mark.usefixtures("answered")
@pytest.mark.parametrize(("form", "read"), [("pdf", text_of_pdf), ("docx", text_of_docx)])
def test_the_figures_of_the_reference(
    client: TestClient, reader: dict[str, str], city: Database, form: str, read: Callable[[bytes], str]
) -> None:
    answer = fetch(client, form, reader)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"] == f'attachment; filename="laporan-skm-ptsp-2026-Q3.{form}"'
    text = " ".join(read(answer.content).split())
    # IKM and index; NRR of the best and of the weakest element, each weighted by 1/9; its IKM.
    for figure in ("91,48", "3,659", "Sangat baik", "4,000", "0,444", "3,448", "0,383", "86,21", "100,00"):
        assert figure in text, figure
    for chapter in ("PENDAHULUAN", "PENGUMPULAN DATA", "HASIL PENGOLAHAN DATA", "ANALISIS HASIL SURVEI"):
        assert chapter in text.upper()
    assert "Dari 29 responden, IKM Pelayanan Terpadu adalah 91,48 dengan mutu pelayanan A" in text
    assert "Perempuan" in text
    assert "Waktu Penyelesaian (3,448, B)" in text
    assert "Tidak ada jawaban yang dikecualikan" in text
    with city.read() as session:
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == "report.made")).one()
        expected = {"period": PERIOD, "service": None, "format": form, "respondents": 29}
        assert dict(entry.details) == expected


@pytest.mark.usefixtures("answered")
@pytest.mark.parametrize("period", [PERIOD, "2025"])
def test_the_pdf_is_for_everybody(client: TestClient, reader: dict[str, str], period: str) -> None:
    """PDF/UA-1, with answers and without: headings skip no level, pictures have words."""
    content = fetch(client, "pdf", reader, f"period={period}").content
    assert b"<pdfuaid:part>1</pdfuaid:part>" in content


@pytest.mark.usefixtures("answered")
def test_word_has_its_pictures(client: TestClient, reader: dict[str, str]) -> None:
    with ZipFile(io.BytesIO(fetch(client, "docx", reader).content)) as archive:
        pictures = [name for name in archive.namelist() if name.startswith("word/media/")]
        assert len(pictures) >= 2
        assert all(archive.read(name).startswith(b"\x89PNG") for name in pictures)


@pytest.mark.usefixtures("answered")
@pytest.mark.parametrize(("form", "read"), [("pdf", text_of_pdf), ("docx", text_of_docx)])
def test_hostile_names_are_text(
    client: TestClient, reader: dict[str, str], city: Database, form: str, read: Callable[[bytes], str]
) -> None:
    with city.write() as session:
        unit = unit_by_code(session, "ptsp")
        assert unit is not None
        unit.name = HOSTILE
        session.add(unit)
    answer = fetch(client, form, reader)
    assert answer.status_code == 200, answer.text
    text = " ".join(read(answer.content).split())
    for piece in ('<b>"A&B"</b>', "{{ 7*7 }}", "{% x %}", "#emph[x]"):
        assert piece in text.replace("“", '"').replace("”", '"'), piece
    assert "49" not in text.split("{{ 7*7 }}")[1][:20]


@pytest.mark.parametrize("form", ["pdf", "docx"])
def test_a_period_without_answers(client: TestClient, reader: dict[str, str], form: str) -> None:
    answer = fetch(client, form, reader, "period=2025")
    assert answer.status_code == 200, answer.text
    text = text_of_pdf(answer.content) if form == "pdf" else text_of_docx(answer.content)
    assert "belum ada responden" in " ".join(text.split())


def test_what_is_refused(client: TestClient, reader: dict[str, str]) -> None:
    assert fetch(client, "pdf", reader, "period=kemarin").status_code == 422
    assert fetch(client, "pdf", reader, f"period={PERIOD}&service=tidak-ada").status_code == 404
    assert fetch(client, "odt", reader).status_code == 404


@pytest.fixture
def layout(tmp_path: Path) -> Path:
    """Where this installation keeps its own layout."""
    return tmp_path / "dinas.docx"


class TestOwnLayout:
    """An installation with a layout of its own."""

    @pytest.fixture
    def settings(self, settings: Settings, layout: Path) -> Settings:
        return settings.model_copy(update={"report_layout_file": layout})

    def test_it_is_filled(
        self, client: TestClient, reader: dict[str, str], layout: Path, answered: None
    ) -> None:
        document = docx.Document()
        document.add_paragraph("Milik kota: {{ unit }}, {{ surveys[0].ikm }}")
        document.save(str(layout))
        assert text_of_docx(fetch(client, "docx", reader).content) == "Milik kota: Pelayanan Terpadu, 91,48"

    @pytest.mark.parametrize("content", [b"", b"no word file", None])
    def test_what_cannot_be_used_is_told(
        self, client: TestClient, reader: dict[str, str], layout: Path, content: bytes | None
    ) -> None:
        if content is not None:
            layout.write_bytes(content)
        answer = fetch(client, "docx", reader)
        assert (answer.status_code, answer.json()["code"]) == (500, "layout_unusable")

    @pytest.mark.parametrize("tag", ["{{ unit", "{{ ''.__class__.__mro__[1].__subclasses__() }}"])
    def test_a_wrong_tag(self, client: TestClient, reader: dict[str, str], layout: Path, tag: str) -> None:
        document = docx.Document()
        document.add_paragraph(tag)
        document.save(str(layout))
        answer = fetch(client, "docx", reader)
        assert (answer.status_code, answer.json()["code"]) == (500, "layout_unusable")


def test_ours_is_written_to_begin_with(tmp_path: Path) -> None:
    assert b"word/document.xml" in default_layout()
    text = text_of_docx(default_layout())
    assert "{{ survey.ikm }}" in text
