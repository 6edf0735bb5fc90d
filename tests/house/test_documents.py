"""House rules on documents and metadata: what the code has is described, what is described exists."""

import importlib
import pkgutil
import re
from pathlib import Path

from sqlmodel import SQLModel

import app
from app.core.settings import Settings
from app.core.tables import Table
from app.metadata import metadata

ROOT = Path(__file__).parents[2]


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_every_setting_is_described() -> None:
    described = set(re.findall(r"ESKM_[A-Z_]+", text("docs/settings.md")))
    fields = {f"ESKM_{name.upper()}" for name in Settings.model_fields}
    assert sorted(fields - described) == []


def test_every_setting_that_is_described_exists() -> None:
    settings = {f"ESKM_{name.upper()}" for name in Settings.model_fields}
    # The one that only the tests read.
    described = set(re.findall(r"ESKM_[A-Z_]+", text("docs/settings.md"))) - {"ESKM_", "ESKM_BROWSER_TESTS"}
    assert sorted(described - settings) == []


def test_the_readme_says_how_to_begin() -> None:
    readme = text("README.md")
    for command in ("make run", "make test"):
        assert command in readme, command


def test_links_between_documents_lead_somewhere() -> None:
    broken = [
        f"{path.relative_to(ROOT)}: {target}"
        for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8"))
        if "://" not in target and not target.startswith("mailto:") and not (path.parent / target).exists()
    ]
    assert broken == []


def test_every_table_is_in_the_metadata() -> None:
    for module in pkgutil.walk_packages(app.__path__, "app."):
        if module.name.endswith(".tables"):
            importlib.import_module(module.name)
    tables = {one.__tablename__ for one in subclasses(Table) if hasattr(one, "__table__")}
    assert tables == set(metadata.tables)
    assert tables >= {
        "unit",
        "service",
        "point",
        "response",
        "comment",
        "tally",
        "total",
        "device",
        "api_token",
    }


def subclasses(kind: type[SQLModel]) -> list[type[SQLModel]]:
    found = list(kind.__subclasses__())
    return found + [one for child in found for one in subclasses(child)]


def test_metadata_imports_every_tables_module() -> None:
    source = text("app/metadata.py")
    packages = {path.parent.name for path in (ROOT / "app").rglob("tables.py")}
    imported = set(re.findall(r"^from app\.(\w+)(?: import tables|\.tables import)", source, re.MULTILINE))
    assert packages == imported


def test_the_unit_is_the_first_column_of_every_large_tables_key() -> None:
    for name in ("response", "comment", "tally", "total"):
        assert next(iter(metadata.tables[name].primary_key)).name == "unit_id"
        # Nothing unique spans units: that is what can be distributed.
        for constraint in metadata.tables[name].constraints:
            columns = [column.name for column in getattr(constraint, "columns", [])]
            assert type(constraint).__name__ != "UniqueConstraint" or "unit_id" in columns


def test_durability_is_never_traded_away() -> None:
    """With synchronous=NORMAL a power loss takes back what was acknowledged."""
    source = text("app/core/db.py")
    assert "synchronous=FULL" in source
    assert "journal_mode=WAL" in source
    assert "synchronous_commit=on" in source
    assert "BEGIN IMMEDIATE" in source
