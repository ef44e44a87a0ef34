"""Learning gestures, and going back to an earlier model."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.console_rig import ConsoleRig
from tests.browser.desk_page import SOON_MS, DeskPage


@pytest.fixture(scope="module")
def session(live: ConsoleRig) -> str:
    live.settle()
    return live.record("classes", ["Fist", "Rest", "Fist", "Rest"], 2.0)


@pytest.mark.timeout(180)
def test_classes_are_learned_and_their_confusion_is_shown(shared: DeskPage, session: str) -> None:
    expect(shared.by(f"sessions-row-{session}")).to_be_visible()
    shared.by("pipeline-kind").click()
    shared.page.get_by_role("option", name="gesture (classes)").click()
    settings = shared.by("panel-pipeline").get_by_text("Settings")
    settings.click()
    # A number that is missing is said before anything is started.
    shared.by("pipeline-iterations").fill("")
    shared.says("pipeline-words", "is empty")
    expect(shared.by("pipeline-train")).to_be_disabled()
    shared.by("pipeline-iterations").fill("10")
    shared.by("pipeline-train").click()

    table = shared.page.get_by_role("table", name="true class (rows) against predicted class")
    shared.comes(table, "pipeline", 60)
    expect(shared.by("pipeline-scores")).to_contain_text("balanced accuracy")
    shared.by("pipeline-result-close").click()
    expect(table).to_have_count(0)
    settings.click()
    shared.by("pipeline-kind").click()
    shared.page.get_by_role("option", name="movement (regression)").click()


@pytest.mark.timeout(180)
def test_an_earlier_model_comes_back(shared: DeskPage, live: ConsoleRig, session: str) -> None:
    first, second = (live.train(session) for _ in range(2))
    for model in (first, second):
        shared.by(f"pipeline-load-{model}").click(timeout=2 * SOON_MS)
        shared.says("pipeline-predictor", re.escape(model), 30)
        expect(shared.by(f"pipeline-load-{model}")).to_be_disabled()

    shared.by("pipeline-rollback").click()

    shared.says("pipeline-predictor", re.escape(first), 30)
    expect(shared.by(f"pipeline-load-{second}")).to_be_enabled()
