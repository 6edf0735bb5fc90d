"""`eskm history import`: all rows or none, the same file again changes nothing."""

from pathlib import Path

from sqlmodel import select

from app.audit.tables import AuditEntry
from app.core.db import Database
from app.history.tables import HistoricalResult
from tests.cli.conftest import Eskm, eskm

__all__ = ["eskm"]


def rows(city: Database) -> list[HistoricalResult]:
    with city.read() as session:
        return list(session.exec(select(HistoricalResult)))


def test_a_file_is_taken_once(eskm: Eskm, city: Database, tmp_path: Path) -> None:
    file = tmp_path / "riwayat.csv"
    file.write_text("periode;ikm\n2013;76,2\n2016;78,15\n", encoding="utf-8")
    dry = eskm("history", "import", str(file), "--unit", "ptsp", "--dry-run")
    assert "2 baru, 0 berubah, 0 tetap. Belum disimpan" in dry.stdout
    assert rows(city) == []
    assert "2 baru" in eskm("history", "import", str(file), "--unit", "ptsp").stdout
    assert "0 baru, 0 berubah, 2 tetap" in eskm("history", "import", str(file), "--unit", "ptsp").stdout
    assert {(row.period, row.ikm, row.source, row.imported_by) for row in rows(city)} == {
        ("2013", 7620, "riwayat.csv", None),
        ("2016", 7815, "riwayat.csv", None),
    }
    file.write_text("periode;ikm\n2013;76,21\n", encoding="utf-8")
    assert "0 baru, 1 berubah, 0 tetap" in eskm("history", "import", str(file), "--unit", "ptsp").stdout
    with city.read() as session:
        entries = session.exec(select(AuditEntry).where(AuditEntry.action == "history.imported")).all()
    assert [(one.actor_kind, one.details["added"], one.details["changed"]) for one in entries] == [
        ("command", 2, 0),
        ("command", 0, 1),
    ]


def test_one_wrong_row_and_nothing_is_stored(eskm: Eskm, city: Database, tmp_path: Path) -> None:
    file = tmp_path / "riwayat.csv"
    file.write_text("periode;ikm\n2013;76,2\n2016;781,5\n", encoding="utf-8")
    refused = eskm("history", "import", str(file), "--unit", "ptsp")
    assert refused.exit_code == 1
    assert "IKM harus antara 25 dan 100." in refused.output
    assert "tidak ada yang disimpan" in refused.output
    assert rows(city) == []


def test_what_cannot_be_used_is_said(eskm: Eskm, city: Database, tmp_path: Path) -> None:
    file = tmp_path / "riwayat.csv"
    assert eskm("history", "import", str(file), "--unit", "ptsp").exit_code == 1
    file.write_bytes(b"PK\x03\x04zzz")
    assert eskm("history", "import", str(file), "--unit", "ptsp").exit_code == 1
    file.write_text("periode;ikm\n2013;76,2\n", encoding="utf-8")
    refused = eskm("history", "import", str(file), "--unit", "tidak-ada")
    assert (refused.exit_code, "tidak ada" in refused.output) == (1, True)
    assert rows(city) == []
