"""What the tests of the registry share: instruments, a database, files made of text or of cells."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlalchemy import event

from app.core.db import Database
from app.core.settings import Settings
from app.core.toml_source import SourceFaults
from app.units import service
from app.units.registry import Registry, read

NINE = (
    "persyaratan",
    "prosedur",
    "waktu",
    "biaya",
    "produk",
    "kompetensi",
    "perilaku",
    "pengaduan",
    "sarana",
)
ELEMENTS = {"skm-2017": NINE, "skm-2017-wajar": NINE, "tiny": ("satu", "dua")}

Sheets = Mapping[str, Sequence[Sequence[object]]]


@pytest.fixture
def elements() -> dict[str, tuple[str, ...]]:
    return dict(ELEMENTS)


@pytest.fixture
def database(tmp_path: Path, sqlite_template: bytes) -> Iterator[Database]:
    (tmp_path / "registry.db").write_bytes(sqlite_template)
    database = Database(Settings(database_url=f"sqlite:///{tmp_path}/registry.db"))
    yield database
    database.dispose()


@pytest.fixture
def statements(database: Database) -> list[str]:
    """Every statement that the database is sent, in order, but for settings of the connection."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("PRAGMA"):
            sent.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    return sent


@pytest.fixture
def toml(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "registry.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def xlsx(tmp_path: Path) -> Callable[[Sheets], Path]:
    def write(sheets: Sheets) -> Path:
        book = Workbook()
        book.remove(book.active)
        for name, rows in sheets.items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(row)
        path = tmp_path / "registry.xlsx"
        book.save(path)
        return path

    return write


@pytest.fixture
def faults_of(database: Database) -> Callable[[Path], list[str]]:
    """The faults of a file in an empty or filled database, as `name:line: message` without the directory."""

    def found(path: Path) -> list[str]:
        try:
            registry: Registry = read(path, ELEMENTS)
            with database.read() as session:
                service.plan(session, registry)
        except SourceFaults as error:
            return [str(fault).replace(f"{path.parent}/", "") for fault in error.faults]
        return []

    return found
