"""One truth: the same unit and month through every way out, down to the last digit.

What is right is computed here from the scores that were sent, by the regulation's own words and nothing of ours.
"""

import csv
import io
import json
import random
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from html import unescape
from pathlib import Path
from typing import Any

import docx
import pytest
from starlette.testclient import TestClient

from app.auth.roles import Role
from tests.conftest import ELEMENTS

PERIOD = "2026-09"
RESPONDENTS = 57
RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


@dataclass(frozen=True)
class Truth:
    """What must be printed, with a point: NRR and IKM by element, index, IKM, category."""

    nrr: dict[str, str]
    element_ikm: dict[str, str]
    index: str
    ikm: str
    mutu: str

    @property
    def comma(self) -> str:
        """The IKM as Indonesians write it."""
        return self.ikm.replace(".", ",")


def printed(value: Fraction, places: int) -> str:
    """Half up, once."""
    scaled = value * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return f"{whole // 10**places}.{whole % 10**places:0{places}}"


def truth_of(answers: list[dict[str, int]]) -> Truth:
    rates = {key: Fraction(sum(one[key] for one in answers), len(answers)) for key in ELEMENTS}
    index = sum(rates.values(), start=Fraction(0)) / 9
    ikm = printed(25 * index, 2)
    lower = (("A", 88.31), ("B", 76.61), ("C", 65.00), ("D", 25.00))
    return Truth(
        nrr={key: printed(rate, 3) for key, rate in rates.items()},
        element_ikm={key: printed(25 * rate, 2) for key, rate in rates.items()},
        index=printed(index, 3),
        ikm=ikm,
        mutu=next(letter for letter, bound in lower if float(ikm) >= bound),
    )


@pytest.fixture
def truth(client: TestClient, body: Callable[..., dict[str, Any]]) -> Truth:
    """57 answers with every score in them, given in September where the unit is."""
    chance, answers = random.Random(20260901), []
    for number in range(RESPONDENTS):
        scores = {key: chance.choices((1, 2, 3, 4), (1, 2, 9, 8))[0] for key in ELEMENTS}
        answers.append(scores)
        day = 1 + number % 30
        sent = body(3, scores=scores, answered_at=f"2026-09-{day:02}T10:00:00+08:00")
        assert client.post("/api/v1/responses", json=sent).status_code == 201
    return truth_of(answers)


@pytest.fixture
def boss(token: Callable[..., dict[str, str]]) -> dict[str, str]:
    """An administrator of the city."""
    return token("kota", Role.ADMIN)


@pytest.fixture
def get(client: TestClient, boss: dict[str, str]) -> Callable[..., Any]:
    """Reads an address as the administrator; what is read must be there."""

    def read(address: str, **headers: str) -> Any:
        answer = client.get(address, headers=boss | headers)
        assert answer.status_code == 200, f"{address}: {answer.status_code} {answer.text[:300]}"
        return answer

    return read


def text_of_page(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def text_of_pdf(content: bytes) -> str:
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)
    return " ".join(done.stdout.decode().split())


def text_of_docx(content: bytes) -> str:
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return " ".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def of_elements(found: list[dict[str, Any]], name: str, places: int) -> dict[str, str]:
    return {one["key"]: f"{one[name]:.{places}f}" for one in found}


def test_the_api(get: Callable[..., Any], truth: Truth) -> None:
    found = get(f"/api/v1/units/ptsp/ikm?period={PERIOD}").json()
    assert (found["ikm"], found["index"]) == (float(truth.ikm), float(truth.index))
    assert found["category"]["mutu"] == truth.mutu
    assert of_elements(found["elements"], "nrr", 3) == truth.nrr
    assert of_elements(found["elements"], "ikm", 2) == truth.element_ikm
    exact = Fraction(found["exact"]["numerator"], found["exact"]["denominator"])
    assert printed(exact, 2) == truth.ikm
    assert found["respondents"] == RESPONDENTS
    [ranked] = [one for one in get(f"/api/v1/ikm?under=kota&period={PERIOD}").json()["units"] if one["ikm"]]
    assert ranked["ikm"] == float(truth.ikm)
    steps = get("/api/v1/units/ptsp/ikm/trend?by=month&from=2026-08&to=2026-09").json()["points"]
    assert steps[-1]["results"][0]["ikm"] == float(truth.ikm)
    groups = get(f"/api/v1/units/ptsp/ikm/breakdown?period={PERIOD}&by=service").json()["groups"]
    assert [one["result"]["ikm"] for one in groups if one["result"]["ikm"]] == [float(truth.ikm)]
    compared = get(f"/api/v1/units/ptsp/ikm/compare?period={PERIOD}&with=2026-08").json()
    assert truth.ikm in json.dumps(compared)


@pytest.mark.parametrize("place", ["unit/ptsp", "unit/ptsp/layanan/nib"])
def test_the_pages_of_a_unit_and_a_service(get: Callable[..., Any], truth: Truth, place: str) -> None:
    text = text_of_page(get(f"/petugas/{place}?period={PERIOD}", Accept="text/html").text)
    assert truth.comma in text
    for value in truth.element_ikm.values():
        assert value.replace(".", ",") in text, value


def test_the_page_of_the_government_and_the_home_page(get: Callable[..., Any], truth: Truth) -> None:
    for place in ("/petugas/pemerintah/kota", "/petugas"):
        assert truth.comma in text_of_page(get(f"{place}?period={PERIOD}", Accept="text/html").text)


@pytest.mark.parametrize("locale", ["en", "id"])
def test_rows_of_answers(get: Callable[..., Any], truth: Truth, locale: str) -> None:
    text = get(f"/api/v1/units/ptsp/exports/responses.csv?period={PERIOD}&locale={locale}").content
    rows = csv.DictReader(io.StringIO(text.decode("utf-8-sig")), delimiter=";" if locale == "id" else ",")
    answers = [{key: int(row[key]) for key in ELEMENTS} for row in rows]
    assert truth_of(answers) == truth


def test_the_processing_table_recalculated(
    client: TestClient,
    body: Callable[..., dict[str, Any]],
    get: Callable[..., Any],
    truth: Truth,
    tmp_path: Path,
) -> None:
    """Each service on its sheet, and in the summary as the API tells it, units and either roll-up included."""
    online = {key: 2 for key in ELEMENTS if key not in ("kompetensi", "perilaku")}
    at = {"answered_at": "2026-09-03T10:00:00+08:00"}
    for sent in (
        body(point="ptsp-daring", scores=online, **at),
        body(4, point="ptsp-daring", scores=online | {"waktu": 3}, **at),
        body(4, point="timur-arsip-qr", **at),
        body(3, point="timur-arsip-qr", **at),
        body(3, point="timur-arsip-qr", scores=dict.fromkeys(ELEMENTS, 3) | {"biaya": 1}, **at),
    ):
        assert client.post("/api/v1/responses", json=sent).status_code == 201
    (tmp_path / "book.xlsx").write_bytes(
        get(f"/api/v1/units/kota/exports/processing.xlsx?period={PERIOD}").content
    )
    sheets = sheets_of(tmp_path, "book.xlsx")
    cells = {cell for row in sheets["ptsp Penerbitan NIB"] for cell in row}
    assert {truth.ikm, truth.index, *truth.nrr.values(), *truth.element_ikm.values()} <= cells
    assert any(cell.startswith(f"Mutu pelayanan {truth.mutu}") for cell in cells)
    found = {}
    for row in ([cell for cell in row if cell] for row in sheets["Ringkasan"]):
        if row and row[-1] in ("Sangat baik", "Baik", "Kurang baik", "Tidak baik") and len(row) > 10:
            found[row[0] if not row[0].isdigit() else row[2]] = row[-15:]
    asked = {
        "Penerbitan NIB": "ptsp/ikm?service=nib&",
        "Layanan Daring": "ptsp/ikm?service=daring&",
        "Arsip": "timur/ikm?service=arsip&",
        "Pelayanan Terpadu, semua layanan": "ptsp/ikm?",
        "Kantor Timur, semua layanan": "timur/ikm?",
        "Gabungan semua jawaban (angka resmi)": "kota/ikm?rollup=pooled&",
        "Rata-rata IKM 2 unit": "kota/ikm?rollup=mean_of_units&",
    }
    assert found.keys() == asked.keys()
    for name, address in asked.items():
        told = get(f"/api/v1/units/{address}period={PERIOD}").json()
        nrrs = ["–" if one["nrr"] is None else f"{one['nrr']:.3f}" for one in told["elements"]]
        figures = [f"{told['index']:.3f}", f"{told['ikm']:.2f}", *told["category"].values()]
        assert found[name] == [str(told["respondents"]), "0", *nrrs, *figures], name


def test_the_recap(get: Callable[..., Any], truth: Truth, tmp_path: Path) -> None:
    address = f"/api/v1/units/kota/exports/recap.csv?period={PERIOD}"
    cells = {
        cell for row in csv.reader(io.StringIO(get(address).content.decode("utf-8-sig"))) for cell in row
    }
    assert {truth.ikm, *truth.nrr.values()} <= cells
    (tmp_path / "recap.xlsx").write_bytes(get(address.replace(".csv", ".xlsx")).content)
    assert {truth.ikm, *truth.nrr.values()} <= recalculated(tmp_path, "recap.xlsx")


@pytest.mark.parametrize(("form", "read"), [("pdf", text_of_pdf), ("docx", text_of_docx)])
def test_the_report(get: Callable[..., Any], truth: Truth, form: str, read: Callable[[bytes], str]) -> None:
    text = read(get(f"/api/v1/units/ptsp/reports/laporan.{form}?period={PERIOD}").content)
    figures = (truth.ikm, truth.index, *truth.nrr.values(), *truth.element_ikm.values())
    assert [one for one in figures if one.replace(".", ",") not in text] == []
    assert f"mutu pelayanan {truth.mutu}" in text


def test_the_letter(get: Callable[..., Any], truth: Truth) -> None:
    page = text_of_page(get(f"/petugas/unit/ptsp/surat?period={PERIOD}", Accept="text/html").text)
    file = text_of_pdf(get(f"/petugas/unit/ptsp/surat.pdf?period={PERIOD}").content)
    weakest = sorted(float(value) for value in truth.element_ikm.values())[:2]
    for text in (page, file):
        assert truth.comma in text
        assert all(f"{value:.2f}".replace(".", ",") in text for value in weakest)


def test_what_is_published(
    client: TestClient, boss: dict[str, str], get: Callable[..., Any], truth: Truth
) -> None:
    issued = client.post("/api/v1/units/ptsp/publications", json={"period": PERIOD}, headers=boss)
    assert issued.status_code == 201, issued.text
    document = json.dumps(get(issued.headers["location"]).json())
    assert f'"{truth.ikm}"' in document
    assert all(f'"{value}"' in document for value in (*truth.nrr.values(), *truth.element_ikm.values()))
    public = text_of_page(get("/ikm/ptsp", Accept="text/html").text)
    assert truth.comma in public
    assert truth.comma in get("/ikm/ptsp/badge.svg").text
    for file in ("poster.pdf", "poster.pdf?size=a3", "sertifikat.pdf"):
        text = text_of_pdf(get(f"/ikm/ptsp/{file}").content)
        assert truth.comma in text, file


def test_form_f01(client: TestClient, boss: dict[str, str], get: Callable[..., Any], truth: Truth) -> None:
    client.post("/api/v1/units/ptsp/publications", json={"period": PERIOD}, headers=boss)
    document = json.dumps(get("/api/v1/units/ptsp/pekppp/f01.json?year=2026").json())
    assert re.search(rf"[^0-9]{re.escape(truth.ikm)}[^0-9]", document), document[:500]


def recalculated(folder: Path, name: str) -> set[str]:
    """Every cell of all sheets."""
    return {cell for rows in sheets_of(folder, name).values() for row in rows for cell in row}


def sheets_of(folder: Path, name: str) -> dict[str, list[list[str]]]:
    """The rows of each sheet as a real LibreOffice shows them after computing all formulas anew."""
    office = shutil.which("soffice")
    assert office, "LibreOffice Calc is needed for this test"
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(RECALCULATE)
    command = [office, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to"]
    sheets = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,-1"
    arguments = [*command, sheets, "--outdir", str(folder), str(folder / name)]
    subprocess.run(arguments, check=True, capture_output=True, timeout=120)
    start = name.removesuffix(".xlsx") + "-"
    return {
        file.stem.removeprefix(start): list(csv.reader(file.read_text(encoding="utf-8").splitlines()))
        for file in folder.glob(f"{start}*.csv")
    }
