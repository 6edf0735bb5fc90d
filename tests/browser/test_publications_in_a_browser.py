"""Published results in a real browser: readable on a phone, without violations, verified with their own file."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from app.core.settings import Settings
from tests.browser.published import faults, publish, sign_in

Context = Callable[..., BrowserContext]
PUBLIC = (
    *("/", "/?q=nib", "/ikm/ptsp", "/ikm/timur", "/ikm/ptsp/terbitan/SKM-kota-2026-0001"),
    *("/verifikasi", "/verifikasi?nomor=SKM/kota/2026/0001", "/verifikasi?nomor=SKM/x/2026/0001"),
)


@pytest.fixture(scope="module")
def published(site: str, site_settings: Settings) -> str:
    """The site after a quarter with answers was published, and somebody who heads the unit."""
    publish(site, site_settings)
    return site


@pytest.mark.parametrize(
    ("width", "scheme", "language"),
    [(320, "light", "id"), (360, "dark", "en"), (1280, "light", "en"), (1280, "dark", "id")],
)
def test_public_pages(context: Context, published: str, width: int, scheme: str, language: str) -> None:
    page = context(width=width, color_scheme=scheme, reduced_motion="reduce").new_page()
    wrong = {}
    for address in PUBLIC:
        page.goto(f"{address}{'&' if '?' in address else '?'}lang={language}")
        for fold in page.locator("summary").all():
            fold.click()
        wrong[address] = faults(page, width)
    assert {address: found for address, found in wrong.items() if found} == {}


def test_staff_publish_in_a_browser(context: Context, published: str) -> None:
    page = context(width=360).new_page()
    sign_in(page)
    page.goto("/petugas/publikasi")
    assert faults(page, 360) == []
    page.goto("/petugas/unit/ptsp/publikasi?period=2026-Q3")
    assert faults(page, 360) == []
    page.locator("form.form button[type=submit]").click()
    page.get_by_role("status").get_by_text("Terbit dengan nomor").wait_for()
    assert faults(page, 360) == []


def test_the_downloaded_file_is_found_genuine(context: Context, published: str, tmp_path: Path) -> None:
    page = context().new_page()
    page.goto("/ikm/ptsp/terbitan/SKM-kota-2026-0001")
    with page.expect_download() as download:
        page.get_by_role("link", name="Unduh hasil (JSON)").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    assert file.name == "SKM-kota-2026-0001.json"
    page.goto("/verifikasi")
    page.locator("#berkas").set_input_files(file)
    page.get_by_role("button", name="Periksa berkas").click()
    page.get_by_role("heading", name="Asli dan utuh").wait_for()
    assert faults(page, 360) == []
