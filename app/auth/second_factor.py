"""The second factor of an account: set up, given, given up. A code works once, also when it comes twice at once."""

import os
from datetime import datetime

from sqlmodel import Session, col, delete, func, select, update

from app.audit.service import Actor, record
from app.auth import sessions, totp
from app.auth.keys import Keys
from app.auth.tables import RecoveryCode, User
from app.core.errors import FieldError, InvalidInput
from app.core.ids import READABLE_BYTES, readable

RECOVERY_CODES = 10
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


def give(session: Session, keys: Keys, user: User, typed: str, now: datetime) -> str | None:
    """Use a code up: `totp` for one of the app, `recovery` for one from paper, None when it is neither."""
    code = "".join(typed.split()).upper()
    if len(code) == totp.DIGITS and code.isascii() and code.isdigit():
        return "totp" if _give_totp(session, keys, user, code, now) else None
    return "recovery" if _give_recovery(session, keys, user, code, now) else None


def seal_new(keys: Keys, user_id: int, session_id: int) -> tuple[str, str]:
    """A new key for the app, and the same sealed for the form that will confirm it in this session."""
    secret = totp.new_secret()
    return secret, keys.seal(secret.encode(), _pending(user_id, session_id)).hex()


def unseal_new(keys: Keys, user_id: int, session_id: int, sealed: str) -> str | None:
    """The key that `seal_new` made; None when the form was not made in this session."""
    try:
        plain = keys.unseal(bytes.fromhex(sealed), _pending(user_id, session_id))
    except ValueError:
        return None
    return None if plain is None else plain.decode()


def enable(
    session: Session, keys: Keys, actor: Actor, user: User, secret: str, code: str, now: datetime
) -> list[str]:
    """Set up the app's key, proved by a code of it; gives ten new recovery codes, to be shown once.

    Replaces an earlier key. All sessions of the person end: the caller opens one that knows of the second factor.
    Raises InvalidInput for a code that is not of this key and time.
    """
    user_id = _id(user)
    step = totp.step_of(secret, "".join(code.split()), now, after=None)
    if step is None:
        raise InvalidInput(
            (FieldError("/code", "code_wrong", "Kode ini tidak cocok. Pakai kode yang sedang tampil."),)
        )
    replaced = user.totp_confirmed_at is not None
    user.totp_secret = keys.seal(secret.encode(), _place(user_id))
    user.totp_confirmed_at, user.totp_last_step = now, step
    session.add(user)
    sessions.end_all(session, user_id, now)
    codes = _new_codes(session, keys, user_id)
    _record(session, actor, "factor.replaced" if replaced else "factor.enabled", user, now)
    return codes


def disable(session: Session, actor: Actor, user: User, now: datetime) -> None:
    """Do without a second factor again; recovery codes are worth nothing any more."""
    if user.totp_secret is None:
        return
    user.totp_secret = user.totp_confirmed_at = user.totp_last_step = None
    session.add(user)
    session.execute(delete(RecoveryCode).where(col(RecoveryCode.user_id) == _id(user)))
    _record(session, actor, "factor.disabled", user, now)


def renew_codes(session: Session, keys: Keys, actor: Actor, user: User, now: datetime) -> list[str]:
    """Ten new recovery codes, to be shown once; the old ones are worth nothing any more."""
    codes = _new_codes(session, keys, _id(user))
    _record(session, actor, "factor.codes_renewed", user, now)
    return codes


def codes_left(session: Session, user_id: int) -> int:
    """How many recovery codes are unused."""
    unused = select(func.count()).where(RecoveryCode.user_id == user_id, col(RecoveryCode.used_at).is_(None))
    return session.exec(unused).one()


def _give_totp(session: Session, keys: Keys, user: User, code: str, now: datetime) -> bool:
    sealed = None if user.totp_secret is None else keys.unseal(user.totp_secret, _place(_id(user)))
    step = None if sealed is None else totp.step_of(sealed.decode(), code, now, user.totp_last_step)
    if step is None:
        return False
    spent = col(User.totp_last_step)
    # Whoever comes second finds the step spent, however close behind.
    used = session.execute(
        update(User)
        .where(col(User.id) == user.id, spent.is_(None) | (spent < step))
        .values(totp_last_step=step)
        .returning(col(User.id))
        .execution_options(synchronize_session=False)
    )
    return used.first() is not None


def _give_recovery(session: Session, keys: Keys, user: User, code: str, now: datetime) -> bool:
    used = session.execute(
        update(RecoveryCode)
        .where(
            col(RecoveryCode.user_id) == user.id,
            col(RecoveryCode.code_hash) == _code_hash(keys, _id(user), code),
            col(RecoveryCode.used_at).is_(None),
        )
        .values(used_at=now)
        .returning(col(RecoveryCode.id))
    )
    return used.first() is not None


def _new_codes(session: Session, keys: Keys, user_id: int) -> list[str]:
    session.execute(delete(RecoveryCode).where(col(RecoveryCode.user_id) == user_id))
    codes = [readable(os.urandom(READABLE_BYTES)) for _ in range(RECOVERY_CODES)]
    session.add_all(
        RecoveryCode(user_id=user_id, code_hash=_code_hash(keys, user_id, code)) for code in codes
    )
    session.flush()
    return codes


def _code_hash(keys: Keys, user_id: int, code: str) -> str:
    return keys.digest("recovery", user_id, code.upper().translate(_LOOKALIKES))


def _place(user_id: int) -> str:
    return f"totp of user {user_id}"


def _pending(user_id: int, session_id: int) -> str:
    return f"new totp of user {user_id} in session {session_id}"


def _id(user: User) -> int:
    if user.id is None:
        raise ValueError("the account is not stored yet")
    return user.id


def _record(session: Session, actor: Actor, action: str, user: User, now: datetime) -> None:
    session.flush()
    record(session, actor, action, now, unit_id=user.unit_id, subject=f"user:{user.id}")
