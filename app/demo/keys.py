"""Keys to try the demonstration with. They are kept in a file, so that a second start shows the same."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlmodel import Session, select

from app.audit.service import record
from app.auth import service as auth
from app.auth.demonstration import PASSPHRASE
from app.auth.roles import Role
from app.core.clock import utc_now
from app.core.db import Database
from app.demo.load import ACTOR, GOVERNMENT
from app.kiosks import service as kiosks
from app.units.queries import unit_by_code
from app.units.tables import Point

FILE = "demo-keys.json"
API_NAME = "demonstrasi"
KIOSK_NAME = "Kios demonstrasi"


@dataclass(frozen=True, slots=True)
class Keys:
    """An API token of an evaluator of the whole city, the token of one kiosk, the password of all people."""

    api: str
    kiosk: str
    password: str


def demonstration_keys(database: Database, directory: Path) -> Keys:
    """The keys in `directory`, or new ones when those are absent or belong to another database."""
    path = directory / FILE
    known = _read(path)
    with database.write() as session:
        if known and _valid(session, known):
            return known
        keys = _make(session)
    _write(path, keys)
    return keys


def _read(path: Path) -> Keys | None:
    try:
        return Keys(**json.loads(path.read_text()))
    except (OSError, ValueError, TypeError):
        return None


def _write(path: Path, keys: Keys) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(asdict(keys), file)


def _valid(session: Session, keys: Keys) -> bool:
    return (
        keys.password == PASSPHRASE
        and auth.recognise(session, keys.api, utc_now()) is not None
        and kiosks.recognise(session, keys.kiosk) is not None
    )


def _make(session: Session) -> Keys:
    now = utc_now()
    government = unit_by_code(session, GOVERNMENT)
    kiosk = session.exec(select(Point).where(Point.channel == "kiosk").order_by(Point.code)).first()
    if government is None or government.id is None or kiosk is None:
        raise ValueError("the demonstration is not loaded")
    keys = Keys(
        api=auth.create_token(session, role=Role.EVALUATOR, unit_id=government.id, name=API_NAME, now=now),
        kiosk=kiosks.create_device(session, point=kiosk, name=KIOSK_NAME, now=now),
        password=PASSPHRASE,
    )
    token = {"name": API_NAME, "role": Role.EVALUATOR.value, "expires_at": None}
    record(session, ACTOR, "token.made", now, unit_id=government.id, details=token)
    record(
        session,
        ACTOR,
        "kiosk.paired",
        now,
        unit_id=kiosk.unit_id,
        subject=f"point:{kiosk.code}",
        details={"name": KIOSK_NAME},
    )
    return keys
