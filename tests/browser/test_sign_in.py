"""Signing in, the second step and the own account in a real browser: by keyboard alone, without a violation."""

from collections.abc import Callable

import pyotp
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from app.audit.service import SYSTEM
from app.auth import passwords
from app.auth.accounts import Person, add_grant, create_user
from app.auth.roles import Role
from app.core.clock import utc_now
from app.core.db import Database
from app.core.settings import Settings
from app.units.queries import unit_by_code
from tests.browser.axe import violations

Context = Callable[..., BrowserContext]
PASSWORD = "Kuda-Laut-Rabu-9"


@pytest.fixture
def employ(site_settings: Settings) -> Callable[[str], str]:
    """Makes an administrator with a password; the name to sign in with."""

    def make(name: str) -> str:
        database = Database(site_settings)
        now = utc_now()
        with database.write() as session:
            unit = unit_by_code(session, "kota")
            assert unit is not None
            assert unit.id is not None
            user = create_user(session, SYSTEM, Person(name, name.title()), unit.id, now)
            add_grant(session, SYSTEM, user, Role.ADMIN, unit.id, now)
            passwords.store(session, SYSTEM, user, passwords.hash_password(PASSWORD), now)
        database.dispose()
        return name

    return make


def type_in(page: Page, *texts: str) -> None:
    """Into the focused field and those after it, and send."""
    for place, text in enumerate(texts):
        if place:
            page.keyboard.press("Tab")
        page.keyboard.type(text)
    page.keyboard.press("Enter")


def tab_to(page: Page, target: str) -> None:
    """Press Tab until the focus is there; it must be reachable."""
    for _ in range(60):
        if page.locator(target).evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{target} cannot be reached by keyboard")


def key_of(page: Page) -> str:
    return page.locator("code.secret").inner_text().replace(" ", "")


def test_by_keyboard_alone(context: Context, employ: Callable[[str], str]) -> None:
    page = context(width=1280).new_page()
    name = employ("papan.ketik")
    page.goto("/akun")
    expect(page).to_have_url("/masuk?onward=%2Fakun")
    tab_to(page, "#login")
    type_in(page, name, "salah-semua-ini")
    expect(page.get_by_role("alert")).to_contain_text("tidak cocok")
    tab_to(page, "#kesalahan a")
    page.keyboard.press("Enter")
    expect(page.locator("#login")).to_be_focused()
    page.keyboard.press("Tab")
    type_in(page, PASSWORD)
    expect(page).to_have_url("/akun")

    tab_to(page, "a[href='/akun/kode']")
    page.keyboard.press("Enter")
    key = key_of(page)
    tab_to(page, "#code")
    type_in(page, pyotp.TOTP(key).now(), PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_have_text("Simpan kode cadangan")
    codes = page.locator(".codes li").all_inner_texts()
    tab_to(page, ".onward a")
    page.keyboard.press("Enter")
    expect(page).to_have_url("/akun")

    tab_to(page, ".sign-out button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Anda sudah keluar.")
    page.go_back()
    page.reload()
    expect(page).to_have_url("/masuk?onward=%2Fakun")
    tab_to(page, "#login")
    type_in(page, name, PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_have_text("Langkah kedua")
    tab_to(page, "details summary")
    page.keyboard.press("Enter")
    tab_to(page, "#recovery")
    type_in(page, codes[0])
    expect(page).to_have_url("/akun")
    expect(page.locator("main")).to_contain_text("9 kode cadangan tersisa")


@pytest.mark.parametrize(
    ("width", "scheme", "language"), [(360, "dark", "id"), (1280, "light", "en"), (1280, "dark", "id")]
)
def test_no_violation(
    context: Context, employ: Callable[[str], str], width: int, scheme: str, language: str
) -> None:
    page = context(width=width, color_scheme=scheme, reduced_motion="reduce").new_page()
    name = employ(f"axe{width}{scheme}")
    found: dict[str, list[str]] = {}

    def look(place: str) -> None:
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (
            f"{place} is too wide"
        )
        found[place] = violations(page)

    def send(**fields: str) -> None:
        for field, text in fields.items():
            page.fill(f"#{field}", text)
        page.locator("main form[action] button").first.click()

    page.goto(f"/masuk?onward=/akun&lang={language}")
    look("sign in")
    send(login=name, password="salah-semua-ini")
    look("refused")
    send(login=name, password=PASSWORD)
    look("account")
    page.goto("/akun/kata-sandi")
    look("password")
    send(current=PASSWORD, password="pendek", again="pendek")
    look("password refused")
    page.goto("/akun/kode")
    look("key")
    send(code="000000", current=PASSWORD)
    look("key refused")
    send(code=pyotp.TOTP(key_of(page)).now(), current=PASSWORD)
    look("recovery codes")
    page.goto("/akun/kode")
    look("second factor")
    send(current="salah-semua-ini")
    look("second factor refused")
    page.locator(".sign-out button").click()
    look("signed out")
    page.goto("/masuk?onward=/akun")
    send(login=name, password=PASSWORD)
    look("code")
    page.locator("details summary").click()
    page.fill("#recovery", "AAAA-AAAA")
    page.locator("details button").click()
    look("code refused")
    assert {place: faults for place, faults in found.items() if faults} == {}
    assert len(found) == 13
