"""`eskm responses import`: what it prints and with which code it ends."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from click.testing import Result
from sqlmodel import func, select
from typer.testing import CliRunner

from app.cli import responses
from app.core.db import Database
from app.core.migrations import upgrade
from app.core.settings import Settings
from app.responses.tables import Response
from app.units.tables import Service, Unit

ROOT = Path(__file__).parents[3]
REAL = ROOT / "tests" / "data" / "matrix" / "respondents-49.csv"
PLACE = ("--unit", "ptsp", "--service", "nib")

Run = Callable[..., Result]


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    url = f"sqlite:///{tmp_path}/command.db"
    monkeypatch.setenv("ESKM_DATABASE_URL", url)
    monkeypatch.setenv("ESKM_SURVEYS_DIR", str(ROOT / "surveys"))
    monkeypatch.setenv("COLUMNS", "200")
    return url


@pytest.fixture
def run(url: str) -> Run:
    database = Database(Settings(database_url=url))
    upgrade(database)
    with database.write() as session:
        session.add(Unit(id=1, code="ptsp", name="PTSP"))
        session.flush()
        session.add(Service(unit_id=1, code="nib", name="NIB", instrument="skm-2017"))
    database.dispose()
    return command


def command(*arguments: object) -> Result:
    main = typer.Typer()
    main.add_typer(responses.app, name="responses")
    return CliRunner().invoke(main, ["responses", "import", *map(str, arguments)])


def stored(url: str) -> int:
    database = Database(Settings(database_url=url))
    with database.read() as session:
        count = session.exec(select(func.count()).select_from(Response)).one()
    database.dispose()
    return count


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    path = tmp_path / "salah.csv"
    lines = REAL.read_text().splitlines()
    lines[2] = lines[2].replace(",3,3,2,", ",3,7,2,", 1)
    lines[0] = lines[0].replace("U2", "u2")
    path.write_text("\n".join(lines))
    return path


def test_a_sound_file_ends_with_0_the_second_time_too(run: Run, url: str) -> None:
    first = run(REAL, *PLACE, "--order", "article", "--date", "2019-06-30")
    assert (first.exit_code, first.stderr) == (0, "")
    assert "sumber respondents-49.csv, tanggal 2019-06-30" in first.stdout
    assert "49 baris dibaca: 49 disimpan, 0 sudah ada, 0 salah." in first.stdout
    second = run(REAL, *PLACE, "--order", "article")
    assert second.exit_code == 0
    assert "49 baris dibaca: 0 disimpan, 49 sudah ada, 0 salah." in second.stdout
    assert stored(url) == 49


def test_faulty_rows_are_listed_and_end_with_3(run: Run, url: str, faulty: Path) -> None:
    result = run(faulty, *PLACE, "--order", "article")
    assert result.exit_code == 3
    (line,) = [line for line in result.stdout.splitlines() if "bilangan bulat" in line]
    assert [cell.strip() for cell in line.strip("│┃ ").split("│")] == [
        "3",
        "u2",
        "Nilai harus bilangan bulat 1 sampai 4.",
    ]
    assert "49 baris dibaca: 48 disimpan, 0 sudah ada, 1 salah." in result.stdout
    assert stored(url) == 48


def test_json_says_the_same(run: Run, faulty: Path) -> None:
    result = run(faulty, *PLACE, "--order", "article", "--date", "2019-06-30", "--source", "H1", "--json")
    assert result.exit_code == 3
    assert json.loads(result.stdout) == {
        "source": "H1",
        "date": "2019-06-30",
        "rows": 49,
        "stored": 48,
        "duplicates": 0,
        "faulty": 1,
        "unstored": 0,
        "faults": [{"row": 3, "column": "u2", "reason": "Nilai harus bilangan bulat 1 sampai 4."}],
    }


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ((*PLACE,), "--order article"),
        (("--unit", "ptsp", "--service", "x", "--order", "article"), 'Layanan "x" tidak ada'),
        (("--unit", "x", "--service", "nib", "--order", "article"), 'Unit "x" tidak ada'),
        ((*PLACE, "--order", "article", "--date", "2100-01-01"), "--date"),
    ],
)
def test_what_cannot_be_used_ends_with_1(run: Run, url: str, arguments: tuple[str, ...], reason: str) -> None:
    result = run(REAL, *arguments)
    assert (result.exit_code, result.stdout) == (1, "")
    assert reason in result.stderr
    assert "Tidak ada yang disimpan." in result.stderr
    as_json = run(REAL, *arguments, "--json")
    assert as_json.exit_code == 1
    assert reason in json.loads(as_json.stdout)["unusable"][0]
    assert stored(url) == 0


def test_headings_of_the_file_are_never_markup(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "markup.csv"
    path.write_text("[red]Nama[/red],U1\nx,4\n")
    assert "[red]Nama[/red]" in run(path, *PLACE, "--order", "article").stderr


@pytest.mark.usefixtures("url")
def test_a_database_that_was_not_migrated_says_what_to_do() -> None:
    result = command(REAL, *PLACE, "--order", "article")
    assert result.exit_code == 1
    assert "eskm migrate" in result.stderr


def test_faulty_instruments_are_named(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESKM_SURVEYS_DIR", str(tmp_path / "none"))
    result = run(REAL, *PLACE, "--order", "article")
    assert result.exit_code == 1
    assert "none" in result.stderr


def test_the_help_names_the_exit_codes() -> None:
    text = " ".join(command("--help").stdout.split())
    assert "0 semua baris tersimpan" in text
    assert "3 sebagian baris" in text
