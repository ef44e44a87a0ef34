"""The page: where each panel stands."""

from collections.abc import Callable

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
from emgrig_console.parts import panel

__all__ = ["build_page"]

type PanelBuilder = Callable[[Desk], None]

# From top to bottom in the order of work.
LEFT = (
    ("processes", "Processes", processes.build),
    ("recording", "Recording", recording.build),
    ("sessions", "Sessions", sessions.build),
    ("pipeline", "Model", pipeline.build),
    ("filter", "Filter", smoothing.build),
)
RIGHT = (("streams", "Streams", streams.build), ("log", "Log", log.build))


HEARTBEAT_S = 1.0
"""The page is silent without it for 3 s: static/watchdog.js."""


def build_page(desk: Desk) -> None:
    """Lay out the page of one browser tab."""
    ui.add_head_html('<link rel="stylesheet" href="/static/theme.css">')
    ui.add_body_html('<script src="/static/watchdog.js"></script>')
    ui.timer(HEARTBEAT_S, lambda: ui.run_javascript("emgrigWatchdog.heard('words')"))
    with ui.header(elevated=False).classes("em-header"):
        header.build(desk)
    with ui.element("div").classes("em-page"):
        _column(desk, "em-controls", LEFT)
        with ui.element("div").classes("em-stage"):
            with panel("signal", "Signal", is_wide=True):
                signal.build(desk)
            with panel("hands", "Hands"):
                hands.build(desk)
            _column(desk, "em-stack", RIGHT)


def _column(desk: Desk, look: str, panels: tuple[tuple[str, str, PanelBuilder], ...]) -> None:
    with ui.element("div").classes(look):
        for name, title, build in panels:
            with panel(name, title):
                build(desk)
