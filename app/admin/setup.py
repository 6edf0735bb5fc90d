"""The first start: whoever knows the code in the log becomes the first administrator, once."""

import hmac
from base64 import b32encode
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlmodel import Session, col, select

from app.audit.service import SYSTEM, record
from app.auth import passwords, throttle
from app.auth.accounts import Person, add_grant, anybody, create_user
from app.auth.keys import Keys
from app.auth.roles import Role
from app.auth.tables import User
from app.auth.throttle import Caller, Limit, Rules
from app.core.errors import FieldError, InvalidInput, NotFound
from app.core.ids import READABLE
from app.core.settings import Settings
from app.core.tables import storable
from app.units.recording import record_applied
from app.units.registry import Registry, UnitEntry
from app.units.registry_rows import CODE
from app.units.service import apply
from app.units.tables import ZONES, RegistryVersion, Unit

log = structlog.get_logger(__name__)
PATH = "/pasang"
# 12 characters of 5 bits: nobody guesses 60 bits at ten tries in ten minutes.
LETTERS = 12
_STANDARD = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_TO_READABLE = bytes.maketrans(_STANDARD, READABLE.encode())
_HEARD = str.maketrans("OIL", "011", " -")
RULES = Rules(here=Limit(10, timedelta(minutes=10)), everywhere=Limit(10, timedelta(minutes=10)), place=None)
# The same for everybody: whoever waits has the log, and loses nothing but ten minutes.
_ANYBODY = Caller("setup", "setup", known=True)
NAME_MAX = 200


@dataclass(frozen=True, slots=True)
class Government:
    """The government that is set up: its own name, its code in addresses and files, its time zone."""

    code: str
    name: str
    timezone: str


@dataclass(frozen=True, slots=True)
class FirstStart:
    """What is set up: a new government, or the code of one that exists; its first administrator."""

    government: Government | str
    person: Person
    password_hash: str


def setup_code(keys: Keys) -> str:
    """The code of this installation, `ABCD-EFGH-JKMN`: the same in every process, unknown without the key."""
    digest = bytes.fromhex(keys.digest("first start"))
    text = b32encode(digest).translate(_TO_READABLE).decode()[:LETTERS]
    return "-".join(text[at : at + 4] for at in range(0, LETTERS, 4))


def announce(session: Session, keys: Keys, settings: Settings) -> None:
    """Tell the log where to set up and with which code, as long as nobody has an account."""
    if not anybody(session):
        log.warning("setup.needed", address=settings.public_url + PATH, code=setup_code(keys))


def roots(session: Session) -> list[Unit]:
    """The governments that exist, by name."""
    wanted = select(Unit).where(col(Unit.parent_id).is_(None), col(Unit.active).is_(True))
    return list(session.exec(wanted.order_by(Unit.name)))


def try_code(session: Session, keys: Keys, typed: str, now: datetime) -> bool:
    """Whether `typed` is the code, however it was spaced. Raises TooManyAttempts, also for the right one."""
    attempt = throttle.admit(session, _ANYBODY, RULES, now, None)
    heard = typed.upper().translate(_HEARD)
    is_right = hmac.compare_digest(heard.encode(), setup_code(keys).replace("-", "").encode())
    if is_right:
        throttle.strike_out(session, attempt)
    return is_right


def check_government(government: Government) -> tuple[FieldError, ...]:
    """What is wrong with a government's name, code and time zone."""
    faults = []
    if not 3 <= len(government.name) <= NAME_MAX or not storable(government.name):
        faults.append(FieldError("/government", "government_invalid", "Isi nama pemerintah daerah."))
    if not CODE.fullmatch(government.code):
        faults.append(
            FieldError(
                "/code",
                "code_invalid",
                "Kode unit: huruf kecil, angka, dan tanda hubung, tanpa spasi.",
            )
        )
    if government.timezone not in ZONES:
        faults.append(FieldError("/timezone", "timezone_invalid", "Pilih zona waktu."))
    return tuple(faults)


def set_up(session: Session, first: FirstStart, now: datetime) -> User:
    """Make the first administrator, and the government if there is none. Raises NotFound when somebody did.

    Raises InvalidInput for names that cannot be used. The password was checked and hashed before.
    """
    # Of two who set up at once the second waits here, and then finds the first one's account.
    session.exec(select(RegistryVersion).with_for_update()).one()
    if anybody(session):
        raise NotFound
    record(session, SYSTEM, "setup.completed", now)
    unit = _government(session, first.government, now)
    if unit.id is None:
        raise NotFound
    user = create_user(session, SYSTEM, first.person, unit.id, now)
    add_grant(session, SYSTEM, user, Role.ADMIN, unit.id, now)
    passwords.store(session, SYSTEM, user, first.password_hash, now)
    return user


def _government(session: Session, wanted: Government | str, now: datetime) -> Unit:
    known = roots(session)
    if isinstance(wanted, Government):
        if known:
            raise InvalidInput((FieldError("/unit", "unit_unknown", "Pilih pemerintah daerah."),))
        entry = UnitEntry(
            code=wanted.code, name=wanted.name, timezone=wanted.timezone, kind="pemerintah daerah"
        )
        changes = apply(session, Registry(units=(entry,)))
        record_applied(session, SYSTEM, changes, PATH, now)
        return roots(session)[0]
    found = next((unit for unit in known if unit.code == wanted), None)
    if found is None:
        raise InvalidInput((FieldError("/unit", "unit_unknown", "Pilih pemerintah daerah."),))
    return found
