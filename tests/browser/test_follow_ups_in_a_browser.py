"""Follow-ups in a browser: planned, finished with a file, published, without a script; and looked at by axe."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import typst
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
from tests.browser.conftest import _load_city

Context = Callable[..., BrowserContext]
LIST = "/petugas/unit/ptsp/tindak-lanjut"


@pytest.fixture(scope="module")
def site_settings(sqlite_template: bytes, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A service of its own, whose files lie in a folder of its own."""
    folder = tmp_path_factory.mktemp("followups")
    (folder / "eskm.db").write_bytes(sqlite_template)
    settings = Settings(
        database_url=f"sqlite:///{folder}/eskm.db",
        secret_key_file=folder / "secret.key",
        files_url=str(folder / "files"),
        log_level="ERROR",
    )
    _load_city(settings)
    return settings


@pytest.fixture(scope="module")
def cookie(site: str, site_settings: Settings) -> dict[str, str]:
    """Somebody who heads `ptsp` and is signed in."""
    database, now = Database(site_settings), utc_now()
    with database.write() as session:
        unit = unit_by_code(session, "ptsp")
        assert unit is not None
        assert unit.id is not None
        user = create_user(session, SYSTEM, Person("kepala", "Kepala Contoh"), unit.id, now)
        add_grant(session, SYSTEM, user, Role.UNIT_HEAD, unit.id, now)
        assert user.id is not None
        lifetimes = Lifetimes(timedelta(hours=1), timedelta(hours=12))
        secret = open_session(
            session, user.id, stage="full", now=now, lifetimes=lifetimes, device="Chrome", network="test"
        )
    database.dispose()
    return {"name": cookie_name(site_settings), "value": secret, "url": site}


def _plan(page: Page, action: str) -> None:
    page.goto(f"{LIST}/baru?element=waktu")
    page.get_by_label("Rekomendasi", exact=True).fill("Waktu tunggu dipersingkat")
    page.get_by_label("Program atau kegiatan").fill(action)
    page.get_by_label("Penanggung jawab").fill("Kepala Bidang")
    page.get_by_role("button", name="Simpan").click()
    page.get_by_text("Tindak lanjut disimpan.").wait_for()


def test_from_plan_to_citizens_without_a_script(
    context: Context, cookie: dict[str, str], tmp_path: Path
) -> None:
    photo = tmp_path / "berita acara.pdf"
    photo.write_bytes(typst.compile(b"= Bukti"))
    window = context(width=360, java_script_enabled=False)
    window.add_cookies([cookie])  # type: ignore[list-item]
    page = window.new_page()
    _plan(page, "Buka loket kedua")
    page.locator("summary", has_text="Nyatakan selesai").click()
    page.get_by_label("Yang sudah dilakukan").fill("Loket kedua dibuka.")
    page.get_by_label("Bukti (boleh beberapa berkas)").set_input_files(photo)
    page.get_by_role("button", name="Nyatakan selesai").click()
    page.get_by_text("Dinyatakan selesai.").wait_for()
    with page.expect_download() as started:
        page.get_by_role("link", name="berita acara.pdf").click()
    assert Path(started.value.path()).read_bytes() == photo.read_bytes()
    page.get_by_label("Teks untuk warga").fill("Kini ada loket kedua.")
    page.get_by_label("berita acara.pdf").check()
    page.get_by_role("button", name="Terbitkan kepada warga").click()
    page.get_by_text("Terbit: warga dapat membacanya.").wait_for()
    page.get_by_text("dapat dibuka warga").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_no_violation(context: Context, cookie: dict[str, str], width: int, scheme: str) -> None:
    window = context(width=width, color_scheme=scheme, reduced_motion="reduce")
    window.add_cookies([cookie])  # type: ignore[list-item]
    page, found = window.new_page(), {}
    _plan(page, f"Tambah kursi {width} {scheme}")
    detail = page.url.partition("?")[0]
    for summary in page.locator("details.deed > summary").all():
        summary.click()
    found["detail"] = violations(page)
    page.get_by_label("Kemajuan (%)").fill("120")
    page.get_by_role("button", name="Catat kemajuan").click()
    page.get_by_role("alert").wait_for()
    found["fault"] = violations(page)
    for address in (LIST, f"{LIST}/baru", f"{LIST}/forum", f"{detail}/ubah", "/petugas/tindak-lanjut"):
        page.goto(address)
        found[address] = violations(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
    assert {place: faults for place, faults in found.items() if faults} == {}
