"""`eskm plans`: which surveys will miss their target, and a reminder to their people."""

from typing import Annotated

import typer

from app.audit.service import Actor
from app.auth import mail
from app.cli.opening import fail, opened, read_settings
from app.core.clock import utc_now
from app.plans import reminders

app = typer.Typer(help="Rencana survei dan target respondennya.", no_args_is_help=True)
ACTOR = Actor("command", None, "eskm plans remind")


@app.callback()
def _group() -> None:
    """Rencana survei dan target respondennya."""


@app.command()
def remind(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tunjukkan saja siapa yang akan dikirimi surel.")
    ] = False,
) -> None:
    """Kirim surel untuk rencana yang targetnya tidak akan tercapai: sekali seminggu untuk tiap rencana."""
    settings = read_settings()
    if not dry_run and not mail.is_on(settings):
        raise fail("Surel belum diatur: isi ESKM_SMTP_URL dan ESKM_MAIL_FROM, atau pakai --dry-run.")
    with opened() as database:
        now = utc_now()
        if dry_run:
            with database.read() as session:
                wanted = reminders.due(session, now, settings.public_url)
            for one in wanted:
                typer.echo(f"{one.name}: {len(one.addresses)} penerima")
            typer.echo(f"{len(wanted)} rencana perlu diingatkan.")
            return
        outcomes = reminders.send(database, settings, ACTOR, now)
    for outcome in outcomes:
        people = len(outcome.due.addresses)
        typer.echo(f"{outcome.due.name}: terkirim ke {outcome.sent} dari {people} penerima")
    typer.echo(f"{len(outcomes)} rencana perlu diingatkan.")
    if any(outcome.due.addresses and not outcome.sent for outcome in outcomes):
        raise fail("Sebagian surel tidak terkirim; jalankan lagi nanti.")
