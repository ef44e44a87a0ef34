"""The live EMG: the page draws it itself, from a WebSocket of its own."""

from pathlib import Path

from nicegui import ui

from emgrig_console.desk import Desk

__all__ = ["build"]

MARKUP = (Path(__file__).parents[1] / "static" / "signal.html").read_text("utf-8")
ELEMENT = "document.getElementById('em-signal')"


def build(desk: Desk) -> None:
    """Make the panel."""
    ui.html(MARKUP, sanitize=False).classes("em-full")
    ui.add_head_html('<link rel="stylesheet" href="/static/signal.css">')
    # A module that is asked for when it is needed cannot come too late.
    ui.run_javascript(f"import('/static/viewer.js').then((viewer) => viewer.begin({ELEMENT}))")
