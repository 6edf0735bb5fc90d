"""`eskm surveys`: check instrument files, write the schemas that editors use."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from app.cli.opening import read_settings
from app.core.db import Database
from app.core.toml_source import Fault, SourceFaults
from app.instruments import loader, service
from app.instruments.catalog import Catalog
from app.instruments.rules import rules_of
from app.instruments.schema import write_schemas
from app.responses.catalog import answered_instruments

app = typer.Typer(help="Berkas instrumen survei.", no_args_is_help=True)

Directory = Annotated[
    Path | None,
    typer.Argument(metavar="[DIR]", help="Direktori survei; tanpa ini ESKM_SURVEYS_DIR.", show_default=False),
]
FurtherFaults = Callable[[Catalog], Iterable[Fault]]
CHANGED = "{ref} sudah dijawab, jadi berkas ini tidak boleh diubah; simpan perubahan sebagai versi baru"


def changed_since_answered(directory: Path) -> FurtherFaults:
    """A look at the database of the settings, if there is one: were files of answered versions edited?"""

    def faults(catalog: Catalog) -> list[Fault]:
        settings = read_settings()
        file = make_url(settings.database_url).database
        if settings.is_sqlite and not (file and Path(file).is_file()):
            return []  # nothing was ever stored; looking must not make a file
        database = Database(settings)
        try:
            with database.read() as session:
                refs = service.changed(session, catalog, answered_instruments(session))
        except SQLAlchemyError:
            return []  # no database within reach, or none of ours: the files alone are judged
        finally:
            database.dispose()
        paths = [(ref, loader.path_of(directory, catalog.get(ref))) for ref in refs]
        return [Fault(str(path), None, CHANGED.format(ref=ref)) for ref, path in paths]

    return faults


def report(directory: Path, further: FurtherFaults) -> bool:
    """Print every fault of a surveys directory, or its instruments when there is none; whether it is sound.

    `further` looks at a catalogue that loaded for faults that files alone cannot show.
    """
    try:
        catalog = loader.load(directory)
        rules_of(directory)
        faults = SourceFaults(further(catalog)).faults
    except SourceFaults as error:
        faults = error.faults
    if faults:
        for fault in faults:
            typer.echo(str(fault))
        typer.echo(f"{len(faults)} kesalahan.")
        return False
    for instrument in catalog.instruments.values():
        typer.echo(
            f"{instrument.ref}  {instrument.title['id']}  {len(instrument.elements)} unsur, "
            f"{len(instrument.ask_order)} pertanyaan, kategori {instrument.categories}"
        )
    return True


@app.command()
def check(directory: Directory = None) -> None:
    """Periksa semua berkas instrumen; setiap kesalahan disebut dengan berkas dan barisnya."""
    where = directory or read_settings().surveys_dir
    if not report(where, changed_since_answered(where)):
        raise typer.Exit(1)


@app.command()
def schema(directory: Directory = None) -> None:
    """Tulis skema JSON untuk penyunting berkas instrumen."""
    for path in write_schemas(directory or read_settings().surveys_dir):
        typer.echo(str(path))
