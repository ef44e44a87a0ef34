"""What the processes say, newest last."""

import json

from nicegui import events, ui

from emgrig_console.desk import Desk
from emgrig_console.log_view import LEVELS, excerpt, missed_words
from emgrig_console.panels.tabs import Follow
from emgrig_console.parts import attributes, button

__all__ = ["build"]

# Pages that came over plain HTTP from another machine have no clipboard of their own.
COPY = """
const text = %s;
if (navigator.clipboard) return navigator.clipboard.writeText(text).then(() => true, () => false);
const area = document.createElement("textarea");
area.value = text;
document.body.append(area);
area.select();
const isDone = document.execCommand("copy");
area.remove();
return isDone;
"""


def build(desk: Desk) -> Follow:
    """Make the panel."""
    with ui.element("div").classes("em-fill"):
        return _Log(desk).follow


class _Log:
    """The lines that pass the filters; it follows the newest unless somebody scrolled up."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._shown: object = None
        self._is_following = True
        # What was said before the page was opened is no news.
        self._n_seen = self._n_counted = desk.board.logs()[0]
        self._missed = ""
        self._build_filters()
        with ui.scroll_area(on_scroll=self._note_scroll).classes("em-log-box") as self._area:
            self._text = ui.label("").classes("em-log-lines em-mono")
            attributes(self._text, role="region", aria_label="Log lines", tabindex="0")
            attributes(self._text, data_testid="log-lines")

    def follow(self, is_shown: bool) -> str:
        """Draw what is new if it is seen; return what one misses."""
        newest, lines = self._desk.board.logs()
        if is_shown:
            self._n_seen = self._n_counted = newest
            self._missed = ""
            self._refresh()
            return ""
        if newest != self._n_counted:
            self._n_counted = newest
            self._missed = missed_words(lines, self._n_seen)
        return self._missed

    def _build_filters(self) -> None:
        processes = {"": "all processes"} | {name: name for name in self._desk.rig.processes}
        with ui.element("div").classes("em-row"):
            self._process = ui.select(processes, value="", label="Process").classes("em-field")
            self._level = ui.select([*LEVELS], value="info", label="At least").classes("em-level")
            self._search = ui.input("Search").classes("em-field")
            fields = {"process": self._process, "level": self._level, "search": self._search}
            for name, field in fields.items():
                field.props(f'dense outlined data-testid="log-{name}"')
                field.on_value_change(self._refresh)
            button("Copy", self._copy, "log-copy", "Copy the lines shown")
        self._words = ui.label("").classes("em-dim em-small").props('data-testid="log-words"')
        self._copied = ui.label("").classes("em-small")
        self._copied.props('role="status" data-testid="log-copied"')

    def _note_scroll(self, event: events.ScrollEventArguments) -> None:
        self._is_following = event.vertical_percentage > 0.97

    def _refresh(self) -> None:
        wanted = (self._process.value, self._level.value, self._search.value or "")
        newest, lines = self._desk.board.logs()
        if (newest, wanted) == self._shown:
            return
        self._shown = (newest, wanted)
        found = excerpt(lines, *wanted)
        self._words.set_text(found.words)
        self._text.set_text(found.text)
        if self._is_following:
            self._area.scroll_to(percent=1.0)

    async def _copy(self) -> None:
        text = self._text.text
        is_done = await ui.run_javascript(COPY % json.dumps(text))
        n = len(text.splitlines())
        self._copied.set_text(
            f"{n} lines copied." if is_done else "The browser refused: select the lines instead."
        )
