"""`eskm comments`: give comments their topics by the keywords of now."""

import typer

from app.cli.opening import fail, opened
from app.comments import backlog
from app.units.queries import below, unit_by_code

app = typer.Typer(no_args_is_help=True, help="Komentar warga: topik menurut kata kunci.")


@app.callback()
def _comments() -> None:
    """Komentar warga: topik menurut kata kunci."""


@app.command("sort")
def sort(
    unit: str = typer.Option("", help="kode unit, dengan yang di bawahnya; semua unit bila dikosongkan"),
) -> None:
    """Beri topik pada komentar yang belum disortir dengan kata kunci sekarang. Pilihan petugas tidak berubah."""
    with opened() as database:
        ids = None
        if unit:
            with database.read() as session:
                found = unit_by_code(session, unit)
                if found is None or found.id is None:
                    raise fail(f'Unit "{unit}" tidak dikenal.')
                ids = below(session, found.id)
        number = backlog.work_off(database, ids)
    typer.echo(f"{number} komentar disortir.")
