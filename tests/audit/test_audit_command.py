"""`eskm audit` as whoever answers for the record uses it, and its file checked by a program that is not ours."""

import csv
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session
from typer.testing import CliRunner, Result

from app.audit.service import Actor, record
from app.cli import app as eskm_app
from app.core.db import Database
from tests.audit.conftest import BEGAN, Fill, Owner, end_of

BACKENDS = ("sqlite",)  # what a command says

SCRIPT = Path(__file__).parents[2] / "examples" / "verify_audit.py"
Eskm = Callable[..., Result]


@pytest.fixture
def eskm(city: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Eskm:
    """Runs `eskm audit` on the city."""
    monkeypatch.chdir(tmp_path)
    environment = {
        "ESKM_DATABASE_URL": database_url,
        "ESKM_SECRET_KEY_FILE": str(tmp_path / "secret.key"),
        "ESKM_LOG_LEVEL": "ERROR",
    }

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(eskm_app, ("audit", *arguments), env=environment)

    return run


def script(file: Path) -> tuple[int, str]:
    """The exit code and the words of the stand-alone program, without our packages."""
    run = subprocess.run(
        [sys.executable, "-I", "-S", str(SCRIPT), str(file)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return run.returncode, run.stdout + run.stderr


def deed(session: Session, **more: Any) -> None:
    record(session, Actor("system", None, "e-SKM"), "setup.completed", BEGAN, **more)


def test_every_chain_and_its_end_are_printed(eskm: Eskm, city: Database, fill: Fill) -> None:
    chain = fill(3)
    with city.write() as session:
        deed(session)
    run = eskm("verify")
    assert run.exit_code == 0, run.output
    for name, number in (("kota", chain), ("pemasangan", 0)):
        end = end_of(city, number)
        assert f"{name}: {end.sequence} baris cocok, ujung {end.sequence}:{end.hash}\n" in run.stdout
        assert f"{name}: utuh\n" in run.stdout
    only = eskm("verify", "--government", "kota")
    assert (only.exit_code, "pemasangan" in only.stdout) == (0, False)
    # A unit stands for its government.
    assert eskm("verify", "--government", "timur-cabang").stdout == only.stdout
    assert eskm("verify", "--government", "tidak-ada").exit_code == 1


def test_nothing_recorded_yet(eskm: Eskm) -> None:
    assert eskm("verify").exit_code == 0
    run = eskm("verify", "--government", "kota")
    assert (run.exit_code, run.stdout) == (0, "kota: belum ada baris\n")


def test_a_changed_line_is_named(eskm: Eskm, fill: Fill, owner: Owner) -> None:
    fill(3)
    with owner() as connection:
        connection.execute(text("UPDATE audit_entry SET actor_name = 'budi' WHERE sequence = 2"))
    run = eskm("verify")
    assert run.exit_code == 1
    assert "kota: Baris 2 tidak cocok" in run.stdout
    assert "1 baris cocok" in run.stdout


def test_an_end_that_was_written_down(eskm: Eskm, city: Database, fill: Fill, owner: Owner) -> None:
    chain = fill(3)
    end = end_of(city, chain)
    noted = f"{end.sequence}:{end.hash}"
    fill(2)
    assert eskm("verify", "--expect", noted).exit_code == 0
    with owner() as connection:
        connection.execute(text("DELETE FROM audit_entry"))
        connection.execute(text("DELETE FROM audit_head"))
    fill(5, again=True)
    assert eskm("verify").exit_code == 0  # on its own it is whole
    run = eskm("verify", "--expect", noted, "--government", "kota")
    assert run.exit_code == 1
    assert f"{noted} tidak ada lagi" in run.stdout


@pytest.mark.parametrize("wrong", ["5", "x:y", f"0:{64 * 'a'}", f"1:{63 * 'a'}", f"1:{64 * 'A'}"])
def test_an_end_that_cannot_be_meant(eskm: Eskm, wrong: str) -> None:
    run = eskm("verify", "--expect", wrong)
    assert (run.exit_code, run.stdout) == (1, "")
    assert "--expect" in run.stderr


@pytest.mark.parametrize("name", ["catatan.jsonl", "catatan.csv"])
def test_a_file_that_anybody_can_check(
    eskm: Eskm, city: Database, fill: Fill, tmp_path: Path, name: str
) -> None:
    dangerous = {"a": '=1+1,=2;=3\t"-x"', "b": ["@x", -5, "\u2028\n\\-", "é"]}
    chain = fill(3, more=dangerous)
    with city.write() as session:
        deed(session, details=dangerous)
        record(session, Actor("token", 1, "=HYPERLINK(1)"), "token.made", BEGAN, details={})
    file = tmp_path / name
    run = eskm("export", str(file))
    assert (run.exit_code, run.stdout) == (0, f"{file}: 7 baris\n")  # two of them are this export's own
    assert script(file) == (
        0,
        "".join(
            f"chain {one}: whole up to {n}:{end_of(city, one).hash}\n" for one, n in ((0, 3), (chain, 4))
        ),
    )
    written = file.read_text(encoding="utf-8-sig")
    file.write_text(written.replace("ani", "ana", 1) if name.endswith("l") else _one_member(written))
    code, words = script(file)
    assert code == 1
    assert words.endswith(f"chain {chain}: line 1 does not fit the line before it\n")


def _one_member(written: str) -> str:
    """The name in the list of members of the first line that has it."""
    return written.replace('""user"",7,""ani""', '""user"",7,""ana""', 1)


def test_a_file_is_found_to_lack_a_line_or_to_have_others(eskm: Eskm, fill: Fill, tmp_path: Path) -> None:
    chain = fill(4)
    file = tmp_path / "a.jsonl"
    assert eskm("export", str(file)).exit_code == 0
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    swapped = [{**lines[1], "sequence": 3}, {**lines[2], "sequence": 2}]
    for changed, at in (([lines[0], *swapped, *lines[3:]], 2), ([{**lines[0], "previous": 64 * "1"}], 1)):
        file.write_text("".join(json.dumps(line) + "\n" for line in changed), encoding="utf-8")
        assert script(file) == (1, f"chain {chain}: line {at} does not fit the line before it\n")
    file.write_text("".join(json.dumps(line) + "\n" for line in [*lines[:2], *lines[3:]]), encoding="utf-8")
    code, words = script(file)
    assert code == 0
    assert [word.split()[5].partition(":")[0] for word in words.splitlines()] == ["2", "5"]


def test_no_cell_begins_a_formula(eskm: Eskm, city: Database, tmp_path: Path) -> None:
    with city.write() as session:
        for sign in "=+-@\t\uff1d":
            record(
                session,
                Actor("token", 1, f"{sign}cmd"),
                "token.made",
                BEGAN,
                subject=f"{sign}x",
                details={"name": f"{sign}1", "more": f"a;{sign}1,{sign}2\n{sign}3"},
            )
    file = tmp_path / "a.csv"
    assert eskm("export", str(file)).exit_code == 0
    text_ = file.read_text(encoding="utf-8-sig")
    for separator in (",", ";", "\t"):
        cells = [cell for row in csv.reader(text_.splitlines(), delimiter=separator) for cell in row]
        assert [cell for cell in cells if cell.lstrip(' "').startswith(tuple("=+-@\t\uff1d"))] == []
    assert script(file)[0] == 0


def test_days_are_those_of_the_government(eskm: Eskm, city: Database, tmp_path: Path) -> None:
    """Makassar is eight hours ahead: 15:59 UTC is 23:59 of the same day, 16:00 the next."""
    kota = None
    with city.write() as session:
        kota = int(session.connection().scalar(text("SELECT id FROM unit WHERE code = 'kota'")) or 0)
        for hour, minute in ((15, 59), (16, 0)):
            at = BEGAN.replace(hour=hour, minute=minute, second=0, microsecond=0)
            record(session, Actor("system", None, "e-SKM"), "unit.changed", at, unit_id=kota)
    for options, sequences in (
        (("--to", "2026-10-01"), [1]),
        (("--from", "2026-10-02", "--to", "2026-10-02"), [2]),
        (("--from", "2026-10-01", "--to", "2026-10-02"), [1, 2]),
    ):
        file = tmp_path / f"{'-'.join(options)}.jsonl"
        assert eskm("export", str(file), "--government", "kota", *options).exit_code == 0
        found = [json.loads(line)["sequence"] for line in file.read_text(encoding="utf-8").splitlines()]
        assert found == sequences
        assert script(file)[0] == 0


def test_files_that_cannot_be_written(eskm: Eskm, city: Database, tmp_path: Path) -> None:
    (tmp_path / "there.csv").write_text("mine")
    for name in ("catatan.txt", "there.csv", "nowhere/a.csv"):
        run = eskm("export", str(tmp_path / name))
        assert (run.exit_code, run.stdout) == (1, ""), name
        assert name in run.stderr.replace("\n", "")
    assert (tmp_path / "there.csv").read_text() == "mine"
