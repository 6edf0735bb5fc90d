"""The first start and links in a real browser without scripts: by keyboard alone, and without a fault for axe."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import BrowserContext, Page
from pydantic import SecretStr

from app.admin.setup import setup_code
from app.audit.service import SYSTEM
from app.auth.accounts import user_by_login
from app.auth.keys import Keys
from app.auth.links import make_link
from app.core.db import Database
from app.core.secrets import load_or_create
from app.core.settings import Settings
from app.factory import create_app
from tests.browser.axe import violations
from tests.browser.conftest import START_SECONDS, _port

Context = Callable[..., BrowserContext]
LOOKS = list(product((360, 1280), ("light", "dark"), ("id", "en")))
PASSWORD = "payung kerbau lampion"


@pytest.fixture
def settings(sqlite_template: bytes, tmp_path: Path) -> Settings:
    """An installation that is empty, and would send mail."""
    (tmp_path / "eskm.db").write_bytes(sqlite_template)
    return Settings(
        database_url=f"sqlite:///{tmp_path}/eskm.db",
        secret_key_file=tmp_path / "secret.key",
        log_level="ERROR",
        smtp_url=SecretStr("smtp://127.0.0.1:1"),
        mail_from="eskm@kota.example",
    )


@pytest.fixture
def site(settings: Settings) -> Iterator[str]:
    """Its address."""
    server = uvicorn.Server(uvicorn.Config(create_app(settings), port=0, log_level="error", access_log=False))
    thread = threading.Thread(target=server.run, name="first start")
    thread.start()
    try:
        yield f"http://127.0.0.1:{_port(server, thread)}"
    finally:
        server.should_exit = True
        thread.join(START_SECONDS)


def code_of(settings: Settings) -> str:
    return setup_code(Keys(load_or_create(settings.secret_key_file)))


def a_link(settings: Settings, purpose: str) -> str:
    database = Database(settings)
    with database.write() as session:
        user = user_by_login(session, "ayu")
        assert user is not None
        secret = make_link(session, SYSTEM, user, purpose, datetime.now(UTC))
    database.dispose()
    return f"/akun/tautan/{secret}"


def set_up_by_keyboard(page: Page, code: str) -> None:
    """From the sign-in page, where an empty installation leads to its set-up."""
    page.goto("/masuk")
    page.locator("#setup_code").focus()
    filled = (code, "Pemerintah Kota Uji", "kota-uji", None, "Ayu Lestari", "ayu", "", PASSWORD, PASSWORD)
    for text in filled:
        page.keyboard.type(text) if text is not None else page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/petugas")


def test_no_violation_before_anybody_is_there(context: Context, settings: Settings) -> None:
    faults: list[str] = []
    for width, scheme, language in LOOKS:
        page = context(width=width, color_scheme=scheme, reduced_motion="reduce").new_page()
        for path in ("/pasang", "/masuk/lupa", "/masuk/lupa?terkirim=1", "/akun/tautan/unknown"):
            page.goto(f"{path}{'&' if '?' in path else '?'}lang={language}")
            faults += violations(page)
        page.goto(f"/pasang?lang={language}")
        for field in ("setup_code", "government", "code", "full_name", "name", "password", "again"):
            page.locator(f"#{field}").fill("x" if field == "password" else "y")
        page.locator("#setup_code").fill(code_of(settings))
        page.locator("button[type=submit]").last.click()
        page.get_by_role("alert").wait_for()
        faults += violations(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert faults == []


def test_set_up_and_links_by_keyboard_without_scripts(context: Context, settings: Settings) -> None:
    page = context(java_script_enabled=False).new_page()
    set_up_by_keyboard(page, code_of(settings))
    assert page.goto("/pasang").status == 404  # type: ignore[union-attr]
    invited = context(java_script_enabled=False).new_page()
    invited.goto(a_link(settings, "invite"))
    invited.locator("#password").focus()
    for text in (PASSWORD + " lima", PASSWORD + " lima"):
        invited.keyboard.type(text)
        invited.keyboard.press("Tab")
    invited.keyboard.press("Enter")
    invited.wait_for_url("**/petugas")


def test_no_violation_on_links(context: Context, settings: Settings) -> None:
    set_up_by_keyboard(context().new_page(), code_of(settings))
    invite = a_link(settings, "invite")
    faults: list[str] = []
    for width, scheme, language in LOOKS:
        page = context(width=width, color_scheme=scheme, reduced_motion="reduce").new_page()
        page.goto(f"{invite}?lang={language}")
        faults += violations(page)
        page.locator("#password").fill("x")
        page.locator("#again").fill("y")
        page.locator("button[type=submit]").last.click()
        page.get_by_role("alert").wait_for()
        faults += violations(page)
    assert faults == []
