"""`eskm letters`: the monthly letters of all units, or of one."""

from pathlib import Path
from typing import Annotated

import typer

from app.audit.service import Actor
from app.cli.opening import fail, opened, out, questionnaires, read_settings
from app.core.clock import utc_now
from app.letters import service
from app.letters.printing import pdf
from app.letters.writing import written
from app.units.queries import unit_by_code

ACTOR = Actor("command", None, "eskm letters")
ALL = 10_000


def letters(
    unit: Annotated[str | None, typer.Option(help="Kode unit; tanpa ini semua unit.")] = None,
    period: Annotated[str | None, typer.Option(help="Bulan, misalnya 2026-09; tanpa ini bulan lalu.")] = None,
    out_file: Annotated[
        Path | None,
        typer.Option("--out", help="Tulis PDF satu unit ke berkas ini; tidak disimpan, tidak dikirim."),
    ] = None,
) -> None:
    """Buat surat bulanan yang belum ada, simpan, dan kirim lewat surel kepada kepala unit bila surel diatur."""
    now, settings = utc_now(), read_settings()
    with opened() as database:
        catalog = questionnaires(database)
        if unit is None:
            if period is not None or out_file is not None:
                raise fail("--period dan --out memerlukan --unit.")
            made = service.make_due(database, catalog, settings, ACTOR, now, ALL)
            out.print(f"{len(made)} surat dibuat, {sum(one.mailed for one in made)} surel dikirim.")
            return
        with database.read() as session:
            found = unit_by_code(session, unit)
            if found is None:
                raise fail(f"Unit {unit} tidak ada.")
            month = service.period_of(period) if period else service.last_month(found, now)
            if month is None:
                raise fail("--period: tulis bulan seperti 2026-09.")
            session.expunge(found)
            writing = written(session, catalog, found, month, now) if out_file else None
        if out_file is not None and writing is not None:
            out_file.write_bytes(pdf(writing.content(), now))
            out.print(f"{out_file} ditulis.", markup=False)
            return
        one = service.make(database, catalog, settings, ACTOR, found, month, now)
    told = (
        f"Surat {month.code} dibuat, {one.mailed} surel dikirim." if one else f"Surat {month.code} sudah ada."
    )
    out.print(told, markup=False)
