"""The `eskm` command as an administrator uses it: codes, what is printed where, what holds afterwards."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient
from typer.testing import Result

from app.core.db import Database
from app.core.settings import Settings

CITY = Path(__file__).parents[1] / "data" / "registry" / "city.toml"
Eskm = Callable[..., Result]


def scalar(database: Database, statement: str) -> Any:
    with database.read() as session:
        return session.connection().scalar(text(statement))


def execute(database: Database, statement: str) -> None:
    with database.write() as session:
        session.connection().execute(text(statement))


@pytest.fixture
def answered(client: TestClient, body: Callable[..., dict[str, Any]], city: Database) -> Database:
    """Four answers in two units and two months."""
    for score, point, at in (
        (4, "ptsp-nib-qr", "2026-08-15T10:00:00+08:00"),
        (3, "ptsp-nib-qr", "2026-09-15T10:00:00+08:00"),
        (1, "ptsp-nib-qr", "2026-09-30T23:30:00+08:00"),
        (2, "timur-arsip-qr", "2026-09-15T10:00:00+08:00"),
    ):
        assert (
            client.post("/api/v1/responses", json=body(score, point=point, answered_at=at)).status_code == 201
        )
    return city


def test_from_nothing_to_a_token(eskm: Eskm, tmp_path: Path) -> None:
    """On a database that does not exist yet; every step twice."""
    here = {"ESKM_DATABASE_URL": f"sqlite:///{tmp_path}/new/eskm.db"}
    before = eskm("units", "load", str(CITY), **here)
    assert before.exit_code == 1
    for _ in range(2):
        migrated = eskm("migrate", **here)
        assert migrated.exit_code == 0, migrated.stderr
    first = eskm("units", "load", str(CITY), **here)
    assert first.exit_code == 0, first.stderr
    assert "Tidak ada yang berubah" not in first.stdout
    second = eskm("units", "load", str(CITY), **here)
    assert (second.exit_code, "Tidak ada yang berubah" in second.stdout) == (0, True)


def test_an_unmigrated_database_is_named_as_such(eskm: Eskm, tmp_path: Path) -> None:
    here = {"ESKM_DATABASE_URL": f"sqlite:///{tmp_path}/empty.db"}
    for command in (
        ("ikm", "kota", "--period", "2026"),
        ("verify",),
        ("tokens", "create", "--role", "viewer", "--unit", "kota", "--name", "x"),
        ("kiosks", "pair", "--point", "x"),
        ("demo", "--responses", "1"),
        ("units", "load", str(CITY)),
    ):
        run = eskm(*command, **here)
        assert run.exit_code == 1, command
        assert run.stdout == ""
        assert "eskm migrate" in run.stderr, command


def test_a_database_that_cannot_be_reached(eskm: Eskm) -> None:
    nowhere = {"ESKM_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"}
    for command in (("migrate",), ("verify",), ("serve",), ("units", "load", str(CITY))):
        run = eskm(*command, **nowhere)
        assert run.exit_code == 1, command
        assert run.stderr.strip()


def test_settings_that_cannot_be_used(eskm: Eskm) -> None:
    for name, value in (("ESKM_DATABASE_URL", "mysql://x"), ("ESKM_THREADS", "many"), ("ESKM_THREADS", "0")):
        for command in (("migrate",), ("verify",), ("units", "load", str(CITY)), ("surveys", "check")):
            run = eskm(*command, **{name: value})
            assert run.exit_code == 1, command
            assert name in run.stderr, command


def test_a_token_is_all_that_stands_on_standard_output(
    eskm: Eskm, city: Database, client: TestClient
) -> None:
    made = eskm(
        "tokens", "create", "--role", "evaluator", "--unit", "kota", "--name", "Rekap", "--days", "3650"
    )
    assert made.exit_code == 0, made.stderr
    assert re.fullmatch(r"eskm_[\w-]{43}\n", made.stdout)
    headers = {"Authorization": f"Bearer {made.stdout.strip()}"}
    assert client.get("/api/v1/units", headers=headers).status_code == 200
    assert made.stdout.strip() not in str(scalar(city, "SELECT token_hash FROM api_token"))
    assert scalar(city, "SELECT name FROM api_token") == "Rekap"


def test_a_kiosk_is_paired(eskm: Eskm, client: TestClient) -> None:
    made = eskm("kiosks", "pair", "--point", "ptsp-kios", "--name", "Lobi")
    assert made.exit_code == 0, made.stderr
    assert re.fullmatch(r"kiosk_[\w-]{43}\n", made.stdout)
    headers = {"Authorization": f"Bearer {made.stdout.strip()}"}
    assert client.post("/api/v1/kiosk/heartbeat", json={}, headers=headers).status_code == 200


def test_keys_for_nothing_that_exists(eskm: Eskm, city: Database) -> None:
    for command in (
        ("tokens", "create", "--role", "evaluator", "--unit", "tidak-ada", "--name", "x"),
        ("tokens", "create", "--role", "raja", "--unit", "kota", "--name", "x"),
        ("kiosks", "pair", "--point", "tidak-ada"),
    ):
        run = eskm(*command)
        assert (run.exit_code, run.stdout) == (1, "")
        assert run.stderr.strip()
    assert scalar(city, "SELECT count(*) FROM api_token") == 0


def test_ikm_prints_what_the_interface_answers(
    eskm: Eskm, answered: Database, client: TestClient, token: Callable[..., dict[str, str]]
) -> None:
    headers = token("kota")
    for unit, query in (
        ("kota", {"period": "2026-Q3"}),
        ("ptsp", {"period": "2026-09-02..2026-09-30", "service": "nib"}),
        ("kota", {"period": "2026", "weight": "0.11", "rollup": "mean_of_units"}),
        ("timur", {"period": "2026-Q1"}),
    ):
        options = [part for name, value in query.items() for part in (f"--{name}", value)]
        run = eskm("ikm", unit, *options, "--json")
        assert run.exit_code == 0, run.stderr
        printed = json.loads(run.stdout)
        answer = client.get(f"/api/v1/units/{unit}/ikm", params=query, headers=headers).json()
        assert printed.pop("as_of")
        assert answer.pop("as_of")
        assert printed == answer
    # (4 + 3 + 1 + 2) / 4 x 25, with the decimal comma of Indonesian.
    shown = eskm("ikm", "kota", "--period", "2026-Q3")
    assert "62,50" in shown.stdout


def test_ikm_of_nothing_that_exists(eskm: Eskm, answered: Database) -> None:
    for arguments in (
        ("tidak-ada", "--period", "2026"),
        ("kota", "--period", "2026-Q5"),
        ("ptsp", "--period", "2026", "--service", "arsip"),
        ("ptsp", "--period", "2026", "--rollup", "median"),
    ):
        run = eskm("ikm", *arguments)
        assert (run.exit_code, run.stdout) == (1, "")
        assert run.stderr.strip()


def test_verify_finds_no_difference_where_there_is_none(eskm: Eskm, answered: Database) -> None:
    for arguments in ((), ("ptsp",), ("--period", "2026-Q3"), ("kota", "--period", "2026-09-10..2026-09-20")):
        run = eskm("verify", *arguments)
        assert run.exit_code == 0, run.stdout + run.stderr
        assert "Tidak ada beda" in run.stdout
    assert "4 jawaban" in eskm("verify").stdout


def test_verify_names_what_was_tampered_with(eskm: Eskm, answered: Database) -> None:
    execute(answered, "UPDATE tally SET c4 = 2 WHERE question = 'waktu' AND month = '2026-08-01'")
    run = eskm("verify")
    assert run.exit_code == 1
    assert "ptsp" in run.stdout
    assert "2026-08-01" in run.stdout
    assert "waktu" in run.stdout
    assert "(0, 0, 0, 2, 0, 0)" in run.stdout
    assert "(0, 0, 0, 1, 0, 0)" in run.stdout
    # Other units and other months are as they should be.
    assert eskm("verify", "timur").exit_code == 0
    assert eskm("verify", "ptsp", "--period", "2026-09").exit_code == 0
    assert eskm("verify", "ptsp", "--period", "2026-08-10..2026-08-11").exit_code == 1


def test_serve_says_what_is_missing(eskm: Eskm, city: Database, settings: Settings) -> None:
    execute(city, "UPDATE alembic_version SET version_num = '0000'")
    for command in (("serve",), ("verify",)):
        run = eskm(*command)
        assert run.exit_code == 1, command
        assert "eskm migrate" in run.stderr


def test_surveys_check(eskm: Eskm, tmp_path: Path) -> None:
    run = eskm("surveys", "check")
    assert run.exit_code == 0, run.stdout
    assert "skm-2017@1" in run.stdout
    (tmp_path / "wrong" / "a").mkdir(parents=True)
    (tmp_path / "wrong" / "a" / "1.toml").write_text('id = "a"\nversion = "1"\n', encoding="utf-8")
    faulty = eskm("surveys", "check", str(tmp_path / "wrong"))
    assert faulty.exit_code == 1
    assert "1.toml:" in faulty.stdout
