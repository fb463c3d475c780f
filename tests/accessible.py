"""What axe-core finds wrong with a page for people who see, hear or move differently.

Axe is handed to the page through the browser's debugging channel, as `page.evaluate` does, so that a strict
content-security-policy does not stand against it and stays as it is.
"""

from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]  # published without types
from playwright.sync_api import Page

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
RULES = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
# else what a pseudo-element may lie behind is looked for at length, and then passed over as undecided
CONFIGURE = "axe.configure({checks: [{id: 'color-contrast', options: {ignorePseudo: true}}]})"
RUN = "rules => axe.run(document, rules).then(found => found.violations)"  # of the rest, 50 KB, nobody wants to know


def violations(page: Page) -> list[str]:
    """What is wrong on a page as it stands, a line for each element: `rule: element: why`; none where all is well."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(f"{AXE_SCRIPT}\n;{CONFIGURE}")
    return [
        f"{rule['id']}: {node['html']}: {_why(node)}" for rule in page.evaluate(RUN, RULES) for node in rule["nodes"]
    ]


def _why(node: dict[str, str]) -> str:
    """Axe's own words, on one line."""
    return " ".join(node["failureSummary"].split())
