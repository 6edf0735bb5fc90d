"""`eskm tokens create`, `eskm kiosks pair`: secrets that are printed once."""

from datetime import timedelta
from typing import Annotated

import typer
from sqlmodel import Session, select

from app.audit.service import Actor, record
from app.auth.roles import ROLES, parse_role
from app.auth.service import create_token
from app.auth.tables import ApiToken
from app.cli.opening import err, fail, opened
from app.core.clock import utc_now
from app.core.tokens import token_hash
from app.kiosks.service import create_device
from app.units.queries import unit_by_code
from app.units.tables import Point

tokens = typer.Typer(help="Token API untuk program lain.", no_args_is_help=True)
kiosks = typer.Typer(help="Perangkat kios.", no_args_is_help=True)
SHOWN_ONCE = "Token ini hanya ditampilkan sekali. Simpan di tempat yang aman."


@tokens.callback()
@kiosks.callback()
def _group() -> None:
    """Keeps a group with a single command a group."""


@tokens.command("create")
def create(
    role: Annotated[str, typer.Option(help=f"Peran: {', '.join(ROLES)}.")],
    unit: Annotated[str, typer.Option(help="Kode unit; berlaku juga untuk semua unit di bawahnya.")],
    name: Annotated[str, typer.Option(help="Untuk apa token ini dipakai.")],
    days: Annotated[
        int | None, typer.Option(help="Berlaku sekian hari; tanpa batas bila dikosongkan.", min=1)
    ] = None,
) -> None:
    """Buat token API dan tampilkan sekali."""
    try:
        parsed = parse_role(role)
    except ValueError as error:
        raise fail(str(error)) from None
    now = utc_now()
    with opened() as database, database.write() as session:
        found = unit_by_code(session, unit)
        if found is None or found.id is None:
            raise fail(f"Unit {unit} tidak ada. Muat dulu berkas registri: eskm units load BERKAS")
        expires = now + timedelta(days=days) if days else None
        token = create_token(session, role=parsed, unit_id=found.id, name=name, now=now, expires_at=expires)
        token_id = session.exec(select(ApiToken.id).where(ApiToken.token_hash == token_hash(token))).one()
        details = {"name": name, "role": parsed.value, "expires_at": expires.isoformat() if expires else None}
        record(
            session,
            Actor("command", None, "eskm tokens create"),
            "token.made",
            now,
            unit_id=found.id,
            subject=f"token:{token_id}",
            details=details,
        )
    err.print(SHOWN_ONCE, style="yellow")
    typer.echo(token)


@kiosks.command("pair")
def pair(
    point: Annotated[str, typer.Option(help="Kode titik survei tempat kios berdiri.")],
    name: Annotated[str, typer.Option(help="Nama perangkat, misalnya letaknya.")] = "Kios",
) -> None:
    """Daftarkan perangkat kios pada sebuah titik dan tampilkan tokennya sekali."""
    now = utc_now()
    with opened() as database, database.write() as session:
        place = _point(session, point)
        token = create_device(session, point=place, name=name, now=now)
        record(
            session,
            Actor("command", None, "eskm kiosks pair"),
            "kiosk.paired",
            now,
            unit_id=place.unit_id,
            subject=f"point:{place.code}",
            details={"name": name},
        )
    err.print(SHOWN_ONCE, style="yellow")
    typer.echo(token)


def _point(session: Session, code: str) -> Point:
    found = session.exec(select(Point).where(Point.code == code)).one_or_none()
    if found is None:
        raise fail(f"Titik survei {code} tidak ada.")
    return found
