"""Published results in a real browser: readable on a phone, without violations, verified with their own file."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page

from app.audit.service import SYSTEM
from app.auth.accounts import Person, add_grant, create_user
from app.auth.keys import Keys
from app.auth.passwords import hash_password
from app.auth.roles import Role
from app.core.db import Database
from app.core.secrets import load_or_create
from app.core.settings import Settings
from app.ikm.periods import parse
from app.publication.service import draft, issue
from app.responses.catalog import registered_catalog
from app.units.queries import unit_by_code
from tests.conftest import ELEMENTS

Context = Callable[..., BrowserContext]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PASSWORD = "payung kerbau lampion tangga"
PUBLIC = (
    *("/", "/?q=nib", "/ikm/ptsp", "/ikm/timur", "/ikm/ptsp/terbitan/SKM-kota-2026-0001"),
    *("/verifikasi", "/verifikasi?nomor=SKM/kota/2026/0001", "/verifikasi?nomor=SKM/x/2026/0001"),
)


@pytest.fixture(scope="module")
def published(site: str, site_settings: Settings) -> str:
    """The site after a quarter with answers was published, and somebody who heads the unit."""
    for number in range(20):
        scores = {key: 3 + (number + place) % 2 for place, key in enumerate(ELEMENTS)}
        answer = {
            "id": str(uuid4()),
            "point": "ptsp-nib-qr",
            "answered_at": "2026-08-20T02:00:00Z",
            "scores": scores,
            "profile": {
                "sex": "LP"[number % 2],
                "age": 20 + number,
                "education": ("SMA", "S1")[number % 3 // 2],
            },
        }
        assert httpx.post(f"{site}/api/v1/responses", json=answer).status_code == 201
    database = Database(site_settings)
    catalog = registered_catalog(database, site_settings.surveys_dir)
    now = datetime.now(UTC)
    with database.read() as session:
        unit = unit_by_code(session, "ptsp")
        assert unit is not None
        prepared = draft(session, catalog, unit, parse("2026-08"), now)
    with database.write() as session:
        at = datetime(2026, 10, 5, 2, 0, tzinfo=UTC)
        keys = Keys(load_or_create(site_settings.secret_key_file))
        issue(session, keys, SYSTEM, prepared, at, public_url=site)
        head = create_user(session, SYSTEM, Person("kepala", "Kepala", None), unit.id or 0, now)
        head.password_hash = hash_password(PASSWORD)
        add_grant(session, SYSTEM, head, Role.UNIT_HEAD, unit.id or 0, now)
    database.dispose()
    return site


def faults(page: Page, width: int) -> list[str]:
    """Violations of accessibility, and a page that is wider than its window."""
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}}).response["violations"]
    wide = page.evaluate("document.documentElement.scrollWidth")
    return [f"{one['id']}: {node['html']}" for one in found for node in one["nodes"]] + (
        [f"{wide} pixels wide"] if wide > width else []
    )


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
    page.goto("/masuk")
    page.locator("#login").fill("kepala")
    page.locator("#password").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
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
