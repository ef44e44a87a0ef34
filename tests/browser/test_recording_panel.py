"""Takes and protocols, and Rest whatever is open."""

from collections.abc import Iterator

import psutil
import pytest
from emgrig.testing import wait_until
from playwright.sync_api import expect

from tests.browser.console_rig import ConsoleRig
from tests.browser.desk_page import SOON_MS, DeskPage, names_of, new_session

LONG_PROTOCOL = (
    'take = "long"\ncues = ["Fist"]\nhold_s = 30.0\nrepetitions = 4\nrest = "Rest"\nrest_s = 3.0\n'
)


def children_of(recorder: psutil.Process) -> list[psutil.Process]:
    """Return who makes a session for it."""
    return [one for one in recorder.children() if "emgrig_recorder.finish" in one.cmdline()]


@pytest.fixture
def free(shared: DeskPage, live: ConsoleRig) -> Iterator[DeskPage]:
    """The page with nothing recorded and the hand free, before and after."""
    shared.says("header-clock", "not recording", 30)
    yield shared
    live.settle()


def test_a_take_is_discarded_after_a_question(free: DeskPage) -> None:
    free.by("recording-take").fill("for-nothing")
    free.by("recording-record").click()
    free.records(1, "for-nothing")

    free.by("recording-discard").click()
    free.page.get_by_role("button", name="Keep").click()
    free.says("header-clock", "rec")
    free.by("recording-discard").click()
    free.by("recording-discard-yes").click()

    free.says("header-clock", "not recording")
    assert not [name for name in names_of(free, "sessions-row-") if "for-nothing" in name]


def test_a_protocol_counts_down_and_is_cancelled(free: DeskPage) -> None:
    free.by("recording-protocol").get_by_text("Protocol").first.click()
    free.by("recording-protocol-text").fill(LONG_PROTOCOL)
    free.by("recording-protocol-run").click()

    free.says("recording-job", r"Protocol long: (Fist|Rest)")
    free.says("recording-job", r"\d+ %\s+0\d:\d\d left")
    # The clock and the label are not hidden by why Stop is away.
    free.says("recording-words", r"Recording 00:0\d.*label.*cancel it to stop")
    expect(free.by("recording-record")).to_be_disabled()
    expect(free.by("recording-protocol-run")).to_be_disabled()
    free.says("recording-protocol-why", "A protocol is under way")
    free.by("recording-cancel").click()

    free.says("recording-job", "Protocol long cancelled", 20)
    free.by("recording-dismiss").click()
    expect(free.by("recording-job")).to_be_hidden()
    free.by("recording-protocol").get_by_text("Protocol").first.click()


@pytest.mark.timeout(120)
def test_a_protocol_goes_on_without_the_console_and_every_page_shows_it(
    free: DeskPage, live: ConsoleRig
) -> None:
    free.by("recording-protocol").get_by_text("Protocol").first.click()
    free.by("recording-protocol-text").fill(LONG_PROTOCOL)
    free.by("recording-protocol-run").click()
    free.says("recording-job", r"Protocol long: Fist, step 2 of 9", 20)

    # It is the rig's: it outlives the console, and the next one counts down.
    run_id = live.protocol().run_id
    free.page.evaluate("window.isBefore = true")
    live.kill("console")
    free.page.wait_for_function("window.isBefore === undefined", timeout=4 * SOON_MS)
    free.says("recording-job", r"\d+ %\s+0\d:\d\d left", 30)
    assert (live.protocol().run_id, live.protocol().running) == (run_id, True)

    live.cancel_protocol()
    free.says("recording-job", "Protocol long cancelled.*somebody cancelled it", 30)
    free.by("recording-dismiss").click()
    expect(free.by("recording-cue-Rest")).to_have_attribute("aria-pressed", "true")
    # The connection was lost on purpose.
    free.troubles.clear()


def test_the_name_of_a_take_counts_up_and_survives_a_reload(
    free: DeskPage, live: ConsoleRig
) -> None:
    free.by("recording-take").fill("count-7")
    free.by("recording-record").click()
    free.records(1, "count-7")
    free.by("recording-stop").click()

    # It is proposed, not typed: what a person types meanwhile stays.
    field = free.by("recording-take")
    free.says("recording-proposed", "Without a name: count-8")
    expect(field).to_have_value("")
    free.says("header-clock", "not recording", 15)
    free.open(live.url)
    free.says("recording-proposed", "Without a name: count-8")
    free.by("recording-record").click()
    free.records(1, "count-8")


def test_keys_are_for_the_dialog_that_is_open(free: DeskPage) -> None:
    free.by("recording-cue-Rest").click()
    expect(free.by("recording-cue-Rest")).to_have_attribute("aria-pressed", "true")
    free.choose("recorder", "log")
    expect(free.by("processes-log-text")).to_be_visible()

    free.page.keyboard.press("2")
    free.page.keyboard.press("r")
    # Esc is heard; what was pressed before it was heard too, and did nothing.
    free.page.keyboard.press("Escape")
    free.says("header-hand", "held at rest")

    expect(free.by("recording-cue-Rest")).to_have_attribute("aria-pressed", "true")
    free.says("header-clock", "not recording")


def test_rest_ends_what_was_cued_and_the_label_says_so(free: DeskPage) -> None:
    free.by("recording-take").fill("rested")
    free.by("recording-record").click()
    free.says("header-clock", "^rec ", 15)
    free.by("recording-cue-Fist").click()
    free.bends("control", "> 40")
    free.says("recording-words", "label Fist")

    free.page.keyboard.press("Escape")

    free.bends("control", "< 20")
    free.says("recording-words", "label Rest")
    expect(free.by("recording-cue-Rest")).to_have_attribute("aria-pressed", "true")
    free.says("header-hand", "held at rest")


def test_a_session_that_is_being_made_need_not_be_waited_for(
    free: DeskPage, live: ConsoleRig
) -> None:
    before = names_of(free, "sessions-row-")
    recorder = psutil.Process(live.program("recorder").pid)
    free.by("recording-take").fill("left")
    free.by("recording-record").click()
    free.records(1, "left")
    free.by("recording-stop").click()
    wait_until(lambda: children_of(recorder), 20)
    (making,) = children_of(recorder)
    making.suspend()
    try:
        free.says("recording-finish-job", "Making the session file of left: it goes on")
        expect(free.by("recording-record")).to_be_disabled()

        free.by("recording-finish-cancel").click()

        expect(free.by("recording-finish-job")).to_be_hidden()
        free.says("recording-words", "Making the session file of the last take")
        expect(free.by("recording-record")).to_be_enabled()
        assert names_of(free, "sessions-row-") == before
    finally:
        making.resume()
    assert "left" in new_session(free, before)


@pytest.mark.parametrize(
    "inside", ["processes-more-trainer", "filter-kind", "recording-take", "signal-lanes"]
)
def test_escape_is_rest_from_inside_a_menu_a_list_or_a_field(free: DeskPage, inside: str) -> None:
    free.says("header-hand", "hand (at rest|follows)", 15)
    free.by(inside).click()

    free.page.keyboard.press("Escape")

    free.says("header-hand", "held at rest")


def test_rest_is_one_click_away_from_an_open_dialog(free: DeskPage) -> None:
    free.choose("recorder", "log")
    expect(free.by("processes-log-text")).to_be_visible()

    free.by("header-rest").click()

    free.says("header-hand", "held at rest")
    free.page.keyboard.press("Escape")
    expect(free.by("processes-log-text")).to_have_count(0)


def test_a_rest_that_fails_says_so(free: DeskPage, live: ConsoleRig) -> None:
    live.supervisor.stop_program("vhi-bridge")

    free.page.keyboard.press("Escape")

    alert = free.by("notices-header")
    expect(alert).to_contain_text("could not bring the hand to rest", timeout=SOON_MS)
    alert.get_by_role("button", name="Dismiss").click()
    expect(alert).to_be_empty()
    live.settle()
    free.says("header-state", "^RUNNING$", 30)
