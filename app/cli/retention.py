"""`eskm retention`: what is kept how long, and erasing what has had its time."""

from typing import Annotated

import typer

from app.audit.service import Actor, record
from app.cli.opening import opened, read_settings
from app.core.clock import utc_now
from app.responses import retention

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
