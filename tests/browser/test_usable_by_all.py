"""The page for people who use a keyboard, a screen reader or a phone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.accessibility import violations
from tests.browser.console_rig import ConsoleRig
from tests.browser.desk_page import PANELS, TABS, DeskPage, new_desk

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
IS_TOO_WIDE = "document.documentElement.scrollWidth > window.innerWidth"
LONG_WORDS = {
    "header-state": "DEGRADED: no word from feature-extractor",
    "header-clock": "rec 00:42 take-3",
    "header-sample": "sample 109 ms old",
    "header-latency": "sample to hand p50 12.1 ms, p99 113.4 ms",
    "header-hand": "hand held at rest",
    "signal-status": "! no new sample for 12 s, since 12:00:00 PM  PAUSED",
    "signal-words": "ch 3  0.01 s ago  -0.03611 to 0.02814 stream units",
}
PLACES = """(words) => {
  const by = (name) => document.querySelector(`[data-testid="${name}"]`);
  const place = (one) => { const { x, y, height } = one.getBoundingClientRect();
    return [x, y, height].map(Math.round); };
  const chip = () => document.querySelector("#em-signal .em-channels button");
  const all = () => [document.querySelector(".em-header").offsetHeight, place(chip()),
    ...["signal-pause", "signal-mode", "signal-lanes", "panel-signal"].map((n) => place(by(n)))];
  const usual = all();
  for (const [name, said] of Object.entries(words)) by(name).textContent = said;
  return [usual, all()];
}"""
CLICKED = ("recording-cue-Fist", "recording-take", "recording-record", "recording-protocol")
FAULTS = {
    "virtual-hand": ("panel-recording", "No hand to cue"),
    "recorder": ("recording-words", "does not answer"),
}
FOCUSED = "document.activeElement.closest('[data-testid]')?.dataset.testid ?? ''"


@pytest.fixture
def fresh(shared: DeskPage, live: ConsoleRig) -> Iterator[DeskPage]:
    """The page as it is when it is opened: nothing has the focus."""
    shared.open(live.url)
    shared.says("header-state", "RUNNING", 30)
    yield shared
    live.settle()


def test_axe_finds_nothing_in_the_dark_and_in_the_light(fresh: DeskPage) -> None:
    expect(fresh.by("recording-cue-Fist")).to_be_visible()

    dark = violations(fresh.page)
    fresh.by("header-theme").click()
    expect(fresh.page.locator("body.body--light")).to_be_visible()
    light = violations(fresh.page)
    fresh.tab("log")
    light += violations(fresh.page)

    fresh.by("header-theme").click()
    expect(fresh.page.locator("body.body--dark")).to_be_visible()
    assert "\n".join(dark) == ""
    assert "\n".join(light) == ""


def test_keys_cue_record_and_bring_to_rest(fresh: DeskPage) -> None:
    fresh.says("header-clock", "not recording", 30)
    expect(fresh.by("recording-cue-Fist")).to_be_enabled()
    press = fresh.page.keyboard.press

    press("2")
    expect(fresh.by("recording-cue-Fist")).to_have_attribute("aria-pressed", "true")
    press("r")
    fresh.records(1)
    # What is typed into a field is text, not a command; Esc is Rest even there.
    fresh.by("recording-take").fill("")
    fresh.page.keyboard.type("r1")
    expect(fresh.by("recording-take")).to_have_value("r1")
    expect(fresh.by("recording-cue-Fist")).to_have_attribute("aria-pressed", "true")
    press("Escape")
    fresh.says("header-hand", "held at rest")
    fresh.by("header-resume").focus()
    press("Enter")
    fresh.says("header-clock", "rec")
    fresh.by("header-theme").focus()
    press("r")

    fresh.says("header-clock", "not recording|saving", 15)
    press("1")
    expect(fresh.by("recording-cue-Rest")).to_have_attribute("aria-pressed", "true")


def test_the_keyboard_stays_where_record_and_stop_take_turns(fresh: DeskPage) -> None:
    fresh.says("header-clock", "not recording", 30)
    expect(fresh.by("recording-record")).to_be_enabled()
    fresh.by("recording-record").focus()

    for name in ("recording-stop", "recording-record"):
        fresh.page.keyboard.press("Enter")
        expect(fresh.by(name)).to_be_focused(timeout=30_000)


def test_axe_finds_nothing_in_an_open_dialog(fresh: DeskPage) -> None:
    fresh.choose("recorder", "log")
    expect(fresh.by("processes-log-text")).to_be_visible()

    assert "\n".join(violations(fresh.page)) == ""


def test_tab_passes_the_page_in_the_order_of_work(fresh: DeskPage) -> None:
    fresh.says("header-clock", "not recording", 30)
    expect(fresh.by("recording-record")).to_be_enabled()
    seen: list[str] = []
    for _ in range(90):
        fresh.page.keyboard.press("Tab")
        seen.append(fresh.page.evaluate(FOCUSED))

    wanted = [
        "header-rest",
        "processes-more-console",
        "recording-cue-Rest",
        "recording-record",
        "pipeline-kind",
        "filter-kind",
        "signal-pause",
        "tab-streams",
        "streams-choose",
    ]
    assert [name for name in wanted if name not in seen] == []
    assert sorted(wanted, key=seen.index) == wanted


def test_focus_is_seen(fresh: DeskPage) -> None:
    fresh.page.keyboard.press("Tab")
    fresh.page.keyboard.press("Tab")

    style = "const s = getComputedStyle(document.activeElement); return s.outlineStyle"
    assert fresh.page.evaluate(f"(() => {{ {style} }})()") != "none"


@pytest.mark.parametrize("width", [1024, 1280, 1440, 1600])
def test_what_the_page_says_moves_nothing_that_one_clicks(fresh: DeskPage, width: int) -> None:
    fresh.says("signal-status", "2048", 30)
    before = fresh.page.viewport_size
    fresh.page.set_viewport_size({"width": width, "height": 800})
    try:
        usual, bad = fresh.page.evaluate(PLACES, LONG_WORDS)
    finally:
        fresh.page.set_viewport_size(before)

    assert bad == usual


@pytest.mark.timeout(120)
@pytest.mark.parametrize("gone", ["virtual-hand", "recorder"])
def test_a_fault_moves_nothing_that_one_clicks(
    fresh: DeskPage, live: ConsoleRig, gone: str
) -> None:
    # What came back earlier takes lines of its own; a new console knows of none.
    fresh.page.evaluate("window.isBefore = true")
    live.kill("console")
    fresh.page.wait_for_function("window.isBefore === undefined", timeout=60_000)
    fresh.says("header-state", "^RUNNING$", 30)
    expect(fresh.by("recording-record")).to_be_enabled()
    before = [fresh.by(name).bounding_box() for name in CLICKED]

    live.supervisor.stop_program(gone)

    expect(fresh.by("processes-start-all")).to_be_visible()
    expect(fresh.by("processes-troubles")).to_contain_text("▲")
    fresh.says(*FAULTS[gone])
    now = [fresh.by(name).bounding_box() for name in CLICKED]
    assert now == before, fresh.by("panel-recording").inner_text()
    # The connection was lost on purpose.
    fresh.troubles.clear()


@pytest.mark.parametrize(
    "window", [PHONE, {"viewport": {"width": 1024, "height": 768}}], ids=["phone", "small"]
)
def test_nothing_is_cut_off(browser: Browser, live: ConsoleRig, window: dict) -> None:
    desk = new_desk(browser, **window).open(live.url)
    desk.says("header-state", "RUNNING", 30)

    assert not desk.page.evaluate(IS_TOO_WIDE)
    # One column, or the controls beside the rest.
    places = [desk.by(f"panel-{name}").bounding_box() for name in PANELS if name not in TABS]
    assert len({place["x"] for place in places if place}) == (1 if window is PHONE else 2)
    for name in PANELS:
        if name in TABS:
            desk.tab(name)
        desk.by(f"panel-{name}").scroll_into_view_if_needed()
        expect(desk.by(f"panel-{name}")).to_be_in_viewport()
    # Rest is within reach, however far down one is.
    expect(desk.by("header-rest")).to_be_in_viewport()
    assert "\n".join(violations(desk.page)) == ""
    assert desk.troubles == []
