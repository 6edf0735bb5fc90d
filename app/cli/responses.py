"""`eskm responses`: bring in answers that were collected on paper or by another program."""

import asyncio
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from app.audit.service import Actor
from app.cli.opening import opened, questionnaires
from app.responses.matrix_cells import UnusableMatrix
from app.responses.matrix_import import ImportReport, ImportRequest, import_matrix

app = typer.Typer(help="Jawaban survei.", no_args_is_help=True)

ACTOR = Actor("command", None, "eskm responses import")
UNUSABLE = 1
# 2 is a command line that Typer does not understand.
INCOMPLETE = 3


@app.callback()
def _group() -> None:
    """Jawaban survei."""


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Matriks jawaban, CSV atau XLSX.")],
    unit: Annotated[str, typer.Option(help="Kode unit.")],
    service: Annotated[str, typer.Option(help="Kode layanan.")],
    order: Annotated[
        Literal["article", "questionnaire"] | None,
        typer.Option(
            help="Arti kolom U1, U2, …: urutan pasal (U8 pengaduan, U9 sarana) atau urutan kuesioner "
            "(U8 sarana, U9 pengaduan). Tidak perlu bila judul kolom berupa kunci pertanyaan."
        ),
    ] = None,
    date: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="Tanggal menjawab bagi baris tanpa tanggal sendiri; tanpa ini hari ini.",
        ),
    ] = None,
    source: Annotated[
        str | None, typer.Option(help="Nama yang membedakan berkas ini; tanpa ini nama berkasnya.")
    ] = None,
    allow_blank: Annotated[
        bool, typer.Option("--allow-blank", help="Terima baris yang sebagian nilainya kosong.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Tulis hasilnya sebagai JSON.")] = False,
) -> None:
    """Impor matriks jawaban: satu baris satu responden.

    Baris yang salah didaftar, yang lain disimpan. Berkas yang sama boleh diimpor lagi: tidak ada yang
    bertambah. Kode keluar: 0 semua baris tersimpan atau sudah ada; 1 berkas atau parameternya tidak dapat
    dipakai, tidak ada yang disimpan; 3 sebagian baris tidak disimpan.
    """
    request = ImportRequest(
        unit=unit,
        service=service,
        order=order,
        answered_on=date.date() if date else None,
        source=source,
        allow_blank=allow_blank,
    )
    try:
        report = _import(file, request)
    except UnusableMatrix as error:
        _refuse(error.reasons, as_json)
    if as_json:
        _print_json(_document(report))
    else:
        _print(report, file)
    if not report.complete:
        raise typer.Exit(INCOMPLETE)


def _import(file: Path, request: ImportRequest) -> ImportReport:
    with opened() as database:
        catalog = questionnaires(database)
        with _progress() as advance:
            return asyncio.run(import_matrix(file, request, database, catalog, actor=ACTOR, progress=advance))


class _Bar:
    """A progress bar that learns its length with the first step."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("Menyimpan", total=None)

    def __call__(self, done: int, total: int) -> None:
        self._progress.update(self._task, completed=done, total=total)


@contextmanager
def _progress() -> Iterator[_Bar]:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        yield _Bar(progress)


def _refuse(reasons: Iterable[str], as_json: bool) -> NoReturn:
    if as_json:
        _print_json({"unusable": list(reasons)})
    else:
        for reason in reasons:
            typer.echo(reason, err=True)
        typer.echo("Tidak ada yang disimpan.", err=True)
    raise typer.Exit(UNUSABLE)


def _document(report: ImportReport) -> dict[str, object]:
    return {
        "source": report.origin.source,
        "date": report.origin.answered_on.isoformat(),
        "rows": report.rows,
        "stored": report.stored,
        "duplicates": report.duplicates,
        "faulty": report.faulty,
        "unstored": report.unstored,
        "faults": [
            {"row": fault.row, "column": fault.column, "reason": fault.reason} for fault in report.faults
        ],
    }


def _print_json(document: dict[str, object]) -> None:
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2))


def _print(report: ImportReport, file: Path) -> None:
    console = Console()
    if report.faults:
        table = Table("Baris", "Kolom", "Alasan", title="Baris yang tidak disimpan")
        for fault in report.faults:
            # Headings come from the file: they are shown as they are, never as markup.
            table.add_row(str(fault.row), Text(fault.column or ""), Text(fault.reason))
        console.print(table)
    typer.echo(f"{file.name}: sumber {report.origin.source}, tanggal {report.origin.answered_on.isoformat()}")
    typer.echo(
        f"{report.rows} baris dibaca: {report.stored} disimpan, {report.duplicates} sudah ada, "
        f"{report.faulty} salah."
    )
    if report.unstored:
        typer.echo(
            f"{report.unstored} baris belum disimpan karena basis data sibuk; jalankan perintah ini lagi.",
            err=True,
        )
