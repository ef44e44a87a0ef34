"""Make the pictures of the console in docs/images from a live rig: `make screenshots`."""

import re
import tempfile
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from tests.browser.chromium import chromium
from tests.browser.console_rig import ConsoleRig, console_rig
from tests.browser.desk_page import SOON_MS, DeskPage, new_desk
from tests.browser.test_whole_loop import record_a_take, train_a_model

IMAGES = Path(__file__).parents[2] / "docs/images"
TO_THE_TOP = """() => { window.scrollTo(0, 0);
  return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))); }"""
WINDOW = {"width": 1600, "height": 1000}

SLOW_TO_COME_BACK = {"feature-extractor": {"engine": "myoverse"}}
"""PyTorch takes seconds to import, in which its process can be seen dead."""


def take(desk: DeskPage, name: str) -> None:
    """Write one picture of what is in the window."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    if name != "training-result":
        desk.page.evaluate(TO_THE_TOP)
    (IMAGES / f"console-{name}.png").write_bytes(desk.page.screenshot())
    print(f"docs/images/console-{name}.png")


def look(desk: DeskPage, live: ConsoleRig) -> None:
    """Go through the experiment and take a picture of each step."""
    desk.says("header-state", "^RUNNING$", 60)
    desk.says("signal-status", "2048", 15)
    take(desk, "rest")

    record_a_take(desk, "first", lambda: take(desk, "recording"))
    model = train_a_model(desk, iterations=100)
    # Pointing at it waits until it stands still.
    desk.by("pipeline-scores").hover()
    take(desk, "training-result")
    desk.by("pipeline-result-close").click()

    desk.by(f"pipeline-load-{model}").click()
    desk.says("pipeline-predict", "Stop predicting")
    desk.by("recording-cue-Fist").click()
    bent = re.compile(r"^(0\.[5-9]|1\.)")
    expect(desk.value("predicted")).to_have_text(bent, timeout=2 * SOON_MS)
    take(desk, "predicting")

    live.kill("feature-extractor")
    desk.says("processes-state-feature-extractor", "silent", 15)
    take(desk, "dead-process")


def main() -> None:
    """Run a rig of its own and look at it."""
    with (
        tempfile.TemporaryDirectory() as folder,
        console_rig(Path(folder), SLOW_TO_COME_BACK) as live,
        sync_playwright() as playwright,
        chromium(playwright) as browser,
    ):
        look(new_desk(browser, viewport=WINDOW).open(live.url), live)


if __name__ == "__main__":
    main()
