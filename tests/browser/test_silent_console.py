"""A console that is silent: the page looks like it, says since when, and comes back by itself."""

import re

import psutil
import pytest
from emgrig_console.lateness import MOST_LATE_S
from playwright.sync_api import expect

from tests.browser.console_rig import ConsoleRig
from tests.browser.desk_page import SOON_MS, DeskPage

GREYED = re.compile("em-no-word")
LIVE_MS = 1500
ASLEEP_S = 12
"""Longer than NiceGUI and the socket of the signal wait for a page."""


def says_that_nothing_is_live(shared: DeskPage) -> None:
    """Wait until the whole page is greyed, and says since when."""
    shared.says("watchdog", r"! no word from the console since \d\d:\d\d:\d\d")
    expect(shared.page.locator("body")).to_have_class(GREYED)


def says_nothing_of_the_kind(shared: DeskPage) -> None:
    expect(shared.by("watchdog")).to_be_hidden(timeout=3 * SOON_MS)
    expect(shared.page.locator("body")).not_to_have_class(GREYED)


@pytest.mark.timeout(120)
def test_a_console_that_hangs_is_seen_and_comes_back(shared: DeskPage, live: ConsoleRig) -> None:
    # The script of the viewer comes from the console too.
    shared.says("signal-status", "8 ch", 30)
    says_nothing_of_the_kind(shared)
    shared.by("recording-cue-Rest").click()
    expect(shared.by("recording-cue-Rest")).to_have_attribute("aria-pressed", "true")
    console = psutil.Process(live.program("console").pid)

    console.suspend()
    try:
        shared.by("recording-cue-Fist").click()
        says_that_nothing_is_live(shared)
        shared.page.wait_for_timeout(MOST_LATE_S * 1000)
        # The silence of its socket is an end for the page; the network would say so minutes later.
        shared.says("signal-status", "! no connection to the console")
        expect(shared.by("hands-control")).to_have_class(re.compile("em-hand-stale"))
    finally:
        console.resume()

    says_nothing_of_the_kind(shared)
    shared.says("signal-status", "8 ch")
    # What was clicked meanwhile comes too late, or not at all where the page connected anew.
    alert = shared.by("notices-recording")
    shared.page.wait_for_timeout(LIVE_MS)
    expect(shared.by("recording-cue-Rest")).to_have_attribute("aria-pressed", "true")
    expect(alert).to_have_text(re.compile("^$|could not cue Fist: there was no word"))
    for button in alert.get_by_role("button", name="Dismiss").all():
        button.click()
    expect(alert).to_be_empty()


def test_words_are_not_shown_as_live_when_only_the_signal_still_comes(shared: DeskPage) -> None:
    says_nothing_of_the_kind(shared)

    shared.page.evaluate("window.socket.disconnect()")

    says_that_nothing_is_live(shared)
    assert shared.page.evaluate("emgrigViewer.stats().age_ms") < LIVE_MS
    shared.page.evaluate("window.socket.connect()")
    says_nothing_of_the_kind(shared)


@pytest.mark.timeout(120)
def test_a_browser_that_slept_shows_what_is_live(shared: DeskPage, live: ConsoleRig) -> None:
    shared.says("signal-status", "8 ch", 30)
    shared.by("recording-cue-Rest").click()
    expect(shared.by("recording-cue-Rest")).to_have_attribute("aria-pressed", "true")
    children = psutil.Process().children(recursive=True)
    pages = [child for child in children if "--type=renderer" in child.cmdline()]
    assert pages

    for page in pages:
        page.suspend()
    try:
        shared.page.wait_for_timeout(ASLEEP_S * 1000)
        live.cue("Fist")
    finally:
        for page in pages:
            page.resume()

    fist = shared.by("recording-cue-Fist")
    expect(fist).to_have_attribute("aria-pressed", "true", timeout=3 * SOON_MS)
    is_live = "window.emgrigViewer?.stats().age_ms"
    shared.page.wait_for_function(f"{is_live} < {LIVE_MS}", timeout=3 * SOON_MS)
    shared.bends("control", "> 40")
    says_nothing_of_the_kind(shared)
    shared.by("recording-cue-Rest").click()
    expect(shared.by("recording-cue-Rest")).to_have_attribute("aria-pressed", "true")
    # The connection may have been lost meanwhile.
    shared.troubles.clear()


def test_a_page_comes_back_after_its_console_was_killed(shared: DeskPage, live: ConsoleRig) -> None:
    shared.says("header-state", "^RUNNING$", 30)
    shared.page.evaluate("window.isBefore = true")

    live.kill("console")

    says_that_nothing_is_live(shared)
    shared.page.wait_for_function("window.isBefore === undefined", timeout=4 * SOON_MS)
    shared.says("header-state", "^RUNNING$", 30)
    says_nothing_of_the_kind(shared)
    shared.says("streams-row-chunk/emg", r"20\d\d\.\d / 2048 Hz", 15)
    # The connection was lost on purpose.
    shared.troubles.clear()
