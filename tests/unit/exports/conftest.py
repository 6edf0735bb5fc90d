"""Answers without a service around them: a database of two units, and matrices made by hand."""

import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert

from app.core.db import Database
from app.core.places import SURVEYS
from app.exports import processing_xlsx
from app.exports.queries import Extent, ServiceHead, UnitHead
from app.exports.score_matrix import ScoreMatrix, ServiceScores
from app.ikm.periods import parse
from app.instruments import loader
from app.instruments.catalog import Catalog
from app.responses.tables import Response, Total
from app.units.tables import Service, Unit

ASKED = (
    "persyaratan",
    "prosedur",
    "waktu",
    "biaya",
    "produk",
    "kompetensi",
    "perilaku",
    "sarana",
    "pengaduan",
)
# Without this LibreOffice shows the values that were stored beside the formulas.
ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""
HEAD = UnitHead(1, "dpmptsp", "Dinas Contoh", "Asia/Makassar", "Jalan Merdeka 17", "(0411) 123456")
NIB = ServiceHead(1, "nib", "Penerbitan NIB")


@dataclass
class Shelf:
    """A database with the units `b-dinas` and `a-kota`, the second above the first, one service each."""

    database: Database
    units: dict[str, int]
    services: dict[str, int]
    stored: int = 0

    def store(self, unit: str, day: date, count: int = 1, **columns: Any) -> list[UUID]:
        """`count` answers of one day; their ids run downwards, so that stored order is not id order."""
        values = {
            "unit_id": self.units[unit],
            "service_id": self.services[unit],
            "local_date": day,
            "instrument": "skm-2017@1",
            "channel": "qr",
            "answered_at": datetime(day.year, day.month, day.day, 2, tzinfo=UTC),
            "received_at": datetime(day.year, day.month, day.day, 3, tzinfo=UTC),
            "scores": dict.fromkeys(ASKED, 3),
            "respondent_mean": 0,
            "digest": bytes(16),
            "state": "counted",
            **columns,
        }
        ids = [UUID(int=2**100 - self.stored - place) for place in range(count)]
        self.stored += count
        with self.database.write() as session:
            session.execute(insert(Response), [{**values, "id": id_} for id_ in ids])
            month = day.replace(day=1)
            ref = str(values["instrument"])
            key = (self.units[unit], self.services[unit], month, ref)
            total = session.get(Total, key) or Total(
                unit_id=key[0],
                service_id=key[1],
                month=month,
                instrument=ref,
                responses=0,
                sum=0,
                squares=0,
                excluded=0,
            )
            if values["state"] == "counted":
                total.responses += count
            else:
                total.excluded += count
            session.add(total)
        return ids


@pytest.fixture
def shelf(database: Database) -> Shelf:
    with database.write() as session:
        above = Unit(code="a-kota", name="Kota Contoh", timezone="Asia/Jakarta")
        session.add(above)
        session.flush()
        below = Unit(code="b-dinas", name="Dinas Contoh", timezone="Asia/Jayapura", parent_id=above.id)
        session.add(below)
        session.flush()
        services = [
            Service(unit_id=unit.id, code="nib", name="Penerbitan NIB", instrument="skm-2017")
            for unit in (above, below)
        ]
        session.add_all(services)
        session.flush()
        units = {unit.code: unit.id for unit in (above, below)}
        ids = {code: service.id for code, service in zip(units, services, strict=True)}
    return Shelf(database, units, ids)


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return loader.load(SURVEYS)


@pytest.fixture(scope="session")
def tiny() -> Catalog:
    return loader.load(SURVEYS / "tests")


def spread(total: int, n: int) -> list[int]:
    """`n` scores with this sum, as equal as can be."""
    score, rest = divmod(total, n)
    return [score + 1] * rest + [score] * (n - rest)


@pytest.fixture(scope="session")
def answers_with_sums() -> Callable[[int, Sequence[int]], list[dict[str, int]]]:
    """Answers of `n` respondents from the sums in questionnaire order; a sum of zero was not asked."""

    def make(n: int, sums: Sequence[int]) -> list[dict[str, int]]:
        columns = {key: spread(total, n) for key, total in zip(ASKED, sums, strict=True) if total}
        return [{key: column[row] for key, column in columns.items()} for row in range(n)]

    return make


@pytest.fixture
def book_of() -> Callable[..., bytes]:
    """The workbook of (unit, service, ref, answers, excluded) in order of units; a ref may be empty."""

    def make(
        catalog: Catalog,
        rows: Sequence[tuple[UnitHead, ServiceHead, str, Sequence[Mapping[str, int]], int]],
        *,
        unit: UnitHead = HEAD,
        service: ServiceHead | None = None,
        period: str = "2026-Q3",
    ) -> bytes:
        found = []
        for owner, one, ref, answers, excluded in rows:
            matrix = ScoreMatrix(catalog.get(ref), excluded) if ref else None
            if matrix is not None:
                matrix.add(answers)
            found.append(ServiceScores(owner, one, matrix))
        units = tuple({owner.id: owner for owner, *_ in rows}.values()) or (unit,)
        covered = Extent(unit, units, service, parse(period), ())
        file = BytesIO()
        processing_xlsx.write(file, covered, found, catalog, datetime(2026, 10, 1, tzinfo=UTC))
        return file.getvalue()

    return make


@pytest.fixture
def workbook_of(book_of: Callable[..., bytes]) -> Callable[..., bytes]:
    """The workbook of one service, its answers by instrument ref; keywords change its head."""

    def make(
        catalog: Catalog,
        answers: Mapping[str, Sequence[Mapping[str, int]]],
        *,
        unit: UnitHead = HEAD,
        service: ServiceHead = NIB,
        excluded: int = 0,
    ) -> bytes:
        rows = [(unit, service, ref, scores, excluded) for ref, scores in answers.items()]
        return book_of(catalog, rows, unit=unit, service=service)

    return make


@pytest.fixture(scope="session")
def office_profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("office")
    (directory / "user").mkdir()
    (directory / "user" / "registrymodifications.xcu").write_text(ALWAYS_RECALCULATE)
    return directory


@pytest.fixture
def office(office_profile: Path, tmp_path: Path) -> Callable[..., Path]:
    """The directory with `book.csv` of a workbook's first sheet, or `book-NAME.csv` of each, computed anew."""

    def run(content: bytes, *, every: bool = False) -> Path:
        program = shutil.which("soffice")
        assert program, "LibreOffice Calc is needed for this test"
        (tmp_path / "book.xlsx").write_bytes(content)
        sheets = ",1,,0,false,true,true,false,false,-1" if every else ""
        form = f"csv:Text - txt - csv (StarCalc):44,34,76{sheets}"
        command = [program, f"-env:UserInstallation={office_profile.as_uri()}", "--headless", "--convert-to"]
        arguments = [*command, form, "--outdir", str(tmp_path), str(tmp_path / "book.xlsx")]
        subprocess.run(arguments, check=True, capture_output=True, timeout=120)
        return tmp_path

    return run
