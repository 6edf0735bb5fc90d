"""The registry's screens and the questionnaires in a browser: by keyboard alone, and looked at by axe."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

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
PAGES = (
    "/kelola/unit",
    "/kelola/unit?unit=ptsp",
    "/kelola/unit?q=timur",
    "/kelola/unit/tambah?induk=kota",
    "/kelola/unit/ptsp/ubah",
    "/kelola/unit/ptsp/layanan/daring/ubah",
    "/kelola/unit/ptsp/titik/tambah",
    "/kelola/titik/ptsp-kios",
    "/kelola/titik/ptsp-nib-qr",
    "/kelola/titik/ptsp-kios/ubah",
    "/kelola/impor",
    "/kelola/instrumen",
    "/kelola/instrumen/skm-2017/1",
)
TABS_MOST = 80


@pytest.fixture(scope="module")
def cookie(site: str, site_settings: Settings) -> dict[str, str]:
    """The browser of an administrator of the whole city."""
    database, at = Database(site_settings), utc_now()
    with database.write() as session:
        home = unit_by_code(session, "kota")
        assert home is not None
        assert home.id is not None
        user = create_user(session, SYSTEM, Person("pengelola", "Pengelola Unit"), home.id, at)
        assert user.id is not None
        add_grant(session, SYSTEM, user, Role.ADMIN, home.id, at)
        lifetimes = Lifetimes(timedelta(hours=1), timedelta(hours=2))
        secret = open_session(
            session, user.id, stage="full", now=at, lifetimes=lifetimes, device="Chrome", network="test"
        )
    database.dispose()
    return {"name": cookie_name(site_settings), "value": secret, "url": site}


@pytest.fixture
def window(context: Context, cookie: dict[str, str]) -> Callable[..., Page]:
    """Opens a window in which the administrator is signed in."""

    def opened(**options: object) -> Page:
        made = context(**options)
        made.add_cookies([cookie])  # type: ignore[list-item]
        return made.new_page()

    return opened


def preview(page: Page, folder: Path, text: str) -> None:
    """Send a registry file."""
    file = folder / "registri.toml"
    file.write_text(text, encoding="utf-8")
    page.goto("/kelola/impor")
    page.locator("#berkas").set_input_files(file)
    page.get_by_role("button", name="Lihat perubahannya").click()


NEW_UNIT = '[[units]]\ncode = "baru"\nname = "Unit Baru"\nparent = "kota"\n'


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_no_violation_and_nothing_too_wide(
    window: Callable[..., Page], tmp_path: Path, width: int, scheme: str
) -> None:
    page = window(width=width, color_scheme=scheme, reduced_motion="reduce")
    found: dict[str, list[str]] = {}

    def look(place: str) -> None:
        found[place] = violations(page)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found[place].append("too wide")

    for address in PAGES:
        page.goto(address)
        look(address)
    page.goto("/kelola/unit/tambah")
    page.locator("#name").fill("Unit")
    page.locator("#code").fill("TIDAK SAH")
    page.get_by_role("button", name="Simpan").click()
    expect(page.get_by_role("alert")).to_be_visible()
    look("faults in a form")
    preview(page, tmp_path, NEW_UNIT)
    expect(page.get_by_role("heading", name="Yang akan berubah")).to_be_visible()
    look("preview")
    preview(page, tmp_path, NEW_UNIT + "lain = 1\n")
    look("faults of a file")
    assert {place: faults for place, faults in found.items() if faults} == {}


def tab_to(page: Page, name: str) -> None:
    """Go on with the tab key until the thing with this name has the focus."""
    for _ in range(TABS_MOST):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "() => { const one = document.activeElement;"
            " return ((one.labels && one.labels[0] ? one.labels[0].innerText : one.innerText) || '').trim() }"
        )
        if " ".join(focused.split()).startswith(name):
            return
    pytest.fail(f"the tab key does not reach {name!r}")


def follow(page: Page) -> None:
    """Press what has the focus, and wait for the page that comes."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_a_unit_a_service_and_a_point_by_keyboard_alone(window: Callable[..., Page]) -> None:
    page = window(width=1280)
    page.goto("/kelola/unit")
    # The tree unfolds by keyboard: the branch below the eastern office is hidden at first.
    branch = page.get_by_role("link", name="Cabang Kantor Timur")
    expect(branch).to_be_hidden()
    tab_to(page, "Unit di bawah Kantor Timur")
    page.keyboard.press("Enter")
    expect(branch).to_be_visible()

    page.goto("/kelola/unit")
    tab_to(page, "Tambah unit")
    follow(page)
    tab_to(page, "Nama resmi")
    page.keyboard.type("Balai Uji")
    tab_to(page, "Simpan")
    follow(page)
    expect(page.get_by_role("status")).to_have_text("Sudah ditambahkan.")
    expect(page.get_by_role("heading", level=2)).to_have_text("Balai Uji")

    tab_to(page, "Tambah layanan")
    follow(page)
    tab_to(page, "Nama layanan")
    page.keyboard.type("Kalibrasi Alat")
    tab_to(page, "U4 Biaya/Tarif")
    page.keyboard.press("Space")
    tab_to(page, "Simpan")
    follow(page)
    expect(page.get_by_role("row", name="Kalibrasi Alat")).to_contain_text("Biaya/Tarif")

    tab_to(page, "Buat titik survei")
    follow(page)
    expect(page.locator("#service")).to_have_value("kalibrasi-alat")
    tab_to(page, "Simpan")
    follow(page)
    expect(page).to_have_url("/kelola/titik/balai-uji-kalibrasi-alat-qr?kabar=ditambah")
    expect(page.get_by_role("img", name="Kode QR ke")).to_be_visible()

    # A fault is led to: the summary's link puts the focus into the field.
    page.goto("/kelola/unit/balai-uji/ubah")
    page.locator("#name").evaluate("field => field.removeAttribute('required')")
    page.locator("#name").fill("")
    follow(page)
    expect(page.get_by_role("alert")).to_be_visible()
    tab_to(page, "Isi namanya.")
    page.keyboard.press("Enter")
    expect(page.locator("#name")).to_be_focused()


def test_a_file_by_keyboard_alone(window: Callable[..., Page], tmp_path: Path) -> None:
    page = window(width=360)
    preview(page, tmp_path, NEW_UNIT.replace("baru", "cabang-baru").replace("Unit Baru", "Cabang Baru"))
    tab_to(page, "Terapkan perubahan ini")
    follow(page)
    expect(page.get_by_role("status")).to_contain_text("Registri diterapkan: 1 ditambahkan, 0 diubah.")
    page.goto("/kelola/unit?q=cabang-baru")
    expect(page.get_by_role("link", name="Cabang Baru")).to_be_visible()


def test_on_a_phone_the_tree_is_folded_away_once_a_unit_is_chosen(window: Callable[..., Page]) -> None:
    page = window(width=360)
    page.goto("/kelola/unit?unit=ptsp")
    tree = page.get_by_role("navigation", name="Pohon unit")
    expect(tree).to_be_hidden()
    page.get_by_text("Cari dan pilih unit").click()
    expect(tree).to_be_visible()


def test_a_point_prints_as_one_sheet(window: Callable[..., Page]) -> None:
    page = window(width=1280)
    page.goto("/kelola/titik/ptsp-nib-qr")
    page.emulate_media(media="print")
    expect(page.get_by_role("img", name="Kode QR ke")).to_be_visible()
    for gone in ("navigation", "heading", "table"):
        assert page.get_by_role(gone).all() == []  # type: ignore[arg-type]
    assert page.pdf(format="A4").count(b"/Type /Page\n") == 1


def test_nothing_comes_from_elsewhere_and_the_policy_is_kept(window: Callable[..., Page], site: str) -> None:
    page = window(width=1280)
    requested: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.on(
        "console", lambda message: complaints.append(message.text) if "Security" in message.text else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for address in PAGES:
        page.goto(address)
    assert [address for address in requested if not address.startswith(f"{site}/")] == []
    assert complaints == []
