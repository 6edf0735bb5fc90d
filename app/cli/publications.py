"""`eskm verify-publication`, `eskm signing-keys`: published results, offline; the keys that sign them."""

import re
from pathlib import Path
from typing import Annotated

import typer
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from sqlmodel import Session

from app.audit.service import Actor
from app.auth.keys import Keys
from app.cli.opening import fail, opened, out, read_settings
from app.core import secrets
from app.core.clock import utc_now
from app.publication import queries
from app.publication.recount import differences
from app.publication.signing import Altered, NotAPublication, check, parse
from app.publication.signing_keys import replace_key
from app.units.queries import unit_by_code
from app.units.tables import Unit

keys = typer.Typer(help="Kunci yang menandatangani hasil yang terbit.", no_args_is_help=True)
_PEM = re.compile("-----BEGIN PUBLIC KEY-----.*?-----END PUBLIC KEY-----", re.DOTALL)
_HEX = re.compile(r"\b[0-9a-f]{64}\b")


def verify_publication(
    file: Annotated[
        Path, typer.Argument(help="Berkas JSON sebuah terbitan.", exists=True, dir_okay=False, readable=True)
    ],
    key: Annotated[
        Path | None,
        typer.Option(
            help="Kunci umum pemerintah: berkas PEM, heksadesimal, atau JSON dari /api/v1/publication-keys.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
) -> None:
    """Periksa tanda tangan sebuah terbitan dan hitung ulang angkanya, tanpa jaringan dan basis data."""
    try:
        signed = parse(file.read_bytes())
        check(signed)
    except NotAPublication as error:
        raise fail(f"{file.name}: bukan terbitan yang bertanda tangan ({error})") from None
    except Altered as error:
        raise fail(f"{file.name}: isinya sudah diubah ({error})") from None
    differing = differences(signed.document)
    if differing:
        raise fail(f"{file.name}: angka tidak cocok dengan jumlah jawabannya: {', '.join(differing)}")
    if key is not None and signed.public_key not in _public_keys(key):
        raise fail(f"{file.name}: ditandatangani dengan kunci lain, bukan kunci di {key.name}")
    document = signed.document
    printed = document["printed"]
    ikm = str(printed["ikm"]).replace(".", ",")
    typer.echo(f"{document['number']}: utuh dan bertanda tangan.")
    typer.echo(
        f"{document['unit']['name']}, {document['period']['code']}: IKM {ikm}, mutu {printed['mutu']},"
    )
    typer.echo(f"terhitung ulang dari jumlah jawaban {document['respondents']} responden.")
    if key is None:
        typer.echo(f"Penanda tangan: kunci {signed.key_id}. Cocokkan dengan {document['verify_at']},")
        typer.echo(
            "atau berikan kunci pemerintah dengan --key: tanda tangan saja tidak membuktikan siapa pemiliknya."
        )
    else:
        typer.echo(f"Penanda tangan: kunci {signed.key_id}, cocok dengan {key.name}.")


@keys.command("list")
def list_keys(unit: Annotated[str, typer.Option(help="Kode pemerintah.")]) -> None:
    """Semua kunci umum sebuah pemerintah, yang lama juga."""
    with opened() as database, database.read() as session:
        for key, _ in queries.keys_of(session, _government(session, unit).id):
            state = f"diganti {key.retired_at:%Y-%m-%d}" if key.retired_at else "dipakai"
            typer.echo(f"{key.key_id}  {key.public_key}  sejak {key.created_at:%Y-%m-%d}, {state}")


@keys.command("replace")
def replace(unit: Annotated[str, typer.Option(help="Kode pemerintah.")]) -> None:
    """Buat kunci baru; yang lama tidak menandatangani lagi, tetapi tetap dapat dipakai memeriksa."""
    sealing = Keys(secrets.load_or_create(read_settings().secret_key_file))
    with opened() as database, database.write() as session:
        government = _government(session, unit)
        actor = Actor("command", None, "eskm signing-keys replace")
        made, _ = replace_key(session, sealing, actor, government.id or 0, utc_now())
        out.print(f"Kunci baru: {made.key_id}", highlight=False)
        typer.echo(made.public_key)


def _government(session: Session, code: str) -> Unit:
    unit = unit_by_code(session, code)
    if unit is None or unit.parent_id is not None:
        raise fail(f"Tidak ada pemerintah dengan kode {code}; yang bertanda tangan adalah unit paling atas.")
    return unit


def _public_keys(file: Path) -> set[str]:
    try:
        text = file.read_text(encoding="utf-8").replace("\\n", "\n")
        pems = [load_pem_public_key(one.encode()) for one in _PEM.findall(text)]
    except (UnicodeDecodeError, ValueError):
        raise fail(f"{file.name}: bukan kunci umum Ed25519") from None
    raw = [one.public_bytes_raw().hex() for one in pems if hasattr(one, "public_bytes_raw")]
    return {*raw, *_HEX.findall(text)}
