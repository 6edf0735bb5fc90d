"""The conformance suite: this service passes, a wrong program does not, and the suite holds what it must."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from app.cli.conformance import VectorFault, answer, command, run
from app.core.places import PACKAGE, SURVEYS

VECTORS = SURVEYS / "conformance"

app = typer.Typer()
app.command()(command)

OURSELVES = f"""
import sys
sys.path.insert(0, {str(PACKAGE.parent)!r})
import typer
from app.cli.conformance import command
typer.run(command)
"""
RIGHT = {"local_date": "2026-09-30", "inside": True}
QUESTION = {"instant": "2026-09-30T23:59:59+09:00", "zone": "Asia/Jayapura", "period": "2026-Q3"}


def invoke(*arguments: str, stdin: str | None = None) -> tuple[int, str]:
    result = CliRunner().invoke(app, [*arguments], input=stdin)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.output


def vectors() -> list[dict[str, Any]]:
    files = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(VECTORS.glob("*.json"))]
    return [vector for file in files for vector in file["vectors"]]


@pytest.fixture
def one(tmp_path: Path) -> Path:
    """A directory with a single vector."""
    vector = {"id": "edge", "operation": "membership", "input": QUESTION, "expected": RIGHT}
    return written(tmp_path / "vectors", [vector])


def written(directory: Path, content: list[Any]) -> Path:
    directory.mkdir()
    file = {"theme": "t", "title": {"id": "Tema uji", "en": "Test theme"}, "vectors": content}
    (directory / "t.json").write_text(json.dumps(file), encoding="utf-8")
    return directory


def program(tmp_path: Path, source: str) -> list[str]:
    path = tmp_path / "program.py"
    path.write_text(source, encoding="utf-8")
    return [sys.executable, str(path)]


def test_this_service_passes_every_vector() -> None:
    report = run(VECTORS)
    assert [(outcome.id, outcome.got) for outcome in report.failures] == []
    assert report.passed
    assert len(report.outcomes) == len(vectors()) >= 300
    assert sum(count for _, count in report.by_theme().values()) == len(report.outcomes)


def test_the_suite_holds_the_numbers_of_the_method() -> None:
    printed = {
        v["id"]: f"{v['expected']['ikm']} {v['expected']['category']}"
        for v in vectors()
        if v["operation"] == "ikm" and v["expected"].get("ikm")
    }
    assert printed["index-29-counts"] == printed["index-29-rows"] == "91.48 A"
    assert printed["weight-29-0.111"] == "91.38 A"
    assert printed["weight-29-0.11"] == "90.56 A"
    assert printed["index-19-sum-524"] == "76.61 B"
    assert printed["index-19-sum-604"] == "88.30 B"
    assert printed["index-nrr-3.0644"] == "76.61 B"
    assert printed["index-perfect"] == "100.00 A"


def test_the_suite_covers_every_operation_weight_rule_and_zone() -> None:
    found: dict[str, set[str]] = {}
    for vector in vectors():
        found.setdefault("operation", set()).add(vector["operation"])
        for key in ("weight", "rule", "zone"):
            found.setdefault(key, set()).add(vector["input"].get(key))
    assert found["operation"] == {"ikm", "rollup", "category", "sample", "period", "membership"}
    assert found["weight"] >= {"exact", "0.111", "0.11"}
    assert found["rule"] >= {"pooled", "mean_of_units"}
    assert found["zone"] >= {"Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"}


def test_the_suite_holds_ninety_rows_of_the_sample_table() -> None:
    rows = [(v["input"]["population"], v["expected"]) for v in vectors() if v["operation"] == "sample"]
    same = [population for population, expected in rows if expected.get("table") == expected.get("formula")]
    assert len(same) >= 90
    assert dict(rows)[1700] == {"table": 313, "formula": 313}
    assert dict(rows)[40000] == {"table": 380, "formula": 380}


@pytest.mark.parametrize(
    ("operation", "given", "code"),
    [
        ("median", {}, "unknown_operation"),
        ("ikm", None, "bad_input"),
        ("ikm", {"elements": [], "categories": "2017"}, "bad_input"),
        ("ikm", {"elements": [], "categories": "2017", "answers": [], "counts": {}}, "bad_input"),
        ("ikm", {"elements": [], "categories": "1999", "answers": []}, "unknown_category_table"),
        (
            "ikm",
            {"elements": [{"key": "a", "questions": []}], "categories": "2017", "answers": []},
            "bad_input",
        ),
        ("ikm", {"elements": [], "categories": "2017", "answers": [], "extra": 1}, "bad_input"),
        ("category", {"categories": "2017"}, "bad_input"),
        ("category", {"categories": "2017", "printed": "A"}, "bad_input"),
        ("category", {"categories": "2017", "printed": "NaN"}, "not_classifiable"),
        ("category", {"categories": "2017", "exact": {"numerator": 1, "denominator": 0}}, "bad_input"),
        ("sample", {"population": 100.0}, "bad_input"),
        ("sample", {"population": "100"}, "bad_input"),
        ("membership", QUESTION | {"zone": "Asia/Nowhere"}, "bad_input"),
        ("membership", QUESTION | {"zone": "Asia"}, "bad_input"),
        ("membership", QUESTION | {"zone": "../etc"}, "bad_input"),
        ("membership", QUESTION | {"instant": "9999-12-31T23:59:59Z"}, "bad_input"),
        ("membership", QUESTION | {"instant": "yesterday"}, "bad_input"),
    ],
)
def test_bad_input_is_answered_with_a_code(operation: str, given: object, code: str) -> None:
    assert answer({"id": "x", "operation": operation, "input": given}) == {"error": code}


def test_a_foreign_program_that_is_right_passes(tmp_path: Path) -> None:
    some = [
        v for v in vectors() if v["id"] in {"index-29-rows", "rollup-mean", "period-01", "reject-score-5"}
    ]
    directory = written(tmp_path / "some", some)
    report = run(directory, [*program(tmp_path, OURSELVES), "--answer"], seconds=60, workers=2)
    assert [(outcome.got, outcome.reason) for outcome in report.failures] == []
    assert [outcome.id for outcome in report.outcomes] == [vector["id"] for vector in some]
    assert len(some) == 4


def test_the_foreign_program_does_not_see_what_is_expected(one: Path, tmp_path: Path) -> None:
    echo = program(tmp_path, "import sys, json\nprint(json.dumps({'keys': sorted(json.load(sys.stdin))}))")
    assert run(one, echo).failures[0].got == {"keys": ["id", "input", "operation"]}


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ('print(\'{"local_date": "2026-09-30", "inside": false}\')', None),
        ('print(\'{"local_date": "2026-09-30", "inside": 1}\')', None),
        ('print(\'{"local_date": "2026-09-30"}\')', None),
        ('print(\'{"local_date": "2026-09-30", "inside": true, "more": 0}\')', None),
        ("print('[]')", "bukan objek"),
        ("print('30 September')", "bukan JSON"),
        ("", "bukan JSON"),
        ("import sys; sys.stdout.buffer.write(bytes([255, 254, 0, 130]))", "bukan JSON"),
        ("raise RuntimeError('rusak')", "kode 1: RuntimeError: rusak"),
        ("import time; time.sleep(30)", "tidak menjawab"),
    ],
    ids=[
        *("wrong", "wrong-type", "missing", "superfluous", "list", "text"),
        *("silence", "bytes", "crash", "sleep"),
    ],
)
def test_a_wrong_program_is_caught(one: Path, tmp_path: Path, source: str, reason: str | None) -> None:
    report = run(one, program(tmp_path, source), seconds=1.5 if "sleep" in source else 30)
    assert not report.passed
    (failure,) = report.failures
    if reason is None:
        assert failure.reason is None
    else:
        assert failure.got is None
        assert reason in (failure.reason or "")


def test_a_program_that_cannot_be_started_is_caught(one: Path, tmp_path: Path) -> None:
    (failure,) = run(one, [str(tmp_path / "absent")]).failures
    assert "tidak dapat dijalankan" in (failure.reason or "")


def test_a_program_that_rounds_twice_fails_where_it_must(tmp_path: Path) -> None:
    """The early rounding of reference section 9, as a program."""
    source = """
import json, sys
counts = json.load(sys.stdin)["input"]["counts"]
rates = [sum((i + 1) * c for i, c in enumerate(row)) / sum(row) for row in counts.values()]
ikm = round(25 * sum(round(rate, 2) for rate in rates) / len(rates), 2)
print(json.dumps({"ikm": f"{ikm:.2f}"}))
"""
    kept = ("index-nrr-3.0644", "index-perfect")
    some = [v | {"expected": {"ikm": v["expected"]["ikm"]}} for v in vectors() if v["id"] in kept]
    report = run(written(tmp_path / "some", some), program(tmp_path, source), seconds=30)
    assert {outcome.id: outcome.passed for outcome in report.outcomes} == {
        "index-nrr-3.0644": False,
        "index-perfect": True,
    }
    assert report.failures[0].got == {"ikm": "76.50"}


def test_the_command_passes_and_shows_every_theme() -> None:
    code, output = invoke()
    assert code == 0
    assert "semuanya lulus" in output
    assert "Bobot unsur" in output


def test_the_command_fails_and_shows_what_was_wrong(one: Path, tmp_path: Path) -> None:
    wrong = program(tmp_path, "print('{\"inside\": false}')")
    code, output = invoke("--vectors", str(one), "--", *wrong)
    assert code == 1
    assert "1 vektor, 1 gagal" in output
    assert '"inside": false' in output
    assert "2026-09-30" in output
    code, output = invoke("--vectors", str(one), "--", str(tmp_path / "[bold]absent"))
    assert code == 1
    assert "tidak dapat dijalankan" in output


def test_the_command_answers_one_vector() -> None:
    code, output = invoke("--answer", stdin=json.dumps({"operation": "membership", "input": QUESTION}))
    assert (code, json.loads(output)) == (0, RIGHT)
    for nonsense in ("", "[]", "{"):
        code, output = invoke("--answer", stdin=nonsense)
        assert (code, json.loads(output)) == (0, {"error": "bad_input"})


@pytest.mark.parametrize(
    "content",
    [
        [],
        ["text"],
        [{"id": 1, "operation": "sample", "input": {}, "expected": {}}],
        [{"id": "x", "operation": "sample", "input": {}}],
        [{"id": "x", "operation": "sample", "input": [], "expected": {}}],
        [{"id": "x", "operation": "sample", "input": {}, "expected": {}}] * 2,
    ],
)
def test_vector_files_that_prove_nothing_are_refused(tmp_path: Path, content: list[Any]) -> None:
    directory = written(tmp_path / "bad", content)
    with pytest.raises(VectorFault):
        run(directory)
    assert invoke("--vectors", str(directory))[0] == 1


def test_a_directory_without_vectors_does_not_pass(tmp_path: Path) -> None:
    with pytest.raises(VectorFault, match="tidak ada vektor"):
        run(tmp_path)
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")
    with pytest.raises(VectorFault, match=r"broken\.json"):
        run(tmp_path)
