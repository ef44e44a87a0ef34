"""The signal viewer by itself, on a stream that the test makes: no rig, so any shape is cheap."""

import mimetypes
import re
from collections.abc import Iterator
from pathlib import Path

import emgrig_console
import pytest
from playwright.sync_api import Page, Playwright, Route, expect

from tests.browser.chromium import chromium

STATIC = Path(emgrig_console.__file__).parent / "static"
PAGE = f"""<!doctype html><html lang="en"><head><title>viewer</title>
<link rel="stylesheet" href="/theme.css"><link rel="stylesheet" href="/signal.css"></head>
<body class="body--dark">{(STATIC / "signal.html").read_text("utf-8")}
<script src="/watchdog.js"></script>
<script type="module">
import {{ begin }} from "/viewer.js"; begin(document.getElementById("em-signal"));
</script></body></html>"""
STREAM = """
window.stream = { channels: 8, asked: [], column: 0, isSilent: false, value: 5 };
window.WebSocket = class {
  static OPEN = 1;
  constructor() {
    this.readyState = 1;
    setTimeout(() => this.onopen());
    setInterval(() => window.stream.isSilent || this.speak(), 50);
  }
  send(text) { window.stream.asked.push(JSON.parse(text)); }
  speak() {
    const { asked, channels, column, value } = window.stream, n = 5;
    const chosen = asked.at(-1)?.channels, shown = chosen ? chosen.length : channels;
    const frame = new ArrayBuffer(16 + n * shown * 12), head = new DataView(frame);
    head.setUint32(0, 1, true); head.setUint32(4, column, true); head.setUint16(8, n, true);
    head.setUint16(10, shown, true); head.setUint32(12, 10, true);
    const values = new Float32Array(frame, 16);
    for (let k = 0; k < n * shown; k++) values.set([-value, value, value / 2], 3 * k);
    if (window.stream.hasNaN) values.fill(NaN, 0, 3);
    window.stream.column += n;
    this.onmessage({ data: JSON.stringify({
      n_channels: channels, fs: 2000, age_s: 0, names: [], marks: [], cues: [[column, "Fist"]],
    }) });
    this.onmessage({ data: frame });
  }
};
"""


def answer(route: Route) -> None:
    name = route.request.url.rpartition("/")[2]
    if not name:
        route.fulfill(body=PAGE, content_type="text/html")
        return
    file = STATIC / name
    kind = mimetypes.guess_type(name)[0] or "text/plain"
    route.fulfill(body=file.read_bytes() if file.exists() else b"", content_type=kind)


@pytest.fixture
def viewer(playwright: Playwright) -> Iterator[Page]:
    with chromium(playwright) as browser:
        page = browser.new_page(viewport={"width": 1000, "height": 600})
        troubles: list[str] = []
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.add_init_script(STREAM)
        page.route("http://viewer.test/**", answer)
        page.goto("http://viewer.test/")
        page.wait_for_function("window.emgrigViewer?.stats().columns > 10")
        yield page
        assert troubles == []


def asked(viewer: Page, condition: str) -> None:
    """Wait for a wish of the page."""
    viewer.wait_for_function(
        f"(({{asked}}) => {{ const v = asked.at(-1); return {condition}; }})(window.stream)"
    )


def says(viewer: Page, name: str, words: str) -> None:
    expect(viewer.get_by_test_id(name)).to_have_text(re.compile(words))


def test_what_is_chosen_is_asked_for(viewer: Page) -> None:
    viewer.get_by_test_id("signal-span").select_option("2")
    asked(viewer, "v.span_s === 2")

    viewer.get_by_test_id("signal-track").select_option("conditioned")
    asked(viewer, "v.track === 'conditioned'")

    viewer.get_by_label("Channel 3", exact=True).click()
    asked(viewer, "v.channels.join() === '0,1,3,4,5,6,7'")
    viewer.get_by_label("Channel 3", exact=True).click()
    asked(viewer, "v.channels === null")


def test_gain_is_fixed_or_fits_the_signal(viewer: Page) -> None:
    says(viewer, "signal-status", r"8 ch  2000\.0 Hz  lane 11\.0 stream units")

    viewer.get_by_test_id("signal-gain").select_option("100")

    says(viewer, "signal-status", "lane 100 stream units")


def test_a_column_without_numbers_leaves_the_lane(viewer: Page) -> None:
    viewer.evaluate("window.stream.hasNaN = true; window.stream.value = 10")

    says(viewer, "signal-status", r"lane 22\.0 stream units")


def test_scroll_draws_too(viewer: Page) -> None:
    viewer.get_by_test_id("signal-mode").select_option("scroll")

    viewer.wait_for_function("emgrigViewer.stats().fps > 1")


def test_paused_it_is_inspected_by_keyboard(viewer: Page) -> None:
    viewer.get_by_test_id("signal-pause").click()
    says(viewer, "signal-status", "PAUSED")
    before = viewer.evaluate("emgrigViewer.stats().columns")

    viewer.get_by_test_id("signal-lanes").focus()
    viewer.keyboard.press("ArrowDown")

    says(viewer, "signal-words", r"ch 2  .* s ago  -5\.000 to 5\.000 stream units")
    assert viewer.evaluate("emgrigViewer.stats().columns") == before


def test_many_channels_are_a_stack_with_a_chip_each(viewer: Page) -> None:
    viewer.evaluate("window.stream.channels = 80")
    viewer.wait_for_function("emgrigViewer.stats().channels === 80")
    expect(viewer.locator(".em-channels button")).to_have_count(80)

    viewer.get_by_test_id("signal-lanes").evaluate("(lanes) => lanes.scrollTo(0, 1e6)")

    viewer.wait_for_function("emgrigViewer.stats().top === 80 - 16")


def test_a_silent_console_is_said_and_nothing_looks_live(viewer: Page) -> None:
    viewer.evaluate("window.stream.isSilent = true")

    says(viewer, "signal-status", "no new sample")
    says(viewer, "watchdog", r"no word from the console since \d\d:\d\d:\d\d")
    expect(viewer.locator("body")).to_have_class(re.compile("em-no-word"))

    viewer.evaluate("window.stream.isSilent = false")
    expect(viewer.get_by_test_id("watchdog")).to_be_hidden()
