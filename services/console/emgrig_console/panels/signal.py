"""The live EMG: the page draws it itself, from a WebSocket of its own."""

from pathlib import Path

from nicegui import ui

from emgrig_console.desk import Desk

__all__ = ["build"]

MARKUP = (Path(__file__).parents[1] / "static" / "signal.html").read_text("utf-8")


def build(desk: Desk) -> None:
    """Make the panel."""
    ui.html(MARKUP, sanitize=False).classes("em-full")
    ui.add_body_html('<script src="/static/viewer.js"></script>')
    ui.run_javascript("emgrigViewer.begin(document.getElementById('em-signal'))")
