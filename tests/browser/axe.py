"""axe-core on a page: violations of WCAG 2.2 AA and of good practice, and nothing else that it would tell."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Without `resultTypes` it describes every element that is in order too: three quarters of its time.
OPTIONS = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
RUN = """async options => {
    const { violations } = await axe.run(document, options)
    return violations.flatMap(one => one.nodes.map(node => `${one.id}: ${node.html}`))
}"""


def violations(page: Page) -> list[str]:
    """The rule and the element of each; nothing on a page that is in order."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE_SCRIPT)
    found: list[str] = page.evaluate(RUN, OPTIONS)
    return found
