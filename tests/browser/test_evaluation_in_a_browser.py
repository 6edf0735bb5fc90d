"""What an evaluator and a unit's head see of the evaluation, of media and of publications; the badge elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from app.core.settings import Settings
from tests.browser.published import faults, publish, sign_in

STAFF = (
    *("/petugas/pekppp?year=2026", "/petugas/pekppp?year=2021", "/petugas/unit/ptsp/pekppp?year=2026"),
    *("/petugas/unit/ptsp/media", "/petugas/publikasi", "/petugas/unit/ptsp/publikasi?period=2026-08"),
    *("/kelola/ekspor?unit=ptsp&period=2026", "/petugas/unit/ptsp?period=2026-Q3"),
)
DESKS = ("/petugas/unit/ptsp/publikasi?period=2026-08", "/petugas/pekppp?year=2026")


@pytest.fixture(scope="module")
def published(site: str, site_settings: Settings) -> str:
    """The site with a published month."""
    publish(site, site_settings)
    return site


@pytest.fixture(scope="module")
def desk(browser_process: Browser, published: str) -> Iterator[BrowserContext]:
    """The window in which the unit's head is signed in."""
    context = browser_process.new_context(
        base_url=published, locale="id-ID", viewport={"width": 360, "height": 740}, reduced_motion="reduce"
    )
    sign_in(context.new_page())
    yield context
    context.close()


def test_a_medium_is_written_down(desk: BrowserContext) -> None:
    page = desk.new_page()
    page.goto("/petugas/unit/ptsp/media")
    page.get_by_label("Nama media atau tempat").fill("Papan pengumuman loket")
    page.get_by_label("Alamat (boleh kosong bila ada foto)").fill("")
    page.get_by_role("button", name="Catat media").click()
    page.get_by_role("alert").wait_for()
    assert page.get_by_label("Nama media atau tempat").input_value() == "Papan pengumuman loket"
    assert faults(page, 360) == []
    page.get_by_label("Alamat (boleh kosong bila ada foto)").fill("https://media.uji.example/skm")
    page.get_by_role("button", name="Catat media").click()
    page.get_by_role("status").get_by_text("Media dicatat.").wait_for()
    assert page.get_by_role("heading", name="Situs web: Papan pengumuman loket").is_visible()
    assert faults(page, 360) == []


@pytest.mark.parametrize(
    ("width", "scheme", "language", "addresses"),
    [(360, "light", "id", STAFF), (360, "dark", "en", STAFF), (1280, "dark", "id", DESKS)],
    ids=["phone", "phone-dark-english", "desk-dark"],
)
def test_staff_pages(
    desk: BrowserContext, width: int, scheme: str, language: str, addresses: tuple[str, ...]
) -> None:
    page = desk.new_page()
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    wrong = {}
    for address in addresses:
        answer = page.goto(f"{address}&lang={language}" if "?" in address else f"{address}?lang={language}")
        assert answer is not None
        assert answer.status == 200, address
        wrong[address] = faults(page, width) + _cut_off(page)
    assert {address: found for address, found in wrong.items() if found} == {}


def test_the_evaluation_speaks_english(desk: BrowserContext) -> None:
    page = desk.new_page()
    page.goto("/petugas/unit/ptsp/pekppp?year=2026&lang=en")
    words = page.locator("main").inner_text()
    assert "Number of media that publish SKM results" in words
    assert "amended by PermenPANRB 4/2023" in words
    official = page.locator("main [lang=id]").all_inner_texts()
    assert "Jumlah media publikasi hasil SKM" in official
    for indonesian in ("Belum ada", "Tidak ada", "sesuai peraturan", "Sistem informasi"):
        rest = words.replace(official[0], "")
        assert indonesian not in rest, indonesian


def test_the_badge_on_another_site(context: Callable[..., BrowserContext], published: str) -> None:
    page = context().new_page()
    with _elsewhere(published) as address:
        page.goto(address)
        badge = page.get_by_role("img", name="IKM")
        badge.wait_for()
        page.wait_for_function("document.images[0].complete")
        assert badge.evaluate("image => image.naturalWidth") > 0
        badge.click()
        page.wait_for_url(f"{published}/ikm/ptsp")


@contextmanager
def _elsewhere(published: str) -> Iterator[str]:
    """The address of another site with the badge, which takes only what says that it may be taken."""
    markup = f'<a href="{published}/ikm/ptsp"><img src="{published}/ikm/ptsp/badge.svg" alt="IKM"></a>'

    class Elsewhere(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
            self.end_headers()
            self.wfile.write(markup.encode())

        def log_message(self, *_: object) -> None:
            """Nothing is written down."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        thread = Thread(target=server.serve_forever, name="elsewhere")
        thread.start()
        try:
            yield f"http://localhost:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def _cut_off(page: Page) -> list[str]:
    """Tables that are wider than what shows them, where nothing can be scrolled."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("main table")]
            .filter(one => !one.closest(".scroll") && one.getBoundingClientRect().right > innerWidth + 1)
            .map(one => "cut off: " + one.outerHTML.slice(0, 80))"""
    )
    return found
