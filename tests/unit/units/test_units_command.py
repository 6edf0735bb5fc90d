"""`eskm units load` and `eskm units template` as a person at a terminal meets them."""

from pathlib import Path

import pytest
from alembic import command
from openpyxl import load_workbook
from sqlmodel import select
from typer.testing import CliRunner, Result

from app.cli.units import app
from app.core.db import Database
from app.core.migrations import configuration
from app.units.tables import Point, RegistryVersion, Unit

EXAMPLE = Path(__file__).parents[2] / "data" / "registry" / "contoh.toml"


@pytest.fixture
def run(database: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ESKM_DATABASE_URL", database.engine.url.render_as_string())
    config = configuration()
    with database.write_connection() as connection:
        config.attributes["connection"] = connection
        command.stamp(config, "head")
    with database.write() as session:  # as the migrations leave it
        if session.get(RegistryVersion, 1) is None:
            session.add(RegistryVersion(version=1))

    def invoke(*arguments: str | Path) -> Result:
        return CliRunner().invoke(app, [str(argument) for argument in arguments])

    return invoke


def codes(database: Database) -> list[str]:
    with database.read() as session:
        return sorted(session.exec(select(Unit.code)).all())


def test_loading_shows_what_changes_and_the_second_time_nothing(run, database: Database) -> None:
    first = run("load", EXAMPLE)
    assert first.exit_code == 0
    assert "+ titik survei dpmptsp-nib-qr" in first.stdout
    assert codes(database) == ["dinkes", "dpmptsp", "kota-contoh", "puskesmas-hulu"]
    second = run("load", EXAMPLE)
    assert second.exit_code == 0
    assert "Tidak ada yang berubah." in second.stdout
    numbers = [[word for word in line.split() if word.isdigit()] for line in second.stdout.splitlines()]
    assert [row for row in numbers if row] == [["0", "0", "4"], ["0", "0", "3"], ["0", "0", "4"]]


def test_a_dry_run_stores_nothing(run, database: Database) -> None:
    result = run("load", EXAMPLE, "--dry-run")
    assert result.exit_code == 0
    assert "+ unit kota-contoh" in result.stdout
    assert "Belum diterapkan (--dry-run)." in result.stdout
    assert codes(database) == []


def test_faults_go_to_standard_error_with_exit_code_1(run, database: Database, toml) -> None:
    path = toml(EXAMPLE.read_text() + '[[units]]\ncode = "x"\nname = "X"\nparent = "[bold]"\n')
    line = path.read_text().count("\n")
    result = run("load", path)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        f'{path}:{line}: unit induk "[bold]" tidak dikenal',
        "1 kesalahan; tidak ada yang diterapkan.",
    ]
    assert codes(database) == []


def test_instruments_come_from_the_surveys_directory(run, toml, monkeypatch, tmp_path: Path) -> None:
    unit = '[[units]]\ncode = "a"\nname = "A"\n'
    service = '[[units.services]]\ncode = "s"\nname = "S"\nnot_asked = ["harga"]\n'
    result = run("load", toml(unit + service))
    assert 'unsur "harga" tidak ada di instrumen "skm-2017"' in result.stderr
    monkeypatch.setenv("ESKM_SURVEYS_DIR", str(tmp_path / "tidak-ada"))
    result = run("load", EXAMPLE)
    assert result.exit_code == 1
    assert "direktori survei tidak ada" in result.stderr


def test_many_changes_are_counted_instead_of_listed(run, toml) -> None:
    points = "".join(f'[[units.points]]\ncode = "p{place}"\nchannel = "qr"\n' for place in range(99))
    result = run("load", toml('[[units]]\ncode = "a"\nname = "A"\n' + points))
    assert "… dan 60 perubahan lain" in result.stdout  # 100 changes, 40 of them listed


def test_markup_in_names_is_printed_as_it_is(run, toml) -> None:
    run("load", toml('[[units]]\ncode = "a"\nname = "A"\n'))
    result = run("load", toml('[[units]]\ncode = "a"\nname = "[red]B[/red]"\n'))
    assert "~ unit a (name: A → [red]B[/red])" in result.stdout


def test_an_empty_template_guides_and_restricts(run, tmp_path: Path) -> None:
    path = tmp_path / "baru.xlsx"
    assert run("template", path).exit_code == 0
    book = load_workbook(path)
    assert book.sheetnames == ["petunjuk", "units", "services", "points"]
    headings = {name: [cell.value for cell in book[name][1]] for name in book.sheetnames[1:]}
    assert headings == {
        "units": ["code", "name", "parent", "timezone", "kind", "address", "phone", "rollup", "active"],
        "services": ["unit", "code", "name", "instrument", "not_asked", "population", "active"],
        "points": ["unit", "code", "service", "channel", "label", "tickets", "proof_of_work", "active"],
    }
    lists = {
        (name, str(rule.sqref)): rule.formula1
        for name in headings
        for rule in book[name].data_validations.dataValidation
        if rule.type == "list"
    }
    assert lists["units", "D2:D2001"] == '"Asia/Jakarta,Asia/Pontianak,Asia/Makassar,Asia/Jayapura"'
    assert lists["units", "H2:H2001"] == '"pooled,mean_of_units"'
    assert lists["points", "D2:D2001"] == '"qr,kiosk,counter,link"'
    assert lists["services", "A2:A2001"] == "units!$A$2:$A$2001"
    assert lists["services", "D2:D2001"].startswith('"skm-2017,')
    assert lists["services", "G2:G2001"] == '"ya,tidak"'
    guide = {str(cell.value) for row in book["petunjuk"] for cell in row}
    assert {"not_asked", "population", "channel", "skm-2017"} <= guide
    # A code such as 007 must stay a text when it is typed.
    assert book["units"].column_dimensions["A"].number_format == "@"
    assert run("load", path).stderr.startswith(f"{path}: tidak ada unit, layanan, atau titik survei")


def test_a_filled_template_can_be_edited_and_loaded(run, database: Database, tmp_path: Path) -> None:
    run("load", EXAMPLE)
    path = tmp_path / "isi.xlsx"
    assert run("template", path, "--filled").exit_code == 0
    assert "Tidak ada yang berubah." in run("load", path).stdout
    book = load_workbook(path)
    book["points"].append(["dpmptsp", "dpmptsp-loket-3", "nib", "counter", "Loket 3", "ya"])
    book.save(path)
    assert "+ titik survei dpmptsp-loket-3" in run("load", path).stdout
    with database.read() as session:
        assert session.exec(select(Point).where(Point.code == "dpmptsp-loket-3")).one().channel == "counter"


def test_a_template_never_replaces_a_file(run, tmp_path: Path) -> None:
    path = tmp_path / "ada.xlsx"
    path.write_text("jangan hilang")
    result = run("template", path)
    assert (result.exit_code, path.read_text()) == (1, "jangan hilang")
    assert "berkas sudah ada" in result.stderr
    assert run("template", tmp_path / "x.csv").exit_code == 1
    assert "direktorinya tidak ada" in run("template", tmp_path / "tidak-ada" / "x.xlsx").stderr
