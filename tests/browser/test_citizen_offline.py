"""Answers given without network: kept before anything is said, sent when the network returns, exactly once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.office import Office, now

Phone = Callable[..., BrowserContext]
FORM = "/s/ptsp-nib-qr"
OTHER = "/s/timur-arsip-qr"
KEPT = "Tersimpan di ponsel Anda, akan dikirim sendiri"
THANKS = "Terima kasih, penilaian Anda tersimpan"


def answer(page: Page, score: int) -> None:
    for choice in page.locator(f".question input[value='{score}']").all():
        choice.press("Space")  # a click may land beside a choice that is still scrolling


def send(page: Page) -> None:
    page.get_by_role("button", name="Kirim penilaian").click()


def send_now(page: Page) -> None:
    """Presses the button, also when the page was quicker and has hidden it already."""
    page.get_by_role("button", name="Coba kirim sekarang", include_hidden=True).dispatch_event("click")


def heading(page: Page, text: str, seconds: int = 20) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text, timeout=seconds * 1000)


def until(page: Page, promise: str, argument: object = None) -> None:
    """Wait until what is promised is true: `wait_for_function` takes the promise itself for true."""
    for _ in range(200):
        if page.evaluate(promise, argument):
            return
        page.wait_for_timeout(100)
    pytest.fail(f"never true: {promise}")


def opened_once(page: Page, *addresses: str) -> None:
    """Opens pages as a visitor does, until the phone has what it needs to open them again."""
    for address in addresses:
        page.goto(address)
        until(
            page,
            "address => caches.open('eskm-1').then(cache => cache.match(address + '?', {ignoreVary: true}))"
            ".then(Boolean)",
            address,
        )


def kept_on(page: Page) -> list[dict[str, object]]:
    found: list[dict[str, object]] = page.evaluate("eskmQueue.all()")
    return found


def test_two_answers_without_network_survive_the_browser_and_arrive_once(
    office: Office, phone: Phone
) -> None:
    before = phone()
    page = before.new_page()
    opened_once(page, FORM, OTHER)
    office.wire.cut()

    started = now()
    page.goto(FORM)
    answer(page, 4)
    page.get_by_label("Saran atau cerita Anda").fill("Tanpa jaringan.")
    send(page)
    heading(page, KEPT)
    first_given = now()
    page.goto(OTHER)
    answer(page, 2)
    send(page)
    heading(page, KEPT)
    expect(page.locator(".queue li")).to_have_count(2)
    second_given = now()
    before.close()
    assert office.stored() == []

    after = phone()
    page = after.new_page()
    page.goto("/s/")  # still without network
    heading(page, KEPT)
    expect(page.locator(".queue li")).to_have_count(2)
    expect(page.locator(".queue")).to_contain_text("Menunggu jaringan, sejak")
    office.wire.join()
    reconnected = now()
    send_now(page)
    heading(page, "Terima kasih, yang menunggu sudah terkirim")

    first, second = office.wait_stored(2)
    assert sorted(first["scores"].values()) == [4] * 9
    assert sorted(second["scores"].values()) == [2] * 9
    assert first["comment"] == "Tanpa jaringan."
    assert started <= first["answered_at"] <= first_given <= second["answered_at"] <= second_given
    assert min(first["received_at"], second["received_at"]) >= reconnected - timedelta(seconds=1)
    assert 0 <= first["seconds"] <= 120
    assert all(one["state"] == "sent" and "body" not in one for one in kept_on(page))
    page.reload()
    heading(page, "Terima kasih, yang menunggu sudah terkirim")
    expect(page.get_by_role("link", name="Tanda terima")).to_have_count(2)
    assert len(office.stored()) == 2


def test_the_network_returns_while_the_page_is_open(office: Office, phone: Phone) -> None:
    context = phone()
    page = context.new_page()
    opened_once(page, FORM)
    context.set_offline(True)
    expect(page.get_by_text("Tanpa jaringan pun bisa")).to_be_visible()
    answer(page, 3)
    send(page)
    heading(page, KEPT)
    context.set_offline(False)
    heading(page, "Terima kasih, yang menunggu sudah terkirim")
    office.wait_stored(1)
    page.get_by_role("link", name="Tanda terima").click()
    heading(page, THANKS)


def test_at_the_next_visit_of_any_form(office: Office, phone: Phone) -> None:
    page = phone().new_page()
    opened_once(page, FORM, OTHER)
    office.wire.cut()
    page.goto(FORM)
    answer(page, 1)
    send(page)
    heading(page, KEPT)
    page.goto("about:blank")
    office.wire.join()
    page.goto(OTHER)
    office.wait_stored(1)
    expect(page.get_by_text("Ada penilaian yang belum terkirim di ponsel ini.")).to_be_hidden()


def test_the_browser_itself_sends_when_no_page_is_open(office: Office, phone: Phone) -> None:
    """Background Sync, as the browser calls it when the network is back."""
    context = phone()
    page = context.new_page()
    protocol = context.new_cdp_session(page)
    registrations: list[str] = []
    protocol.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: registrations.extend(one["registrationId"] for one in event["registrations"]),
    )
    protocol.send("ServiceWorker.enable")
    opened_once(page, FORM)
    office.wire.cut()
    answer(page, 2)
    send(page)
    heading(page, KEPT)
    page.goto("about:blank")
    office.wire.join()
    event = {
        "origin": office.address,
        "registrationId": registrations[0],
        "tag": "eskm-send",
        "lastChance": False,
    }
    for _ in range(5):
        # Like the browser itself: again, as long as the worker says that not all was sent.
        protocol.send("ServiceWorker.dispatchSyncEvent", event)
        if office.has_stored(1, seconds=6):
            break
    office.wait_stored(1)


@pytest.mark.parametrize("before", [True, False], ids=["before it is stored", "after it is stored"])
def test_the_service_is_killed_while_an_answer_is_sent(office: Office, phone: Phone, before: bool) -> None:
    """Nobody can know what became of the answer: it is sent again, and counts once."""
    page = phone().new_page()
    opened_once(page, FORM)
    office.wire.swallow("/api/v1/responses", before=before)
    answer(page, 4)
    send(page)
    assert office.wire.swallowed.wait(20)
    assert len(office.stored()) == (0 if before else 1)
    office.kill()
    office.wire.cut()
    heading(page, KEPT)
    office.wire.release()
    office.open()
    office.wire.join()
    send_now(page)
    heading(page, "Terima kasih, yang menunggu sudah terkirim")
    assert len(office.stored()) == 1
    page.get_by_role("link", name="tanda terima").click()
    heading(page, THANKS)
    assert len(office.stored()) == 1


def test_killed_again_and_again_nothing_is_lost_and_nothing_counts_twice(
    office: Office, phone: Phone
) -> None:
    page = phone().new_page()
    opened_once(page, FORM)
    ids = set()
    for delay in (0, 4, 9, 15, 25, 60):
        page.goto(FORM)
        ids.add(page.locator("input[name=id]").input_value())
        answer(page, 3)
        page.evaluate("document.querySelector('button[type=submit]').click()")
        page.wait_for_timeout(delay)
        office.kill()
        expect(page.locator("#kept, .receipt").locator("visible=true").first).to_be_visible(timeout=20_000)
        office.open()
    page.goto("/s/")
    expect(page.get_by_role("button", name="Coba kirim sekarang")).to_be_hidden(timeout=60_000)
    assert {str(row["id"]) for row in office.stored()} == ids


def test_a_refused_answer_stays_with_its_reason_until_it_is_deleted(office: Office, phone: Phone) -> None:
    page = phone().new_page()
    opened_once(page, FORM, f"{OTHER}")
    office.wire.cut()
    for address in (FORM, OTHER):
        page.goto(address)
        answer(page, 2)
        send(page)
        heading(page, KEPT)
    office.close_point("ptsp-nib-qr")
    office.kill()
    office.open()  # the closed point is known at once
    office.wire.join()
    page.goto("/s/?lang=id")
    send_now(page)
    heading(page, "Ada penilaian yang tidak dapat diterima")
    refused = page.locator(".queue .refused")
    expect(refused).to_contain_text("Tidak diterima: Survei di titik ini sudah ditutup.")
    expect(page.locator(".queue .sent")).to_have_count(1)
    page.reload()
    expect(refused).to_have_count(1)
    refused.get_by_role("button", name="Hapus yang ini").click()
    expect(page.locator(".queue li")).to_have_count(1)
    heading(page, "Terima kasih, yang menunggu sudah terkirim")
    assert len(office.stored()) == 1


def test_what_waits_can_be_emptied(office: Office, phone: Phone) -> None:
    page = phone().new_page()
    opened_once(page, FORM)
    office.wire.cut()
    answer(page, 2)
    send(page)
    heading(page, KEPT)
    page.get_by_text("Hapus dari ponsel ini").click()
    page.get_by_role("button", name="Ya, hapus semuanya").click()
    expect(page.locator(".queue li")).to_have_count(0)
    assert kept_on(page) == []
    office.wire.join()
    page.goto("/s/")
    heading(page, "Tidak ada penilaian yang menunggu")
    assert office.stored() == []


def test_a_phone_whose_clock_is_wrong(office: Office, phone: Phone) -> None:
    """A day fast: refused as it stands, so the service's own clock corrects it."""
    context = phone()
    context.add_init_script(
        "(() => { const real = Date, ahead = 86400000;"
        "Date = class extends real {"
        "  constructor(...given) { given.length ? super(...given) : super(real.now() + ahead); }"
        "  static now() { return real.now() + ahead; } }; })()"
    )
    page = context.new_page()
    opened_once(page, FORM)
    office.wire.cut()
    given = now()
    answer(page, 3)
    send(page)
    heading(page, KEPT)
    office.wire.join()
    send_now(page)
    heading(page, "Terima kasih, yang menunggu sudah terkirim")
    (row,) = office.stored()
    assert abs(row["answered_at"] - given) < timedelta(seconds=90)


def test_an_update_of_the_application_keeps_what_waits(office: Office, phone: Phone) -> None:
    before = phone()
    page = before.new_page()
    opened_once(page, FORM)
    script = page.locator("script").get_attribute("src")
    office.wire.cut()
    answer(page, 4)
    send(page)
    heading(page, KEPT)
    before.close()

    office.kill()
    office.renew("citizen/kept.js", "self.eskmNewRelease = true;\n")
    office.open()
    page = phone().new_page()
    page.goto(FORM)  # the kept page of the old release, its files with it
    heading(page, "Pelayanan Terpadu")
    assert page.evaluate("typeof eskmQueue") == "object"
    office.wire.join()
    page.goto(FORM)
    office.wait_stored(1)
    assert page.locator("script").get_attribute("src") != script
    until(
        page,
        "async () => { const cache = await caches.open('eskm-1');"
        "const kept = (await cache.keys()).map(one => one.url).filter(one => one.endsWith('.js'));"
        "return kept.length === 1 && kept[0].endsWith(document.querySelector('script').src.slice(-12)); }",
    )
    office.wire.cut()
    page.goto(FORM)
    assert page.evaluate("self.eskmNewRelease") is True


def test_a_later_release_may_have_changed_the_database_of_the_phone(office: Office, phone: Phone) -> None:
    """A page of this release, still open or kept, meets stores that it does not know."""
    page = phone().new_page()
    opened_once(page, FORM)
    page.goto("/s/?lang=id")
    page.evaluate(
        """() => new Promise((resolve, reject) => {
            const request = indexedDB.open('eskm', 7);
            request.onupgradeneeded = () => {
              const database = request.result;
              if (!database.objectStoreNames.contains('answers')) {
                database.createObjectStore('answers', { keyPath: 'id' });
              }
              database.createObjectStore('later');
            };
            request.onsuccess = () => { request.result.close(); resolve(); };
            request.onerror = () => reject(request.error);
        })"""
    )
    office.wire.cut()
    page.goto(FORM)
    answer(page, 3)
    send(page)
    heading(page, KEPT)
    office.wire.join()
    send_now(page)
    office.wait_stored(1)


def test_storage_that_is_forbidden_is_said_and_the_open_page_sends_by_itself(
    office: Office, phone: Phone
) -> None:
    context = phone()
    context.add_init_script("delete Window.prototype.indexedDB; delete self.indexedDB; delete self.caches;")
    page = context.new_page()
    page.goto(FORM)
    office.wire.cut()
    answer(page, 3)
    send(page)
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Penilaian Anda belum terkirim", timeout=20_000)
    expect(alert).to_contain_text("Biarkan halaman ini terbuka")
    expect(alert).to_be_focused()
    expect(page.locator(".question input:checked")).to_have_count(9)
    office.wire.join()
    heading(page, THANKS, 30)
    assert len(office.stored()) == 1


def test_storage_that_is_full_is_said_too(office: Office, phone: Phone) -> None:
    context = phone()
    context.add_init_script(
        "IDBObjectStore.prototype.put = function () { throw new DOMException('full', 'QuotaExceededError'); };"
    )
    page = context.new_page()
    page.goto(FORM)
    office.wire.cut()
    answer(page, 3)
    send(page)
    expect(page.get_by_role("alert")).to_contain_text("memorinya penuh", timeout=20_000)
    office.wire.join()
    heading(page, THANKS, 30)
    assert len(office.stored()) == 1


def test_a_form_from_the_cache_has_an_id_of_its_own_every_time(office: Office, phone: Phone) -> None:
    page = phone().new_page()
    opened_once(page, FORM)
    office.wire.cut()
    raw = "fetch(location.href).then(answer => answer.text()).catch(() => '')"
    ids = set()
    for _ in range(3):
        page.goto(FORM)
        ids.add(page.locator("input[name=id]").input_value())
        assert page.evaluate(raw) == ""
    assert len(ids) == 3
