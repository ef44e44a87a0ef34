"""Every program of the rig: how it is, and starting, stopping and restarting it."""

from collections.abc import Callable

from nicegui import ui

from emgrig_console.describing import ProcessRow, describe, hand_words
from emgrig_console.desk import Desk
from emgrig_console.parts import panel_notices

__all__ = ["build"]

PERIOD_S = 0.5
LOG_LINES = 200


def build(desk: Desk) -> None:
    """Make the panel."""
    panel_notices(desk, "processes")
    empty = ui.label("").classes("em-empty")
    box = ui.element("ul").classes("em-list").props('aria-label="Processes"')
    hand = ui.label("").classes("em-dim").props('data-testid="processes-hand"')
    rows: dict[str, _Row] = {}

    def refresh() -> None:
        programs = desk.polls.get("programs")
        is_gone = bool(programs.error)
        empty.set_visibility(is_gone or not programs.value)
        empty.set_text(
            "The rig's supervisor does not answer. Start the rig: make up (or emgrig up)."
            if is_gone
            else "Asking supervisor for the programs."
        )
        for program in [] if is_gone else programs.value or []:
            if program.name not in rows:
                with box:
                    rows[program.name] = _Row(desk, program.name)
            restarts = desk.board.restarts(program.name)
            rows[program.name].show(describe(program, desk.board.health(program.name), restarts))
        hand.set_text(hand_words(desk.polls.get("hand").value))

    refresh()
    ui.timer(PERIOD_S, refresh)


class _Row:
    """One program on the page."""

    def __init__(self, desk: Desk, name: str) -> None:
        self._desk, self._name = desk, name
        self._shown: ProcessRow | None = None
        with ui.element("li").classes("em-process").props(f'data-testid="processes-row-{name}"'):
            with ui.element("div").classes("em-row"):
                self._mark = ui.label("").classes("em-mono").props('aria-hidden="true"')
                ui.label(name).classes("em-grow")
                self._state = ui.label("").props(f'data-testid="processes-state-{name}"')
                with ui.button("More").props(
                    f'flat dense no-caps data-testid="processes-more-{name}" '
                    f'aria-label="More about {name}"'
                ):
                    self._build_menu()
            self._numbers = ui.label("").classes("em-mono em-dim em-small")
            self._troubles = ui.label("").classes("em-trouble")

    def show(self, row: ProcessRow) -> None:
        """Change what changed."""
        if row == self._shown:
            return
        self._shown = row
        self._mark.set_text(row.mark)
        for label in (self._mark, self._state):
            label.classes(remove="em-ok em-warn em-danger em-stale", add=f"em-{row.tone}")
        self._state.set_text(row.state)
        self._numbers.set_text(row.numbers)
        self._troubles.set_text("\n".join(row.troubles))
        self._troubles.set_visibility(bool(row.troubles))
        self._start.set_enabled(row.can_start)
        self._stop.set_enabled(row.can_stop)

    def _build_menu(self) -> None:
        supervisor, name = self._desk.supervisor, self._name
        with ui.menu():
            self._start = self._item("start", "Start", supervisor.start_program)
            self._stop = self._item("stop", "Stop", supervisor.stop_program)
            self._item("restart", "Restart", supervisor.restart_program)
            log = ui.menu_item("Log", lambda: _show_log(self._desk, name))
            log.props(f'data-testid="processes-log-{name}"')

    def _item(self, action: str, words: str, work: Callable[[str], None]) -> ui.menu_item:
        desk, name = self._desk, self._name

        async def act() -> None:
            await desk.do("processes", f"{action} {name}", lambda: work(name))
            desk.polls.hurry("programs")

        return ui.menu_item(words, act).props(f'data-testid="processes-{action}-{name}"')


async def _show_log(desk: Desk, name: str) -> None:
    text = await desk.do("processes", f"read {name}'s log", lambda: _tail(desk, name))
    if text is None:
        return
    with ui.dialog(value=True) as dialog, ui.card().classes("em-dialog"):
        ui.label(f"{name}: the last lines of its log").classes("em-title")
        ui.label(text).classes("em-log em-mono").props(
            f'data-testid="processes-log-text" tabindex="0" aria-label="Log of {name}"'
        )
        ui.button("Close", on_click=dialog.close).props("flat no-caps")
    dialog.on("hide", dialog.delete)


def _tail(desk: Desk, name: str) -> str:
    return desk.supervisor.log_tail(name, LOG_LINES)
