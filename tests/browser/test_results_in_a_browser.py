"""The pages of results in a browser: axe in every width, scheme and language; by keyboard; on paper."""

import io
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import httpx
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
from tests.conftest import ELEMENTS

Context = Callable[..., BrowserContext]
PAGES = (
    "/petugas/unit/ptsp?",
    "/petugas/unit/ptsp/layanan/nib?",
    "/petugas/unit/kota?",
    "/petugas/pemerintah/kota?",
    "/petugas/unit/ptsp?dari=2026-02-30&sampai=2026-01-01&",
    "/petugas/unit/ptsp?period=2001&",
    "/petugas/pemerintah/kota?period=2001&",
)
SCORES = ((4, 4), (3, 4), (2, 3), (4, 2), (3, 1))


@pytest.fixture(scope="module")
def cookie(site: str, site_settings: Settings) -> dict[str, str]:
    """Answers at two units, and the browser of an evaluator of the whole city."""
    at = utc_now()
    # Thirty at one unit: importance is derived from no fewer.
    for point, times in (("ptsp-nib-qr", 6), ("timur-arsip-qr", 1)):
        for score, slow in SCORES * times:
            answer = {"id": str(uuid4()), "point": point, "scores": dict.fromkeys(ELEMENTS, score)}
            answer["scores"]["waktu"] = slow  # type: ignore[index]
            sent = httpx.post(f"{site}/api/v1/responses", json=answer)
            assert sent.status_code == 201, sent.text
    database = Database(site_settings)
    with database.write() as session:
        home = unit_by_code(session, "kota")
        assert home is not None
        assert home.id is not None
        user = create_user(session, SYSTEM, Person("penilai", "Penilai Kota"), home.id, at)
        assert user.id is not None
        add_grant(session, SYSTEM, user, Role.EVALUATOR, home.id, at)
        lifetimes = Lifetimes(timedelta(hours=1), timedelta(hours=2))
        secret = open_session(
            session, user.id, stage="full", now=at, lifetimes=lifetimes, device="Chrome", network="test"
        )
    database.dispose()
    return {"name": cookie_name(site_settings), "value": secret, "url": site}


@pytest.fixture
def window(context: Context, cookie: dict[str, str]) -> Callable[..., Page]:
    """Opens a window in which the evaluator is signed in."""

    def opened(**options: object) -> Page:
        made = context(**options)
        made.add_cookies([cookie])  # type: ignore[list-item]
        return made.new_page()

    return opened


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_no_violation_and_nothing_too_wide(
    window: Callable[..., Page], width: int, scheme: str, language: str
) -> None:
    page = window(width=width, color_scheme=scheme, reduced_motion="reduce")
    found: dict[str, list[str]] = {}
    for address in PAGES:
        page.goto(f"{address}lang={language}")
        for details in page.locator("main details").all():
            details.evaluate("one => { one.open = true }")
        found[address] = violations(page)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found[address].append("too wide")
    assert {place: faults for place, faults in found.items() if faults} == {}


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_one_drawing_is_shown_and_its_words_stay_inside(window: Callable[..., Page], width: int) -> None:
    page = window(width=width, reduced_motion="reduce")
    for address in PAGES[:4]:
        page.goto(address)
        shown = page.locator("svg.chart:visible")
        assert shown.count() >= 2
        keys = shown.evaluate_all(
            "all => all.map(one => one.getAttribute('aria-labelledby').replace('-n-', '-'))"
        )
        assert len(keys) == len(set(keys)), "both drawings of a picture are shown"
        beyond = shown.locator("text").evaluate_all(
            "all => all.filter(one => { const box = one.getBoundingClientRect();"
            " return box.left < 0 || box.right > innerWidth + 1 }).map(one => one.textContent)"
        )
        assert beyond == [], address


def test_labels_and_figures_of_a_bar_do_not_touch(window: Callable[..., Page]) -> None:
    page = window(width=320, reduced_motion="reduce")
    page.goto("/petugas/unit/ptsp?with=2026")
    touching = (
        page.locator("svg.bars:visible, svg.ranking:visible, svg.quadrant:visible")
        .locator("text")
        .evaluate_all(
            """all => {
            const boxes = all.map(one => [one.textContent, one.getBoundingClientRect()]);
            const found = [];
            for (const [name, a] of boxes) for (const [other, b] of boxes) {
                if (name < other && a.left < b.right - 1 && b.left < a.right - 1
                    && a.top < b.bottom - 4 && b.top < a.bottom - 4) found.push(`${name} | ${other}`);
            }
            return found;
        }"""
        )
    )
    assert touching == []


def test_periods_and_tables_by_keyboard_alone(window: Callable[..., Page]) -> None:
    page = window(width=1280, reduced_motion="reduce")
    page.goto("/petugas/unit/ptsp")
    summary = page.get_by_text("Tanggal bebas", exact=True)
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#dari")).to_be_visible()
    today = utc_now().date()
    page.locator("#dari").fill((today - timedelta(days=3)).isoformat())
    page.locator("#sampai").fill((today + timedelta(days=1)).isoformat())
    page.get_by_role("button", name="Tampilkan tanggal ini").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert f"period={today - timedelta(days=3)}..{today + timedelta(days=1)}" in page.url
    # Eight elements with 16/5 and one with 14/5, their mean times 25.
    expect(page.locator(".big-number .value")).to_have_text("78,89")
    table = page.get_by_text("Tabel nilai per unsur")
    table.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("cell", name="2,800")).to_be_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "region"


def test_on_paper_everything_is_there(window: Callable[..., Page]) -> None:
    page = window(width=1280, color_scheme="dark")
    page.goto("/petugas/pemerintah/kota")
    page.emulate_media(media="print")
    expect(page.locator(".data-table").first).to_be_visible()
    expect(page.get_by_role("link", name="Pelayanan Terpadu").first).to_be_visible()
    expect(page.locator("nav.period")).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    document = page.pdf(format="A4")
    assert io.BytesIO(document).read(5) == b"%PDF-"
    assert 1 <= document.count(b"/Type /Page\n") + document.count(b"/Type /Page ") <= 6
