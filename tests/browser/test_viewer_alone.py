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
window.stream = { channels: 8, column: 0, value: 5, swing: 0, n: 5, marks: [] };
window.WebSocket = class {
  static OPEN = 1;
  constructor() {
    this.readyState = 1;
    setTimeout(() => this.onopen());
    setInterval(() => this.speak(), 50);
  }
  send() {}
  speak() {
    const { channels, column, value, swing, n, marks, isHeld, isQuiet } = window.stream;
    if (isHeld) return;
    const frame = new ArrayBuffer(16 + n * channels * 8), head = new DataView(frame);
    head.setUint32(0, 1, true); head.setUint32(4, column, true); head.setUint16(8, n, true);
    head.setUint16(10, channels, true); head.setUint32(12, 10, true);
    const values = new Float32Array(frame, 16);
    for (let k = 0; k < n * channels; k++) {
      const peak = value * (1 + swing * Math.sin(column + k));
      values.set([-peak, peak], 2 * k);
    }
    if (window.stream.hasNaN) values.fill(NaN, 0, 2);
    window.stream.column += n;
    if (!isQuiet) this.onmessage({ data: JSON.stringify({
      n_channels: channels, fs: 2000, age_s: 0, names: [], marks, cues: [[column, "Fist"]],
    }) });
    this.onmessage({ data: frame });
  }
};
"""
MODES = pytest.mark.parametrize("mode", ["scan", "scroll"])
FRAMES = """new Promise((done) => {
  let n = 30;
  const next = () => (n-- > 0 ? requestAnimationFrame(next) : done());
  next();
})"""
WATCHED = """
window.calls = { fillRect: 0, fillText: 0 };
for (const name of Object.keys(window.calls)) {
  const real = CanvasRenderingContext2D.prototype[name];
  CanvasRenderingContext2D.prototype[name] = function (...what) {
    window.calls[name] += 1;
    return real.apply(this, what);
  };
}
"""
PICTURE = "document.querySelector('.em-canvas').toDataURL()"
PIXEL = """([column, mode]) => {
  const canvas = document.querySelector(".em-canvas"), total = canvas.clientWidth - 64;
  const left = mode === "scan" ? column % total : column - (window.stream.column - total);
  const data = canvas.getContext("2d").getImageData(64 + left, 100, 1, 1).data;
  return `#${[...data].slice(0, 3).map((v) => v.toString(16).padStart(2, "0")).join("")}`;
}"""
DANGER = "getComputedStyle(document.body).getPropertyValue('--em-danger').trim()"
"""What is missing; a pixel of a column is not of this colour by itself."""


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


def hold(viewer: Page) -> None:
    """Let nothing come any more, and wait until what came is drawn."""
    viewer.evaluate("window.stream.isHeld = true")
    viewer.evaluate(FRAMES)


@MODES
def test_what_was_drawn_bit_by_bit_is_what_is_drawn_at_once(viewer: Page, mode: str) -> None:
    viewer.get_by_test_id("signal-mode").select_option(mode)
    viewer.evaluate("Object.assign(window.stream, { swing: 0.5, n: 40 })")
    width = viewer.locator(".em-canvas").evaluate("(canvas) => canvas.clientWidth")
    # Once around, and all of it with the swing.
    viewer.wait_for_function(f"window.stream.column > 3 * {width}")

    hold(viewer)
    before = viewer.evaluate(PICTURE)
    viewer.evaluate("document.body.classList.toggle('em-other')")
    viewer.evaluate(FRAMES)

    assert viewer.evaluate(PICTURE) == before


@MODES
def test_only_what_came_is_drawn(viewer: Page, mode: str) -> None:
    viewer.get_by_test_id("signal-mode").select_option(mode)
    viewer.wait_for_function("emgrigViewer.stats().columns > 100")
    viewer.evaluate("window.stream.isQuiet = true")
    viewer.evaluate(FRAMES)

    began = viewer.evaluate(f"(() => {{ {WATCHED} return window.stream.column; }})()")
    viewer.wait_for_function(f"window.stream.column >= {began} + 100")
    hold(viewer)

    came = viewer.evaluate("window.stream.column") - began
    calls = viewer.evaluate("window.calls")
    # One for a column of a lane, and some a frame.
    assert 8 * came <= calls["fillRect"] <= 2 * 8 * came
    assert mode == "scroll" or calls["fillText"] == 0


def test_what_comes_in_bursts_is_drawn_evenly(viewer: Page) -> None:
    # It comes twenty times a second.
    viewer.wait_for_function("emgrigViewer.stats().fps > 30")


@MODES
def test_a_mark_stays_where_its_sample_is(viewer: Page, mode: str) -> None:
    viewer.get_by_test_id("signal-mode").select_option(mode)
    column = viewer.evaluate("window.stream.column")

    # It is told of after its samples.
    viewer.wait_for_function(f"window.stream.column >= {column} + 20")
    viewer.evaluate(f"window.stream.marks = [[{column + 8}.5, 'gap', -1]]")
    viewer.wait_for_function(f"window.stream.column >= {column} + 100")
    hold(viewer)

    assert viewer.evaluate(PIXEL, [column + 8, mode]) == viewer.evaluate(DANGER)
