"""The signal viewer by itself, on a stream that no rig makes: what is no number, many channels."""

import mimetypes
import re
from collections.abc import Iterator
from pathlib import Path

import emgrig_console
import pytest
from playwright.sync_api import Browser, Page, Route, expect

STATIC = Path(emgrig_console.__file__).parent / "static"
PAGE = f"""<!doctype html><html lang="en"><head><title>viewer</title>
<link rel="stylesheet" href="/theme.css"><link rel="stylesheet" href="/signal.css"></head>
<body class="body--dark">{(STATIC / "signal.html").read_text("utf-8")}
<script type="module">
import {{ begin }} from "/viewer.js"; begin(document.getElementById("em-signal"));
</script></body></html>"""
STREAM = """
window.stream = { channels: 8, column: 0, value: 5 };
window.WebSocket = class {
  static OPEN = 1;
  constructor() {
    this.readyState = 1;
    setTimeout(() => this.onopen());
    setInterval(() => this.speak(), 50);
  }
  send() {}
  speak() {
    const { channels, column, value } = window.stream, n = 5;
    const frame = new ArrayBuffer(16 + n * channels * 8), head = new DataView(frame);
    head.setUint32(0, 1, true); head.setUint32(4, column, true); head.setUint16(8, n, true);
    head.setUint16(10, channels, true); head.setUint32(12, 10, true);
    const values = new Float32Array(frame, 16);
    for (let k = 0; k < n * channels; k++) values.set([-value, value], 2 * k);
    if (window.stream.hasNaN) values.fill(NaN, 0, 2);
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
def viewer(tabs: Browser) -> Iterator[Page]:
    page = tabs.new_page(viewport={"width": 1000, "height": 600})
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.add_init_script(STREAM)
    page.route("http://viewer.test/**", answer)
    page.goto("http://viewer.test/")
    page.wait_for_function("window.emgrigViewer?.stats().columns > 10")
    yield page
    assert troubles == []


def says(viewer: Page, name: str, words: str) -> None:
    expect(viewer.get_by_test_id(name)).to_have_text(re.compile(words))


def test_a_column_without_numbers_leaves_the_lane(viewer: Page) -> None:
    viewer.evaluate("window.stream.hasNaN = true; window.stream.value = 10")

    says(viewer, "signal-status", r"lane 22\.0 stream units")


def test_many_channels_are_a_stack_with_a_chip_each(viewer: Page) -> None:
    viewer.evaluate("window.stream.channels = 80")
    viewer.wait_for_function("emgrigViewer.stats().channels === 80")
    expect(viewer.locator(".em-channels button")).to_have_count(80)

    viewer.get_by_test_id("signal-lanes").evaluate("(lanes) => lanes.scrollTo(0, 1e6)")

    viewer.wait_for_function("emgrigViewer.stats().top === 80 - 16")
