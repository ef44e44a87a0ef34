"""What each panel says when the process behind it is gone: a stale value is never shown as live."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.console_rig import ConsoleRig
from tests.browser.desk_page import SOON_MS, DeskPage

GONE = ("emg-acquirer", "recorder", "trainer", "predictor", "vhi-bridge")
WORDS = {
    "recording": "recorder does not answer",
    "pipeline": "does not answer: look at Processes",
    "filter": "bridge does not answer.*values below are \\d+ s old",
    "processes": "vhi-bridge was heard \\d+ s ago",
    "streams": "nothing for",
    "sessions": "this list is \\d+ s old",
}


@pytest.mark.timeout(120)
def test_panels_say_what_is_gone_and_come_back(shared: DeskPage, live: ConsoleRig) -> None:
    shared.says("signal-status", "2048", 30)
    shared.by("recording-cue-Rest").click()
    expect(shared.by("recording-cue-Rest")).to_have_attribute("aria-pressed", "true")
    for name in GONE:
        live.supervisor.stop_program(name)

    for name, words in WORDS.items():
        expect(shared.seen(name, words)).to_be_visible()
    shared.says("header-state", "DEGRADED")
    shared.says("header-sample", r"sample \d+ s old")
    expect(shared.by("header-sample")).to_have_class(re.compile("em-stale"))
    shared.says("signal-status", "no new sample")
    shared.says("processes-state-recorder", "stopped")
    expect(shared.by("filter-delay")).to_be_hidden()
    expect(shared.by("recording-cue-Rest")).to_have_attribute("aria-pressed", "false")
    for control in ("recording-record", "pipeline-train", "pipeline-predict"):
        expect(shared.by(control)).to_be_disabled()
    # A key that cannot do its work says why.
    for key in ("r", "1"):
        shared.page.keyboard.press(key)
    alert = shared.by("notices-recording")
    expect(alert).to_contain_text("R does nothing now: The recorder does not answer")
    expect(alert).to_contain_text("could not cue Rest: The vhi-bridge does not answer")
    dismiss = alert.get_by_role("button", name="Dismiss")
    for n_left in (1, 0):
        dismiss.first.click()
        expect(dismiss).to_have_count(n_left)

    live.settle()

    shared.says("signal-status", "2048", 30)
    shared.says("header-state", "^RUNNING$", 30)
    expect(shared.by("recording-record")).to_be_enabled()
    for name, words in WORDS.items():
        expect(shared.seen(name, words)).to_have_count(0, timeout=2 * SOON_MS)
