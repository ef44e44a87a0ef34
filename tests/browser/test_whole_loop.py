"""The experiment from an empty rig to a moving predicted hand, by clicks alone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.console_rig import ConsoleRig
from tests.browser.desk_page import SOON_MS, DeskPage, names_of, new_session


def record_a_take(desk: DeskPage, name: str, midway: Callable[[], None] = lambda: None) -> str:
    """Cue and record some seconds by clicks; return the session."""
    before = names_of(desk, "sessions-row-")
    desk.by("recording-take").fill(name)
    desk.by("recording-record").click()
    # What is cued before a take has begun is no label of it.
    desk.says("header-clock", "^rec ", 15)
    for gesture, seconds in (("Fist", 3), ("Rest", 6), ("Fist", 9), ("Rest", 12)):
        desk.by(f"recording-cue-{gesture}").click()
        expect(desk.by(f"recording-cue-{gesture}")).to_have_attribute("aria-pressed", "true")
        desk.records(seconds)
        if seconds == 9:
            midway()
    desk.by("recording-stop").click()
    session = new_session(desk, before)
    desk.says("header-clock", "not recording", 15)
    return session


def train_a_model(desk: DeskPage, iterations: int = 40) -> str:
    """Learn from what is selected; return the model."""
    before = names_of(desk, "pipeline-model-")
    settings = desk.by("panel-pipeline").get_by_text("Settings")
    settings.click()
    desk.by("pipeline-iterations").fill(f"{iterations}")
    settings.click()
    desk.by("pipeline-train").click()
    desk.says("pipeline-job", "Training", 15)
    # The result of what was started here opens by itself.
    desk.comes(desk.by("pipeline-scores"), "pipeline", 90)
    models = desk.page.locator('[data-testid^="pipeline-model-"]')
    expect(models).to_have_count(len(before) + 1)
    (name,) = names_of(desk, "pipeline-model-") - before
    return name


def cancel_a_training(desk: DeskPage) -> None:
    """One that would take minutes; it says how far it is, and leaves nothing."""
    before = names_of(desk, "pipeline-model-")
    settings = desk.by("panel-pipeline").get_by_text("Settings")
    settings.click()
    desk.by("pipeline-iterations").fill("5000")
    desk.by("pipeline-train").click()
    desk.says("pipeline-job", r"\d+ %", 15)
    desk.by("pipeline-cancel").click()
    desk.says("pipeline-job", "cancel", 15)
    desk.by("pipeline-dismiss").click()
    expect(desk.by("pipeline-job")).to_be_hidden()
    assert names_of(desk, "pipeline-model-") == before


def see_the_result(desk: DeskPage, model: str) -> None:
    expect(desk.by("pipeline-scores")).to_contain_text("R2")
    dialog = desk.page.get_by_role("dialog")
    for picture in ("Loss by iteration", "index: true and predicted"):
        expect(dialog.get_by_role("img", name=picture)).to_be_visible()
    desk.by("pipeline-result-close").click()
    expect(desk.by("pipeline-scores")).to_have_count(0)
    expect(desk.accented).to_have_attribute("data-testid", f"pipeline-load-{model}")


def drive_the_hand(desk: DeskPage, model: str) -> None:
    """A model that is loaded drives it when a person says so, and until one says stop."""
    desk.by(f"pipeline-load-{model}").click()
    desk.says("pipeline-predictor", f"Model {model}", 15)
    expect(desk.accented).to_have_attribute("data-testid", "pipeline-predict")
    for words in ("^Predict$", "Stop predicting", "^Predict$"):
        desk.says("pipeline-predict", words)
        desk.by("pipeline-predict").click()
    desk.says("pipeline-predict", "Stop predicting")

    desk.by("recording-cue-Fist").click()
    bent = re.compile(r"^(0\.[5-9]|1\.)")
    expect(desk.value("predicted")).to_have_text(bent, timeout=2 * SOON_MS)
    desk.bends("predicted", "> 40")
    desk.by("recording-cue-Rest").click()
    straight = re.compile(r"^-?0\.[0-4]")
    expect(desk.value("predicted")).to_have_text(straight, timeout=2 * SOON_MS)
    desk.bends("predicted", "< 40")
    desk.says("header-latency", r"sample to hand p50 [\d.]+ ms, p99 [\d.]+ ms", 15)
    desk.says("header-hand", "follows", 15)


def smooth_it(desk: DeskPage) -> None:
    desk.by("filter-kind").click()
    desk.page.get_by_role("option", name="identity").click()
    desk.says("filter-delay", "about 0 ms")
    desk.by("filter-reset").click()
    desk.says("filter-delay", "at rest")


def bring_it_to_rest(desk: DeskPage) -> None:
    desk.page.keyboard.press("Escape")
    desk.says("header-hand", "held at rest")
    desk.by("header-resume").click()
    desk.says("header-hand", "follows", 15)


def throw_away_and_think_again(desk: DeskPage, session: str) -> None:
    desk.by(f"sessions-more-{session}").click()
    desk.by(f"sessions-delete-{session}").click()
    expect(desk.by(f"sessions-row-{session}")).to_have_count(0)
    desk.by("sessions-undo").click()
    expect(desk.by(f"sessions-row-{session}")).to_be_visible()


@pytest.mark.timeout(180)
def test_from_an_empty_rig_to_a_hand_that_follows(desk: DeskPage, live: ConsoleRig) -> None:
    desk.says("header-state", "^RUNNING$", 30)

    session = record_a_take(desk, "loop")
    expect(desk.accented).to_have_attribute("data-testid", "pipeline-train")
    model = train_a_model(desk)
    see_the_result(desk, model)
    drive_the_hand(desk, model)
    smooth_it(desk)
    bring_it_to_rest(desk)
    throw_away_and_think_again(desk, session)
    cancel_a_training(desk)

    live.kill("predictor")
    desk.says("processes-returns", "predictor 1 time", 20)
    desk.says("header-state", "^RUNNING$", 30)
