"""The sessions: what is in them, which are trained on, and looking after them."""

from typing import Any

from emgrig.control import recorder_pb2
from nicegui import ui

from emgrig_console.desk import Desk
from emgrig_console.library_view import SessionRow, class_names, quality_words, session_rows
from emgrig_console.panels.session_details import show_details
from emgrig_console.parts import panel_notices

__all__ = ["build"]

PERIOD_S = 1.0


def build(desk: Desk) -> None:
    """Make the panel."""
    panel_notices(desk, "sessions")
    _Undo(desk)
    _List(desk)


class _List:
    """The list with its search and its class chips."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._shown: object = None
        self._empty = ui.label("No sessions yet. Cue a gesture, then Record.").classes("em-empty")
        self._search = ui.input("Search").classes("em-full")
        self._search.props('dense outlined clearable data-testid="sessions-search"')
        self._chips = (
            ui.element("div")
            .classes("em-channels")
            .props('role="group" aria-label="Classes that are trained on"')
        )
        self._list = ui.element("ul").classes("em-list em-sessions").props('aria-label="Sessions"')
        self._refresh()
        ui.timer(PERIOD_S, self._refresh)

    def _refresh(self) -> None:
        polled = self._desk.polls.get("sessions")
        sessions = [] if polled.value is None else list(polled.value.sessions)
        rows = session_rows(sessions, self._search.value or "")
        quality = {row.session: self._desk.quality.of(row.session) for row in rows}
        taken = self._desk.selection.sessions(row.session for row in rows)
        classes = class_names(sessions)
        chosen = self._desk.selection.classes(classes)
        now = (rows, quality, taken, classes, chosen)
        self._empty.set_visibility(not sessions)
        self._search.set_visibility(bool(sessions))
        if now == self._shown:
            return
        self._shown = now
        self._draw_chips(classes, chosen)
        self._list.clear()
        with self._list:
            for row in rows:
                self._draw_row(row, row.session in taken, quality[row.session])

    def _draw_chips(self, classes: list[str], chosen: list[str]) -> None:
        self._chips.clear()
        with self._chips:
            for name in classes:
                is_taken = name in chosen
                chip = ui.element("button").classes("em-chip")
                chip.props(f'type="button" aria-pressed="{"true" if is_taken else "false"}"')
                chip.props(f'data-testid="sessions-class-{name}" title="Train on {name}"')
                chip.on("click", lambda name=name, on=is_taken: self._choose(name, is_taken=not on))
                with chip:
                    ui.label(name)

    def _choose(self, name: str, *, is_taken: bool) -> None:
        self._desk.selection.set_class(name, is_taken=is_taken)
        self._refresh()

    def _draw_row(self, row: SessionRow, is_taken: bool, findings: Any) -> None:
        desk = self._desk
        with (
            ui.element("li")
            .classes("em-process")
            .props(f'data-testid="sessions-row-{row.session}"')
        ):
            with ui.element("div").classes("em-row"):
                box = ui.checkbox(value=is_taken).props(
                    f'dense aria-label="Train on {row.title}" '
                    f'data-testid="sessions-take-{row.session}"'
                )
                box.on_value_change(
                    lambda event: desk.selection.set_session(row.session, is_taken=event.value)
                )
                box.set_enabled(not row.problem)
                ui.label(row.title).classes("em-grow").tooltip(row.session)
                ui.label(row.length).classes("em-mono")
                ui.button("More", on_click=lambda: show_details(desk, row)).props(
                    f'flat dense no-caps data-testid="sessions-more-{row.session}"'
                )
            if row.problem:
                ui.label(f"x cannot be opened: {row.problem}").classes("em-trouble")
                return
            ui.label(row.facts).classes("em-dim em-small")
            words, tone = quality_words(findings)
            ui.label(words).classes(f"em-small em-{tone}")


class _Undo:
    """The session that was deleted last can come back."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        with ui.element("div").classes("em-row em-undo") as self._box:
            self._words = ui.label("").classes("em-grow em-small")
            ui.button("Undo", on_click=self._undo).props(
                'flat dense no-caps data-testid="sessions-undo"'
            )
        self._refresh()
        ui.timer(PERIOD_S, self._refresh)

    def _refresh(self) -> None:
        deleted = self._desk.selection.deleted
        self._box.set_visibility(bool(deleted))
        self._words.set_text(f"{deleted} is in the trash.")

    async def _undo(self) -> None:
        desk, deleted = self._desk, self._desk.selection.deleted
        request = recorder_pb2.SessionRequest(session=deleted)
        info = await desk.do(
            "sessions",
            f"restore {deleted}",
            lambda: desk.client.call("recorder", "Recorder.RestoreSession", request),
        )
        if info is not None:
            desk.selection.deleted = ""
        desk.polls.hurry("sessions")
