"""The page as a person has it in front of them: found by what its controls are for."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, TimeoutError, expect

from tests.deadlines import MS

SOON_MS = 10_000 * MS * 1000
INDEX_FINGER = 2
"""Its place in a pose: bent in a fist, straight at rest."""
PANELS = (
    *("processes", "recording", "sessions", "pipeline", "filter"),
    *("signal", "hands", "streams", "log"),
)
TABS = ("streams", "log")
"""Of them, those that share a frame."""


class DeskPage:
    """One tab.

    Attributes:
        page: Playwright's side.
        troubles: What the browser's console complained about.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.troubles: list[str] = []
        page.set_default_timeout(SOON_MS)
        page.on("pageerror", lambda error: self.troubles.append(f"{error}"))
        page.on("console", self._note)

    def _note(self, message: Any) -> None:
        # A page that was too slow for its server's ping sends once more, then it reconnects.
        if message.type == "error" and "in CLOSING or CLOSED state" not in message.text:
            self.troubles.append(f"{message.text} ({message.location})")

    def open(self, url: str) -> "DeskPage":
        """Open the console and wait until it shows the rig."""
        # A page draws two hands without a graphics card: "load" would wait for them.
        self.page.goto(url, wait_until="domcontentloaded")
        expect(self.by("header-state")).to_have_text(re.compile(r"\w"), timeout=2 * SOON_MS)
        return self

    def by(self, testid: str) -> Locator:
        """Return a control by the name that it has for tests."""
        return self.page.get_by_test_id(testid)

    @property
    def accented(self) -> Locator:
        """Return what can be done next: one button, or none."""
        return self.page.locator(".em-accent:visible")

    def says(self, testid: str, words: str, seconds: float = 10) -> None:
        """Wait until a control says something, as a regular expression."""
        expect(self.by(testid)).to_have_text(
            re.compile(words, re.IGNORECASE), timeout=seconds * 1e6 * MS, use_inner_text=True
        )

    def records(self, seconds: int, words: str = "", within_s: float = 15) -> None:
        """Wait until a take of this minute has so many seconds: a slow page leaves some out."""
        reached = "|".join(f"{second:02}" for second in range(seconds, 60))
        self.says("header-clock", f"rec 00:({reached}) {words}".rstrip(), within_s)

    def comes(self, wanted: Locator, panel: str, seconds: float) -> None:
        """Wait until something shows up; what its panel says otherwise is why the test fails."""
        try:
            wanted.wait_for(timeout=seconds * 1e6 * MS)
        except TimeoutError:
            pytest.fail(f"{wanted} did not come; {panel}: {self.by(f'panel-{panel}').inner_text()}")

    def seen(self, panel: str, words: str) -> Locator:
        """Return what a panel visibly says of some words, as a regular expression."""
        found = self.by(f"panel-{panel}").get_by_text(re.compile(words, re.IGNORECASE))
        return found.filter(visible=True).first

    def value(self, hand: str) -> Locator:
        """Return the cell of the index finger of the ``control`` or the ``predicted`` hand."""
        return self.page.locator(f'[data-value="{hand}"][data-dof="{INDEX_FINGER}"]')

    def bends(self, hand: str, degrees: str) -> None:
        """Wait until its first joint is bent so far in the hand's scene, such as ``"> 40"``."""
        bend = f"window.emgrigHands?.bend('{hand}', {INDEX_FINGER})"
        self.page.wait_for_function(f"{bend} {degrees}", timeout=2 * SOON_MS)

    def tab(self, name: str) -> None:
        """Show one of the panels that share a frame."""
        self.by(f"tab-{name}").click()
        expect(self.by(f"tab-{name}")).to_have_attribute("aria-selected", "true")

    def choose(self, process: str, action: str) -> None:
        """Choose from a process's menu."""
        self.by(f"processes-more-{process}").click()
        self.by(f"processes-{action}-{process}").click()


def new_desk(browser: Browser, **context: Any) -> DeskPage:
    """Open a tab of a visitor of its own."""
    options = {"viewport": {"width": 1280, "height": 800}}
    return DeskPage(browser.new_context(**(options | context)).new_page())


def new_session(desk: DeskPage, before: set[str]) -> str:
    """Wait for a session that was not there, and return its name."""
    rows = desk.page.locator('[data-testid^="sessions-row-"]')
    expect(rows).to_have_count(len(before) + 1, timeout=3 * SOON_MS)
    (name,) = names_of(desk, "sessions-row-") - before
    return name


def names_of(desk: DeskPage, prefix: str) -> set[str]:
    """Return what follows a prefix in the names for tests."""
    found = desk.page.locator(f'[data-testid^="{prefix}"]').all()
    return {f"{one.get_attribute('data-testid')}".removeprefix(prefix) for one in found}
