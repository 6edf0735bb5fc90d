"""What is recorded of signing in, and what never is: passwords, codes, keys, unknown names, addresses."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from sqlmodel import col, select

from app.audit.service import SYSTEM, Actor
from app.audit.tables import AuditEntry
from app.auth import passwords
from app.auth.tables import User
from app.core.db import Database
from app.web import handlers
from tests.auth.conftest import PASSWORD, Browser, Time, code_of
from tests.conftest import NOW

Make = Callable[..., Browser]
Employ = Callable[..., User]
NEW = "Sepeda Awan 71 Hijau"


def test_each_step_is_recorded(
    browser: Make,
    employee: Employ,
    with_app: Callable[..., tuple[Browser, str, list[str]]],
    time: Time,
    record: Callable[[], list[AuditEntry]],
) -> None:
    made = employee("ani")
    known = len([one for one in record() if one.subject == f"user:{made.id}"])
    used, key, codes = with_app()
    used.post("/keluar")
    time.passes(minutes=5)
    used.sign_in("ani")
    used.post("/masuk/kode", code="000000")
    used.post("/masuk/kode", code=code_of(key, time))
    used.post("/akun/kode/cadangan", current=PASSWORD)
    used.post("/akun/kata-sandi", current=PASSWORD, password=NEW, again=NEW)
    used.post("/akun/kode/matikan", current=NEW)
    browser().sign_in("ani", "salah-semua-ini")
    browser().sign_in("tak.dikenal", "salah-semua-ini")
    entries = record()
    own = [one for one in entries if one.subject == f"user:{made.id}"][known:]
    assert [(one.action, one.actor_kind, one.details) for one in own] == [
        ("session.opened", "user", {"stage": "full"}),
        ("factor.enabled", "user", {}),
        ("session.opened", "user", {"stage": "full"}),
        ("session.ended", "user", {"ended": 1}),
        ("session.refused", "system", {"reason": "code"}),
        ("session.opened", "user", {"stage": "full"}),
        ("factor.codes_renewed", "user", {}),
        ("password.changed", "user", {}),
        ("factor.disabled", "user", {}),
        ("session.refused", "system", {"reason": "password"}),
    ]
    unknown = [one for one in entries if one.action == "session.refused" and one.subject is None]
    assert [(one.chain, one.unit_id, one.actor_name) for one in unknown] == [(0, None, "e-SKM")]
    everything = " ".join(str(one.model_dump()) for one in entries)
    for never in (PASSWORD, NEW, "salah-semua-ini", "tak.dikenal", key, "203.0.113", "000000", *codes):
        assert never not in everything


def test_nothing_typed_stands_in_the_log(
    browser: Make, employee: Employ, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even when it breaks half-way, and the error quotes it."""
    employee("ani")
    logged: list[dict[str, object]] = []
    monkeypatch.setattr(handlers, "log", SimpleNamespace(error=lambda event, **said: logged.append(said)))

    def broken(_stored: str, password: str) -> bool:
        raise RuntimeError(f"cannot compare {password}")

    monkeypatch.setattr(passwords, "matches", broken)
    answer = browser().sign_in("ani", onward="/akun")
    assert answer.status_code == 500
    (entry,) = logged
    assert (entry["route"], entry["error"]) == ("/masuk", "RuntimeError")
    for never in (PASSWORD, "203.0.113", "eskms_"):
        assert never not in str(logged)
        assert never not in answer.text


def test_setting_a_password_ends_sessions_and_is_recorded_without_it(
    city: Database, browser: Make, employee: Employ, account: Callable[[str], User]
) -> None:
    made = employee("ani")
    used = browser()
    used.sign_in("ani")
    with city.write() as session:
        passwords.store(session, SYSTEM, session.get_one(User, made.id), passwords.hash_password(NEW), NOW)
    assert not used.is_in
    assert account("ani").password_changed_at == NOW
    with city.read() as session:
        wanted = select(AuditEntry).where(AuditEntry.action == "password.changed")
        last = session.exec(wanted.order_by(col(AuditEntry.sequence).desc())).first()
    assert last is not None
    assert (last.subject, last.details) == (f"user:{made.id}", {})
    assert Actor(last.actor_kind, last.actor_id, last.actor_name) == SYSTEM
