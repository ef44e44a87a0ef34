"""Panels that share a frame: one of them is seen, the others cost nothing until they are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nicegui import ui

from emgrig_console.desk import Desk
from emgrig_console.parts import attributes, on_beat

__all__ = ["Follow", "Tab", "Tabs"]

type Follow = Callable[[bool], str]
"""Draws what is now if the panel is seen; else it says in a word or two what one misses."""


@dataclass(frozen=True, slots=True)
class Tab:
    """One panel of the frame.

    Attributes:
        name: Its name in ids.
        title: For people.
        build: Makes it.
        n_beats: After how many of the page it is brought up to date.
    """

    name: str
    title: str
    build: Callable[[Desk], Follow]
    n_beats: int


class Tabs:
    """The frame; the first panel is seen until a person chooses another.

    Args:
        desk: What the panels work with.
        title: Of the frame, for those who are read to.
        tabs: From left to right.
    """

    def __init__(self, desk: Desk, title: str, tabs: Sequence[Tab]) -> None:
        self._names = [tab.name for tab in tabs]
        with attributes(ui.element("section").classes("em-panel"), aria_label=title):
            with ui.element("div").classes("em-tabs") as row:
                attributes(row, role="tablist", aria_label=title)
                self._buttons = {tab.name: self._button(tab) for tab in tabs}
            with ui.element("div").classes("em-panes"):
                self._panes = {tab.name: _Pane(desk, tab, self._missed(tab)) for tab in tabs}
        self._select(self._names[0])

    def _button(self, tab: Tab) -> ui.element:
        k = self._names.index(tab.name)
        before, after = (self._names[(k + step) % len(self._names)] for step in (-1, 1))
        made = ui.element("button").classes("em-tab")
        attributes(made, type="button", role="tab", id=f"tab-{tab.name}")
        attributes(made, aria_controls=f"panel-{tab.name}", data_testid=f"tab-{tab.name}")
        made.on("click", lambda: self._select(tab.name))
        made.on("keydown.left", lambda: self._go_to(before))
        made.on("keydown.right", lambda: self._go_to(after))
        with made:
            ui.html(tab.title, sanitize=False, tag="span")
        return made

    def _missed(self, tab: Tab) -> ui.html:
        with self._buttons[tab.name]:
            words = ui.html("", sanitize=False, tag="span").classes("em-warn em-missed")
        return attributes(words, data_testid=f"tab-missed-{tab.name}")

    def _go_to(self, name: str) -> None:
        """As the arrow keys do in every row of tabs."""
        self._select(name)
        ui.run_javascript(f"document.getElementById('tab-{name}').focus()")

    def _select(self, chosen: str) -> None:
        for name, button in self._buttons.items():
            is_chosen = name == chosen
            attributes(button, aria_selected="true" if is_chosen else "false")
            # One stop for the whole row; the arrows lead on.
            attributes(button, tabindex="0" if is_chosen else "-1")
            self._panes[name].show(is_shown=is_chosen)


class _Pane:
    """One panel, seen or not."""

    def __init__(self, desk: Desk, tab: Tab, missed: ui.html) -> None:
        self._missed = missed
        self._is_shown = True
        with ui.element("div").classes("em-pane") as self._box:
            attributes(self._box, role="tabpanel", id=f"panel-{tab.name}")
            attributes(self._box, aria_labelledby=f"tab-{tab.name}")
            attributes(self._box, data_testid=f"panel-{tab.name}")
            self._follow = tab.build(desk)
        on_beat(self._refresh, tab.n_beats)

    def show(self, *, is_shown: bool) -> None:
        """Be seen, or not, and up to date at once."""
        self._is_shown = is_shown
        # It keeps its size and its scroll, and out of it nothing is read or reached.
        self._box.classes(
            add="" if is_shown else "em-unseen", remove="em-unseen" if is_shown else ""
        )
        self._refresh()

    def _refresh(self) -> None:
        words = self._follow(self._is_shown)
        self._missed.set_content(f" ▲ {words}" if words else "")
