"""The state of the system: who sees it, that it is true, that no secret is in it, and what it warns of."""

import asyncio
import html
import json
import os
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlmodel import Session, select
from starlette.testclient import TestClient

from app import __version__
from app.admin import system_state
from app.admin.system_concerns import State, concerns_of
from app.admin.system_settings import HIDDEN, settings_in_force, without_secrets
from app.admin.system_state import DatabaseState, DiskState, KeyState, QueueState
from app.auth.roles import Role
from app.auth.tables import User
from app.core.db import Database
from app.core.schema_version import newest_revision
from app.core.settings import Settings
from app.instruments.catalog import Catalog
from app.kiosks.queries import Kiosk
from app.kiosks.tables import Device
from app.responses.directory import Directory
from app.responses.exclusion import set_state
from app.responses.intake import Intake
from app.responses.submission import submission
from app.responses.tables import Response
from app.units.tables import Point, Unit

BACKENDS = ("sqlite",)  # pages: their statements run on PostgreSQL in tests/cli/test_every_link.py

PATH = "/kelola/sistem"
NOW = datetime(2026, 10, 15, 3, 0, tzinfo=UTC)
Make = Callable[..., User]
SignedIn = Callable[..., dict[str, str]]
SECRETS = ("sandi-smtp", "sandi-basis-data", "kunci-url")


@pytest.fixture
def admin(person: Make, signed_in: SignedIn) -> dict[str, str]:
    """Somebody who administers the whole city."""
    return signed_in(person("citra", ("kota", Role.ADMIN)))


def plain(page: str) -> str:
    """The words of a page."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_only_who_administers_a_whole_government(
    client: TestClient, person: Make, signed_in: SignedIn, admin: dict[str, str]
) -> None:
    assert client.get(PATH, headers=admin).status_code == 200
    assert client.get(PATH, headers=admin).headers["cache-control"] == "no-store"
    for name, grants in (
        ("a", [("ptsp", Role.ADMIN)]),
        ("b", [("kota", Role.EVALUATOR)]),
        ("c", [("kota", Role.VIEWER), ("timur", Role.ADMIN)]),
    ):
        headers = signed_in(person(f"orang-{name}", *grants))
        assert client.get(PATH, headers=headers).status_code == 403, name
    nobody = client.get(PATH, headers=signed_in(person("orang-d")), follow_redirects=False)
    assert (nobody.status_code, nobody.headers["location"].partition("?")[0]) == (303, "/akun")
    assert client.get(PATH).status_code == 401


def test_what_it_says_is_so(
    client: TestClient,
    admin: dict[str, str],
    body: Callable[..., dict[str, Any]],
    city: Database,
    backend: str,
) -> None:
    for number in range(3):
        answer = body(3, answered_at=f"2026-10-1{number + 1}T10:00:00+08:00")
        assert client.post("/api/v1/responses", json=answer).status_code == 201
    with city.write() as session:
        one = session.exec(select(Response)).all()[0]
        set_state(session, one.unit_id, [one.id], "excluded")
    words = plain(client.get(PATH, headers=admin).text)
    assert "Jawaban yang dihitung 2 " in words
    assert "Jawaban yang dikecualikan 1 " in words
    assert "Jawaban terakhir diterima 15 Oktober 2026 pukul 11.00 WITA (0 detik lalu)" in words
    assert "Antrean di proses ini 0 dari paling banyak 5.000" in words
    assert f"{newest_revision()}, terbaru" in words
    assert ("SQLite 3." if backend == "sqlite" else "PostgreSQL 1") in words
    assert f"e-SKM {__version__}" in words
    assert "Jam 15 Oktober 2026 pukul 11.00 WITA" in words
    assert "0600, hanya dapat dibaca pemiliknya" in words


def test_before_the_first_answer(client: TestClient, admin: dict[str, str]) -> None:
    words = plain(client.get(f"{PATH}?lang=en", headers=admin).text)
    assert "Last answer received never" in words
    assert "Answers that count 0 " in words
    assert "No kiosks yet" in words


def add_device(session: Session, name: str, seen: datetime | None, unit: str = "ptsp", **more: Any) -> None:
    found = session.exec(select(Unit).where(Unit.code == unit)).one()
    point = session.exec(select(Point).where(Point.unit_id == found.id)).first()
    assert point is not None
    session.add(
        Device(
            unit_id=point.unit_id,
            point_id=point.id or 0,
            name=name,
            token_hash=name,
            created_at=NOW,
            last_seen_at=seen,
            **more,
        )
    )


def test_kiosks_silent_ones_first(client: TestClient, admin: dict[str, str], city: Database) -> None:
    with city.write() as session:
        add_device(session, "Baru saja", NOW - timedelta(minutes=3))
        add_device(
            session,
            "Lama",
            NOW - timedelta(days=3),
            queue_length=1200,
            oldest_waiting_at=NOW - timedelta(days=4),
        )
        add_device(session, "Belum", None, unit="timur")
        add_device(session, "Dicabut", NOW - timedelta(days=9), revoked_at=NOW)
        session.add(Unit(code="lain", name="Kota Lain"))
        session.flush()
        other = session.exec(select(Unit).where(Unit.code == "lain")).one()
        session.add(Point(code="lain-kios", unit_id=other.id or 0, channel="kiosk"))
        session.flush()
        add_device(session, "Kota lain", None, unit="lain")
    page = client.get(PATH, headers=admin).text
    assert re.findall(r'<li class="device">.*?<strong>(.*?)</strong>', page, re.DOTALL) == [
        "Belum",
        "Lama",
        "Baru saja",
    ]
    words = plain(page)
    assert "2 kios tidak terdengar lebih dari sehari." in words
    assert "Kontak terakhir: 12 Oktober 2026 pukul 11.00 WITA (3 hari lalu)" in words
    assert "1.200 jawaban menunggu di kios, tertua 11 Oktober 2026" in words
    assert "Kontak terakhir: 15 Oktober 2026 pukul 10.57 WITA (3 menit lalu)" in words


def test_settings_without_their_secrets(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESKM_SMTP_URL", f"smtp://surat:{SECRETS[0]}@mail.example:587")
    monkeypatch.setenv(
        "ESKM_DATABASE_URL", f"postgresql://eskm:{SECRETS[1]}@db.example/eskm?sslpassword={SECRETS[2]}"
    )
    monkeypatch.setenv("ESKM_TRUSTED_PROXIES", "10.0.0.0/8, 192.168.0.0/16")
    monkeypatch.setenv("ESKM_THREADS", "12")
    monkeypatch.setenv("ESKM_QUEUE_LIMIT", "")
    shown = {one.variable: one for one in settings_in_force(Settings())}
    assert len(shown) == len(Settings.model_fields)
    assert not any(secret in (one.value or "") for one in shown.values() for secret in SECRETS)
    assert shown["ESKM_SMTP_URL"].value == HIDDEN
    assert shown["ESKM_DATABASE_URL"].value == (
        f"postgresql+psycopg://eskm:{HIDDEN}@db.example/eskm?sslpassword={HIDDEN}"
    )
    assert (shown["ESKM_DATABASE_URL"].given, shown["ESKM_DATABASE_URL"].hidden) == (True, True)
    assert shown["ESKM_TRUSTED_PROXIES"].value == "10.0.0.0/8, 192.168.0.0/16"
    assert (shown["ESKM_THREADS"].value, shown["ESKM_THREADS"].given) == ("12", True)
    assert (shown["ESKM_QUEUE_LIMIT"].value, shown["ESKM_QUEUE_LIMIT"].given) == ("5000", False)
    assert shown["ESKM_ADMIN_SECOND_FACTOR"].value == "false"
    assert shown["ESKM_OIDC_ISSUER"].value is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("postgresql://u:p/w?x#y@z@h:5432/db", f"postgresql://u:{HIDDEN}@h:5432/db"),
        ("postgresql://u@h/db?password=x&host=y", f"postgresql://u@h/db?password={HIDDEN}&host=y"),
        ("postgresql://h/db?host=y&PGPASS=x", f"postgresql://h/db?host=y&PGPASS={HIDDEN}"),
        ("smtp://:x@h", f"smtp://:{HIDDEN}@h"),
        ("sqlite:////var/lib/eskm.db", "sqlite:////var/lib/eskm.db"),
        ("https://skm.example:8443", "https://skm.example:8443"),
        (("a.example", "https://u:x@h"), f"a.example, https://u:{HIDDEN}@h"),
        (Path("var/secret.key"), "var/secret.key"),
        ((), None),
        (None, None),
        (8, "8"),
    ],
)
def test_values(value: object, expected: str | None) -> None:
    assert without_secrets(value) == expected


def test_no_secret_on_the_page(
    city: Database, settings: Settings, person: Make, signed_in: SignedIn, client: TestClient
) -> None:
    """Nor the key itself, which the page says where it is."""
    headers = signed_in(person("citra", ("kota", Role.ADMIN)))
    settings_with = settings.model_copy(
        update={
            "smtp_url": SecretStr(f"smtp://surat:{SECRETS[0]}@mail.example:587"),
            "oidc_issuer": f"https://masuk:{SECRETS[1]}@sso.example/x?token={SECRETS[2]}",
        }
    )
    client.app.state.settings = settings_with  # type: ignore[attr-defined]
    page = client.get(PATH, headers=headers)
    assert page.status_code == 200
    assert not any(secret in page.text for secret in SECRETS)
    assert settings.secret_key_file.read_text() not in page.text
    assert "Surel belum disetel" not in page.text
    assert str(settings.secret_key_file) in page.text


def test_nothing_of_it_is_public(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ready"}


KEY = KeyState(Path("secret.key"), "0600", private=True)
DATABASE = DatabaseState("SQLite 3.45", 10**6, "0003", "0003", 5, 0, NOW, None)
DISK = DiskState(Path("var"), 40 * 10**9, 100 * 10**9)
QUEUE = QueueState(0, 5000, 0.0)


def state(told: dict[str, Any] | None = None, **more: Any) -> State:
    """An installation in which nothing is wrong, but for what is said."""
    settings = Settings.model_validate(
        {
            "public_url": "https://skm.example",
            "admin_second_factor": True,
            "smtp_url": "smtp://mail.example",
            "trusted_proxies": "10.0.0.0/8",
            **(told or {}),
        }
    )
    sound: dict[str, Any] = {
        "settings": settings,
        "database": DATABASE,
        "disk": DISK,
        "queue": QUEUE,
        "key": KEY,
        "kiosks": [],
        "several_processes": False,
        "demonstration": False,
    }
    return State(**{**sound, **more})


def test_where_nothing_is_wrong_only_backups_are_recalled() -> None:
    (only,) = concerns_of(state(), "id")
    assert (only.urgent, only.text) == (False, "Layanan ini tidak tahu kapan cadangan terakhir dibuat.")


SILENT = Kiosk("x", "p", "u", 1, None, None, None, None, silent=True)
AHEAD = timedelta(seconds=6)


@pytest.mark.parametrize(
    ("wrong", "words", "urgent"),
    [
        (state(disk=DiskState(Path("x"), 10**9, 10**10)), "Ruang simpan hampir habis", True),
        (state(disk=DiskState(Path("x"), 49 * 10**9, 10**12)), "Ruang simpan hampir habis", True),
        (state(database=DatabaseState("", 1, "0002", "0003", 0, 0, None, None)), "Skema basis data", True),
        (state(database=DatabaseState("", 1, "0003", "0003", 0, 0, None, AHEAD)), "Jam mesin ini", True),
        (state(database=DatabaseState("", 1, "0003", "0003", 0, 0, None, -AHEAD)), "Jam mesin ini", True),
        (state(queue=QueueState(2501, 5000, 0.1)), "Jawaban menunggu lama", True),
        (state(queue=QueueState(1, 5000, 5.1)), "Jawaban menunggu lama", True),
        (state(several_processes=True), "Beberapa proses memakai satu berkas SQLite", True),
        (state(key=KeyState(Path("x"), "0644", private=False)), "Berkas kunci rahasia", True),
        (state(demonstration=True), "Akun peragaan masih aktif", True),
        (state({"public_url": "http://skm.example"}), "belum memakai https", True),
        (state({"admin_second_factor": False}), "tanpa langkah kedua", True),
        (state({"trusted_proxies": ""}), "Tidak ada proksi yang dipercaya", False),
        (state({"smtp_url": None}), "Surel belum disetel", False),
        (state({"log_level": "debug"}), "DEBUG", False),
        (state(kiosks=[SILENT]), "1 kios tidak terdengar", False),
    ],
)
def test_each_concern(wrong: State, words: str, urgent: bool) -> None:
    found = concerns_of(wrong, "id")
    assert len(found) == 2
    assert [words in one.text for one in found].count(True) == 1
    assert next(one for one in found if words in one.text).urgent == urgent
    assert all(one.advice for one in found)
    english = concerns_of(wrong, "en")
    assert [one.text for one in english] != [one.text for one in found]


def test_several_processes_are_fine_on_postgresql() -> None:
    told = {"database_url": "postgresql://db.example/eskm"}
    assert len(concerns_of(state(told, several_processes=True), "id")) == 1


def test_urgent_ones_come_first() -> None:
    found = concerns_of(state({"smtp_url": None}, demonstration=True, kiosks=[SILENT]), "id")
    assert [one.urgent for one in found] == [True, False, False, False]


def test_a_key_that_others_may_read(tmp_path: Path) -> None:
    key = tmp_path / "secret.key"
    assert system_state.key_state(key) == KeyState(key, None, private=False)
    key.write_text("x")
    for mode, private in ((0o600, True), (0o400, True), (0o640, False), (0o604, False)):
        os.chmod(key, mode)
        assert system_state.key_state(key) == KeyState(key, f"{mode:04o}", private)


def test_the_queue_knows_how_long_somebody_waits(
    city: Database, catalog: Catalog, body: Callable[..., dict[str, Any]]
) -> None:
    service = Directory(city, catalog).find("ptsp-nib-qr").service(None)
    waiting = submission(service.validator.parse_json(json.dumps(body(3)).encode(), NOW), service.target, NOW)

    async def look() -> tuple[QueueState, QueueState, QueueState]:
        async with Intake(city, queue_limit=600) as intake:
            before = system_state.queue_state(intake)
            sent = asyncio.gather(intake.submit(waiting))
            await asyncio.sleep(0)  # it is in the queue, and nobody was let in to write
            time.sleep(0.02)
            during = system_state.queue_state(intake)
            await sent
            return before, during, system_state.queue_state(intake)

    before, during, after = asyncio.run(look())
    assert before == after == QueueState(0, 600, 0.0)
    assert (during.length, during.limit) == (1, 600)
    assert 0.02 <= during.seconds < 10
