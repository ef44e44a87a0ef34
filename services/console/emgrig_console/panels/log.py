"""What the processes say, newest last."""

import json

from nicegui import events, ui

from emgrig_console.desk import Desk
from emgrig_console.sightings import LogLine

__all__ = ["build", "line_text", "matches"]

PERIOD_S = 0.5
MOST_SHOWN = 300
LEVELS = {"debug": 0, "info": 1, "warning": 2, "error": 3}


def build(desk: Desk) -> None:
    """Make the panel."""
    _Log(desk)


class _Log:
    """The lines that pass the filters; it follows the newest unless somebody scrolled up."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._shown: object = None
        with ui.element("div").classes("em-row"):
            processes = {"": "all processes"} | {name: name for name in desk.rig.processes}
            self._process = ui.select(processes, value="", label="Process")
            self._level = ui.select([*LEVELS], value="info", label="From level")
            self._search = ui.input("Search").classes("em-grow")
            for field, name in (
                (self._process, "process"),
                (self._level, "level"),
                (self._search, "search"),
            ):
                field.props(f'dense outlined data-testid="log-{name}"')
            copy = ui.button("Copy", on_click=self._copy)
            copy.props('flat dense no-caps data-testid="log-copy"')
        with ui.scroll_area(on_scroll=self._note_scroll).classes("em-log-box") as self._area:
            self._text = (
                ui.label("")
                .classes("em-log-lines em-mono")
                .props('data-testid="log-lines" role="log" aria-label="All logs" tabindex="0"')
            )
        self._is_following = True
        self._refresh()
        ui.timer(PERIOD_S, self._refresh)

    def _note_scroll(self, event: events.ScrollEventArguments) -> None:
        self._is_following = event.vertical_percentage > 0.97

    def _refresh(self) -> None:
        wanted = (self._process.value, self._level.value, self._search.value or "")
        newest, lines = self._desk.board.logs()
        if (newest, wanted) == self._shown:
            return
        self._shown = (newest, wanted)
        process, level, search = wanted
        found = [line for line in lines if matches(line, process, level, search)]
        words = "Nothing was said that passes these filters."
        self._text.set_text("\n".join(line_text(one) for one in found[-MOST_SHOWN:]) or words)
        if self._is_following:
            self._area.scroll_to(percent=1.0)

    def _copy(self) -> None:
        ui.run_javascript(f"navigator.clipboard.writeText({json.dumps(self._text.text)})")


def matches(line: LogLine, process: str, level: str, search: str) -> bool:
    """Whether a line passes the filters.

    Args:
        line: Of the log.
        process: Only of this one; empty for all.
        level: At least.
        search: Text that it contains, in any case.
    """
    is_loud = LEVELS.get(line.level, LEVELS["error"]) >= LEVELS[level]
    text = f"{line.process} {line.event} {line.text}".lower()
    return is_loud and process in ("", line.process) and search.lower() in text


def line_text(line: LogLine) -> str:
    """Return a line as it is shown: time (UTC), level in words, process, event, the rest."""
    head = f"{line.timestamp[11:19]} {line.level:<7} {line.process}: {line.event}"
    return f"{head} {line.text}".rstrip()
