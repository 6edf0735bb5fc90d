"""The citizen's way in a real browser, with scripts and without: by keyboard, on narrow screens, from one site."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, expect

Context = Callable[..., BrowserContext]
FORM = "/s/ptsp-nib-qr"
QUESTIONS = 9


both_ways = pytest.mark.parametrize("script", [False, True], ids=["without script", "with script"])


def _focused(page: Page, attribute: str) -> str:
    return str(page.evaluate(f"document.activeElement.getAttribute('{attribute}') || ''"))


def _answer_all(page: Page, score: int = 3) -> None:
    for choice in page.locator(f".question input[value='{score}']").all():
        choice.press("Space")  # a click may land beside a choice that is still scrolling


@both_ways
def test_the_whole_way_by_keyboard(context: Context, script: bool) -> None:
    page = context(java_script_enabled=script).new_page()
    page.goto(FORM)
    page.keyboard.press("Tab")
    assert _focused(page, "class") == "skip"
    page.keyboard.press("Enter")
    for number in range(QUESTIONS):
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        for _ in range(number % 4):
            page.keyboard.press("ArrowDown")
    chosen = page.locator(".question input:checked").evaluate_all("found => found.map(one => one.value)")
    assert chosen == ["1", "2", "3", "4", "1", "2", "3", "4", "1"]
    page.keyboard.press("Tab")  # the folded profile
    page.keyboard.press("Tab")
    assert _focused(page, "id") == "comment"
    page.keyboard.type("Loketnya ramah.")
    page.keyboard.press("Tab")
    assert _focused(page, "type") == "submit"
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Terima kasih, penilaian Anda tersimpan")
    assert "/receipt/" in page.url
    page.reload()
    expect(page.locator(".receipt dd").first).to_have_text(page.locator(".receipt dd").first.inner_text())


@both_ways
def test_faults_take_the_focus_and_lead_to_the_questions(context: Context, script: bool) -> None:
    page = context(java_script_enabled=script).new_page()
    page.goto(FORM)
    _answer_all(page)
    page.locator("summary").click()
    page.get_by_label("Umur").fill("340")
    page.get_by_role("button", name="Kirim penilaian").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("alert")).to_be_in_viewport()
    page.get_by_role("link", name="Umur harus antara 0 dan 120.").press("Enter")
    expect(page.get_by_label("Umur")).to_be_focused()
    expect(page.get_by_label("Umur")).to_have_value("340")
    page.get_by_label("Umur").fill("34")
    page.get_by_label("Umur").press("Enter")
    expect(page.locator(".receipt")).to_be_visible()


@both_ways
def test_a_missing_answer_is_two_keys_away(context: Context, script: bool) -> None:
    page = context(java_script_enabled=script).new_page()
    page.goto(FORM)
    page.get_by_role("button", name="Kirim penilaian").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("alert").get_by_role("link")).to_have_count(QUESTIONS)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#q-persyaratan-1")).to_be_focused()
    page.keyboard.press("Space")
    expect(page.locator("#q-persyaratan-1")).to_be_checked()


@both_ways
@pytest.mark.parametrize("language", ["id", "en"])
def test_nine_missing_answers_lose_nothing_that_was_written(
    context: Context, language: str, script: bool
) -> None:
    page = context(java_script_enabled=script).new_page()
    page.goto(f"{FORM}?lang={language}")
    page.locator("summary").click()
    page.locator("#sex-P").press("Space")
    page.locator("#age").fill("41")
    page.locator("#education").select_option("S1")
    page.locator("#occupation").select_option("PETANI")
    page.locator("#comment").fill("Baris satu\nbaris dua")
    page.locator("button[type=submit]").click()
    alert = page.get_by_role("alert")
    expect(alert).to_be_focused()
    expect(alert.get_by_role("link")).to_have_count(QUESTIONS)
    expect(alert.get_by_role("heading")).to_have_text(
        {"id": "Sembilan pertanyaan belum dijawab", "en": "Nine questions are not answered yet"}[language]
    )
    expect(page.locator("#sex-P")).to_be_checked()
    expect(page.locator("#age")).to_have_value("41")
    expect(page.locator("#education")).to_have_value("S1")
    expect(page.locator("#occupation")).to_have_value("PETANI")
    expect(page.locator("#comment")).to_have_value("Baris satu\nbaris dua")


def test_sending_twice_with_the_back_button_shows_no_error(context: Context) -> None:
    page = context(java_script_enabled=False).new_page()
    page.goto(FORM)
    _answer_all(page)
    page.get_by_role("button", name="Kirim penilaian").dblclick()
    expect(page.locator(".receipt")).to_be_visible()
    page.go_back()
    _answer_all(page, 1)
    page.get_by_role("button", name="Kirim penilaian").click()
    expect(page.locator(".receipt")).to_be_visible()


@pytest.mark.parametrize(("point", "kept"), [("ptsp-nib-qr", QUESTIONS), ("timur-loket", 0)])
def test_going_back_shows_earlier_answers_on_ones_own_phone_only(
    context: Context, point: str, kept: int
) -> None:
    page = context(java_script_enabled=False).new_page()
    page.goto(f"/s/{point}")
    _answer_all(page)
    page.get_by_label("Saran atau cerita Anda").fill("bukan untuk orang berikutnya")
    page.get_by_role("button", name="Kirim penilaian").click()
    expect(page.locator(".receipt")).to_be_visible()
    page.go_back()
    expect(page.locator(".question input:checked")).to_have_count(kept)
    if not kept:
        expect(page.get_by_label("Saran atau cerita Anda")).to_have_value("")


def _visit(page: Page, language: str) -> list[str]:
    """Opens every kind of page; returns those wider than the screen."""
    too_wide = []

    def look(name: str) -> None:
        width = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        if width[0] > width[1]:
            too_wide.append(f"{name}: {width[0]} > {width[1]}")

    for address in ("/", "/s/ptsp-kios", "/s/tidak-ada", FORM):
        page.goto(f"{address}?lang={language}")
        look(address)
    page.locator("summary").click()
    look("form with profile")
    page.locator("button[type=submit]").click()
    expect(page.get_by_role("alert")).to_be_visible()
    look("form with faults")
    _answer_all(page)
    page.locator("button[type=submit]").click()
    expect(page.locator(".receipt")).to_be_visible()
    look("receipt")
    return too_wide


@both_ways
@pytest.mark.parametrize("language", ["id", "en"])
def test_nothing_is_wider_than_320_pixels(context: Context, language: str, script: bool) -> None:
    page = context(width=320, java_script_enabled=script).new_page()
    assert _visit(page, language) == []


@both_ways
@pytest.mark.parametrize("language", ["id", "en"])
def test_nothing_is_lost_at_a_zoom_of_200_percent(context: Context, language: str, script: bool) -> None:
    """A window of 640 points zoomed by two: half the CSS pixels, each of twice the points."""
    page = context(width=320, height=256, device_scale_factor=2, java_script_enabled=script).new_page()
    assert _visit(page, language) == []


@pytest.mark.parametrize("width", [360, 1280])
def test_letters_of_twice_the_size_stay_in_their_boxes(context: Context, width: int) -> None:
    """Only text enlarged, as phones do it (WCAG 1.4.4)."""
    page = context(width=width, bypass_csp=True).new_page()
    for address in ("/", "/s/ptsp-kios", FORM):
        page.goto(address)
        page.add_style_tag(content="html { font-size: 200% }")
        if address == FORM:
            page.locator("summary").click()
        cut = page.locator("body *:visible").evaluate_all(
            "found => found.filter(one => getComputedStyle(one).overflow === 'hidden' && "
            "!one.closest('.hidden, .skip, svg') && one.scrollHeight > one.clientHeight + 1)"
            ".map(one => one.outerHTML.slice(0, 80))"
        )
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert (cut, wide) == ([], 0), address


def test_no_word_leaves_its_box(context: Context) -> None:
    for width in (320, 360, 390, 768):
        page = context(width=width, java_script_enabled=False).new_page()
        page.goto(FORM)
        page.locator("summary").click()
        overflowing = page.locator(".choice span").evaluate_all(
            "found => found.filter(one => one.scrollWidth > one.clientWidth).map(one => one.innerText)"
        )
        assert overflowing == [], width


def test_targets_are_44_pixels_high(context: Context) -> None:
    page = context(width=320, java_script_enabled=False).new_page()
    low = []
    for address in ("/", "/s/ptsp-kios", FORM):
        page.goto(address)
        if address == FORM:
            page.locator("summary").click()
        for target in page.locator(
            ".page-header a, .choice, button:not([aria-hidden]), select, main input[type=text], main a, summary"
        ).all():
            box = target.bounding_box()
            if box is not None and box["height"] < 44:
                low.append(f"{address}: {target.inner_text()} {box['height']}")
    assert low == []


def test_nothing_comes_from_elsewhere_and_the_policy_is_kept(context: Context, site: str) -> None:
    page = context().new_page()
    requested: list[str] = []
    complaints: list[str] = []

    def note_request(request: Request) -> None:
        requested.append(request.url)

    def note_complaint(message: ConsoleMessage) -> None:
        # A refused form and an unknown page are on purpose, and the browser remarks on their status.
        if "status of 4" not in message.text:
            complaints.append(message.text)

    page.on("request", note_request)
    page.on("console", note_complaint)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    _visit(page, "id")
    assert requested
    assert [address for address in requested if not address.startswith(f"{site}/")] == []
    assert complaints == []
    assert page.context.cookies() == []
