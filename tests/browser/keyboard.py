"""A person without a mouse: the way to anything is Tab, and what has the focus is seen."""

import pytest
from playwright.sync_api import Locator, Page

TABS_MOST = 80


def reach(page: Page, wanted: Locator) -> None:
    """Tab on until `wanted` has the focus, which is seen then."""
    for _ in range(TABS_MOST):
        page.keyboard.press("Tab")
        if wanted.evaluate("one => one === document.activeElement"):
            assert wanted.evaluate("one => getComputedStyle(one).outlineStyle") != "none"
            return
    pytest.fail(f"no way to {wanted} by keyboard")


def press(page: Page, wanted: Locator, key: str = "Enter") -> None:
    """Reach `wanted` and press it."""
    reach(page, wanted)
    page.keyboard.press(key)


def go_to(page: Page, name: str) -> None:
    """Open a place of the head by its name, out of the menu where the window has no room for it."""
    place = page.get_by_role("navigation").get_by_role("link", name=name)
    if not place.count():
        press(page, page.locator("nav summary"))
    press(page, place)
