"""`eskm files`: evidence files that nothing refers to, and those that are not what they were."""

from datetime import timedelta
from typing import Annotated

import typer

from app.audit.service import Actor, record
from app.cli.opening import fail, opened, read_settings
from app.core.clock import utc_now
from app.files import service
from app.files.storage import StorageUnavailable, open_storage

app = typer.Typer(
    no_args_is_help=True, help="Berkas bukti: membersihkan dan memeriksa tempat penyimpanannya."
)


@app.command("clean")
def clean(
    hours: Annotated[int, typer.Option(help="hanya yang lebih tua dari sekian jam", min=1)] = 24,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="hanya sebutkan, jangan hapus")] = False,
) -> None:
    """Hapus berkas tanpa pemilik: unggahan yang terputus dan bukti yang sudah dihapus."""
    now = utc_now()
    storage = open_storage(read_settings().files_url)
    try:
        with opened() as database:
            with database.read() as session:
                keys = list(service.orphans(session, storage, now - timedelta(hours=hours)))
            if not dry_run:
                for key in keys:
                    storage.delete(key)
            if keys and not dry_run:
                with database.write() as session:
                    actor = Actor("command", None, "eskm files")
                    record(session, actor, "files.cleaned", now, details={"files": len(keys)})
    except StorageUnavailable:
        raise fail("Tempat penyimpanan berkas (ESKM_FILES_URL) tidak dapat dipakai.") from None
    for key in keys:
        typer.echo(key)
    typer.echo(f"{len(keys)} berkas tanpa pemilik {'ditemukan' if dry_run else 'dihapus'}.")


@app.command("verify")
def verify() -> None:
    """Hitung ulang SHA-256 semua berkas: mana yang hilang atau bukan lagi seperti saat diunggah."""
    storage = open_storage(read_settings().files_url)
    try:
        with opened() as database, database.read() as session:
            damaged = [f"{row.unit_id}/{row.id.hex} {row.name}" for row in service.damaged(session, storage)]
    except StorageUnavailable:
        raise fail("Tempat penyimpanan berkas (ESKM_FILES_URL) tidak dapat dipakai.") from None
    for one in damaged:
        typer.echo(one)
    if damaged:
        raise fail(f"{len(damaged)} berkas hilang atau berubah.")
    typer.echo("Semua berkas ada dan utuh.")
