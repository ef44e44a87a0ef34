"""Both hands on the page: the control hand by a cue, and one that does not speak."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.console_rig import ConsoleRig
from tests.browser.desk_page import SOON_MS, DeskPage

HANDS = ("control", "predicted")
FARTHEST = """() => {
  let farthest = 0;
  for (const box of document.querySelectorAll(".em-scene")) {
    const { camera, objects } = getElement(Number(box.id.slice(1)));
    for (const { mesh } of [...objects.values()].filter((one) => one?.mesh)) {
      const { x, y } = mesh.getWorldPosition(mesh.position.clone()).project(camera);
      farthest = Math.max(farthest, Math.abs(x), y);
    }
  }
  return farthest;
}"""


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


@pytest.mark.parametrize("width", [390, 1280, 1600])
def test_the_whole_hand_is_in_its_scene(shared: DeskPage, width: int) -> None:
    shared.by("recording-cue-Rest").click()
    before = shared.page.viewport_size
    shared.page.set_viewport_size({"width": width, "height": 800})
    try:
        # From -1 to 1 is what the camera sees; the spheres have a radius, too.
        shared.page.wait_for_function(f"({FARTHEST})() < 0.96", timeout=SOON_MS)
    finally:
        shared.page.set_viewport_size(before)


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
    expect(shared.page.locator("[data-difference]").first).to_have_class(re.compile("em-old"))
    live.settle()
    for which in HANDS:
        expect(shared.by(f"hands-{which}")).not_to_have_class(stale, timeout=30_000)
        expect(shared.value(which)).not_to_have_class(re.compile("em-old"))
    expect(shared.page.locator("[data-difference]").first).not_to_have_class(re.compile("em-old"))
