"""Both hands on the page: the control hand by a cue, and one that does not speak."""

import re

from playwright.sync_api import expect

from tests.browser.console_rig import ConsoleRig
from tests.browser.desk_page import DeskPage

HANDS = ("control", "predicted")


def test_the_control_hand_bends_in_its_scene_and_in_its_bars(shared: DeskPage) -> None:
    shared.by("recording-cue-Rest").click()
    shared.bends("control", "< 20")

    shared.by("recording-cue-Fist").click()
    shared.bends("control", "> 40")
    expect(shared.value("control")).to_have_text(re.compile(r"^(0\.[5-9]|1\.)"))
    # The predicted hand stayed where it is: a line in its bar and a number say how far away.
    apart = shared.page.locator('[data-difference="2"]')
    expect(apart).to_have_text(re.compile(r"^(0\.[5-9]|1\.)"))

    shared.by("recording-cue-Rest").click()
    shared.bends("control", "< 20")


def test_a_hand_that_does_not_speak_is_dimmed_and_says_since_when(
    shared: DeskPage, live: ConsoleRig
) -> None:
    stale = re.compile("em-hand-stale")
    for which in HANDS:
        expect(shared.by(f"hands-{which}")).to_contain_text("live")
        expect(shared.by(f"hands-{which}")).not_to_have_class(stale)

    live.supervisor.stop_program("virtual-hand")

    for which in HANDS:
        expect(shared.by(f"hands-{which}")).to_have_class(stale)
        expect(shared.by(f"hands-{which}")).to_contain_text(re.compile(r"! last pose \d+ s ago"))
        expect(shared.value(which)).to_have_class(re.compile("em-old"))
    live.settle()
    for which in HANDS:
        expect(shared.by(f"hands-{which}")).not_to_have_class(stale, timeout=30_000)
        expect(shared.value(which)).not_to_have_class(re.compile("em-old"))
