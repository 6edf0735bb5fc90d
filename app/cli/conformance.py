"""`eskm conformance`: run the conformance vectors against this service or against any other program."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.cli.conformance_answers import answer
from app.core.places import SURVEYS

__all__ = ["Outcome", "Report", "VectorFault", "answer", "command", "run"]

Vector = dict[str, Any]
SECONDS = 10


class VectorFault(ValueError):
    """A vector file is missing or malformed: nothing can be concluded from a run."""


class ForeignFault(Exception):
    """A foreign program gave no answer; the text says what it did instead."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One vector after its run. `got` is None when there was no answer; `reason` says why (Indonesian)."""

    id: str
    theme: str
    expected: Mapping[str, Any]
    got: Mapping[str, Any] | None
    reason: str | None

    @property
    def passed(self) -> bool:
        """Whether the answer is the expected one to the letter: types and texts included."""
        return self.reason is None and _canonical(self.got) == _canonical(self.expected)


@dataclass(frozen=True, slots=True)
class Report:
    """All outcomes of a run, in the order of files and vectors."""

    outcomes: tuple[Outcome, ...]

    @property
    def failures(self) -> tuple[Outcome, ...]:
        """The outcomes that are not as expected."""
        return tuple(outcome for outcome in self.outcomes if not outcome.passed)

    @property
    def passed(self) -> bool:
        """Whether there was something to check and all of it was right."""
        return bool(self.outcomes) and not self.failures

    def by_theme(self) -> dict[str, tuple[int, int]]:
        """Theme -> (passed, all)."""
        themes: dict[str, tuple[int, int]] = {}
        for outcome in self.outcomes:
            passed, count = themes.get(outcome.theme, (0, 0))
            themes[outcome.theme] = (passed + outcome.passed, count + 1)
        return themes


def run(
    directory: Path,
    program: Sequence[str] | None = None,
    seconds: float = SECONDS,
    workers: int | None = None,
) -> Report:
    """Run all vectors of a directory, against this service or against a foreign `program`.

    A foreign program is started once a vector, `workers` at a time, with id, operation and input as JSON
    on its standard input; it has `seconds` to print one JSON object. A crash, silence or garbage is a
    failed vector. Raises VectorFault when the files are not sound.
    """
    vectors = _load(directory)

    def ask(vector: Vector) -> Mapping[str, Any]:
        question = {key: vector[key] for key in ("id", "operation", "input")}
        return answer(question) if program is None else _ask_program(program, question, seconds)

    def outcome(of: tuple[str, Vector]) -> Outcome:
        return _outcome(*of, ask)

    if program is None:
        return Report(tuple(map(outcome, vectors)))
    with ThreadPoolExecutor(max_workers=workers or os.cpu_count() or 1) as pool:
        return Report(tuple(pool.map(outcome, vectors)))


def command(
    program: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[-- PROGRAM ...]", help="Program lain yang diuji; tanpa ini layanan ini sendiri."
        ),
    ] = None,
    directory: Annotated[
        Path | None, typer.Option("--vectors", help="Direktori berkas vektor.", show_default=False)
    ] = None,
    answering: Annotated[
        bool, typer.Option("--answer", help="Jawab satu vektor dari masukan standar, lalu selesai.")
    ] = False,
    seconds: Annotated[
        float, typer.Option("--timeout", min=0.1, help="Batas waktu per vektor, detik.")
    ] = SECONDS,
) -> None:
    """Uji kesesuaian perhitungan IKM: layanan ini sendiri, atau program e-SKM lain."""
    if answering:
        typer.echo(_canonical(_answer_text(sys.stdin.read())))
        return
    try:
        report = run(directory or SURVEYS / "conformance", program or None, seconds)
    except VectorFault as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    _show(report, Console())
    if not report.passed:
        raise typer.Exit(1)


def _load(directory: Path) -> list[tuple[str, Vector]]:
    """(title of the theme, vector) of all files, by name; ids are unique over all of them."""
    vectors: list[tuple[str, Vector]] = []
    for path in sorted(directory.glob("*.json")):
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
            title = str(document["title"]["id"])
            vectors += [(title, _checked(vector)) for vector in document["vectors"]]
        except (ValueError, KeyError, TypeError) as error:
            raise VectorFault(f"{path.name}: bukan berkas vektor ({type(error).__name__})") from None
    if not vectors:
        raise VectorFault(f"{directory}: tidak ada vektor")
    ids = [vector["id"] for _, vector in vectors]
    if len(set(ids)) != len(ids):
        raise VectorFault(f"{directory}: ada id yang dipakai dua kali")
    return vectors


def _checked(vector: Any) -> Vector:
    if not isinstance(vector["id"], str) or not isinstance(vector["operation"], str):
        raise TypeError("id and operation are texts")
    if not isinstance(vector["input"], dict) or not isinstance(vector["expected"], dict):
        raise TypeError("input and expected are objects")
    return dict(vector)


def _outcome(theme: str, vector: Vector, ask: Callable[[Vector], Mapping[str, Any]]) -> Outcome:
    got, reason = None, None
    try:
        got = ask(vector)
    except ForeignFault as fault:
        reason = str(fault)
    return Outcome(vector["id"], theme, vector["expected"], got, reason)


def _ask_program(program: Sequence[str], question: Vector, seconds: float) -> Mapping[str, Any]:
    try:
        # The program is the one that whoever runs this command named; no shell is involved.
        done = subprocess.run(  # noqa: S603
            [*program], input=_canonical(question).encode(), capture_output=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        raise ForeignFault(f"tidak menjawab dalam {seconds:g} detik") from None
    except OSError as error:
        raise ForeignFault(f"tidak dapat dijalankan: {error.strerror}") from None
    if done.returncode:
        last = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise ForeignFault(f"berhenti dengan kode {done.returncode}: {last}")
    try:
        got = json.loads(done.stdout)
    except ValueError:
        raise ForeignFault("jawabannya bukan JSON") from None
    if not isinstance(got, dict):
        raise ForeignFault("jawabannya bukan objek JSON")
    return got


def _answer_text(text: str) -> Mapping[str, Any]:
    try:
        vector = json.loads(text)
    except ValueError:
        vector = None
    return answer(vector) if isinstance(vector, dict) else {"error": "bad_input"}


def _canonical(value: object) -> str:
    """One text per JSON value: 1, 1.0, true and "1" are four different answers."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _show(report: Report, console: Console) -> None:
    table = Table(title="Uji kesesuaian e-SKM")
    table.add_column("Tema")
    for column in ("Lulus", "Gagal", "Jumlah"):
        table.add_column(column, justify="right")
    for theme, (passed, count) in report.by_theme().items():
        table.add_row(theme, str(passed), str(count - passed), str(count))
    console.print(table)
    for outcome in report.failures:
        got = outcome.reason or _canonical(outcome.got)
        console.print(Text(f"{outcome.id}\n  diharapkan {_canonical(outcome.expected)}\n  didapat    {got}"))
    failed, count = len(report.failures), len(report.outcomes)
    console.print(f"{count} vektor, {failed} gagal." if failed else f"{count} vektor, semuanya lulus.")
