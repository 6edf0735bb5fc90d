"""`eskm serve`."""

from typing import Annotated

import typer
import uvicorn
from sqlalchemy import inspect
from sqlalchemy.exc import SQLAlchemyError

from app.auth import startup
from app.auth.startup import StartRefused
from app.cli.opening import err, fail, questionnaires, read_settings
from app.core.db import Database
from app.core.framing import BoundedProtocol
from app.core.late import Late
from app.core.schema_version import is_current

DRAIN_SECONDS = 20


def serve(
    host: Annotated[str, typer.Option(help="Alamat jaringan tempat layanan mendengarkan.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Nomor port.", min=0, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(help="Jumlah proses.", min=1, max=64)] = 1,
) -> None:
    """Jalankan layanan. Basis data yang masih kosong disiapkan lebih dulu."""
    _prepare()
    err.print(f"Layanan berjalan di http://{host}:{port} (Ctrl+C untuk berhenti).", highlight=False)
    uvicorn.run(
        "app.main:app",
        host=host,
        port=port,
        workers=workers,
        http=BoundedProtocol,
        ws="none",
        access_log=False,  # the addresses of citizens belong in no log
        server_header=False,
        proxy_headers=False,  # by our own setting instead: see app.core.proxies
        log_level="warning",
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )


def _prepare() -> None:
    settings = read_settings()
    database = Database(settings)
    try:
        startup.check_settings(settings)
        startup.check_secrets(settings)
        with database.engine.connect() as connection:
            is_empty = not inspect(connection).has_table("alembic_version")
        if is_empty:
            Late("app.core.migrations").upgrade(database)  # alembic, when there is something to do
        elif not is_current(database):
            raise fail("Basis data belum pada skema terbaru. Jalankan dulu: eskm migrate")
        with database.read() as session:
            startup.check_people(session, settings)
        questionnaires(database)  # a faulty file is told here, in words, before any process starts
    except StartRefused as refusal:
        raise fail(str(refusal)) from None
    except (SQLAlchemyError, OSError) as error:
        raise fail(f"Basis data tidak dapat dipakai: {error}") from None
    finally:
        database.dispose()
