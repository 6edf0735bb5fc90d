"""The inbox of comments in a browser: by keyboard from the list to a published reply, and looked at by axe."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID

import pytest
import uvicorn
from playwright.sync_api import BrowserContext, Page
from sqlmodel import Session, select

from app.audit.service import SYSTEM
from app.auth.accounts import Person, add_grant, create_user
from app.auth.cookies import cookie_name
from app.auth.roles import Role
from app.auth.sessions import Lifetimes, open_session
from app.comments import handover, service, starter
from app.core.clock import utc_now
from app.core.db import Database
from app.core.settings import Settings
from app.factory import create_app
from app.responses.tables import Comment, Response
from app.units.queries import unit_by_code
from app.units.tables import Service
from tests.browser.axe import violations
from tests.browser.conftest import START_SECONDS, _load_city, _port
from tests.conftest import ELEMENTS

Context = Callable[..., BrowserContext]
INBOX = "/petugas/unit/ptsp/komentar"
TEXTS = (
    "Antreannya lama sekali pagi ini",
    "Petugas loket dua ramah, terima kasih",
    "Sudah melapor, tidak ada jawaban",
)
_cookie: dict[str, str] = {}


@pytest.fixture(scope="module")
def site(sqlite_template: bytes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service with the small city, the head of a unit, three comments: new, answered, at LAPOR!."""
    folder = tmp_path_factory.mktemp("comments")
    (folder / "eskm.db").write_bytes(sqlite_template)
    settings = Settings(
        database_url=f"sqlite:///{folder}/eskm.db", secret_key_file=folder / "secret.key", log_level="ERROR"
    )
    _load_city(settings)
    database = Database(settings)
    with database.write() as session:
        _cookie[cookie_name(settings)] = _load(session)
    database.dispose()
    server = uvicorn.Server(uvicorn.Config(create_app(settings), port=0, log_level="error", access_log=False))
    thread = threading.Thread(target=server.run, name="comments")
    thread.start()
    try:
        yield f"http://127.0.0.1:{_port(server, thread)}"
    finally:
        server.should_exit = True
        thread.join(START_SECONDS)


def _load(session: Session) -> str:
    now, unit = utc_now(), unit_by_code(session, "ptsp")
    assert unit is not None
    assert unit.id is not None
    starter.begin(session, SYSTEM, unit.id, ELEMENTS, now)
    nib = session.exec(select(Service).where(Service.code == "nib")).one()
    today = now.date()
    for number, text in enumerate(TEXTS, start=1):
        at, id_ = now - timedelta(minutes=number), UUID(int=number)
        shared = {"unit_id": unit.id, "service_id": nib.id, "local_date": today, "respondent_mean": 90720}
        given = {"instrument": "skm-2017@1", "channel": "qr", "answered_at": at, "received_at": at}
        scores = dict.fromkeys(ELEMENTS, 3) | {"waktu": 1}
        session.add(Response(id=id_, scores=scores, digest=bytes(16), **shared, **given))
        session.flush()
        session.add(Comment(response_id=id_, text=text, **shared))
    session.flush()
    answered = service.opened(session, unit.id, UUID(int=2), 0)
    service.set_reply(session, SYSTEM, answered, "Terima kasih kembali.", now, publish=True)
    complaint = service.opened(session, unit.id, UUID(int=3), 0)
    handover.hand_over(
        session, SYSTEM, complaint, lapor_number="81", kind="complaint", on=today, today=today, now=now
    )
    head = create_user(session, SYSTEM, Person("ketua", "Ketua Contoh"), unit.id, now)
    add_grant(session, SYSTEM, head, Role.UNIT_HEAD, unit.id, now)
    assert head.id is not None
    lifetimes = Lifetimes(timedelta(hours=1), timedelta(hours=12))
    return open_session(
        session, head.id, stage="full", now=now, lifetimes=lifetimes, device="Chrome", network="test"
    )


@pytest.fixture
def office(context: Context, site: str) -> Callable[..., Page]:
    """Opens a window in which the unit's head is signed in."""

    def open_window(**options: object) -> Page:
        window = context(**options)
        window.add_cookies([{"name": name, "value": value, "url": site} for name, value in _cookie.items()])
        return window.new_page()

    return open_window


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_no_violation(office: Callable[..., Page], width: int, scheme: str, language: str) -> None:
    page = office(width=width, color_scheme=scheme, reduced_motion="reduce")
    found: dict[str, list[str]] = {}
    for address in (
        f"{INBOX}?order=lowest&",
        f"{INBOX}?q=tidak-ditemukan&",
        f"{INBOX}/{UUID(int=1)}?",
        f"{INBOX}/{UUID(int=2)}?",
        f"{INBOX}/{UUID(int=3)}?",
        f"{INBOX}/{UUID(int=99)}?",
        f"{INBOX}/topik?key=antrean-dan-waktu-tunggu&",
    ):
        assert page.goto(f"{address}lang={language}")
        found[address] = violations(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address
    page.goto(f"{INBOX}/topik?lang={language}")
    page.locator("button[name=trial]").click()
    page.get_by_role("alert").wait_for()
    found["faults"] = violations(page)
    assert {place: faults for place, faults in found.items() if faults} == {}


def test_from_the_list_to_a_published_reply(office: Callable[..., Page]) -> None:
    page = office(width=1280)
    page.goto("/petugas/komentar")
    page.get_by_label("Kata dalam komentar").fill("ANTREAN")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=ANTREAN**")
    assert page.locator("blockquote").all_inner_texts() == [f"“{TEXTS[0]}”"]
    page.get_by_role("link", name="Tangani").press("Enter")
    reply = page.get_by_label("Balasan untuk umum")
    reply.fill("Hubungi 021 555 0101.")
    page.get_by_role("button", name="Terbitkan balasan").press("Enter")
    page.get_by_role("alert").wait_for()
    assert reply.input_value() == "Hubungi 021 555 0101."
    page.get_by_label("kontak resmi kantor").check()
    page.get_by_role("button", name="Terbitkan balasan").press("Enter")
    page.get_by_text("Terbit sejak").wait_for()
    page.get_by_label("Kata yang ditutup").fill("pagi")
    page.get_by_label("Alasan menutup").select_option("other")
    page.get_by_label("Saya yakin").check()
    page.get_by_role("button", name="Tutupi sebagian teks").press("Enter")
    page.get_by_text("menutupi sebagian teks").wait_for()
    assert page.locator(".letter-open blockquote").inner_text() == "“Antreannya lama sekali ████ ini”"
