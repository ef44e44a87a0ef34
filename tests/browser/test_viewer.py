"""The signal viewer on a live rig; test_viewer_alone.py has what no rig can make."""

from collections.abc import Iterator

import psutil
import pytest
from playwright.sync_api import expect

from tests.browser.console_rig import ConsoleRig
from tests.browser.desk_page import SOON_MS, DeskPage

PICTURE = "document.querySelector('.em-canvas').toDataURL()"
# The classes of the sessions are chips, too: there, or not yet there.
CHIPS = "#em-signal .em-channels button"
AS_OPENED = {"span": "5", "gain": "0", "track": "raw", "mode": "scan"}


def comes(desk: DeskPage, condition: str) -> None:
    """Wait until the viewer's figures ``v`` are so."""
    # The page may be there before its script.
    whole = f"(v => v && {condition})(window.emgrigViewer?.stats())"
    desk.page.wait_for_function(whole, timeout=2 * SOON_MS)


def choose(desk: DeskPage, what: str, option: str) -> None:
    desk.by(f"signal-{what}").select_option(option)


@pytest.fixture
def viewer(shared: DeskPage) -> Iterator[DeskPage]:
    """The viewer with its signal, as it is when a page opens, before and after."""
    comes(shared, "!v.paused && v.columns > 10 && v.channels === 8 && v.age_ms < 1500")
    yield shared
    if shared.by("signal-pause").get_attribute("aria-pressed") == "true":
        shared.by("signal-pause").click()
    left_out = shared.page.locator(f"{CHIPS}[aria-pressed=false]")
    while left_out.count():
        left_out.first.click()
    for what, option in AS_OPENED.items():
        choose(shared, what, option)


def test_the_time_base_is_what_is_shown(viewer: DeskPage) -> None:
    comes(viewer, "Math.abs(v.span_s - 5) < 1")

    choose(viewer, "span", "1")
    comes(viewer, "Math.abs(v.span_s - 1) < 0.3")
    choose(viewer, "span", "10")

    comes(viewer, "Math.abs(v.span_s - 10) < 1")


def test_the_gain_is_fixed_or_fits_the_signal(viewer: DeskPage) -> None:
    choose(viewer, "gain", "100")
    viewer.says("signal-status", r"8 ch\s+2\d\d\d\.\d Hz\s+lane 100 stream units")

    choose(viewer, "gain", "0")

    viewer.says("signal-status", r"lane [0-9.]{3,5} stream units")
    comes(viewer, "v.scale > 0 && v.scale < 20")


def test_the_conditioned_signal_is_shown_instead_of_the_raw_one(viewer: DeskPage) -> None:
    choose(viewer, "track", "conditioned")

    comes(viewer, "v.track === 'conditioned' && v.columns > 10 && v.age_ms < 1500")


def test_a_channel_is_left_out_but_stays_in_the_overview(viewer: DeskPage) -> None:
    third = viewer.page.locator(CHIPS).nth(2)

    third.click()
    comes(viewer, "v.channels === 7 && v.levels === 8")
    expect(third).to_have_attribute("aria-pressed", "false")
    third.click()

    comes(viewer, "v.channels === 8 && v.levels === 8")


def test_channels_chosen_while_paused_are_shown_under_their_names(viewer: DeskPage) -> None:
    chips = viewer.page.locator(CHIPS)
    chips.nth(2).click()
    comes(viewer, "v.channels === 7")

    viewer.by("signal-pause").click()
    viewer.says("signal-status", "PAUSED")
    for k in (2, 4, 6):
        chips.nth(k).click()
    expect(viewer.page.locator(f"{CHIPS}[aria-pressed=false]")).to_have_text(["5", "7"])
    viewer.by("signal-pause").click()
    # At once as far back as before.
    comes(viewer, "!v.paused && v.channels === 6 && v.columns > 100 && v.age_ms < 1500")
    viewer.by("signal-pause").click()
    viewer.says("signal-words", "^$")
    viewer.by("signal-lanes").focus()
    viewer.page.keyboard.press("ArrowDown")
    viewer.says("signal-words", "ch 2 ")
    viewer.page.keyboard.press("ArrowDown")

    viewer.says("signal-words", "ch 3 ")
    viewer.by("signal-pause").click()
    chips.nth(4).click()
    chips.nth(6).click()
    comes(viewer, "v.channels === 8")


@pytest.mark.parametrize("mode", ["scroll", "scan"])
def test_what_comes_is_drawn(viewer: DeskPage, mode: str) -> None:
    choose(viewer, "mode", mode)
    before = viewer.page.evaluate(PICTURE)

    comes(viewer, f"v.fps > 1 && {PICTURE} !== {before!r}")


def test_paused_it_is_inspected_by_keyboard(viewer: DeskPage) -> None:
    viewer.by("signal-pause").focus()
    viewer.page.keyboard.press("Enter")
    viewer.says("signal-status", "PAUSED")

    viewer.by("signal-lanes").focus()
    viewer.page.keyboard.press("ArrowDown")
    viewer.says("signal-words", r"ch 2\s+0\.\d\d s ago\s+-?[\d.]+ to -?[\d.]+ stream units")
    before = viewer.page.evaluate(PICTURE)
    viewer.page.keyboard.press("Shift+ArrowLeft")
    viewer.says("signal-words", r"ch 2\s+0\.[01]\d s ago")
    viewer.page.keyboard.press("ArrowUp")

    viewer.says("signal-words", "ch 1 ")
    assert viewer.page.evaluate(PICTURE) == before


def test_a_cut_peak_is_marked(viewer: DeskPage) -> None:
    viewer.by("recording-cue-Rest").click()
    comes(viewer, "!v.marks.includes('clip')")

    viewer.by("recording-cue-Fist").click()

    comes(viewer, "v.marks.includes('clip')")
    viewer.by("recording-cue-Rest").click()


def test_what_the_source_left_out_is_marked(viewer: DeskPage, live: ConsoleRig) -> None:
    generator = psutil.Process(live.program("emg-generator").pid)
    comes(viewer, "!v.marks.includes('gap')")

    generator.suspend()
    try:
        viewer.says("signal-status", "! no new sample for [1-9] s, since")
        expect(viewer.page.locator(".em-signal-stale")).to_be_visible()
    finally:
        generator.resume()

    comes(viewer, "v.marks.includes('gap') && v.age_ms < 1500")
