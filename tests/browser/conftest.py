"""A rig and a browser for the whole room, tabs of its own for each test or module."""

from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from tests.browser.chromium import chromium, chromium_path
from tests.browser.console_rig import ConsoleRig, console_rig
from tests.browser.desk_page import SOON_MS, DeskPage, new_desk

FAILED = pytest.StashKey[bool]()
FULL_SCALE = 2.0
"""In stream units: the peaks of a fist are cut, what is at rest is not."""
STEP = 256
"""Samples: 8 chunks and predictions a second do for a page, and cost less than the usual 64."""
PICTURES = Path(__file__).parents[2] / "build/browser"
"""What the page looked like when a test failed."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Take note of whether a test failed, for its fixtures."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    if chromium_path() is None:
        pytest.skip("no chromium: make setup-browser")
    expect.set_options(timeout=SOON_MS)
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="package")
def live(playwright: Playwright, tmp_path_factory) -> Iterator[ConsoleRig]:
    """The rig of the room. Whoever stops a part of it starts it again."""
    tables = {
        "emg-generator": {"chunk_samples": STEP},
        "emg-acquirer": {"full_scale": FULL_SCALE, "hop_samples": STEP},
    }
    with console_rig(tmp_path_factory.mktemp("console"), tables) as rig:
        rig.settle()
        yield rig


@pytest.fixture(scope="package")
def chrome(playwright: Playwright) -> Iterator[Browser]:
    """The browser of the room."""
    with chromium(playwright) as running:
        yield running


@pytest.fixture
def tabs(chrome: Browser) -> Iterator[Browser]:
    """The browser; what a test opens in it is closed afterwards."""
    others = chrome.contexts
    yield chrome
    for context in [one for one in chrome.contexts if one not in others]:
        context.close()


@pytest.fixture
def settled(live: ConsoleRig) -> Iterator[ConsoleRig]:
    """The rig; whatever was done to it is undone afterwards."""
    yield live
    live.settle()


@pytest.fixture
def browser(settled: ConsoleRig, tabs: Browser) -> Browser:
    """The browser for pages of the rig: they are closed, then what they did is undone."""
    return tabs


@pytest.fixture(scope="module")
def shared(chrome: Browser, live: ConsoleRig) -> Iterator[DeskPage]:
    """One page for the short tests of a module; each leaves the rig and the page as it was."""
    live.settle()
    opened = new_desk(chrome).open(live.url)
    opened.says("header-state", "^RUNNING$", 30)
    yield opened
    opened.page.context.close()
    live.settle()
    assert opened.troubles == []


@pytest.fixture
def desk(browser: Browser, live: ConsoleRig, request) -> Iterator[DeskPage]:
    """The page of the rig, open; what its script complains about fails the test."""
    opened = new_desk(browser).open(live.url)
    yield opened
    if request.node.stash.get(FAILED, False):
        PICTURES.mkdir(parents=True, exist_ok=True)
        picture = opened.page.screenshot(full_page=True)
        (PICTURES / f"{request.node.name}.png").write_bytes(picture)
    assert opened.troubles == []
