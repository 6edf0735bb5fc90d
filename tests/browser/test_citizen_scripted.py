"""The form with its script: the same end as without it, one answer whatever is pressed, nothing is lost."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.axe import violations
from tests.browser.office import Office

Phone = Callable[..., BrowserContext]
Context = Callable[..., BrowserContext]
FORM = "/s/ptsp-nib-qr"
KEPT = "Tersimpan di ponsel Anda, akan dikirim sendiri"
ALREADY = "Terima kasih, penilaian ini sudah terkirim"
API = "**/api/v1/responses"


def answer(page: Page, score: int = 3) -> None:
    for choice in page.locator(f".question input[value='{score}']").all():
        choice.press("Space")  # a click may land beside a choice that is still scrolling


def send(page: Page) -> None:
    page.locator("button[type=submit]").click()


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text, timeout=20_000)


def sent(page: Page) -> None:
    expect(page.locator(".receipt")).to_be_visible(timeout=20_000)


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
def test_double_tap_reload_and_back_are_one_answer(office: Office, phone: Phone, script: bool) -> None:
    page = phone(java_script_enabled=script).new_page()
    page.goto(FORM)
    answer(page)
    page.locator("button[type=submit]").dblclick()
    sent(page)
    address = page.url
    page.reload()
    sent(page)
    page.go_back()
    if script:
        heading(page, ALREADY)
        page.reload()
        heading(page, ALREADY)
        page.get_by_role("link", name="Lihat tanda terima").click()
    else:
        answer(page, 1)
        send(page)
    sent(page)
    assert page.url == address
    (row,) = office.stored()
    assert set(row["scores"].values()) == {3}
    assert (row["seconds"] is not None) is script


def test_whoever_comes_next_on_the_same_phone_begins_an_answer_of_their_own(
    office: Office, phone: Phone
) -> None:
    page = phone().new_page()
    page.goto(FORM)
    answer(page, 4)
    page.get_by_label("Saran atau cerita Anda").fill("dari orang pertama")
    send(page)
    sent(page)
    page.go_back()
    page.get_by_role("button", name="Isi penilaian baru").click()
    heading(page, "Pelayanan Terpadu")
    expect(page.locator(".question input:checked")).to_have_count(0)
    expect(page.get_by_label("Saran atau cerita Anda")).to_have_value("")
    answer(page, 1)
    send(page)
    sent(page)
    page.goto(FORM)
    expect(page.locator(".question input:checked")).to_have_count(0)
    answer(page, 2)
    send(page)
    sent(page)
    assert [sorted(row["scores"].values())[0] for row in office.stored()] == [4, 1, 2]
    assert [row["comment"] for row in office.stored()] == ["dari orang pertama", None, None]


def test_two_people_with_the_same_copy_of_the_page(office: Office, phone: Phone) -> None:
    """A cache in between hands the same page to both; their answers have ids of their own."""
    context = phone(service_workers="block")
    page = context.new_page()
    copy = context.request.get(FORM).text()
    context.route(f"**{FORM}", lambda route: route.fulfill(body=copy, content_type="text/html"))
    for score in (4, 2):
        page.goto(FORM)
        answer(page, score)
        send(page)
        sent(page)
    assert len(office.stored()) == 2


def test_without_its_script_the_form_still_sends(office: Office, phone: Phone) -> None:
    context = phone()
    context.route("**/static/*.js", lambda route: route.abort())
    page = context.new_page()
    page.goto(FORM)
    answer(page)
    send(page)
    sent(page)
    assert len(office.stored()) == 1


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
def test_the_language_switch_keeps_what_was_filled_in(context: Context, script: bool) -> None:
    page = context(java_script_enabled=script).new_page()
    page.goto("/s/ptsp-kios?service=nib")
    before = page.locator("input[name=id]").input_value()
    page.locator("#q-waktu-1").press("Space")
    page.locator("#q-sarana input[value='4']").press("Space")
    page.locator("summary").first.click()
    page.get_by_label("Umur").fill("41")
    page.get_by_label("Pekerjaan").select_option("PETANI")
    page.get_by_label("Saran atau cerita Anda").fill("Baris satu\nbaris dua")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("textbox", name="Age")).to_have_value("41")
    assert page.locator("html").get_attribute("lang") == "en"
    expect(page.locator("#q-waktu-1")).to_be_checked()
    expect(page.locator("#q-sarana input[value='4']")).to_be_checked()
    expect(page.locator(".question input:checked")).to_have_count(2)
    expect(page.get_by_label("Occupation")).to_have_value("PETANI")
    expect(page.locator("#comment")).to_have_value("Baris satu\nbaris dua")
    assert page.locator("input[name=id]").input_value() == before
    page.get_by_role("button", name="Indonesia").click()
    expect(page.get_by_label("Umur")).to_have_value("41")
    expect(page.locator(".question input:checked")).to_have_count(2)


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize(("chosen", "age"), [(0, ""), (8, ""), (7, "121"), (9, "3,5")])
def test_the_script_tells_faults_as_the_service_does(
    context: Context, language: str, chosen: int, age: str
) -> None:
    told = []
    for script in (True, False):
        page = context(java_script_enabled=script).new_page()
        page.goto(f"{FORM}?lang={language}")
        for choice in page.locator(".question input[value='2']").all()[:chosen]:
            choice.press("Space")
        if age:
            page.locator("summary").first.click()
            page.locator("#age").fill(age)
        send(page)
        expect(page.get_by_role("alert")).to_be_focused()
        assert script == page.url.endswith(f"lang={language}") or not script
        told.append(
            [
                page.get_by_role("alert").inner_text(),
                page.get_by_role("alert").locator("a").evaluate_all("all => all.map(one => one.hash)"),
                page.locator("form .error").all_inner_texts(),
                page.locator(".wrong").evaluate_all(
                    "all => all.map(one => one.id + one.getAttribute('aria-describedby'))"
                ),
                [page.locator("#age").get_attribute(f"aria-{name}") for name in ("describedby", "invalid")],
                page.title(),
                page.locator(".question input:checked").count(),
                page.locator("#age").input_value(),
            ]
        )
    assert told[0] == told[1]


def test_faults_that_are_mended_go_away(office: Office, phone: Phone) -> None:
    page = phone().new_page()
    page.goto(FORM)
    send(page)
    page.get_by_role("alert").get_by_role("link").last.press("Enter")
    expect(page.locator("#q-pengaduan-1")).to_be_focused()
    answer(page)
    send(page)
    sent(page)
    assert len(office.stored()) == 1


def test_a_fault_that_only_the_service_finds_comes_back_with_everything(office: Office, phone: Phone) -> None:
    """The questionnaire has changed since the page was made."""
    page = phone().new_page()
    page.goto(FORM)
    page.evaluate("document.getElementById('q-biaya').remove()")
    answer(page)
    page.get_by_label("Saran atau cerita Anda").fill("tetap di sini")
    send(page)
    expect(page.get_by_role("alert")).to_contain_text("Satu pertanyaan belum dijawab")
    expect(page.get_by_label("Saran atau cerita Anda")).to_have_value("tetap di sini")
    page.locator("#q-biaya-1").press("Space")
    send(page)
    sent(page)
    (row,) = office.stored()
    assert (row["scores"]["biaya"], row["comment"]) == (1, "tetap di sini")


def test_a_draft_survives_a_reload_and_is_gone_after_half_an_hour(context: Context) -> None:
    page = context().new_page()
    page.goto(FORM)
    page.locator("#q-waktu-1").press("Space")
    page.get_by_label("Saran atau cerita Anda").fill("belum selesai")
    first = page.locator("input[name=id]").input_value()
    page.reload()
    expect(page.locator("#q-waktu-1")).to_be_checked()
    expect(page.get_by_label("Saran atau cerita Anda")).to_have_value("belum selesai")
    assert page.locator("input[name=id]").input_value() == first
    page.goto("/")
    page.goto(FORM)
    expect(page.get_by_text("Ini isian yang belum Anda kirim.")).to_be_visible()
    page.get_by_role("button", name="Mulai dari awal").click()
    expect(page.locator(".question input:checked")).to_have_count(0)
    assert page.locator("input[name=id]").input_value() != first

    page.locator("#q-biaya-1").press("Space")
    page.evaluate(
        "for (const [key, text] of Object.entries(localStorage)) {"
        "  localStorage[key] = JSON.stringify(Object.assign(JSON.parse(text), { at: Date.now() - 31 * 60000 })); }"
    )
    page.goto("/")
    page.goto(FORM)
    expect(page.locator(".question input:checked")).to_have_count(0)
    assert page.evaluate("localStorage.length") == 0


def test_a_device_that_people_share_remembers_nothing(context: Context) -> None:
    page = context().new_page()
    page.goto("/s/timur-loket")
    answer(page)
    assert page.evaluate("localStorage.length") == 0
    send(page)
    sent(page)
    page.go_back()
    expect(page.locator(".question input:checked")).to_have_count(0)
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


def test_what_a_hotels_network_answers_is_not_taken_for_the_service(office: Office, phone: Phone) -> None:
    context = phone(service_workers="block")
    page = context.new_page()
    page.goto(FORM)

    def portal(route: Route) -> None:
        route.fulfill(status=200, content_type="text/html", body="<h1>Selamat datang di hotel</h1>")

    page.route(API, portal)
    answer(page)
    send(page)
    heading(page, KEPT)
    assert office.stored() == []
    page.unroute(API)
    page.get_by_role("button", name="Coba kirim sekarang", include_hidden=True).dispatch_event("click")
    office.wait_stored(1)


def test_a_busy_service_decides_when_it_is_asked_again(office: Office, phone: Phone) -> None:
    page = phone(service_workers="block").new_page()
    page.goto(FORM)
    tries: list[str] = []

    def busy(route: Route) -> None:
        tries.append(route.request.post_data or "")
        problem = {"type": "about:blank", "title": "Busy", "status": 503, "code": "busy", "detail": "…"}
        headers = {"Retry-After": "1800", "Content-Type": "application/problem+json"}
        route.fulfill(status=503, headers=headers, body=json.dumps(problem))

    page.route(API, busy)
    answer(page)
    send(page)
    heading(page, KEPT)
    expect(page.locator(".queue")).to_contain_text("Layanan sedang ramai. Dicoba lagi")
    page.get_by_role("button", name="Coba kirim sekarang").click()
    page.wait_for_timeout(1500)
    assert len(tries) == 1
    assert office.stored() == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_of_what_waits_are_accessible_and_fit(
    office: Office, phone: Phone, scheme: str, tmp_path: Path
) -> None:
    """axe, and nothing wider than 320 px, which is also 640 px at a zoom of 200 %; targets of 44 px."""
    page = phone(width=320, color_scheme=scheme, reduced_motion="reduce").new_page()
    found: dict[str, object] = {}

    def look(name: str) -> None:
        found[f"{name}: axe"] = violations(page)
        width = page.evaluate("document.documentElement.scrollWidth")
        found[f"{name}: width"] = [] if width <= 320 else [width]
        found[f"{name}: low"] = [
            target.inner_text()
            for target in page.locator("#kept button, #kept a, #kept summary").all()
            if (box := target.bounding_box()) is not None and box["height"] < 44
        ]

    for language in ("id", "en"):
        page.goto(f"{FORM}?lang={language}")
        look(f"{language} form")
        page.goto(f"/s/?lang={language}")
        look(f"{language} empty")
        office.wire.cut()
        page.goto(f"{FORM}?lang={language}")
        send(page)
        expect(page.get_by_role("alert")).to_be_visible()
        look(f"{language} faults")
        answer(page)
        send(page)
        expect(page.locator(".queue .waiting").first).to_be_visible(timeout=20_000)
        look(f"{language} waiting")
        page.locator("#kept summary").click()
        look(f"{language} deleting")
        page.goto(f"/s/tidak-pernah?lang={language}")
        expect(page.locator(".queue li").first).to_be_visible()
        look(f"{language} offline")
        page.evaluate(
            "eskmQueue.all().then(all => eskmQueue.change(all[0].id, one => "
            "Object.assign(one, { state: 'refused', reasons: ['Survei di titik ini sudah ditutup.'] })))"
        )
        page.goto(f"/s/?lang={language}")
        expect(page.locator(".queue .refused")).to_be_visible()
        look(f"{language} refused")
        office.wire.join()
        page.locator("[data-do=send]").click()
        expect(page.locator(".queue .sent")).to_be_visible(timeout=20_000)
        look(f"{language} sent")
        page.evaluate("eskmQueue.clear()")
    assert {name: faults for name, faults in found.items() if faults} == {}
