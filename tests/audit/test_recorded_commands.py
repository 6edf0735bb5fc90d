"""What commands and exports leave in the record: who, what, where; never an answer, a comment or a secret."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from sqlalchemy import text
from sqlmodel import col, select
from starlette.testclient import TestClient
from typer.testing import CliRunner, Result

from app.audit.service import INSTALLATION
from app.audit.tables import AuditEntry
from app.audit.verify import verify_chain
from app.auth.roles import Role
from app.auth.tables import User
from app.cli import app as eskm_app
from app.core.db import Database
from app.units.queries import unit_by_code

BACKENDS = ("sqlite",)  # what a command says

CITY = Path(__file__).parents[1] / "data" / "registry" / "city.toml"
COMMENT = "RAHASIA: petugas loket dua bernama Tono"
KEYS = (
    *("persyaratan", "prosedur", "waktu", "biaya", "produk"),
    *("kompetensi", "perilaku", "sarana", "pengaduan"),
)
Eskm = Callable[..., Result]
Headers = Callable[..., dict[str, str]]
Body = Callable[..., dict[str, Any]]


@pytest.fixture
def eskm(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Eskm:
    """Runs `eskm` with these arguments."""
    monkeypatch.chdir(tmp_path)
    environment = {
        "ESKM_DATABASE_URL": database_url,
        "ESKM_SECRET_KEY_FILE": str(tmp_path / "secret.key"),
        "ESKM_LOG_LEVEL": "ERROR",
    }

    def run(*arguments: str, code: int = 0) -> Result:
        result = CliRunner().invoke(eskm_app, arguments, env=environment)
        assert result.exit_code == code, result.output
        return result

    return run


def entries(database: Database) -> list[AuditEntry]:
    with database.read() as session:
        wanted = select(AuditEntry).order_by(
            col(AuditEntry.at), col(AuditEntry.chain), col(AuditEntry.sequence)
        )
        found = list(session.exec(wanted))
        session.expunge_all()
    return found


def unit_id(database: Database, code: str) -> int:
    with database.read() as session:
        unit = unit_by_code(session, code)
    assert unit is not None
    assert unit.id is not None
    return unit.id


def written(database: Database) -> str:
    """Everything that the record holds, as text."""
    with database.read() as session:
        return str(session.connection().execute(text("SELECT * FROM audit_entry")).all())


def test_a_token(eskm: Eskm, city: Database) -> None:
    secret = eskm(
        "tokens", "create", "--role", "evaluator", "--unit", "ptsp", "--name", "Rekap"
    ).stdout.strip()
    (entry,) = entries(city)
    assert (entry.actor_kind, entry.actor_id, entry.actor_name) == ("command", None, "eskm tokens create")
    assert (entry.action, entry.unit_id, entry.chain) == (
        "token.made",
        unit_id(city, "ptsp"),
        unit_id(city, "kota"),
    )
    assert entry.details == {"name": "Rekap", "role": "evaluator", "expires_at": None}
    assert entry.subject is not None
    assert entry.subject.startswith("token:")
    assert secret.removeprefix("eskm_") not in written(city)


def test_a_kiosk(eskm: Eskm, city: Database) -> None:
    secret = eskm("kiosks", "pair", "--point", "ptsp-kios", "--name", "Lobi").stdout.strip()
    (entry,) = entries(city)
    assert (entry.actor_name, entry.action) == ("eskm kiosks pair", "kiosk.paired")
    assert (entry.unit_id, entry.subject, entry.details) == (
        unit_id(city, "ptsp"),
        "point:ptsp-kios",
        {"name": "Lobi"},
    )
    assert secret.removeprefix("kiosk_") not in written(city)


def test_a_registry(eskm: Eskm, database: Database, tmp_path: Path) -> None:
    """Two governments in one file: each has its own entry; what is the same leaves none."""
    file = tmp_path / "daftar.toml"
    other = '\n[[units]]\ncode = "lain"\nname = "Kota Lain"\n'
    file.write_text(CITY.read_text(encoding="utf-8") + other, encoding="utf-8")
    eskm("units", "load", str(file), "--dry-run")
    assert entries(database) == []
    eskm("units", "load", str(file))
    kota, lain = unit_id(database, "kota"), unit_id(database, "lain")
    found = {entry.unit_id: entry for entry in entries(database)}
    assert found.keys() == {kota, lain}
    assert {entry.action for entry in found.values()} == {"registry.applied"}
    assert {entry.actor_name for entry in found.values()} == {"eskm units load"}
    assert found[lain].details["added"] == {"unit": ["lain"], "service": [], "point": []}
    assert found[kota].details["source"] == "daftar.toml"
    assert found[kota].details["added"] == {
        "unit": ["kota", "ptsp", "timur", "timur-cabang"],
        "service": ["ptsp/nib", "ptsp/daring", "timur/arsip", "timur-cabang/salinan"],
        "point": ["ptsp-nib-qr", "ptsp-daring", "ptsp-kios", "ptsp-tutup", "timur-arsip-qr", "cabang-qr"],
    }
    eskm("units", "load", str(file))
    assert len(entries(database)) == 2
    file.write_text(file.read_text(encoding="utf-8").replace("Jalan Uji 1", "Jalan Uji 2"), encoding="utf-8")
    eskm("units", "load", str(file))
    last = entries(database)[-1]
    changed = {"address": {"before": "Jalan Uji 1", "after": "Jalan Uji 2"}}
    assert last.details["changed"] == {"unit": {"ptsp": changed}, "service": {}, "point": {}}
    assert last.details["added"] == {"unit": [], "service": [], "point": []}
    assert (last.unit_id, last.sequence) == (kota, 2)


def test_an_import(eskm: Eskm, city: Database, tmp_path: Path) -> None:
    file = tmp_path / "kertas.csv"
    rows = [",".join((*KEYS, "comment")), *(",".join([*("3" * 9), COMMENT]) for _ in range(3))]
    file.write_text("\n".join([*rows, ",".join([*("3" * 8), "9", COMMENT])]) + "\n", encoding="utf-8")
    command = ("responses", "import", str(file), "--unit", "ptsp", "--service", "nib", "--date", "2026-09-01")
    assert "3 disimpan" in eskm(*command, code=3).stdout
    began, ended = entries(city)
    assert (began.action, ended.action) == ("import.started", "import.finished")
    assert {began.actor_name, ended.actor_name} == {"eskm responses import"}
    assert {began.unit_id, ended.unit_id} == {unit_id(city, "ptsp")}
    named = {"source": "kertas.csv", "service": "nib", "answered_on": "2026-09-01"}
    assert {key: began.details[key] for key in named} == named
    assert began.details["rows"] == 4
    assert ended.details == {**named, "stored": 3, "duplicates": 0, "faulty": 1, "unstored": 0}
    assert COMMENT not in written(city)
    assert "persyaratan" not in written(city)


def test_the_demonstration(eskm: Eskm, database: Database) -> None:
    eskm("demo", "--responses", "20", "--units", "2", "--years", "1", "--until", "2026-06-30")
    found = entries(database)
    actions = [entry.action for entry in found]
    assert actions.index("registry.applied") < actions.index("demo.loaded")
    assert {"token.made", "kiosk.paired", "publication.issued", "followup.added"} <= set(actions)
    [loaded] = [entry for entry in found if entry.action == "demo.loaded"]
    assert (loaded.actor_kind, loaded.actor_name) == ("command", "eskm demo")
    assert {key: loaded.details[key] for key in ("responses", "units", "years")} == {
        "responses": 20,
        "units": 2,
        "years": 1,
    }
    assert verify_chain(database, unit_id(database, "kota-contoh")).sound
    assert verify_chain(database, INSTALLATION).sound


def test_exports_of_answers(client: TestClient, token: Headers, body: Body, city: Database) -> None:
    when = "2026-09-01T09:00:00+08:00"
    answer = body(3, comment=COMMENT, answered_at=when, profile={"age": 117})
    assert client.post("/api/v1/responses", json=answer).status_code == 201
    headers = token("kota")
    exports = "/api/v1/units/ptsp/exports"
    for address in (
        f"{exports}/responses.csv?period=2026-Q3",
        f"{exports}/responses.csv?period=2026-Q3&service=nib&comments=true",
        f"{exports}/processing.xlsx?period=2026-09",
    ):
        assert client.get(address, headers=headers).status_code == 200
    found = entries(city)
    assert [entry.action for entry in found] == ["answers.exported", "comments.exported", "answers.exported"]
    assert {(entry.actor_kind, entry.actor_name) for entry in found} == {("token", "test")}
    assert {entry.unit_id for entry in found} == {unit_id(city, "ptsp")}
    first, second, third = (entry.details for entry in found)
    assert first == {
        "file": "responses.csv",
        "unit": "ptsp",
        "service": None,
        "period": "2026-Q3",
        "rows": 1,
        "comments": False,
    }
    assert (second["service"], second["period"], second["comments"]) == ("nib", "2026-Q3", True)
    assert (third["file"], third["period"]) == ("processing.xlsx", "2026-09")
    assert not any(
        secret in written(city) for secret in (COMMENT, answer["id"], "117", headers["Authorization"][12:])
    )


def test_an_export_by_a_person(
    client: TestClient,
    person: Callable[..., User],
    signed_in: Callable[..., dict[str, str]],
    city: Database,
) -> None:
    user = person("ani", ("ptsp", Role.EVALUATOR))
    before = len(entries(city))
    address = "/api/v1/units/ptsp/exports/responses.csv?period=2026-Q3"
    assert client.get(address, headers=signed_in(user)).status_code == 200
    (entry,) = entries(city)[before:]
    assert (entry.actor_kind, entry.actor_id, entry.actor_name) == ("user", user.id, "ani")


def test_what_is_refused_is_no_export(client: TestClient, token: Headers, city: Database) -> None:
    exports = "/api/v1/units/ptsp/exports"
    for address, headers in (
        (f"{exports}/responses.csv?period=2026-Q3", token("timur")),
        (f"{exports}/responses.csv?period=2026-Q3", token("ptsp", Role.VIEWER)),
        (f"{exports}/responses.csv?period=2026-Q9", token()),
        (f"{exports}/processing.xlsx?period=2026-Q3&service=x", token()),
    ):
        assert client.get(address, headers=headers).status_code >= 400
    assert entries(city) == []


def test_without_a_record_there_is_no_export(
    client: TestClient, token: Headers, body: Body, city: Database
) -> None:
    answer = body(3, comment=COMMENT, answered_at="2026-09-01T09:00:00+08:00")
    assert client.post("/api/v1/responses", json=answer).status_code == 201
    headers = token()
    with city.write_connection() as connection:
        connection.execute(text("ALTER TABLE audit_entry RENAME TO elsewhere"))
    for address in ("responses.csv?period=2026-Q3&comments=true", "processing.xlsx?period=2026-Q3"):
        reply = client.get(f"/api/v1/units/ptsp/exports/{address}", headers=headers)
        assert reply.status_code >= 500
        assert COMMENT not in reply.text


def test_reading_results_leaves_no_entry(client: TestClient, token: Headers, city: Database) -> None:
    for address in ("/api/v1/units", "/api/v1/units/ptsp", "/api/v1/units/ptsp/ikm?period=2026-Q3"):
        assert client.get(address, headers=token()).status_code == 200
    assert entries(city) == []


def test_every_file_that_staff_take_away_is_in_the_record(
    app: FastAPI, client: TestClient, token: Headers, city: Database
) -> None:
    """All of them: a route to a file that is not listed here fails the test."""
    period, exports = "period=2026-Q3", "/api/v1/units/{code}/exports"
    files = {
        **{f"{exports}/responses.{form}": period for form in ("csv", "xlsx", "parquet", "sav")},
        **{
            f"{exports}/{table}.{form}": period for table in ("codebook", "recap") for form in ("csv", "xlsx")
        },
        f"{exports}/processing.xlsx": period,
        "/api/v1/units/{code}/reports/laporan.pdf": period,
        "/api/v1/units/{code}/reports/laporan.docx": period,
        "/api/v1/units/{code}/posters.pdf": "",
        "/kelola/unit/{code}/poster.pdf": "",
        "/kelola/titik/{code}/poster.pdf": "",
        "/petugas/unit/{code}/surat.pdf": "period=2026-09",
        "/api/v1/units/{code}/pekppp/f01.json": "year=2026",
        "/api/v1/units/{code}/pekppp/f01.pdf": "year=2026",
        "/api/v1/units/{code}/pekppp/evidence.zip": "year=2026",
    }
    packages = ("app.exports", "app.reports", "app.pekppp", "app.letters")
    routes = {
        str(context.path)
        for context in iter_route_contexts(app.routes)
        if isinstance(context.original_route, APIRoute)
        and context.original_route.endpoint.__module__.startswith(packages)
        and re.search(r"\.[a-z0-9]+$", str(context.path))
    }
    assert {path for path in routes if not path.startswith("/ikm/")} == files.keys()
    headers = token("kota", Role.ADMIN)
    for path, query in files.items():
        before = len(entries(city))
        code = "ptsp-nib-qr" if "titik" in path else "ptsp"
        answer = client.get(f"{path.format(code=code)}?{query}", headers=headers)
        assert answer.status_code == 200, path
        (entry,) = entries(city)[before:]
        assert entry.unit_id == unit_id(city, "ptsp"), path
        told = entry.details.get("file") or entry.details.get("what") or f"laporan.{entry.details['format']}"
        assert told.rpartition(".")[2] == path.rpartition(".")[2], path
        holds_answers = path.rpartition("/")[2].startswith(("responses.", "processing."))
        assert (entry.action == "answers.exported") == holds_answers, path
