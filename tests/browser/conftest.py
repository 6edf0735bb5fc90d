"""A real Chromium against a real server. Never skipped in silence: ESKM_BROWSER_TESTS=0 leaves them out, loudly."""

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

from app.core.db import Database
from app.core.settings import Settings
from app.factory import create_app
from app.responses.catalog import registered_catalog
from app.units import registry
from app.units.queries import unit_by_code
from app.units.service import apply
from app.units.tables import Point
from tests.browser.office import Office
from tests.conftest import CITY

HERE = Path(__file__).parent
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WANTED = os.environ.get("ESKM_BROWSER_TESTS", "1") != "0"
START_SECONDS = 20
Phone = Callable[..., BrowserContext]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the tests of this folder; deselect them only where somebody said so."""
    here = [item for item in items if HERE in item.path.parents]
    for item in here:
        item.add_marker(pytest.mark.browser)
    if here and not WANTED:
        config.hook.pytest_deselected(items=here)
        items[:] = [item for item in items if item not in here]
        reporter = config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            message = f"ESKM_BROWSER_TESTS=0: {len(here)} browser tests are NOT run"
            reporter.write_line(message, red=True, bold=True)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the system's Chromium."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.fail(
            "No Chromium found. Install one (Debian, Ubuntu: apt install chromium; or google-chrome), or set "
            "ESKM_BROWSER_TESTS=0 to leave the browser tests out.",
            pytrace=False,
        )
    return path


# Not for the whole session: while it lives, no other test could run an event loop in this thread.
@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """What drives browsers."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def browser_process(playwright: Playwright, chromium: str) -> Iterator[Browser]:
    """The running browser."""
    browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
    yield browser
    browser.close()


@pytest.fixture
def context(browser_process: Browser, site: str) -> Iterator[Callable[..., BrowserContext]]:
    """Makes a browser window with nothing remembered, whose addresses begin at the site."""
    made: list[BrowserContext] = []

    def make(width: int = 360, height: int = 740, **options: object) -> BrowserContext:
        settings = {"locale": "id-ID", "viewport": {"width": width, "height": height}, **options}
        made.append(browser_process.new_context(base_url=site, **settings))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for context in made:
        context.close()


@pytest.fixture
def office(sqlite_template: bytes, tmp_path: Path) -> Iterator[Office]:
    """A service in a process of its own, which tests may kill, behind a wire that they may cut."""
    database = tmp_path / "eskm.db"
    database.write_bytes(sqlite_template)
    _load_city(Settings(database_url=f"sqlite:///{database}"))
    office = Office(database)
    office.open()
    yield office
    office.close()


@pytest.fixture
def phone(playwright: Playwright, chromium: str, office: Office, tmp_path: Path) -> Iterator[Phone]:
    """Opens a browser that remembers what it kept before it was closed; its addresses begin at the office."""
    opened: list[BrowserContext] = []

    def open_phone(width: int = 360, height: int = 740, **options: object) -> BrowserContext:
        settings = {"locale": "id-ID", "viewport": {"width": width, "height": height}, **options}
        opened.append(
            playwright.chromium.launch_persistent_context(
                str(tmp_path / "phone"),
                executable_path=chromium,
                args=list(FLAGS),
                base_url=office.address,
                **settings,  # type: ignore[arg-type]
            )
        )
        return opened[-1]

    yield open_phone
    for context in opened:
        context.close()


@pytest.fixture(scope="module")
def site_settings(sqlite_template: bytes, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of the service behind `site`, whose database holds the small city."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "eskm.db").write_bytes(sqlite_template)
    settings = Settings(
        database_url=f"sqlite:///{folder}/eskm.db", secret_key_file=folder / "secret.key", log_level="ERROR"
    )
    _load_city(settings)
    return settings


@pytest.fixture(scope="module")
def site(site_settings: Settings) -> Iterator[str]:
    """The address of a service with the small city, served by uvicorn on a free port."""
    config = uvicorn.Config(create_app(site_settings), port=0, log_level="error", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="site")
    thread.start()
    try:
        yield f"http://127.0.0.1:{_port(server, thread)}"
    finally:
        server.should_exit = True
        thread.join(START_SECONDS)


def _load_city(settings: Settings) -> None:
    database = Database(settings)
    catalog = registered_catalog(database, settings.surveys_dir)
    elements = {one.id: [element.key for element in one.elements] for one in catalog.instruments.values()}
    with database.write() as session:
        apply(session, registry.read(CITY, elements))
        unit = unit_by_code(session, "timur")
        assert unit is not None
        assert unit.id is not None
        session.add(Point(code="timur-loket", unit_id=unit.id, channel="counter"))
    database.dispose()


def _port(server: uvicorn.Server, thread: threading.Thread) -> int:
    deadline = time.monotonic() + START_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            pytest.fail("the service did not start")
        time.sleep(0.02)
    port: int = server.servers[0].sockets[0].getsockname()[1]
    return port
