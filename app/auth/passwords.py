"""Passwords: hashed with Argon2id (RFC 9106), long enough, and none that anybody would guess."""

import importlib
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from threading import BoundedSemaphore, Lock
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlmodel import Session

from app.audit.service import Actor, record
from app.auth import sessions
from app.auth.tables import User
from app.core.errors import Busy, FieldError, InvalidInput

LENGTH_MIN = 12
LENGTH_MAX = 128
BYTES_MAX = 4 * LENGTH_MAX
# zxcvbn's scale of 0 to 4: below 2, a million guesses suffice (Wheeler 2016, "zxcvbn: low-budget password
# strength estimation").
SCORE_MIN = 2
# Its cost grows with the square of the length: what is easily guessed shows in the beginning.
SCORED = 32
# Beside what is known of the person, so many characters are the least; shorter words are in many others.
BESIDE_MIN = 8
KNOWN_MIN = 3
# Common here, and unknown to a list from elsewhere; most common first.
_COMMON_WORDS = tuple(
    word
    for line in (
        "rahasia sandi katasandi indonesia bismillah merdeka sayang cinta garuda pancasila nusantara jakarta",
        "admin administrator petugas operator dinas kota kabupaten kecamatan kelurahan desa provinsi pemkot",
        "pemkab pemerintah survei kepuasan masyarakat pelayanan publik eskm skm ikm",
    )
    for word in line.split()
)

HASHER = PasswordHasher()
# Each hashing takes 64 MiB and one core for a moment. A few more may wait for theirs; the rest is told to come
# back, or a flood of sign-ins would keep every thread from the pages.
_AT_WORK = BoundedSemaphore(2)
_IN_LINE = BoundedSemaphore(6)
# The estimator keeps the words of its caller in one place for all.
_ESTIMATING = Lock()


def hash_password(password: str) -> str:
    """The encoded Argon2id hash. Takes some tenths of a second: never within a transaction that writes."""
    with _turn():
        return HASHER.hash(_normal(password))


def matches(stored: str | None, password: str) -> bool:
    """Whether `password` is the one of `stored`. Without a stored hash it takes as long to say no.

    Raises `Busy` when too many are waiting for the same.
    """
    with _turn():
        dummy = _nobodys()
        if len(password) > LENGTH_MAX:
            stored, password = None, ""
        try:
            return HASHER.verify(stored or dummy, _normal(password)) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


def needs_rehash(stored: str) -> bool:
    """Whether a hash was made with other parameters than are used today."""
    return HASHER.check_needs_rehash(stored)


def check(password: str, words: Sequence[str] = ()) -> None:
    """Raises InvalidInput unless the password is long enough and hard to guess, also for who knows `words`."""
    fault = None
    lowered = _normal(password).lower()
    if len(password) < LENGTH_MIN:
        fault = FieldError("/password", "password_too_short", "Kata sandi perlu 12 karakter atau lebih.")
    elif len(password) > LENGTH_MAX or len(lowered.encode()) > BYTES_MAX:
        fault = FieldError("/password", "password_too_long", "Kata sandi paling panjang 128 karakter.")
    elif _is_guessable(lowered, words):
        fault = FieldError(
            "/password",
            "password_common",
            "Kata sandi ini mudah ditebak. Coba rangkaian beberapa kata yang tidak berhubungan.",
        )
    if fault is not None:
        raise InvalidInput((fault,))


def words_of(user: User) -> list[str]:
    """What others know of a person and would try first: parts of the name and of the e-mail address."""
    known = f"{user.name} {user.full_name} {user.email or ''}".lower()
    parts = "".join(letter if letter.isalnum() else " " for letter in known).split()
    return [*parts, user.name, user.full_name.lower().replace(" ", ""), *([user.email] if user.email else [])]


def store(
    session: Session, actor: Actor, user: User, hashed: str, now: datetime, *, but: int | None = None
) -> None:
    """Another password; all sessions of the person end, except the one with the id `but`.

    It was checked and hashed before the transaction began: answers may be waiting for the write lock.
    """
    if user.id is None:
        raise ValueError("the account is not stored yet")
    user.password_hash, user.password_changed_at = hashed, now
    session.add(user)
    sessions.end_all(session, user.id, now, but=but)
    session.flush()
    record(session, actor, "password.changed", now, unit_id=user.unit_id, subject=f"user:{user.id}")


@contextmanager
def _turn() -> Iterator[None]:
    if not _IN_LINE.acquire(blocking=False):
        raise Busy
    try:
        with _AT_WORK:
            yield
    finally:
        _IN_LINE.release()


def _normal(password: str) -> str:
    """One form for letters that keyboards write in several ways (NIST SP 800-63B, 5.1.1.2)."""
    return unicodedata.normalize("NFKC", password)


@cache
def _nobodys() -> str:
    return HASHER.hash("nobody has this password")


@cache
def _estimator() -> Any:
    """zxcvbn, loaded at first use: its word lists take 50 ms and 13 MB."""
    return importlib.import_module("zxcvbn")


@cache
def _common() -> frozenset[str]:
    lists = importlib.import_module("zxcvbn.frequency_lists")
    return frozenset(word for word in lists.FREQUENCY_LISTS["passwords"] if len(word) >= LENGTH_MIN)


def _is_guessable(password: str, words: Sequence[str]) -> bool:
    """Whether it is on a list of what people take, close to it, or little more than what is known of its owner."""
    beside = password
    for word in sorted(words, key=len, reverse=True):
        beside = beside.replace(word.lower(), "") if len(word) >= KNOWN_MIN else beside
    if password in _common() or len(beside) < BESIDE_MIN:
        return True
    return _score(password, [*words, *_COMMON_WORDS]) < SCORE_MIN


def _score(password: str, words: Sequence[str]) -> int:
    with _ESTIMATING:
        return int(_estimator().zxcvbn(password[:SCORED], user_inputs=list(words))["score"])
