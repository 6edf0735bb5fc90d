"""Plans and history in a browser: axe content, the calculator without a script, nothing wider than a phone."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Page

from app.audit.service import SYSTEM
from app.auth.accounts import Person, add_grant, create_user
from app.auth.cookies import cookie_name
from app.auth.roles import Role
from app.auth.sessions import Lifetimes, open_session
from app.core.clock import utc_now
from app.core.db import Database
from app.core.settings import Settings
from app.units.queries import unit_by_code
from tests.browser.axe import violations

Context = Callable[..., BrowserContext]
PLANS = "/petugas/unit/ptsp/rencana"
HISTORY = "/petugas/unit/ptsp/riwayat"


@pytest.fixture(scope="module")
def cookie(site: str, site_settings: Settings) -> dict[str, str]:
    """The browser of the head of a unit."""
    database, at = Database(site_settings), utc_now()
    with database.write() as session:
        unit = unit_by_code(session, "ptsp")
        assert unit is not None
        assert unit.id is not None
        user = create_user(session, SYSTEM, Person("perencana", "Kepala Unit"), unit.id, at)
        assert user.id is not None
        add_grant(session, SYSTEM, user, Role.UNIT_HEAD, unit.id, at)
        lifetimes = Lifetimes(timedelta(hours=1), timedelta(hours=2))
        secret = open_session(
            session, user.id, stage="full", now=at, lifetimes=lifetimes, device="Chrome", network="test"
        )
    database.dispose()
    return {"name": cookie_name(site_settings), "value": secret, "url": site}


def opened(context: Context, cookie: dict[str, str], **options: object) -> Page:
    """A page of somebody who is signed in."""
    window = context(reduced_motion="reduce", **options)
    window.add_cookies([cookie])  # type: ignore[list-item]
    return window.new_page()


def wide(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))


def test_a_plan_is_computed_and_made_without_a_script(context: Context, cookie: dict[str, str]) -> None:
    page = opened(context, cookie, java_script_enabled=False)
    page.goto(f"{PLANS}/baru?service=nib")
    page.locator("#period").select_option("2026-Q3")
    page.locator("#population").fill("3.200")
    page.get_by_role("button", name="Hitung tanpa menyimpan").click()
    table = page.locator(".calculator").inner_text()
    for size in ("346", "343", "344", "baris N = 3.500"):
        assert size in table
    assert page.locator("#population").input_value() == "3.200"
    page.get_by_label("Rumus Krejcie dan Morgan").check()
    page.get_by_role("button", name="Simpan rencana").click()
    assert page.get_by_role("status").inner_text() == "Rencana disimpan."
    assert "343 responden" in page.locator("main").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_no_violation(context: Context, cookie: dict[str, str], width: int, scheme: str) -> None:
    page = opened(context, cookie, width=width, color_scheme=scheme)
    found: dict[str, list[str]] = {}
    period = f"20{width // 100 + 10}-{'S1' if scheme == 'dark' else 'S2'}"

    def look(name: str) -> None:
        found[name] = violations(page) + (["wider than the window"] if wide(page) else [])

    page.goto(f"{PLANS}/baru?period={period}&population=900")
    look("form")
    page.locator("#population").fill("banyak")
    page.get_by_role("button", name="Simpan rencana").click()
    look("refused")
    page.locator("#population").fill("900")
    page.get_by_role("button", name="Simpan rencana").click()
    look("plan")
    page.goto(f"{PLANS}?tahun={period[:4]}")
    look("plans")
    page.goto(f"{HISTORY}/catat")
    page.locator("main summary").click()
    look("history form")
    year = {360: "2012", 1280: "2015"}[width] + ("" if scheme == "dark" else "-S1")
    page.locator("#period").fill(year)
    page.locator("#source").fill("Laporan lama")
    page.locator("#ikm").fill("78,15")
    page.locator("#mutu").select_option("D")
    page.locator("#U1").fill("3,05")
    page.locator("#planned").fill("3")
    page.locator("#finished").fill("2")
    page.get_by_role("button", name="Simpan riwayat").click()
    page.locator("main details summary").first.click()
    look("history")
    page.goto(f"{HISTORY}/catat?periode={year}")
    look("history changed")
    page.goto(f"{HISTORY}/berkas")
    look("upload")
    file = {"name": "riwayat.csv", "mimeType": "text/csv", "buffer": b"periode;ikm\n2010;80\n"}
    page.locator("#berkas").set_input_files(file)  # type: ignore[arg-type]
    page.get_by_role("button", name="Lihat perubahannya").click()
    look("preview")
    page.goto(f"{HISTORY}/berkas")
    page.locator("#berkas").set_input_files({**file, "buffer": b"periode;ikm\n2010;8\n"})  # type: ignore[arg-type]
    page.get_by_role("button", name="Lihat perubahannya").click()
    look("faults")
    assert {place: faults for place, faults in found.items() if faults} == {}
