"""axe-core finds no violation of WCAG 2.2 AA, nor of good practice, on any page for citizens."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.axe import violations

Context = Callable[..., BrowserContext]


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_no_violation(context: Context, width: int, scheme: str, language: str) -> None:
    page = context(width=width, color_scheme=scheme, reduced_motion="reduce").new_page()
    found: dict[str, list[str]] = {}
    for address in ("/", "/s/ptsp-kios", "/s/tidak-ada", "/s/ptsp-nib-qr"):
        page.goto(f"{address}?lang={language}")
        found[address] = violations(page)
    page.locator("summary").click()
    page.locator("input[name=waktu][value='3']").press("Space")
    found["profile"] = violations(page)
    page.locator("#age").fill("340")
    page.locator("button[type=submit]").click()
    page.get_by_role("alert").wait_for()
    found["faults"] = violations(page)
    page.locator("#age").fill("34")
    for choice in page.locator(".question input[value='3']").all():
        choice.press("Space")  # a click may land beside a choice that is still scrolling
    page.locator("button[type=submit]").click()
    page.locator(".receipt").wait_for()
    found["receipt"] = violations(page)
    assert {place: faults for place, faults in found.items() if faults} == {}


def test_a_violation_would_be_seen(context: Context) -> None:
    page = context().new_page()
    page.goto("/s/ptsp-nib-qr")
    page.locator("#comment").evaluate("field => document.querySelector('label[for=comment]').remove()")
    assert any(fault.startswith("label: ") for fault in violations(page))
