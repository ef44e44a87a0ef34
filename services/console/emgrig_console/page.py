"""The page: where each panel stands."""

import time

from nicegui import ui

from emgrig_console.desk import Desk
from emgrig_console.panels import (
    hands,
    header,
    log,
    pipeline,
    processes,
    recording,
    sessions,
    signal,
    smoothing,
    streams,
)
from emgrig_console.panels.tabs import Tab, Tabs
from emgrig_console.parts import panel

__all__ = ["build_page"]

# From top to bottom in the order of work.
LEFT = (
    ("processes", "Processes", processes.build),
    ("recording", "Recording", recording.build),
    ("sessions", "Sessions", sessions.build),
    ("pipeline", "Model", pipeline.build),
    ("filter", "Filter", smoothing.build),
)
TABS = (
    Tab("streams", "Streams", streams.build, n_beats=2),
    Tab("log", "Log", log.build, n_beats=1),
)


HEARTBEAT_S = 1.0
"""The page is silent without it for 3 s: static/watchdog.js; it sends each back."""


def build_page(desk: Desk) -> None:
    """Lay out the page of one browser tab."""
    ui.add_head_html('<link rel="stylesheet" href="/static/theme.css">')
    ui.add_body_html('<script src="/static/watchdog.js"></script>')
    _build_heartbeat(desk)
    with ui.header(elevated=False).classes("em-header"):
        header.build(desk)
    with ui.element("div").classes("em-page"):
        _build_controls(desk)
        with ui.element("div").classes("em-stage"):
            with panel("signal", "Signal", is_wide=True):
                signal.build(desk)
            with panel("hands", "Hands"):
                hands.build(desk)
            Tabs(desk, "Streams and log", TABS)


def _build_heartbeat(desk: Desk) -> None:
    page = ui.context.client

    def beat() -> None:
        ui.run_javascript(f"emgrigWatchdog.heard('words', {time.monotonic()})")

    ui.on("em-heard", lambda event: desk.punctuality.heard(page, float(event.args)))
    ui.timer(HEARTBEAT_S, beat)


def _build_controls(desk: Desk) -> None:
    with ui.element("div").classes("em-controls"):
        for name, title, build in LEFT:
            with panel(name, title):
                build(desk)
