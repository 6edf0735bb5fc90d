"""Answers in every format, read back by the libraries that people use: types, labels, and texts that stay texts."""

import csv
import io
import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet
import pyreadstat
import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from app.core.db import Database
from app.units.tables import Service, Unit

Headers = Callable[..., dict[str, str]]
Body = Callable[..., dict[str, Any]]
ADDRESS = "/api/v1/units/{}/exports/responses.{}?period=2026-Q3"
LOCAL = datetime.fromisoformat("2026-09-30T23:30")  # as spreadsheets have it: without a zone
WHEN = "2026-09-30T23:30:00+08:00"
NASTY = [
    '=HYPERLINK("http://x")',
    "+62811",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "bagus;=1+1",
    'dia bilang "ya"\nbaris, dua',
]
HARMLESS = ["مرحبا 👋🏽", "Terima kasih", "a=b"]


@pytest.fixture
def stored(client: TestClient, body: Body, city: Database) -> dict[str, str]:
    """Answers with each of the comments, one of them with a full profile; comment by id."""
    with city.write() as session:
        session.exec(select(Unit).where(Unit.code == "ptsp")).one().name = "=1+1"
        session.exec(select(Service).where(Service.code == "nib")).one().name = "Izin “usaha” 🏪"
    comments = {}
    profile = {"sex": "P", "age": 34, "education": "D1-D4", "occupation": "WIRAUSAHA", "disability": False}
    for place, text in enumerate([*NASTY, *HARMLESS]):
        told = {"profile": profile, "seconds": 48} if place == 0 else {}
        answer = body(place % 4 + 1, answered_at=WHEN, comment=text, **told)
        assert client.post("/api/v1/responses", json=answer).status_code == 201
        comments[answer["id"]] = text.strip()
    return comments


def fetched(client: TestClient, headers: dict[str, str], form: str, more: str = "") -> bytes:
    reply = client.get(ADDRESS.format("ptsp", form) + more, headers=headers)
    assert reply.status_code == 200, reply.text
    assert reply.headers["content-disposition"].endswith(f'.{form}"')
    return reply.content


def test_a_workbook_of_texts_that_stay_texts(
    client: TestClient, token: Headers, stored: dict[str, str]
) -> None:
    content = fetched(client, token(), "xlsx", "&comments=true")
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["Jawaban", "Kamus data"]
    rows = list(book["Jawaban"].iter_rows())
    heads = [cell.value for cell in rows[0]]
    assert [cell.data_type for cell in rows[0]] == ["s"] * len(heads)
    found = {row[heads.index("id")].value: dict(zip(heads, row, strict=True)) for row in rows[1:]}
    assert found.keys() == stored.keys()
    for id_, cells in found.items():
        assert {cell.data_type for cell in cells.values()} <= {
            "s",
            "n",
            "d",
            "b",
        }  # no "f": nothing is computed
        text, shown = stored[id_], cells["comment"].value
        assert shown.removeprefix("'") == text
        assert shown.startswith("'") == (text[0] in "=+-@")
        assert cells["unit_name"].value == "'=1+1"
        assert cells["service_name"].value == "Izin “usaha” 🏪"
        assert cells["local_date"].value == datetime.fromisoformat("2026-09-30")
        assert cells["answered_at"].value == LOCAL
        assert cells["waktu"].value in (1, 2, 3, 4)
    told = [cells for cells in found.values() if cells["sex"].value]
    assert [(one["age"].value, one["disability"].value, one["seconds"].value) for one in told] == [
        (34, False, 48)
    ]
    words = [[cell.value for cell in row] for row in book["Kamus data"].iter_rows()]
    assert ["waktu", "U3. Seberapa cepat urusan Anda diselesaikan?", "nilai", "4", "Sangat cepat"] in words


def test_parquet_knows_types_words_and_labels(
    client: TestClient, token: Headers, stored: dict[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "a.parquet"
    path.write_bytes(fetched(client, token(), "parquet", "&comments=true&lang=en"))
    table = pyarrow.parquet.read_table(path)
    types = {field.name: str(field.type) for field in table.schema}
    assert types["service"] == "dictionary<values=string, indices=int32, ordered=0>"
    assert (types["local_date"], types["answered_at"]) == ("date32[day]", "timestamp[ms, tz=UTC]")
    assert (types["waktu"], types["age"], types["disability"]) == ("int8", "int32", "bool")
    rows = table.to_pylist()
    assert {
        row["id"]: row["comment"] for row in rows
    } == stored  # for programs: no apostrophe before anything
    assert {row["local_date"] for row in rows} == {date(2026, 9, 30)}
    assert {row["answered_at"].isoformat() for row in rows} == {"2026-09-30T15:30:00+00:00"}
    (told,) = [row for row in rows if row["sex"]]
    assert (told["education"], told["disability"], told["waktu"]) == ("D1-D4", False, 1)
    about = json.loads(table.schema.metadata[b"eskm"])
    assert (about["start"], about["end"], about["instruments"]) == (
        "2026-07-01",
        "2026-10-01",
        ["skm-2017@1"],
    )
    assert about["values"]["waktu"]["4"] == "Very quick"
    assert table.schema.field("waktu").metadata[b"label"].startswith(b"U3. ")


def test_spss_knows_labels_and_what_is_missing(
    client: TestClient, token: Headers, stored: dict[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "a.sav"
    path.write_bytes(fetched(client, token(), "sav", "&comments=true&lang=id"))
    columns, about = pyreadstat.read_sav(path, output_format="dict", user_missing=True)
    rows = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
    assert about.number_rows == len(stored)
    assert {row["id"]: row["comment"].strip() for row in rows} == stored
    assert {row["unit_name"] for row in rows} == {"=1+1"}
    assert {row["service_name"] for row in rows} == {"Izin “usaha” 🏪"}
    assert {row["answered_at"] for row in rows} == {LOCAL}
    assert {row["local_date"] for row in rows} == {date(2026, 9, 30)}
    (told,) = [row for row in rows if row["sex"] != 99]
    labels = about.variable_value_labels
    assert labels["sex"][told["sex"]] == "Perempuan"
    assert labels["education"][told["education"]] == "D1-D4"
    assert labels["occupation"][told["occupation"]] == "Wirausaha"
    assert labels["disability"][told["disability"]] == "Tidak"
    assert labels["waktu"] == {1: "Tidak cepat", 2: "Kurang cepat", 3: "Cepat", 4: "Sangat cepat"}
    assert about.column_names_to_labels["waktu"] == "U3. Seberapa cepat urusan Anda diselesaikan?"
    assert about.variable_measure["waktu"] == "ordinal"
    assert about.missing_ranges["sex"] == [{"lo": 99, "hi": 99}]
    ages = [row["age"] for row in rows]
    assert (34 in ages, ages.count(None)) == (True, len(stored) - 1)


def test_the_codebook_says_what_columns_mean(
    client: TestClient, token: Headers, stored: dict[str, str]
) -> None:
    address, headers = "/api/v1/units/ptsp/exports/codebook.{}?period=2026-Q3", token()
    reply = client.get(address.format("csv") + "&locale=id&lang=id", headers=headers)
    rows = list(csv.reader(io.StringIO(reply.text.removeprefix("\ufeff"), newline=""), delimiter=";"))
    assert rows[0] == ["kolom", "keterangan", "jenis", "nilai", "arti"]
    assert ["sex", "Jenis kelamin", "pilihan", "P", "Perempuan"] in rows
    costs = [row for row in rows if row[0] == "biaya"]
    assert [row[3:] for row in costs] == [
        ["1", "Sangat mahal"],
        ["2", "Cukup mahal"],
        ["3", "Murah"],
        ["4", "Gratis"],
    ]
    assert all(row[1].startswith("U4. ") for row in costs)
    assert [row[0] for row in rows if row[0] == "comment"] == []
    sheet = openpyxl.load_workbook(
        io.BytesIO(client.get(address.format("xlsx") + "&lang=en", headers=headers).content)
    ).active
    english = list(sheet.iter_rows(values_only=True))
    assert english[0] == ("column", "description", "type", "value", "meaning")
    assert ("sex", "Sex", "choice", "P", "Female") in english
    assert {row[2] for row in english[5:]} == {"text", "choice", "yes/no", "number", "value", "date", "time"}


@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet", "sav"])
def test_nothing_answered_is_a_file_with_columns_alone(
    client: TestClient, token: Headers, form: str, tmp_path: Path
) -> None:
    path = tmp_path / f"a.{form}"
    path.write_bytes(client.get(ADDRESS.format("ptsp", form), headers=token()).content)
    heads, rows = _heads_and_rows(path)
    assert (heads[:2], heads[-1], rows) == (["unit", "unit_name"], "flags", 0)


def _heads_and_rows(path: Path) -> tuple[list[str], int]:
    if path.suffix == ".csv":
        heads, *rows = csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline=""))
        return heads, len(rows)
    if path.suffix == ".xlsx":
        table = list(openpyxl.load_workbook(path)["Jawaban"].iter_rows(values_only=True))
        return list(table[0]), sum(any(value is not None for value in row) for row in table[1:])
    if path.suffix == ".parquet":
        found = pyarrow.parquet.read_table(path)
        return found.column_names, found.num_rows
    _, about = pyreadstat.read_sav(path, output_format="dict")
    return about.column_names, about.number_rows


@pytest.mark.parametrize("form", ["ods", "docx", "csv.gz", "CSV"])
def test_other_formats_do_not_exist(client: TestClient, token: Headers, form: str) -> None:
    reply = client.get(ADDRESS.format("ptsp", form), headers=token())
    assert (reply.status_code, reply.headers["content-type"]) == (404, "application/problem+json")


@pytest.mark.parametrize("form", ["xlsx", "parquet", "sav"])
def test_a_bad_period_is_told_for_every_format(client: TestClient, token: Headers, form: str) -> None:
    reply = client.get(ADDRESS.format("ptsp", form).replace("2026-Q3", "2026-Q5"), headers=token())
    assert (reply.status_code, reply.json()["code"]) == (422, "invalid_input")
