"""Learning gestures, and going back to an earlier model."""

import re
import shutil
from collections.abc import Iterator

import pytest
from emgrig_console.panels.models import MOST_SHOWN
from playwright.sync_api import expect

from tests.browser.accessibility import violations
from tests.browser.console_rig import ConsoleRig
from tests.browser.desk_page import SOON_MS, DeskPage


@pytest.fixture(scope="module")
def session(live: ConsoleRig) -> str:
    live.settle()
    return live.record("classes", ["Fist", "Rest", "Fist", "Rest"], 2.0)


@pytest.fixture
def alone(shared: DeskPage, session: str) -> Iterator[DeskPage]:
    """Learn from this session only: other tests leave takes without labels."""
    expect(shared.by(f"sessions-row-{session}")).to_be_visible()
    boxes = shared.page.locator("[data-testid^=sessions-take-][aria-checked=true]").all()
    names = {str(box.get_attribute("data-testid")) for box in boxes} - {f"sessions-take-{session}"}
    for name in names:
        shared.by(name).click()
    shared.says("pipeline-words", "^1 session")
    yield shared
    for name in names:
        shared.by(name).click()


@pytest.mark.timeout(180)
def test_classes_are_learned_and_their_confusion_is_shown(alone: DeskPage) -> None:
    alone.by("pipeline-kind").click()
    alone.page.get_by_role("option", name="gesture (classes)").click()
    settings = alone.by("panel-pipeline").get_by_text("Settings")
    settings.click()
    # A number that is missing is said before anything is started.
    alone.by("pipeline-iterations").fill("")
    alone.says("pipeline-words", "is empty")
    expect(alone.by("pipeline-train")).to_be_disabled()
    alone.by("pipeline-iterations").fill("10")
    alone.says("pipeline-live", r"^Live: rms, mav, wl of 8 channels, window 200 ms \(409 samples\)")
    alone.by("pipeline-window").fill("250")
    alone.by("pipeline-train").click()

    table = alone.page.get_by_role("table", name="true class (rows) against predicted class")
    alone.comes(table, "pipeline", 60)
    expect(alone.by("pipeline-scores")).to_contain_text("balanced accuracy")
    expect(alone.page.get_by_text("512 samples at 2048 Hz")).to_be_visible()
    alone.by("pipeline-result-close").click()
    expect(table).to_have_count(0)
    alone.by("pipeline-window").fill("")
    settings.click()
    alone.by("pipeline-kind").click()
    alone.page.get_by_role("option", name="movement (regression)").click()


@pytest.mark.timeout(180)
def test_the_sub_window_and_the_movement_to_learn_are_those_of_the_model(alone: DeskPage) -> None:
    settings = alone.by("panel-pipeline").get_by_text("Settings")
    settings.click()
    alone.by("pipeline-iterations").fill("10")
    alone.by("pipeline-sub-window").fill("128")
    alone.by("pipeline-target").click()
    alone.page.get_by_role("option", name="vhi_predict").click()
    alone.by("pipeline-train").click()
    # The predicted hand stood still while it was recorded: nothing can be learned from it.
    alone.says("pipeline-job", "Training failed: .* two different regression values", 60)
    alone.by("pipeline-dismiss").click()
    alone.by("pipeline-target").click()
    alone.page.get_by_role("option", name="vhi_control").click()
    alone.by("pipeline-train").click()

    alone.comes(alone.by("pipeline-scores"), "pipeline", 60)
    made = alone.page.get_by_role("dialog")
    expect(made).to_contain_text("409 samples at 2048 Hz, sub-window 128 samples")
    expect(made).to_contain_text(re.compile(r"learned: thumb.* of vhi_control"))
    alone.by("pipeline-result-close").click()
    alone.by("pipeline-sub-window").fill("")
    alone.by("pipeline-target").click()
    alone.page.get_by_role("option", name="as rig.toml has it").click()
    settings.click()


@pytest.mark.timeout(180)
def test_an_earlier_model_comes_back(shared: DeskPage, live: ConsoleRig, session: str) -> None:
    first, second = (live.train(session) for _ in range(2))
    for model in (first, second):
        shared.by(f"pipeline-load-{model}").click(timeout=2 * SOON_MS)
        shared.says("pipeline-predictor", re.escape(model), 30)
        expect(shared.by(f"pipeline-load-{model}")).to_be_disabled()

    shared.by("pipeline-predict").click()
    shared.says("pipeline-predict", "Stop predicting", 30)
    assert "\n".join(violations(shared.page)) == ""
    shared.by("pipeline-predict").click()
    shared.says("pipeline-predict", "^Predict$", 30)
    shared.by("pipeline-rollback").click()

    shared.says("pipeline-predictor", re.escape(first), 30)
    expect(shared.by(f"pipeline-load-{second}")).to_be_enabled()


@pytest.mark.timeout(180)
def test_a_run_that_was_begun_elsewhere_is_seen_and_cancelled(
    shared: DeskPage, live: ConsoleRig, session: str
) -> None:
    live.start_training(session)
    shared.says("pipeline-job", r"Training: \w+\s+\d+ %\s+\d+:\d\d.*left", 30)
    expect(shared.by("pipeline-train")).to_be_disabled()

    # The run is the trainer's: it outlives the console, and the next one shows it.
    shared.page.evaluate("window.isBefore = true")
    live.kill("console")
    shared.page.wait_for_function("window.isBefore === undefined", timeout=4 * SOON_MS)
    shared.says("pipeline-job", r"Training: \w+\s+\d+ %\s+\d+:\d\d.*left", 30)

    shared.by("pipeline-cancel").click()
    shared.says("pipeline-job", "Training cancelled", 30)
    shared.by("pipeline-dismiss").click()
    expect(shared.by("pipeline-job")).to_be_hidden()
    # The connection was lost on purpose.
    shared.troubles.clear()


@pytest.mark.timeout(180)
def test_models_beyond_the_newest_are_shown_when_asked_for(
    shared: DeskPage, live: ConsoleRig, session: str
) -> None:
    made = live.rig.models_dir / live.train(session)
    copies = [made.with_name(f"copy-{k}") for k in range(MOST_SHOWN)]
    for copy in copies:
        shutil.copytree(made, copy)
        manifest = copy / "manifest.json"
        manifest.write_text(manifest.read_text().replace(made.name, copy.name))
    shared.says("pipeline-older", r"Show more: \d+ older", 30)
    lines = shared.page.locator('[data-testid^="pipeline-model-"]')
    expect(lines).to_have_count(MOST_SHOWN)

    shared.by("pipeline-older").click()

    expect(shared.by("pipeline-older")).to_be_hidden()
    for name in (made.name, *(copy.name for copy in copies)):
        expect(shared.by(f"pipeline-model-{name}")).to_have_count(1)
    for copy in copies:
        shutil.rmtree(copy)
