"""The log, the source, the filter, processes and the looks of the page."""

import re
from collections.abc import Iterator

import pytest
from emgrig.testing import wait_until
from playwright.sync_api import Browser, expect

from tests.browser.console_rig import ConsoleRig
from tests.browser.desk_page import SOON_MS, DeskPage, new_desk


def pick(desk: DeskPage, field: str, option: str) -> None:
    desk.by(field).click()
    desk.page.get_by_role("option", name=option, exact=True).click()


@pytest.fixture
def log(shared: DeskPage) -> Iterator[DeskPage]:
    """The page with the log in sight."""
    shared.tab("log")
    yield shared
    shared.tab("streams")


def test_the_arrow_keys_show_the_other_tab_where_nothing_moves(shared: DeskPage) -> None:
    frame = shared.page.get_by_role("region", name="Streams and log")
    before = frame.bounding_box()
    shared.by("tab-streams").focus()
    expect(shared.by("log-lines")).to_be_hidden()

    shared.page.keyboard.press("ArrowRight")

    expect(shared.by("tab-log")).to_be_focused()
    expect(shared.by("tab-log")).to_have_attribute("aria-selected", "true")
    expect(shared.by("log-lines")).to_contain_text("console: state")
    expect(shared.by("log-lines")).to_be_visible()
    expect(shared.by("streams-choose")).to_be_hidden()
    assert frame.bounding_box() == before
    shared.page.keyboard.press("ArrowLeft")
    expect(shared.by("tab-streams")).to_be_focused()
    expect(shared.by("streams-choose")).to_be_visible()


def test_what_is_wrong_in_a_log_that_is_not_seen_is_said(
    shared: DeskPage, live: ConsoleRig
) -> None:
    live.kill("feature-extractor")

    shared.says("tab-log", r"Log\s+▲ \d+ (error|warning)", 20)

    shared.tab("log")
    shared.says("tab-log", "^Log$")
    expect(shared.by("log-lines")).to_contain_text(re.compile("(error|warning) +[a-z-]+: "))
    shared.tab("streams")
    live.settle()
    shared.says("header-state", "^RUNNING$", 30)


def test_the_log_is_filtered_and_searched(log: DeskPage) -> None:
    lines = log.by("log-lines")
    # What others said before the console listened is not known; its own words always are.
    expect(lines).to_contain_text("console: state")

    pick(log, "log-process", "console")
    expect(lines).not_to_contain_text(re.compile("(?<!peer )(recorder|trainer|vhi-bridge): "))
    log.by("log-search").fill("STATE")
    expect(lines).to_contain_text("console: state")
    log.by("log-search").fill("nothing of the kind")
    log.says("log-words", "Nothing was said that passes")
    expect(lines).to_be_empty()

    log.by("log-search").fill("")
    pick(log, "log-process", "all processes")
    pick(log, "log-level", "error")
    expect(lines).not_to_contain_text("info")
    pick(log, "log-level", "info")
    log.says("log-words", r"\d+ lines, times in UTC")


def test_the_log_is_copied_and_that_is_said(log: DeskPage) -> None:
    log.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    expect(log.by("log-lines")).to_contain_text("console: state")

    log.by("log-copy").click()

    log.says("log-copied", r"\d+ lines copied")
    assert "console: state" in log.page.evaluate("navigator.clipboard.readText()")


def test_another_source_is_chosen_and_given_up(shared: DeskPage, live: ConsoleRig) -> None:
    name = live.rig.tables["emg-generator"]["stream_name"]
    # Numbers, though not of an arm: the hand's own stream.
    other = live.rig.tables["vhi-bridge"]["control_readback"]
    shared.by("streams-choose").click()
    dialog = shared.page.get_by_role("dialog")
    expect(dialog).to_contain_text(f"{name} ", timeout=2 * SOON_MS)
    expect(shared.by(f"streams-use-{name}")).to_be_disabled()
    expect(dialog).to_contain_text("read now")

    shared.by(f"streams-use-{other}").click()
    expect(dialog).to_have_count(0)
    shared.says("streams-source", f"chosen, not as in rig.toml.*{other}", 20)
    shared.by("streams-choose").click()
    shared.by("streams-forget").click()

    expect(dialog).to_have_count(0)
    shared.says("streams-source", f"LSL source: {name}", 20)
    shared.says("header-state", "^RUNNING$", 30)


def test_a_slider_changes_the_filter_on_every_page(
    shared: DeskPage, browser: Browser, live: ConsoleRig
) -> None:
    other = new_desk(browser).open(live.url)
    other.says("filter-delay", "Costs about 159 ms")
    shared.by("filter-min-cutoff").locator('[tabindex="0"]').focus()

    # Opening a page told the bridge nothing: both still show the default.
    shared.says("filter-delay", "Costs about 159 ms")
    # Once: what stands there in between would be no answer.
    shared.page.keyboard.press("PageUp")

    for desk in (shared, other):
        expect(desk.by("filter-delay")).not_to_contain_text("159 ms")
    words = shared.by("filter-delay").inner_text()
    expect(other.by("filter-delay")).to_have_text(words)
    other.by("filter-reset").click()
    for desk in (shared, other):
        desk.says("filter-delay", "Costs about 159 ms")


def test_a_gaussian_has_sliders_of_its_own(shared: DeskPage) -> None:
    pick(shared, "filter-kind", "gaussian")

    expect(shared.by("filter-sigma")).to_be_visible()
    expect(shared.by("filter-min-cutoff")).to_be_hidden()
    shared.says("filter-delay", r"Costs about \d+ ms$")
    shared.by("filter-reset").click()
    expect(shared.by("filter-min-cutoff")).to_be_visible()


def test_a_process_is_restarted(shared: DeskPage, live: ConsoleRig) -> None:
    before = live.program("trainer").pid

    shared.choose("trainer", "restart")

    wait_until(lambda: live.program("trainer").pid not in {0, before}, 30)
    expect(shared.by("processes-row-trainer")).to_contain_text(
        re.compile(r"00:0\d"), timeout=3 * SOON_MS
    )
    shared.says("processes-state-trainer", "ready", 30)


def test_what_is_stopped_is_started_by_the_only_accented_button(
    shared: DeskPage, live: ConsoleRig
) -> None:
    live.supervisor.stop_program("trainer")
    shared.says("header-state", "DEGRADED: trainer stopped")
    expect(shared.accented).to_have_attribute("data-testid", "processes-start-all")

    shared.by("processes-start-all").click()

    shared.says("processes-state-trainer", "ready", 30)
    expect(shared.by("processes-start-all")).to_be_hidden()


def test_the_console_asks_before_it_stops_itself(shared: DeskPage) -> None:
    shared.choose("console", "stop")
    expect(shared.by("processes-stop-yes")).to_be_visible()

    shared.page.get_by_role("button", name="Keep").click()

    shared.says("processes-state-console", "running")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_theme_is_kept(shared: DeskPage, live: ConsoleRig, theme: str) -> None:
    if not shared.page.locator(f"body.body--{theme}").count():
        shared.by("header-theme").click()
    expect(shared.page.locator(f"body.body--{theme}")).to_be_visible()

    shared.open(live.url)

    expect(shared.page.locator(f"body.body--{theme}")).to_be_visible()
