"""What the page says of the processes, and what it does to them."""

import re

from playwright.sync_api import expect

from tests.browser.console_rig import ConsoleRig
from tests.browser.desk_page import DeskPage


def test_every_process_is_there_and_runs(desk: DeskPage, live: ConsoleRig) -> None:
    for program in live.supervisor.programs():
        desk.says(f"processes-state-{program.name}", "^(ready|running)", 30)

    desk.says("header-state", "^RUNNING$", 30)
    desk.says("header-rig", "bench")


def test_a_process_is_stopped_and_started_by_clicks(desk: DeskPage, live: ConsoleRig) -> None:
    desk.choose("trainer", "stop")
    desk.says("processes-state-trainer", "stopped")
    assert live.program("trainer").state == "STOPPED"

    desk.choose("trainer", "start")

    desk.says("processes-state-trainer", "ready", 30)


def test_a_killed_process_is_seen_and_comes_back(desk: DeskPage, live: ConsoleRig) -> None:
    desk.says("header-state", "^RUNNING$", 30)
    live.kill("feature-extractor")

    desk.says("header-state", "DEGRADED.*feature-extractor", 10)
    desk.says("processes-returns", "feature-extractor 1 time", 30)
    desk.says("header-state", "^RUNNING$", 30)


def test_the_log_of_a_process_is_read(desk: DeskPage, live: ConsoleRig) -> None:
    desk.choose("recorder", "log")

    expect(desk.by("processes-log-text")).to_contain_text(re.compile("event=state"))
    desk.page.get_by_role("button", name="Close").click()
    expect(desk.by("processes-log-text")).to_have_count(0)
