"""Exports over HTTP: who gets them, what is in them, and that a fault is a problem before the first byte."""

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any

import openpyxl
import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from app.auth.roles import Role
from app.core.db import Database
from app.responses.exclusion import set_state
from app.responses.tables import Response
from app.units.tables import Service, Unit

Headers = Callable[..., dict[str, str]]
Body = Callable[..., dict[str, Any]]
CSV = "/api/v1/units/{}/exports/responses.csv?period={}"
XLSX = "/api/v1/units/{}/exports/processing.xlsx?period={}"
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
SUMS_29 = (105, 101, 100, 116, 102, 105, 106, 105, 115)


def post(client: TestClient, answer: dict[str, Any]) -> None:
    assert client.post("/api/v1/responses", json=answer).status_code == 201


def rows_of(text: str, separator: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=separator))


def of_29(sums: Sequence[int]) -> list[dict[str, int]]:
    """29 answers whose sums, in questionnaire order, are these."""
    return [
        {key: total // 29 + (place < total % 29) for key, total in zip(ASKED, sums, strict=True)}
        for place in range(29)
    ]


def test_csv_holds_the_unit_and_all_below_it(client: TestClient, token: Headers, body: Body) -> None:
    september, october = "2026-09-30T23:30:00+08:00", "2026-10-01T00:30:00+08:00"
    post(client, body(3, answered_at=september, profile={"sex": "L", "age": 34}, seconds=48))
    post(client, body(4, answered_at=october))
    post(client, body(2, point="timur-arsip-qr", answered_at="2026-09-30T23:30:00+09:00"))
    reply = client.get(CSV.format("kota", "2026-Q3"), headers=token())
    assert reply.status_code == 200
    assert reply.headers["content-type"] == "text/csv; charset=utf-8"
    assert reply.headers["content-disposition"] == 'attachment; filename="responses-kota-2026-Q3.csv"'
    assert reply.headers["cache-control"] == "no-store"
    assert reply.content.startswith(b"\xef\xbb\xbfunit,unit_name,service,")
    first, second = rows_of(reply.text)
    assert (first["unit"], first["service"], first["point"]) == ("ptsp", "nib", "ptsp-nib-qr")
    assert (first["answered_at"], first["local_date"]) == ("2026-09-30T23:30:00+08:00", "2026-09-30")
    assert (first["sex"], first["age"], first["seconds"], first["pengaduan"]) == ("L", "34", "48", "3")
    assert (first["state"], first["channel"], first["instrument"]) == ("counted", "qr", "skm-2017@1")
    assert (second["unit"], second["answered_at"]) == ("timur", "2026-09-30T23:30:00+09:00")
    assert "comment" not in first


def test_comments_only_when_asked_for_and_never_as_formulas(
    client: TestClient, token: Headers, body: Body, city: Database
) -> None:
    with city.write() as session:
        session.exec(select(Unit).where(Unit.code == "ptsp")).one().name = "=1+1"
        session.exec(select(Service).where(Service.code == "nib")).one().name = "@nib"
    post(client, body(3, comment='=HYPERLINK("http://x";"klik")', answered_at="2026-09-01T09:00:00+08:00"))
    address, headers = CSV.format("ptsp", "2026-09"), token()
    assert "HYPERLINK" not in client.get(address, headers=headers).text
    for query, separator in (("&comments=true", ","), ("&comments=true&locale=id", ";")):
        reply = client.get(address + query, headers=headers)
        (row,) = rows_of(reply.text, separator)
        assert row["comment"] == '\'=HYPERLINK("http://x";"klik")'
        assert (row["unit_name"], row["service_name"]) == ("'=1+1", "'@nib")


def test_a_service_alone(client: TestClient, token: Headers, body: Body) -> None:
    when = "2026-09-01T09:00:00+08:00"
    online = {key: 4 for key in ASKED if key not in ("kompetensi", "perilaku")}
    post(client, body(3, answered_at=when))
    post(client, body(point="ptsp-daring", answered_at=when, scores=online))
    reply = client.get(CSV.format("ptsp", "2026-Q3") + "&service=daring", headers=token())
    assert reply.headers["content-disposition"] == 'attachment; filename="responses-ptsp-daring-2026-Q3.csv"'
    (row,) = rows_of(reply.text)
    assert (row["service"], row["kompetensi"], row["biaya"]) == ("daring", "", "4")


def test_the_reference_of_29_respondents(
    client: TestClient, token: Headers, body: Body, city: Database
) -> None:
    for scores in [*of_29(SUMS_29), dict.fromkeys(ASKED, 1)]:
        post(client, body(scores=scores, answered_at="2026-09-01T09:00:00+08:00"))
    with city.write() as session:
        everyone = session.exec(select(Response)).all()
        worst = next(one for one in everyone if set(one.scores.values()) == {1})
        set_state(session, worst.unit_id, [worst.id], "excluded")
    reply = client.get(XLSX.format("ptsp", "2026-Q3") + "&service=nib", headers=token())
    assert reply.status_code == 200
    assert reply.headers["content-disposition"] == 'attachment; filename="processing-ptsp-nib-2026-Q3.xlsx"'
    assert reply.headers["content-type"].endswith("spreadsheetml.sheet")
    assert reply.headers["cache-control"] == "no-store"
    assert int(reply.headers["content-length"]) == len(reply.content)
    book = openpyxl.load_workbook(io.BytesIO(reply.content), data_only=True)
    assert book.sheetnames == ["Penerbitan NIB"]
    sheet = book.active
    assert [sheet.cell(41, column).value for column in range(2, 11)] == [
        *(105, 101, 100, 116, 102, 105, 106, 115, 105)
    ]
    assert sheet.cell(44, 11).value == pytest.approx(23875 / 261, abs=1e-12)
    words = {cell.value for row in sheet.iter_rows() for cell in row}
    assert {"Mutu pelayanan A (Sangat baik)", "1 jawaban dikeluarkan dan tidak dihitung di sini."} <= words


def test_nothing_answered(client: TestClient, token: Headers) -> None:
    headers = token()
    reply = client.get(XLSX.format("ptsp", "2025"), headers=headers)
    sheet = openpyxl.load_workbook(io.BytesIO(reply.content)).active
    assert "Belum ada jawaban yang dihitung pada periode ini." in [cell.value for cell in sheet["A"]]
    lines = client.get(CSV.format("ptsp", "2025"), headers=headers).text.splitlines()
    assert len(lines) == 1
    assert lines[0].endswith("instrument,sex,age,education,occupation,disability,seconds,state,flags")


@pytest.mark.parametrize("address", [CSV, XLSX])
@pytest.mark.parametrize(
    ("unit", "period", "more", "status", "code"),
    [
        ("ptsp", "2026-Q5", "", 422, "invalid_input"),
        ("timur", "2026-Q3", "", 404, "not_found"),
        ("kota", "2026-Q3", "", 404, "not_found"),
        ("tidak-ada", "2026-Q3", "", 404, "not_found"),
        ("ptsp", "2026-Q3", "&service=arsip", 404, "not_found"),
    ],
)
def test_faults_are_problems(
    client: TestClient,
    token: Headers,
    address: str,
    unit: str,
    period: str,
    more: str,
    status: int,
    code: str,
) -> None:
    reply = client.get(address.format(unit, period) + more, headers=token("ptsp"))
    assert (reply.status_code, reply.headers["content-type"]) == (status, "application/problem+json")
    assert reply.json()["code"] == code


@pytest.mark.parametrize("more", ["&locale=fr", "&comments=perhaps"])
def test_unknown_options_are_problems(client: TestClient, token: Headers, more: str) -> None:
    reply = client.get(CSV.format("ptsp", "2026-Q3") + more, headers=token("ptsp"))
    assert (reply.status_code, reply.headers["content-type"]) == (422, "application/problem+json")


@pytest.mark.parametrize("address", [CSV, XLSX])
def test_only_those_who_may_export(client: TestClient, token: Headers, address: str) -> None:
    path = address.format("ptsp", "2026-Q3")
    assert client.get(path).status_code == 401
    for role in Role:
        allowed = role in (Role.ADMIN, Role.UNIT_HEAD, Role.EVALUATOR)
        assert client.get(path, headers=token("ptsp", role)).status_code == (200 if allowed else 403)
