"""`eskm retention`: what is kept how long, and erasing what has had its time."""

from typing import Annotated

import typer

from app.audit.service import Actor, record
from app.cli.opening import fail, opened, read_settings
from app.core.clock import utc_now
from app.core.secrets import load_or_create
from app.responses import retention
from app.units.queries import unit_by_code

app = typer.Typer(
    no_args_is_help=True, help="Masa simpan: berapa lama isi jawaban disimpan, dan menghapusnya."
)

_NAMES = {
    retention.COMMENT: "masukan tertulis",
    retention.PROFILE: "profil (jenis kelamin, umur, pendidikan, pekerjaan, disabilitas)",
    retention.TRACES: "lama mengisi dan tanda periksa",
}


@app.command("show")
def show() -> None:
    """Tampilkan aturan yang berlaku dan berapa jawaban yang sudah waktunya."""
    _run(erase=False)


@app.command("apply")
def apply(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="hanya hitung, jangan hapus")] = False,
) -> None:
    """Hapus isi yang sudah lewat masa simpannya. Nilai dan IKM tidak berubah."""
    _run(erase=not dry_run)


@app.command("forget")
def forget(
    unit: Annotated[str, typer.Option(help="kode unit")],
    receipt: Annotated[str, typer.Option(help="kode tanda terima yang dibawa warga, misalnya K7Q4-2M9X")],
) -> None:
    """Hapus masukan tertulis satu warga, atas permintaannya. Nilainya tetap dihitung."""
    with opened() as database, database.write() as session:
        found = unit_by_code(session, unit)
        if found is None or found.id is None:
            raise fail(f'Unit "{unit}" tidak dikenal.')
        secret = load_or_create(read_settings().secret_key_file)
        number = retention.forget_comment(session, secret, found.id, receipt)
        if not number:
            raise fail("Tidak ada masukan dengan kode tanda terima ini di unit itu.")
        actor = Actor("command", None, "eskm retention")
        record(session, actor, "comment.erased", utc_now(), unit_id=found.id, details={"comments": number})
    typer.echo(f"{number} masukan dihapus.")


def _run(*, erase: bool) -> None:
    now = utc_now()
    with opened() as database:
        rules = retention.rules_of(read_settings(), now.date())
        for rule in rules:
            if rule.before is None:
                typer.echo(f"{_NAMES[rule.name]}: disimpan seterusnya")
                continue
            with database.write() as session:
                number = retention.apply(session, rule) if erase else retention.due(session, rule)
                if erase and number:
                    record(
                        session,
                        Actor("command", None, "eskm retention"),
                        "retention.applied",
                        now,
                        details={"rule": rule.name, "before": rule.before.isoformat(), "answers": number},
                    )
            verb = "dihapus" if erase else "sudah waktunya"
            typer.echo(f"{_NAMES[rule.name]}: {rule.months} bulan, sebelum {rule.before}: {number} {verb}")
