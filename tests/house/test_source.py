"""House rules on the source: sizes, names, where commits stand, what services may import."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
APP = sorted((ROOT / "app").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
OTHERS = sorted((ROOT / "benchmarks").rglob("*.py")) + sorted((ROOT / "migrations").rglob("*.py"))
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "base", "manager", "managers"}
WEB_FRAMEWORK = {"fastapi", "starlette", "jinja2"}


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(node: ast.AST) -> Iterator[str]:
    """Full names of what the statements under `node` import: modules, and what is taken from them."""
    for one in ast.walk(node):
        if isinstance(one, ast.Import):
            yield from (alias.name for alias in one.names)
        elif isinstance(one, ast.ImportFrom) and one.module:
            yield one.module
            yield from (f"{one.module}.{alias.name}" for alias in one.names)


def test_the_source_was_found() -> None:
    assert {"app/factory.py", "app/responses/intake.py", "app/core/db.py"} <= {relative(path) for path in APP}


def test_files_are_short() -> None:
    limits = ((APP + OTHERS, 400), (TESTS, 600))
    long = [
        f"{relative(path)}: {lines}"
        for paths, limit in limits
        for path in paths
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > limit
    ]
    assert long == []


def test_no_file_is_named_after_nothing() -> None:
    folders = {parent for path in APP + TESTS for parent in path.relative_to(ROOT).parents}
    names = [path.relative_to(ROOT) for path in APP + TESTS + OTHERS] + sorted(folders)
    assert [str(path) for path in names if path.stem.lower() in FORBIDDEN_NAMES] == []


def test_commits_stand_in_core_alone() -> None:
    found = [
        f"{relative(path)}:{node.lineno}"
        for path in APP
        if not path.is_relative_to(ROOT / "app" / "core")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in ("commit", "rollback")
    ]
    assert found == []


def test_services_and_queries_know_no_web_framework() -> None:
    found = [
        f"{relative(path)} imports {name}"
        for path in APP
        if path.stem
        in ("service", "queries", "tables", "writer", "intake", "verify", "statistics", "results")
        for name in imported(tree(path))
        if name.partition(".")[0] in WEB_FRAMEWORK or name.endswith((".api", ".pages"))
    ]
    assert found == []


def test_tables_import_nothing_but_core_and_constants() -> None:
    """Foreign keys across packages go by string; a table never knows another package's tables."""
    found = [
        f"{relative(path)} imports {name}"
        for path in APP
        if path.name == "tables.py"
        for name in imported(tree(path))
        if name.startswith("app.") and name.endswith(".tables") and name != "app.core.tables"
    ]
    assert found == []


def test_only_the_factory_imports_routes_of_other_packages() -> None:
    found = [
        f"{relative(path)} imports {name}"
        for path in APP
        if path.name not in ("factory.py", "metadata.py")
        for name in imported(tree(path))
        if name.startswith("app.") and name.endswith(".pages")
    ]
    assert found == []


def test_imports_stand_at_the_top() -> None:
    found = [
        f"{relative(path)}:{node.lineno} {function.name}"
        for path in APP + TESTS + OTHERS
        for function in ast.walk(tree(path))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert found == []


def test_nothing_is_left_to_do() -> None:
    mark = re.compile(r"#.*\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
    found = [
        f"{relative(path)}:{number}"
        for path in APP + TESTS + OTHERS
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if mark.search(line)
    ]
    assert found == []


def test_tests_are_neither_skipped_nor_expected_to_fail() -> None:
    marks = {"skip", "skipif", "xfail", "importorskip"}
    found = [
        f"{relative(path)}:{node.lineno} {node.attr}"
        for path in TESTS
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in marks
    ]
    assert found == []


def test_every_module_says_what_it_is() -> None:
    found = [
        relative(path)
        for path in APP
        if path.read_text(encoding="utf-8").strip() and not ast.get_docstring(tree(path))
    ]
    assert found == []


def test_module_docstrings_are_short() -> None:
    found = [relative(path) for path in APP if len((ast.get_docstring(tree(path)) or "").splitlines()) > 4]
    assert found == []


@pytest.mark.parametrize("name", ["app", "tests", "docs", "surveys", "migrations", "benchmarks"])
def test_no_path_of_a_machine(name: str) -> None:
    """Nothing in the repository knows where somebody keeps it."""
    home = re.compile(r"(?<![\w.])/(?:home|Users|root|work|mnt)/\w")
    suffixes = {".py", ".md", ".toml", ".html", ".css", ".js", ".json", ".po", ".yml", ".sh", ".txt"}
    found = [
        f"{relative(path)}: {match.group()}"
        for path in sorted((ROOT / name).rglob("*"))
        if path.is_file() and path.suffix in suffixes
        for match in home.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_arrows_point_one_way() -> None:
    """import-linter's contracts of pyproject.toml: layers without exceptions, a pure arithmetic."""
    command = Path(sys.executable).with_name("lint-imports")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.run(
        [command, "--no-cache"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert re.search(r"Contracts: [1-9]\d* kept, 0 broken", run.stdout)
