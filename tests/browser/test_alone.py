"""A console that nobody answers: behind its token, and every panel says what to do next."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from emgrig.testing import running
from playwright.sync_api import Browser, expect

from tests.browser.accessibility import violations
from tests.browser.console_rig import write_rig
from tests.browser.desk_page import TABS, DeskPage, new_desk

TOKEN = "a-token-of-the-bench"
WORDS = {
    "processes": "supervisor does not answer",
    "signal": "No EMG yet. Start the amplifier",
    "hands": "no pose yet: start a hand",
    "recording": "vhi-bridge does not answer",
    "sessions": "recorder does not answer",
    "pipeline": "trainer does not answer",
    "filter": "does not answer",
    "streams": "Nothing on the bus yet",
    "log": "console: state",
}


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """A console of every address of the machine, with a token and without a rig."""
    token = tmp_path / "console.token"
    token.write_text(TOKEN)
    token.chmod(0o600)
    rig = write_rig(tmp_path, {"console": {"host": "0.0.0.0", "token_file": "console.token"}})
    with running("console", rig):
        yield f"http://127.0.0.1:{rig.tables['console']['port']}"


def log_in(desk: DeskPage, token: str) -> None:
    desk.page.get_by_label("Token of this console").fill(token)
    desk.page.get_by_role("button", name="Open the console").click()


def test_the_token_lets_in_and_every_empty_panel_instructs(tabs: Browser, url: str) -> None:
    desk = new_desk(tabs)
    desk.page.goto(url)
    expect(desk.page).to_have_url(f"{url}/login")
    assert violations(desk.page) == []

    log_in(desk, "not the token, but long")
    expect(desk.page.get_by_role("alert")).to_contain_text("not the token")
    log_in(desk, TOKEN)

    for name, words in WORDS.items():
        if name in TABS:
            desk.tab(name)
        expect(desk.seen(name, words)).to_be_visible()
    desk.says("header-state", "NOT RUNNING|DEGRADED")
    expect(desk.by("recording-record")).to_be_disabled()
    expect(desk.by("pipeline-train")).to_be_disabled()
    cookies = desk.page.context.cookies()
    assert all(cookie["httpOnly"] and cookie["sameSite"] == "Strict" for cookie in cookies)
    assert TOKEN not in str(cookies)
    # A stranger in another window is a stranger.
    other = new_desk(tabs)
    other.page.goto(url)
    expect(other.page).to_have_url(f"{url}/login")
