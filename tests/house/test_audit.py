"""The dependency audit fails on findings, and says loudly when it could not be done."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
CLEAN = {"name": "a", "version": "1", "vulns": []}
FAULTY = {"name": "b", "version": "2", "vulns": [{"id": "CVE-2026-1", "fix_versions": ["3"]}]}
UNKNOWN = {"name": "c", "skip_reason": "not found"}


def judged(tmp_path: Path, report: Any) -> tuple[int, str]:
    file = tmp_path / "report.json"
    file.write_text(report if isinstance(report, str) else json.dumps(report))
    command = [sys.executable, ROOT / ".ci" / "audit", file]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return run.returncode, run.stdout + run.stderr


@pytest.mark.parametrize("others", [[], [CLEAN], [UNKNOWN]])
def test_findings_fail_and_are_named(tmp_path: Path, others: list[Any]) -> None:
    code, said = judged(tmp_path, {"dependencies": [*others, FAULTY]})
    assert code == 1
    assert "b 2: CVE-2026-1, fixed in 3" in said


def test_nothing_found_is_nothing_found(tmp_path: Path) -> None:
    code, said = judged(tmp_path, {"dependencies": [CLEAN]})
    assert (code, said) == (0, "1 packages audited, 0 known vulnerabilities.\n")


@pytest.mark.parametrize(
    "report", ["", "no network", "[]", "{}", {"dependencies": [UNKNOWN]}, {"dependencies": []}]
)
def test_an_audit_that_did_not_happen_says_so(tmp_path: Path, report: Any) -> None:
    code, said = judged(tmp_path, report)
    assert code == 0
    assert "AUDIT NOT DONE" in said


def test_what_was_left_out_is_named(tmp_path: Path) -> None:
    code, said = judged(tmp_path, {"dependencies": [CLEAN, UNKNOWN]})
    assert code == 0
    assert "does not know them: c" in said
    assert "NOT DONE" not in said


def test_continuous_integration_asks() -> None:
    assert "make audit" in (ROOT / ".ci" / "run").read_text()
