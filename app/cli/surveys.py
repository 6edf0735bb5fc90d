"""`eskm surveys`: check instrument files, write the schemas that editors use."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated

import typer

from app.core.settings import Settings
from app.core.toml_source import Fault, SourceFaults
from app.instruments import loader
from app.instruments.catalog import Catalog
from app.instruments.schema import write_schemas

app = typer.Typer(help="Berkas instrumen survei.", no_args_is_help=True)

Directory = Annotated[
    Path | None,
    typer.Argument(metavar="[DIR]", help="Direktori survei; tanpa ini ESKM_SURVEYS_DIR.", show_default=False),
]
FurtherFaults = Callable[[Catalog], Iterable[Fault]]


def nothing_further(_catalog: Catalog) -> Iterable[Fault]:
    """No faults beyond those of the files."""
    return ()


def report(directory: Path, further: FurtherFaults = nothing_further) -> bool:
    """Print every fault of a surveys directory, or its instruments when there is none; whether it is sound.

    `further` looks at a catalogue that loaded for faults that files alone cannot show.
    """
    try:
        catalog = loader.load(directory)
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
            f"{len(instrument.questions)} pertanyaan, kategori {instrument.categories}"
        )
    return True


@app.command()
def check(directory: Directory = None) -> None:
    """Periksa semua berkas instrumen; setiap kesalahan disebut dengan berkas dan barisnya."""
    if not report(directory or Settings().surveys_dir):
        raise typer.Exit(1)


@app.command()
def schema(directory: Directory = None) -> None:
    """Tulis skema JSON untuk penyunting berkas instrumen."""
    for path in write_schemas(directory or Settings().surveys_dir):
        typer.echo(str(path))
