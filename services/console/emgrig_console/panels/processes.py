"""Every program of the rig: how it is, and starting, stopping and restarting it."""

from collections.abc import Callable
from functools import partial
from typing import Any

from emgrig.runtime.supervision import Program
from nicegui import ui

from emgrig_console.describing import (
    ProcessRow,
    describe,
    hand_words,
    returns_words,
    troubles_of,
    troubles_together,
)
from emgrig_console.desk import Desk
from emgrig_console.next_step import Step
from emgrig_console.parts import (
    Rows,
    accent,
    ask,
    attributes,
    dialog,
    on_beat,
    panel_notices,
    set_tone,
)

__all__ = ["build"]

LOG_LINES = 200
SELF = "console"
GONE = "The rig's supervisor does not answer. Start the rig: make up (or emgrig up)."
HEADINGS = ("", "process", "state", "up", "CPU %", "MB", "")


def build(desk: Desk) -> None:
    """Make the panel."""
    panel_notices(desk, "processes")
    _Programs(desk)


class _Programs:
    """The table of programs, and what is wrong around them."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._empty = ui.label("").classes("em-empty")
        self._rows = Rows[ProcessRow, _Row](
            _table(), lambda row: _Row(desk, row.name), lambda row: row.name
        )
        self._start_all = ui.button("Start what is stopped", on_click=self._start_stopped)
        self._start_all.classes("em-corner").props("no-caps unelevated dense")
        self._start_all.props('data-testid="processes-start-all"')
        # Room that is always there: what is said in it moves nothing below.
        with ui.element("div").classes("em-said em-small"):
            self._hand = ui.label("").classes("em-dim").props('data-testid="processes-hand"')
            self._troubles = _Troubles()
            self._returns = ui.label("").classes("em-dim")
            self._returns.props('data-testid="processes-returns"')
        self._refresh()
        on_beat(self._refresh)

    def _refresh(self) -> None:
        desk, polled = self._desk, self._desk.polls.get("programs")
        programs: list[Program] = polled.value or []
        self._empty.set_visibility(bool(polled.error) or not programs)
        self._empty.set_text(GONE if polled.error else "Asking supervisor for the programs.")
        healths = {program.name: desk.board.health(program.name) for program in programs}
        is_known = not polled.error
        silent = desk.silent_programs
        rows = [
            describe(one, healths[one.name], silent.usage(one.name), is_known=is_known)
            for one in programs
        ]
        self._rows.show(rows)
        self._start_all.set_visibility(any(row.can_start for row in rows))
        accent(self._start_all, is_on=desk.next_step is Step.START)
        self._troubles.show(
            [(one.name, troubles_of(one, healths[one.name])) for one in programs if is_known]
        )
        self._returns.set_text(
            returns_words(
                {n: desk.board.restarts(n) + silent.restarts(n) for n in map(_name, programs)}
            )
        )
        self._returns.set_visibility(bool(self._returns.text))
        self._hand.set_text(hand_words(desk.polls.get("hand")))

    async def _start_stopped(self) -> None:
        desk = self._desk
        for program in desk.polls.get("programs").value or []:
            if describe(program, None).can_start:
                work = partial(desk.supervisor.start_program, program.name)
                await desk.do("processes", f"start {program.name}", work)
        desk.polls.hurry("programs")


def _name(program: Program) -> str:
    return program.name


class _Troubles:
    """What is wrong outside of the processes: one line a cause, the remedy on demand."""

    def __init__(self) -> None:
        self._shown: object = None
        self._box = ui.element("div").props('data-testid="processes-troubles"')

    def show(self, troubles: list[tuple[str, Any]]) -> None:
        """Change what changed."""
        found = troubles_together(troubles)
        if found == self._shown:
            return
        self._shown = found
        self._box.clear()
        with self._box:
            for trouble in found:
                with ui.element("details").classes("em-trouble"):
                    with ui.element("summary").classes("em-line"):
                        ui.label(f"▲ {trouble.words}").classes("em-inline")
                    who = ", ".join(trouble.processes)
                    ui.label(f"Said by {who}: {trouble.words}; {trouble.remedy}")


class _Row:
    """One program on the page."""

    def __init__(self, desk: Desk, name: str) -> None:
        self._desk, self._name = desk, name
        self._shown: ProcessRow | None = None
        with ui.element("tr") as self.root:
            attributes(self.root, data_testid=f"processes-row-{name}")
            self._mark = _cell().props('aria-hidden="true"')
            _cell().set_text(name)
            self._state = attributes(_cell(), data_testid=f"processes-state-{name}")
            self._numbers = [_cell("em-mono em-number") for _ in range(3)]
            with ui.element("td"), ui.button("⋯").props("flat dense no-caps") as more:
                attributes(
                    more, data_testid=f"processes-more-{name}", aria_label=f"More about {name}"
                )
                self._build_menu()

    def show(self, row: ProcessRow) -> None:
        """Change what changed."""
        if row == self._shown:
            return
        self._shown = row
        self._mark.set_text(row.mark)
        self._state.set_text(row.state)
        attributes(self._state, title=row.detail)
        for label in (self._mark, self._state):
            set_tone(label, row.tone)
        for label, words in zip(self._numbers, (row.up, row.cpu, row.memory), strict=True):
            label.set_text(words)
        self._start.set_enabled(row.can_start)
        self._stop.set_enabled(row.can_stop)

    def _build_menu(self) -> None:
        supervisor, name = self._desk.supervisor, self._name
        with ui.menu():
            self._start = self._item("start", "Start", supervisor.start_program)
            self._stop = self._item("stop", "Stop", supervisor.stop_program)
            self._item("restart", "Restart", supervisor.restart_program)
            log = ui.menu_item("Log", lambda: _show_log(self._desk, name))
            attributes(log, data_testid=f"processes-log-{name}")

    def _item(self, action: str, words: str, work: Callable[[str], None]) -> ui.menu_item:
        desk, name = self._desk, self._name

        async def act() -> None:
            question = f"This page is the console: it goes away when it is asked to {action}."
            if name == SELF and not await ask(question, words, f"processes-{action}-yes"):
                return
            await desk.do("processes", f"{action} {name}", lambda: work(name))
            desk.polls.hurry("programs")

        item = ui.menu_item(words, act)
        return attributes(item, data_testid=f"processes-{action}-{name}")


def _table() -> ui.element:
    with ui.element("table").classes("em-table em-processes") as table:
        attributes(table, aria_label="Processes")
        with ui.element("thead"), ui.element("tr"):
            for heading in HEADINGS:
                with ui.element("th" if heading else "td"):
                    ui.label(heading)
        return ui.element("tbody")


def _cell(look: str = "") -> ui.label:
    with ui.element("td"):
        return ui.label("").classes(look)


async def _show_log(desk: Desk, name: str) -> None:
    text = await desk.do(
        "processes", f"read {name}'s log", lambda: desk.supervisor.log_tail(name, LOG_LINES)
    )
    if text is None:
        return
    with dialog(f"{name}: the last lines of its log") as shown:
        words = ui.label(text).classes("em-log em-mono")
        attributes(
            words, data_testid="processes-log-text", tabindex="0", aria_label=f"Log of {name}"
        )
        ui.button("Close", on_click=shown.close).props("flat no-caps")
