"""The record and the state of the system in a browser: by keyboard alone, and looked at by axe."""

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
import uvicorn
from playwright.sync_api import BrowserContext, Page
from sqlmodel import Session, select

from app.audit.service import SYSTEM, Actor, record
from app.auth.accounts import Person, add_grant, create_user
from app.auth.cookies import cookie_name
from app.auth.roles import Role
from app.auth.sessions import Lifetimes, open_session
from app.core.clock import utc_now
from app.core.db import Database
from app.core.settings import Settings
from app.factory import create_app
from app.kiosks.tables import Device
from app.units.queries import unit_by_code
from app.units.tables import Point
from tests.browser.axe import violations
from tests.browser.conftest import START_SECONDS, _load_city, _port
from tests.browser.keyboard import go_to, reach

Context = Callable[..., BrowserContext]
_cookie: dict[str, str] = {}


@pytest.fixture(scope="module")
def site(sqlite_template: bytes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service with the small city, an administrator, sixty deeds and three kiosks."""
    folder = tmp_path_factory.mktemp("upkeep")
    (folder / "eskm.db").write_bytes(sqlite_template)
    settings = Settings(
        database_url=f"sqlite:///{folder}/eskm.db", secret_key_file=folder / "secret.key", log_level="ERROR"
    )
    _load_city(settings)
    database, now = Database(settings), utc_now()
    with database.write() as session:
        _cookie[cookie_name(settings)] = _load_administrator(session, now)
        _load_kiosks(session, now)
    database.dispose()
    server = uvicorn.Server(uvicorn.Config(create_app(settings), port=0, log_level="error", access_log=False))
    thread = threading.Thread(target=server.run, name="upkeep")
    thread.start()
    try:
        yield f"http://127.0.0.1:{_port(server, thread)}"
    finally:
        server.should_exit = True
        thread.join(START_SECONDS)


def _id_of(session: Session, code: str) -> int:
    unit = unit_by_code(session, code)
    assert unit is not None
    assert unit.id is not None
    return unit.id


def _load_administrator(session: Session, now: datetime) -> str:
    kota, ptsp = _id_of(session, "kota"), _id_of(session, "ptsp")
    user = create_user(session, SYSTEM, Person("tuan", "Tuan Contoh"), kota, now - timedelta(days=3))
    add_grant(session, SYSTEM, user, Role.ADMIN, kota, now - timedelta(days=3))
    budi = create_user(session, SYSTEM, Person("budi", "Budi Contoh"), ptsp, now - timedelta(days=2))
    actor = Actor("user", user.id, user.name)
    add_grant(session, actor, budi, Role.EVALUATOR, ptsp, now - timedelta(days=2))
    for number in range(60):
        at = now - timedelta(hours=number)
        record(session, actor, "point.changed", at, unit_id=ptsp, subject=f"point:ptsp-loket-{number}")
    exported = {
        "file": "responses.csv",
        "unit": "ptsp",
        "service": None,
        "period": "2026-Q3",
        "comments": True,
    }
    record(session, actor, "comments.exported", now, unit_id=ptsp, details=exported)
    assert user.id is not None
    return open_session(
        session,
        user.id,
        stage="full",
        now=now,
        lifetimes=Lifetimes(timedelta(hours=1), timedelta(hours=12)),
        device="Chrome",
        network="test",
    )


def _load_kiosks(session: Session, now: datetime) -> None:
    point = session.exec(select(Point).where(Point.code == "ptsp-kios")).one()
    for name, seen, waiting in (
        ("Lobi", now - timedelta(minutes=2), 0),
        ("Ruang tunggu lantai dua", now - timedelta(days=3), 128),
        ("Gudang", None, None),
    ):
        session.add(
            Device(
                unit_id=point.unit_id,
                point_id=point.id or 0,
                name=name,
                token_hash=name,
                created_at=now,
                last_seen_at=seen,
                queue_length=waiting,
                oldest_waiting_at=now - timedelta(days=4) if waiting else None,
                version="0.1.0",
            )
        )


@pytest.fixture
def office(context: Context, site: str) -> Callable[..., Page]:
    """Opens a window in which the administrator is signed in."""

    def open_window(**options: object) -> Page:
        window = context(**options)
        window.add_cookies([{"name": name, "value": value, "url": site} for name, value in _cookie.items()])
        return window.new_page()

    return open_window


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_no_violation(office: Callable[..., Page], width: int, scheme: str, language: str) -> None:
    page = office(width=width, color_scheme=scheme, reduced_motion="reduce")
    found: dict[str, list[str]] = {}
    for address in (
        "/kelola/catatan?",
        "/kelola/catatan?person=tidak-ada&",
        "/kelola/catatan?from=2026-02-30&",
        "/kelola/sistem?",
    ):
        assert page.goto(f"{address}lang={language}")
        found[address] = violations(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address
    page.goto(f"/kelola/catatan?lang={language}")
    page.locator("main summary").first.click()
    found["details"] = violations(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert {place: faults for place, faults in found.items() if faults} == {}


def test_the_record_by_keyboard(office: Callable[..., Page]) -> None:
    page = office(width=1280)
    page.goto("/petugas")
    go_to(page, "Catatan")
    page.wait_for_url("**/kelola/catatan")
    reach(page, page.get_by_label("Nama orang, token, atau perintah"))
    page.keyboard.type("budi")
    page.keyboard.press("Enter")
    page.wait_for_url("**person=budi**")
    deeds = page.get_by_role("list").filter(has=page.locator("time")).get_by_role("listitem")
    assert "tuan memberi peran evaluator kepada budi di Pelayanan Terpadu" in deeds.first.inner_text()
    details = page.get_by_text("Rincian").first
    reach(page, details)
    page.keyboard.press("Enter")
    page.get_by_text("grant.added").wait_for()
    page.goto("/kelola/catatan")
    reach(page, page.get_by_role("link", name="Yang lebih lama"))
    page.keyboard.press("Enter")
    page.wait_for_url("**behind=**")
    page.get_by_role("link", name="Kembali ke yang terbaru").wait_for()


def test_verifying_by_keyboard(office: Callable[..., Page]) -> None:
    page = office(width=360)
    page.goto("/kelola/catatan?unit=timur-cabang")
    button = page.get_by_role("button", name="Periksa sekarang Kota Uji")
    reach(page, button)
    page.keyboard.press("Enter")
    page.wait_for_url("**/kelola/catatan#keutuhan")
    page.get_by_text("Utuh: baris 1 sampai").first.wait_for()
    assert "oleh tuan" in page.locator("#keutuhan").inner_text()


def test_the_system_page(office: Callable[..., Page]) -> None:
    page = office(width=360)
    page.goto("/petugas")
    go_to(page, "Sistem")
    page.wait_for_url("**/kelola/sistem")
    names = page.locator(".device strong").all_inner_texts()
    assert names == ["Gudang", "Ruang tunggu lantai dua", "Lobi"]
    assert page.locator(".in-force > div").count() == len(Settings.model_fields)
