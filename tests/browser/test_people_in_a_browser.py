"""Administration of people and tokens in a browser: by keyboard alone, and looked at by axe."""

import threading
from collections.abc import Callable, Iterator
from uuid import uuid4

import httpx
import pytest
import uvicorn
from playwright.sync_api import BrowserContext, Page

from app.audit.service import SYSTEM
from app.auth.accounts import Person, add_grant, create_user
from app.auth.passwords import hash_password
from app.auth.roles import Role
from app.core.clock import utc_now
from app.core.db import Database
from app.core.settings import Settings
from app.factory import create_app
from app.units.queries import unit_by_code
from tests.browser.axe import violations
from tests.browser.conftest import START_SECONDS, _load_city, _port
from tests.browser.keyboard import go_to, press, reach
from tests.conftest import ELEMENTS

Context = Callable[..., BrowserContext]
PASSWORD = "payung kerbau lampion"


@pytest.fixture(scope="module")
def site(sqlite_template: bytes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service with the small city, an administrator, somebody at a unit, and answers of this quarter."""
    folder = tmp_path_factory.mktemp("people")
    (folder / "eskm.db").write_bytes(sqlite_template)
    settings = Settings(
        database_url=f"sqlite:///{folder}/eskm.db", secret_key_file=folder / "secret.key", log_level="ERROR"
    )
    _load_city(settings)
    _load_people(settings)
    server = uvicorn.Server(uvicorn.Config(create_app(settings), port=0, log_level="error", access_log=False))
    thread = threading.Thread(target=server.run, name="people")
    thread.start()
    try:
        address = f"http://127.0.0.1:{_port(server, thread)}"
        for point, score in (
            ("ptsp-nib-qr", 4),
            ("ptsp-nib-qr", 3),
            ("timur-arsip-qr", 3),
            ("timur-arsip-qr", 2),
        ):
            scores = dict.fromkeys(ELEMENTS, score)
            answer = {"id": str(uuid4()), "point": point, "scores": scores}
            assert httpx.post(f"{address}/api/v1/responses", json=answer).status_code == 201
        yield address
    finally:
        server.should_exit = True
        thread.join(START_SECONDS)


def _load_people(settings: Settings) -> None:
    database, now = Database(settings), utc_now()
    with database.write() as session:
        for name, code, role in (("tuan", "kota", Role.ADMIN), ("dewi", "ptsp", Role.VIEWER)):
            unit = unit_by_code(session, code)
            assert unit is not None
            assert unit.id is not None
            user = create_user(session, SYSTEM, Person(name, f"{name.title()} Contoh"), unit.id, now)
            user.password_hash = hash_password(PASSWORD)
            add_grant(session, SYSTEM, user, role, unit.id, now)
    database.dispose()


@pytest.fixture
def office(context: Context) -> Callable[..., Page]:
    """Opens a window in which the administrator is signed in."""

    def open_window(**options: object) -> Page:
        page = context(**options).new_page()
        page.goto("/masuk")
        page.locator("input[autocomplete=username]").press_sequentially("tuan")
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/petugas")
        return page

    return open_window


def test_somebody_is_invited_and_let_go_by_keyboard(office: Callable[..., Page]) -> None:
    page = office(width=1280)
    go_to(page, "Pengguna")
    press(page, page.get_by_role("link", name="Tambah pengguna"))
    reach(page, page.get_by_label("Nama lengkap"))
    for typed in ("Ani Rahma", "ani.rahma", "ani@uji.example"):
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
    page.keyboard.type("Kota")  # the list of units goes to what begins so
    reach(page, page.get_by_role("radio", name="Pembaca hasil"))
    page.keyboard.press("Space")
    reach(page, page.get_by_label("Di unit"))
    page.keyboard.type("Kota")
    press(page, page.get_by_role("button", name="Simpan dan buat undangan"))
    secret = page.locator(".secret")
    secret.wait_for()
    address = secret.inner_text()
    assert "/akun/tautan/eskml_" in address
    reach(page, secret)  # it can be reached, to be copied
    press(page, page.get_by_role("link", name="Sudah saya salin"))
    page.get_by_role("heading", name="Ani Rahma", level=1).wait_for()
    assert "eskml_" not in page.content()
    press(page, page.locator("summary", has_text="Nonaktifkan akun"))
    press(page, page.get_by_role("button", name="Nonaktifkan", exact=True))
    notice = page.get_by_role("status")
    notice.wait_for()
    assert "Akun dinonaktifkan" in notice.inner_text()


def test_a_token_is_made_and_revoked_by_keyboard(office: Callable[..., Page]) -> None:
    page = office()
    go_to(page, "Token")
    press(page, page.get_by_role("link", name="Buat token").first)
    reach(page, page.get_by_label("Untuk apa"))
    page.keyboard.type("Situs web")
    reach(page, page.get_by_role("radio", name="Pembaca hasil"))
    page.keyboard.press("Space")
    reach(page, page.get_by_label("Di unit"))
    page.keyboard.type("Kota")
    press(page, page.get_by_role("button", name="Buat token"))
    assert page.locator(".secret").first.inner_text().startswith("eskm_")
    press(page, page.get_by_role("link", name="Sudah saya salin"))
    press(page, page.locator("summary", has_text="Cabut Situs web"))
    press(page, page.get_by_role("button", name="Cabut sekarang"))
    page.get_by_text("Token dicabut.").wait_for()
    assert page.get_by_text("Situs web").count() == 0


def is_wider_than_the_window(page: Page) -> bool:
    wide: bool = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    return wide


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_no_violation(office: Callable[..., Page], width: int, scheme: str) -> None:
    page = office(width=width, color_scheme=scheme, reduced_motion="reduce")
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        # Not the menu of the head: open, it covers what lies below it.
        page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
        found[name] = violations(page) + (["wider than the window"] if is_wider_than_the_window(page) else [])

    for address in (
        "/petugas",
        "/petugas?period=2020-Q1",
        "/petugas?lang=en",
        "/kelola/pengguna?lang=id",
        "/kelola/pengguna?q=tidak-ada",
        "/kelola/pengguna/2",
        "/kelola/pengguna/1",
        "/kelola/pengguna/2/ubah",
        "/kelola/token",
        "/kelola/token?ended=1",
    ):
        page.goto(address)
        look(address)
    page.goto("/kelola/pengguna/2")
    page.locator("summary", has_text="tautan kata sandi").press("Enter")
    page.get_by_role("button", name="Buat tautan").press("Enter")
    page.locator(".secret").wait_for()
    look("link")
    page.goto("/kelola/pengguna/baru")
    look("new person")
    page.locator("#full_name").fill("A")
    page.locator("#name").fill("A b")
    page.get_by_role("button", name="Simpan").press("Enter")
    page.get_by_role("alert").wait_for()
    look("faults of a person")
    page.goto("/kelola/token/baru")
    page.locator("#name").fill("Situs")
    page.get_by_role("button", name="Buat token").press("Enter")
    page.get_by_role("alert").wait_for()
    look("faults of a token")
    page.get_by_role("radio", name="Pembaca hasil").press("Space")
    page.locator("#unit").select_option("kota")
    page.get_by_role("button", name="Buat token").press("Enter")
    page.locator(".secret").first.wait_for()
    look("made")
    page.goto("/kelola/token")
    look("tokens")
    assert {place: faults for place, faults in found.items() if faults} == {}
