"""The page: where each panel stands."""

from nicegui import ui

from emgrig_console.desk import Desk
from emgrig_console.panels import hands, header, processes, signal
from emgrig_console.parts import panel

__all__ = ["build_page"]


def build_page(desk: Desk) -> None:
    """Lay out the page of one browser tab."""
    ui.add_head_html('<link rel="stylesheet" href="/static/theme.css">')
    with ui.header(elevated=False).classes("em-header"):
        header.build(desk)
    with ui.element("main").classes("em-page"):
        with ui.element("div").classes("em-controls"), panel("processes", "Processes"):
            processes.build(desk)
        with ui.element("div").classes("em-stage"):
            with panel("signal", "Signal", is_wide=True):
                signal.build(desk)
            with panel("hands", "Hands"):
                hands.build(desk)
