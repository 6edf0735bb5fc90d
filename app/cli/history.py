"""`eskm history`: results and follow-up plans of earlier years from a file."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from app import metadata as _every_table  # noqa: F401 - foreign keys name tables of other packages
from app.audit.service import Actor
from app.cli.opening import fail, opened, out, read_settings
from app.core.clock import utc_now
from app.core.errors import FieldError
from app.core.messages import DEFAULT, translate
from app.core.toml_source import SourceFaults
from app.history import service, sheet
from app.history.sheet import CellFault
from app.instruments.rules import rules_of
from app.responses.matrix_cells import UnusableMatrix
from app.units.queries import services_of, unit_by_code

app = typer.Typer(help="Hasil dan tindak lanjut tahun-tahun sebelum e-SKM.", no_args_is_help=True)
ACTOR = Actor("command", None, "eskm history import")


@app.callback()
def _group() -> None:
    """Hasil dan tindak lanjut tahun-tahun sebelum e-SKM."""


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV atau XLSX, satu baris satu periode.")],
    unit: Annotated[str, typer.Option(help="Kode unit.")],
    source: Annotated[
        str | None, typer.Option(help="Sumber bagi baris tanpa sumber sendiri; tanpa ini nama berkasnya.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tunjukkan perubahannya saja, jangan simpan.")
    ] = False,
) -> None:
    """Impor riwayat; bila ada satu baris yang salah, tidak ada yang disimpan.

    Berkas yang sama boleh diimpor lagi: tidak ada yang berubah.
    """
    try:
        rules = rules_of(read_settings().surveys_dir)
        data = file.read_bytes()
    except SourceFaults as faults:
        raise fail("\n".join(str(fault) for fault in faults.faults)) from None
    except OSError as error:
        raise fail(f"{file}: {error.strerror or error}") from None
    with opened() as database, database.write() as session:
        found = unit_by_code(session, unit)
        if found is None or found.id is None:
            raise fail(f"Unit {unit} tidak ada.")
        codes = frozenset(one.code for one in services_of(session, [found.id]))
        try:
            read = sheet.read(data, rules, codes, source or file.name)
        except UnusableMatrix as error:
            raise fail("\n".join(error.reasons)) from None
        if read.faults:
            _show(read.faults)
            raise fail(f"{len(read.faults)} kesalahan; tidak ada yang disimpan.")
        entries = [entry for _, entry in read.entries]
        changes = (
            service.plan(session, found.id, entries)
            if dry_run
            else service.apply(session, ACTOR, found.id, entries, utc_now())
        )
    actions = [action for change in changes for action in change.actions]
    counts = (actions.count("added"), actions.count("changed"), actions.count("unchanged"))
    typer.echo(
        f"{len(entries)} baris dibaca: {counts[0]} baru, {counts[1]} berubah, {counts[2]} tetap."
        + (" Belum disimpan (--dry-run)." if dry_run else "")
    )


def _show(faults: tuple[CellFault, ...]) -> None:
    table = Table("Baris", "Kolom", "Alasan", title="Yang perlu diperbaiki")
    for fault in faults:
        # Headings come from the file: they are shown as they are, never as markup.
        table.add_row(str(fault.row or "–"), Text(fault.column or "–"), _reason(fault.error))
    out.print(table)


def _reason(error: FieldError) -> Text:
    return Text(translate(error.message, DEFAULT, error.params))
