"""`eskm surveys check`: what it prints and how it ends."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli.surveys import app, report
from app.core.toml_source import Fault
from app.instruments.catalog import Catalog

SURVEYS = Path(__file__).parents[3] / "surveys"


def run(*arguments: str) -> tuple[int, list[str]]:
    """Exit code and printed lines of a command."""
    result = CliRunner().invoke(app, arguments)
    return result.exit_code, result.output.splitlines()


def test_a_sound_directory_lists_its_instruments() -> None:
    code, lines = run("check", str(SURVEYS / "tests"))
    assert code == 0
    assert lines == [
        "tiny-importance@1  Survei dengan kepentingan  3 unsur, 6 pertanyaan, kategori test",
        "tiny-several@1  Survei banyak pertanyaan  2 unsur, 5 pertanyaan, kategori test",
        "tiny-three@1  Survei tiga unsur  3 unsur, 3 pertanyaan, kategori test",
        "tiny-three@2  Survei tiga unsur  3 unsur, 3 pertanyaan, kategori test",
    ]


def test_every_fault_is_a_line_and_the_end_is_one(tmp_path: Path) -> None:
    shutil.copytree(SURVEYS / "tests", tmp_path / "surveys")
    file = tmp_path / "surveys" / "tiny-three" / "1.toml"
    text = file.read_text(encoding="utf-8").replace("conversion = 25", "conversion = 0\nspeed = 1")
    file.write_text(text, encoding="utf-8")
    line = text.split("\n").index("conversion = 0") + 1
    code, lines = run("check", str(tmp_path / "surveys"))
    assert code == 1
    assert lines == [
        f'{file}:{line}: "conversion" harus 1 sampai 100',
        f'{file}:{line + 1}: kunci "speed" tidak dikenal',
        "2 kesalahan.",
    ]


def test_the_directory_of_the_settings_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESKM_SURVEYS_DIR", str(SURVEYS / "tests"))
    code, lines = run("check")
    assert code == 0
    assert len(lines) == 4


def test_without_settings_the_shipped_surveys_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ESKM_SURVEYS_DIR", raising=False)
    code, lines = run("check")
    assert code == 0
    assert [line.split()[0] for line in lines] == ["skm-2017@1", "skm-2017-wajar@1"]


def test_further_faults_are_printed_like_all_others(capsys: pytest.CaptureFixture[str]) -> None:
    def further(catalog: Catalog) -> list[Fault]:
        return [Fault(ref, 7, "berubah") for ref in catalog.instruments]

    assert report(SURVEYS / "tests", further) is False
    assert capsys.readouterr().out.splitlines() == [
        "tiny-importance@1:7: berubah",
        "tiny-several@1:7: berubah",
        "tiny-three@1:7: berubah",
        "tiny-three@2:7: berubah",
        "4 kesalahan.",
    ]


def test_schemas_are_written_where_told(tmp_path: Path) -> None:
    code, lines = run("schema", str(tmp_path))
    assert code == 0
    assert lines == [str(tmp_path / "instrument.schema.json"), str(tmp_path / "categories.schema.json")]
    assert all(Path(line).is_file() for line in lines)
