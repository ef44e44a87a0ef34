"""What axe-core finds wrong with a page, one line each."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}


def violations(page: Page) -> list[str]:
    """Return rule, impact and the first elements of each violation of WCAG 2.1 A and AA."""
    found = Axe().run(page, options={**RULES, "resultTypes": ["violations"]})
    return [
        f"{rule['id']} ({rule['impact']}): {len(rule['nodes'])} x, such as {node['html'][:160]} "
        f"{node['failureSummary']}"
        for rule in found.response["violations"]
        for node in rule["nodes"][:3]
    ]
