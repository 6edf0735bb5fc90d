"""The recap of a government: figures worked by hand, totals by name, formulas that LibreOffice agrees with."""

import csv
import io
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from starlette.testclient import TestClient

Headers = Callable[..., dict[str, str]]
Body = Callable[..., dict[str, Any]]
ADDRESS = "/api/v1/units/{}/exports/recap.{}?period=2026-Q3"
WHEN = "2026-09-01T10:00:00+08:00"

# Without this LibreOffice shows the values that were stored beside the formulas.
ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


@pytest.fixture
def answered(client: TestClient, body: Body) -> None:
    """ptsp: three answers of 4, 4 and 3; timur: one of 2."""
    woman = {"sex": "P", "education": "S1", "occupation": "PNS"}
    for score, more in ((4, {"profile": woman}), (4, {"profile": {"sex": "L"}}), (3, {})):
        assert client.post("/api/v1/responses", json=body(score, answered_at=WHEN, **more)).status_code == 201
    east = body(2, point="timur-arsip-qr", answered_at=WHEN, profile=woman)
    assert client.post("/api/v1/responses", json=east).status_code == 201


def rows_of(client: TestClient, headers: dict[str, str], code: str = "kota") -> list[dict[str, str]]:
    reply = client.get(ADDRESS.format(code, "csv") + "&locale=id", headers=headers)
    assert reply.status_code == 200
    return list(csv.DictReader(io.StringIO(reply.text.removeprefix("\ufeff"), newline=""), delimiter=";"))


def test_a_row_a_unit_and_both_totals(client: TestClient, token: Headers, answered: None) -> None:
    rows = rows_of(client, token("kota"))
    units = {row["unit"]: row for row in rows if row["unit"]}
    # 11/3 = 3.667 and 25 x 11/3 = 91.67; 2 and 50.
    first, east = units["ptsp"], units["timur"]
    assert (first["respondents"], first["persyaratan"], first["index"], first["ikm"]) == (
        "3",
        "3,667",
        "3,667",
        "91,67",
    )
    assert (first["mutu"], first["kinerja"]) == ("A", "Sangat baik")
    assert (first["sex_l"], first["sex_p"], first["sex_none"]) == ("1", "1", "1")
    assert (first["education_s1"], first["education_none"], first["occupation_pns"]) == ("1", "2", "1")
    assert (east["respondents"], east["ikm"], east["mutu"], east["sex_p"]) == ("1", "50,00", "D", "1")
    pooled, mean = (
        rows[-2:] if rows[-1]["respondents"] == "4" else [row for row in rows if "Jumlah" in row["unit_name"]]
    )
    # Pooled: 13/4 = 3.25, 81.25. Mean of the units: (275/3 + 50) / 2 = 70.83.
    assert pooled["unit_name"] == "Jumlah: gabungan semua jawaban (resmi)"
    assert (pooled["respondents"], pooled["index"], pooled["ikm"], pooled["mutu"]) == (
        "4",
        "3,250",
        "81,25",
        "B",
    )
    assert (pooled["sex_l"], pooled["sex_p"], pooled["sex_none"]) == ("1", "2", "1")
    assert (mean["unit_name"], mean["ikm"], mean["mutu"]) == ("Jumlah: rata-rata unit", "70,83", "C")


def test_the_figures_are_those_of_the_results(client: TestClient, token: Headers, answered: None) -> None:
    headers = token("kota")
    for row in rows_of(client, headers):
        if row["unit"] and row["ikm"]:
            shown = client.get(f"/api/v1/units/{row['unit']}/ikm?period=2026-Q3", headers=headers).json()
            assert (shown["ikm"], shown["category"]["mutu"]) == (
                float(row["ikm"].replace(",", ".")),
                row["mutu"],
            )


def test_the_workbook_computes_the_same_in_libreoffice(
    client: TestClient, token: Headers, answered: None, tmp_path: Path
) -> None:
    reply = client.get(ADDRESS.format("kota", "xlsx"), headers=token("kota"))
    assert reply.headers["content-disposition"] == 'attachment; filename="recap-kota-2026-Q3.xlsx"'
    book = openpyxl.load_workbook(io.BytesIO(reply.content))
    formulas = [cell.value for row in book["Rekap"] for cell in row if cell.data_type == "f"]
    assert len(formulas) == 4 + 4 + 4 + 3  # index, IKM, mutu, kinerja; the mean of units is no sum of its NRR
    rows = {row[2]: row for row in recalculated(reply.content, tmp_path)}
    names = ("Jumlah: gabungan semua jawaban (resmi)", "Jumlah: rata-rata unit")
    assert [rows[name][-4:] for name in names] == [
        ["3.250", "81.25", "B", "Baik"],
        ["2.833", "70.83", "C", "Kurang baik"],
    ]
    (first,) = [row for row in rows.values() if row[1] == "ptsp"]
    assert first[-4:] == ["3.667", "91.67", "A", "Sangat baik"]


def recalculated(content: bytes, folder: Path) -> list[list[str]]:
    """The cells of the first sheet as LibreOffice shows them, computed anew."""
    office = shutil.which("soffice")
    assert office, "LibreOffice Calc is needed for this test"
    profile = folder / "office"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS_RECALCULATE)
    (folder / "book.xlsx").write_bytes(content)
    form = "csv:Text - txt - csv (StarCalc):44,34,76"
    place = f"-env:UserInstallation={profile.as_uri()}"
    command = [
        office,
        place,
        "--headless",
        "--convert-to",
        form,
        "--outdir",
        str(folder),
        str(folder / "book.xlsx"),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    with (folder / "book.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_one_unit_alone_and_nothing_answered(client: TestClient, token: Headers, answered: None) -> None:
    rows = rows_of(client, token("ptsp"), "ptsp")
    assert [(row["unit"], row["ikm"]) for row in rows] == [("ptsp", "91,67"), ("", "91,67"), ("", "91,67")]
    reply = client.get(ADDRESS.format("ptsp", "xlsx").replace("2026-Q3", "2024"), headers=token("ptsp"))
    sheet = openpyxl.load_workbook(io.BytesIO(reply.content)).active
    assert "Belum ada jawaban yang dihitung pada periode ini." in [cell.value for cell in sheet["A"]]
