"""What the page says of the processes, and what it does to them."""

import re

import psutil
from playwright.sync_api import expect

from tests.browser.console_rig import ConsoleRig
from tests.browser.desk_page import DeskPage


def test_every_process_is_there_and_runs(shared: DeskPage, live: ConsoleRig) -> None:
    for program in live.supervisor.programs():
        shared.says(f"processes-state-{program.name}", "^(ready|running)", 30)
        # Up, CPU and memory.
        shared.says(f"processes-row-{program.name}", r"\d\d:\d\d\s+\d+\s+\d+")

    shared.says("header-state", "^RUNNING$", 30)
    shared.says("header-rig", "bench")
    shared.says("processes-hand", r"^Hand: first generation \(v1\)$")


def test_a_process_is_stopped_and_started_by_clicks(shared: DeskPage, live: ConsoleRig) -> None:
    shared.choose("trainer", "stop")
    shared.says("processes-state-trainer", "stopped")
    assert live.program("trainer").state == "STOPPED"

    shared.choose("trainer", "start")

    shared.says("processes-state-trainer", "ready", 30)


def test_a_killed_process_is_seen_and_comes_back(shared: DeskPage, live: ConsoleRig) -> None:
    shared.says("header-state", "^RUNNING$", 30)
    live.kill("feature-extractor")

    shared.says("header-state", "DEGRADED.*feature-extractor", 10)
    shared.says("processes-returns", "feature-extractor 1 time", 30)
    shared.says("header-state", "^RUNNING$", 30)


def test_a_frozen_process_is_said_to_be_frozen(shared: DeskPage, live: ConsoleRig) -> None:
    shared.says("header-state", "^RUNNING$", 30)
    trainer = psutil.Process(live.program("trainer").pid)
    trainer.suspend()
    try:
        shared.says("processes-state-trainer", "frozen", 10)
        shared.says("header-state", "DEGRADED: trainer frozen", 10)
        shared.says("processes-troubles", "trainer stands still", 10)
    finally:
        trainer.resume()

    shared.says("header-state", "^RUNNING$", 30)


def test_the_log_of_a_process_is_read(shared: DeskPage, live: ConsoleRig) -> None:
    shared.choose("recorder", "log")

    expect(shared.by("processes-log-text")).to_contain_text(re.compile("event=state"))
    shared.page.get_by_role("button", name="Close").click()
    expect(shared.by("processes-log-text")).to_have_count(0)
