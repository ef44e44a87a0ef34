"""Several pages, and what a page says that went wrong."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.console_rig import ConsoleRig
from tests.browser.desk_page import SOON_MS, DeskPage, new_desk


@pytest.mark.timeout(120)
def test_two_pages_show_the_same_and_the_last_command_wins(
    browser: Browser, live: ConsoleRig
) -> None:
    first, second = (new_desk(browser).open(live.url) for _ in range(2))
    for desk in (first, second):
        # Two pages draw four hands without a graphics card, and may be slow to take a click.
        desk.page.set_default_timeout(3 * SOON_MS)
        expect(desk.by("recording-cue-Fist")).to_be_enabled(timeout=3 * SOON_MS)

    first.by("recording-cue-Fist").click()
    expect(second.by("recording-cue-Fist")).to_have_attribute("aria-pressed", "true")
    second.by("recording-cue-Rest").click()
    first.by("header-rest").click()

    for desk in (first, second):
        expect(desk.by("recording-cue-Rest")).to_have_attribute("aria-pressed", "true")
        expect(desk.by("recording-cue-Fist")).to_have_attribute("aria-pressed", "false")
        desk.says("header-hand", "held at rest")
    second.by("header-resume").click()
    first.says("header-hand", "hand (at rest|follows)", 15)
    assert first.troubles + second.troubles == []


def test_what_goes_wrong_is_said_until_it_is_dismissed(shared: DeskPage) -> None:
    shared.by("recording-protocol").click()
    shared.by("recording-protocol-text").fill("cues = 3")
    shared.by("recording-protocol-run").click()

    notice = shared.by("notices-recording")
    expect(notice).to_contain_text("could not run the protocol")
    notice.get_by_role("button", name="Dismiss").click()
    expect(notice).to_be_empty()


def test_what_changes_by_itself_comes_twice_a_second(shared: DeskPage) -> None:
    # For each message the browser lays out the whole page, which takes it longer than a frame.
    count = "window.n = 0; window.socket.on('update', () => { window.n += 1; }); undefined"
    shared.page.evaluate(count)
    before = shared.by("processes-row-console").inner_text()  # up for so many seconds

    shared.page.wait_for_timeout(5000)

    assert shared.by("processes-row-console").inner_text() != before
    assert shared.page.evaluate("window.n") <= 15
