"""`eskm units`: apply the registry file, write it as a workbook to fill in."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from app.audit.service import Actor
from app.cli.opening import opened, read_settings
from app.core.clock import utc_now
from app.core.settings import Settings
from app.core.toml_source import SourceFaults
from app.instruments import loader
from app.units import registry, service
from app.units.changes import ACTIONS, KINDS, Changes
from app.units.recording import record_applied
from app.units.registry import ElementsOf
from app.units.registry_stored import stored
from app.units.registry_template import write_template

app = typer.Typer(help="Unit, layanan, dan titik survei.", no_args_is_help=True)

ACTOR = Actor("command", None, "eskm units load")
# More changes than this are counted, not listed.
LISTED = 40

_KINDS = {"unit": "Unit", "service": "Layanan", "point": "Titik survei"}
_ACTIONS = {"added": "Baru", "changed": "Berubah", "unchanged": "Tetap"}


@app.command()
def load(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Berkas registri, .toml atau .xlsx.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tunjukkan perubahannya saja, jangan terapkan.")
    ] = False,
) -> None:
    """Terapkan berkas registri; bila ada satu baris yang salah, tidak ada yang diterapkan."""
    settings = read_settings()
    with _faults_named():
        wanted = registry.read(file, elements_of(settings))
        with opened() as database:
            if dry_run:
                with database.read() as session:
                    changes = service.plan(session, wanted)
            else:
                with database.write() as session:
                    changes = service.apply(session, wanted)
                    record_applied(session, ACTOR, changes, file.name, utc_now())
    _print(changes, dry_run)


@app.command()
def template(
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx", help="Berkas yang akan ditulis.")],
    filled: Annotated[
        bool, typer.Option("--filled", help="Isi dengan registri yang sudah ada di basis data.")
    ] = False,
) -> None:
    """Tulis buku kerja registri yang kosong atau terisi, dengan petunjuk dan daftar pilihan."""
    if file.suffix.lower() != ".xlsx":
        _refuse(f"{file}: nama berkas harus berakhir .xlsx")
    if file.exists():
        _refuse(f"{file}: berkas sudah ada; pilih nama lain")
    if not file.absolute().parent.is_dir():
        _refuse(f"{file}: direktorinya tidak ada")
    settings = read_settings()
    with _faults_named():
        elements = elements_of(settings)
    if filled:
        with opened() as database, database.read() as session:
            write_template(file, elements, stored(session).registry)
    else:
        write_template(file, elements)
    typer.echo(str(file))


def elements_of(settings: Settings) -> ElementsOf:
    """The element keys of each instrument's newest version. Raises SourceFaults for faulty instruments."""
    catalog = loader.load(settings.surveys_dir)
    ids = {instrument.id for instrument in catalog.instruments.values()}
    return {one: [element.key for element in catalog.newest(one).elements] for one in sorted(ids)}


@contextmanager
def _faults_named() -> Iterator[None]:
    """End with exit code 1 and every fault on standard error."""
    try:
        yield
    except SourceFaults as error:
        for fault in error.faults:
            typer.echo(str(fault), err=True)
        _refuse(f"{len(error.faults)} kesalahan; tidak ada yang diterapkan.")


def _refuse(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(1)


def _print(changes: Changes, dry_run: bool) -> None:
    table = Table(title="Registri")
    table.add_column("")
    for action in ACTIONS:
        table.add_column(_ACTIONS[action], justify="right")
    for kind in KINDS:
        table.add_row(_KINDS[kind], *(str(changes.count(kind, action)) for action in ACTIONS))
    console = Console()
    console.print(table)
    lines = changes.lines()
    for line in lines[:LISTED]:
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    if len(lines) > LISTED:
        console.print(f"… dan {len(lines) - LISTED} perubahan lain", highlight=False)
    if not lines:
        console.print("Tidak ada yang berubah.")
    elif dry_run:
        console.print("Belum diterapkan (--dry-run).", markup=False, highlight=False)
