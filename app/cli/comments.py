"""`eskm comments`: give comments their topics by the keywords of now."""

import typer
from sqlmodel import select

from app.cli.opening import fail, opened
from app.comments import sorting
from app.units.queries import below, unit_by_code
from app.units.tables import Unit

app = typer.Typer(no_args_is_help=True, help="Komentar warga: topik menurut kata kunci.")
PORTION = 2_000


@app.callback()
def _comments() -> None:
    """Komentar warga: topik menurut kata kunci."""


@app.command("sort")
def sort(
    unit: str = typer.Option("", help="kode unit, dengan yang di bawahnya; semua unit bila dikosongkan"),
) -> None:
    """Beri topik pada komentar yang belum disortir dengan kata kunci sekarang. Pilihan petugas tidak berubah."""
    number = 0
    with opened() as database:
        with database.read() as session:
            if unit:
                found = unit_by_code(session, unit)
                if found is None or found.id is None:
                    raise fail(f'Unit "{unit}" tidak dikenal.')
                ids = below(session, found.id)
            else:
                ids = [id_ for id_ in session.exec(select(Unit.id)).all() if id_ is not None]
        while True:
            with database.read() as session:
                portion = sorting.find(session, ids, PORTION)
            if not portion.number:
                break
            with database.write() as session:
                sorting.keep(session, portion)
            number += portion.number
    typer.echo(f"{number} komentar disortir.")
