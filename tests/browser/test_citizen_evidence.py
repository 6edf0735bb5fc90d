"""What the form's script sends beside the answers, and what it says of personal data while somebody writes."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Request, expect

from app.responses.screening import screen
from tests.browser.axe import violations
from tests.browser.office import Office
from tests.data.personal import COVERED, PLAIN

Phone = Callable[..., BrowserContext]
Context = Callable[..., BrowserContext]
FORM = "/s/ptsp-nib-qr"
KEPT = "Tersimpan di ponsel Anda, akan dikirim sendiri"
WARNING = "Sepertinya ada NIK, nomor telepon, atau alamat surel di sini."
COVERED_PART = "Sebagian saran Anda kami tutup"


def answer(page: Page) -> None:
    """Two different scores: an answer that is not remarkable by itself."""
    for choice in page.locator(".question input[value='3']").all():
        choice.press("Space")
    page.locator("#q-waktu-1").press("Space")


def send(page: Page) -> None:
    page.locator("button[type=submit]").click()


def sent(page: Page) -> None:
    expect(page.locator(".receipt")).to_be_visible(timeout=20_000)


def wait_ten_seconds(page: Page) -> None:
    """Until nine questions can have been read, by the service's clock."""
    page.wait_for_timeout(9_500)


def token(page: Page) -> str:
    return page.locator("input[name=page]").input_value()


def test_an_ordinary_answer_of_the_form_has_no_flag(office: Office, phone: Phone) -> None:
    page = phone().new_page()
    page.goto(FORM)
    answer(page)
    wait_ten_seconds(page)
    send(page)
    sent(page)
    (row,) = office.stored()
    assert row["flags"] is None


def test_answered_at_once_is_too_fast(office: Office, phone: Phone) -> None:
    page = phone().new_page()
    page.goto(FORM)
    answer(page)
    send(page)
    sent(page)
    (row,) = office.stored()
    assert row["flags"] == ["fast"]


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
def test_the_hidden_field_is_for_programs_only(office: Office, phone: Phone, script: bool) -> None:
    page = phone(java_script_enabled=script).new_page()
    page.goto(FORM)
    field = page.locator("input[name=website]")
    expect(field).to_be_hidden()
    assert "kosong" not in page.locator("main").aria_snapshot().replace("boleh dikosongkan", "")
    for _ in range(40):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.name") != "website"
    answer(page)
    field.evaluate("field => { field.value = 'https://contoh.example/ ☂'; }")
    send(page)
    sent(page)
    (row,) = office.stored()
    assert "trapped" in row["flags"]
    assert "unsigned" not in row["flags"]
    assert row["state"] == "counted"


def test_a_draft_and_the_other_language_keep_the_token_of_their_beginning(context: Context) -> None:
    page = context().new_page()
    page.goto(FORM)
    begun = token(page)
    page.locator("#q-waktu-1").press("Space")
    page.wait_for_timeout(1_100)
    page.reload()
    expect(page.locator("#q-waktu-1")).to_be_checked()
    assert token(page) == begun
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#q-waktu-1")).to_be_checked()
    assert token(page) == begun


def test_a_page_from_the_cache_is_signed(office: Office, phone: Phone) -> None:
    context = phone()
    page = context.new_page()
    page.goto(FORM)
    page.wait_for_function("caches.open('eskm-1').then(cache => cache.keys()).then(all => all.length > 3)")
    page.wait_for_timeout(1_000)
    office.wire.cut()
    page.goto(FORM)
    answer(page)
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(KEPT, timeout=20_000)
    office.wire.join()
    page.get_by_role("button", name="Coba kirim sekarang", include_hidden=True).dispatch_event("click")
    (row,) = office.wait_stored(1)
    assert row["flags"] == ["fast"]  # by its own seconds: nobody waited here


def test_the_phone_proves_its_work_beside_the_page(office: Office, phone: Phone) -> None:
    office.ask_for_proofs("ptsp-nib-qr")
    context = phone()
    page = context.new_page()
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url.partition("?")[0].removeprefix(office.address))

    context.on("request", note)
    page.goto(FORM)
    assert not [address for address in asked if address.endswith("/challenge")]
    answer(page)
    send(page)
    sent(page)
    assert asked.count("/api/v1/points/ptsp-nib-qr/challenge") == 1
    (row,) = office.stored()
    assert row["flags"] == ["fast"]

    page.go_back()
    page.get_by_role("button", name="Isi penilaian baru").click()
    answer(page)
    expect(page.locator("input[name=proof]")).not_to_have_value("", timeout=20_000)
    send(page)
    sent(page)
    assert asked.count("/api/v1/points/ptsp-nib-qr/challenge") == 2
    assert [row["flags"] for row in office.stored()] == [["fast"], ["fast"]]


def test_without_network_the_work_is_missed_and_the_answer_arrives(office: Office, phone: Phone) -> None:
    office.ask_for_proofs("ptsp-nib-qr")
    page = phone().new_page()
    page.goto(FORM)
    office.wire.cut()
    answer(page)
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(KEPT, timeout=40_000)
    office.wire.join()
    page.get_by_role("button", name="Coba kirim sekarang", include_hidden=True).dispatch_event("click")
    (row,) = office.wait_stored(1)
    assert row["flags"] == ["fast", "unproven"]


def test_patterns_find_the_same_on_both_sides(context: Context) -> None:
    """The page brings the service's own patterns; its engine is another one."""
    page = context().new_page()
    page.goto(FORM)
    texts = [*(text for text, _ in COVERED), *PLAIN]
    found = page.locator("#comment").evaluate(
        "(field, texts) => texts.map(text => new RegExp(field.getAttribute('data-screen')).test(text))", texts
    )
    assert dict(zip(texts, found, strict=True)) == {text: bool(screen(text).found) for text in texts}
    assert [bool(screen(text).found) for text in texts] == [True] * len(COVERED) + [False] * len(PLAIN)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["id", "en"])
def test_a_warning_while_writing_stops_nobody(context: Context, language: str, scheme: str) -> None:
    page = context(width=320, color_scheme=scheme, reduced_motion="reduce").new_page()
    page.goto(f"{FORM}?lang={language}")
    said, comment = page.locator(".comment [role=status]"), page.locator("#comment")
    expect(said).to_be_empty()
    comment.press_sequentially("Telepon saya 08123456789")
    if language == "id":
        expect(said).to_contain_text(WARNING)
    expect(said).to_be_in_viewport()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    for _ in range(5):
        comment.press("Backspace")
    expect(said).to_be_empty()
    comment.press_sequentially("56789")
    answer(page)
    send(page)
    sent(page)


def test_without_a_script_the_receipt_says_what_was_covered(office: Office, phone: Phone) -> None:
    page = phone(java_script_enabled=False).new_page()
    for comment, visible in (("Telepon saya 081234567890", True), ("Petugasnya ramah", False)):
        page.goto(FORM)
        answer(page)
        page.locator("#comment").fill(comment)
        send(page)
        sent(page)
        expect(page.get_by_text(COVERED_PART)).to_be_visible(visible=visible)
        expect(page.get_by_role("heading", level=1)).to_be_in_viewport()
    assert {row["comment"] for row in office.stored()} == {f"Telepon saya {'█' * 12}", "Petugasnya ramah"}
