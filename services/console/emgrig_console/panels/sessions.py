"""The sessions: what is in them, which are trained on, and looking after them."""

from dataclasses import dataclass
from typing import Any

from emgrig.control import recorder_pb2
from nicegui import ui

from emgrig_console.desk import Desk
from emgrig_console.library_view import (
    SessionRow,
    class_names,
    list_words,
    quality_words,
    session_rows,
    trash_words,
)
from emgrig_console.panels.session_details import show_details
from emgrig_console.parts import Rows, attributes, button, panel_notices, set_tone

__all__ = ["build"]

PERIOD_S = 1.0
NONE = "No sessions yet. Cue a gesture, then Record."


def build(desk: Desk) -> None:
    """Make the panel."""
    panel_notices(desk, "sessions")
    _Undo(desk)
    _List(desk)


@dataclass(frozen=True, slots=True)
class _Shown:
    row: SessionRow
    is_taken: bool
    quality: tuple[str, str]


class _List:
    """The list with its search and its class chips."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._empty = ui.label("").classes("em-empty").props('data-testid="sessions-words"')
        self._search = ui.input("Search", on_change=lambda: self._refresh()).classes("em-full")
        self._search.props('dense outlined clearable data-testid="sessions-search"')
        chips = ui.element("div").classes("em-channels em-above")
        attributes(chips, role="group", aria_label="Classes that are trained on")
        self._chips = Rows[tuple[str, bool], _Chip](
            chips, lambda pair: _Chip(self._choose, pair[0]), lambda pair: pair[0]
        )
        box = ui.element("ul").classes("em-list em-sessions")
        attributes(box, aria_label="Sessions")
        self._rows = Rows[_Shown, _Row](
            box, lambda one: _Row(desk, one.row), lambda one: one.row.session
        )
        self._refresh()
        ui.timer(PERIOD_S, self._refresh)

    def _refresh(self) -> None:
        desk, polled = self._desk, self._desk.polls.get("sessions")
        sessions = [] if polled.value is None else list(polled.value.sessions)
        self._empty.set_text(list_words(polled, "recorder", NONE))
        self._empty.set_visibility(bool(self._empty.text))
        self._search.set_visibility(bool(sessions))
        taken = set(desk.selection.sessions(info.session for info in sessions))
        self._rows.show(
            [
                _Shown(row, row.session in taken, quality_words(desk.quality.of(row.session)))
                for row in session_rows(sessions, self._search.value or "")
            ]
        )
        classes = class_names(sessions)
        chosen = desk.selection.classes(classes)
        self._chips.show([(name, name in chosen) for name in classes])

    def _choose(self, name: str, is_taken: bool) -> None:
        self._desk.selection.set_class(name, is_taken=is_taken)
        self._refresh()


class _Chip:
    """A class, trained on or left out."""

    def __init__(self, choose: Any, name: str) -> None:
        self._is_taken = True
        self.root = ui.element("button").classes("em-chip")
        attributes(self.root, type="button", data_testid=f"sessions-class-{name}")
        attributes(self.root, title=f"Train on {name}")
        self.root.on("click", lambda: choose(name, not self._is_taken))
        with self.root:
            self._words = ui.label("").classes("em-inline")
        self._name = name

    def show(self, pair: tuple[str, bool]) -> None:
        """Follow the choice."""
        _, self._is_taken = pair
        self._words.set_text(f"{'✓' if self._is_taken else '✕'} {self._name}")
        attributes(self.root, aria_pressed="true" if self._is_taken else "false")


class _Row:
    """One session on the page."""

    def __init__(self, desk: Desk, row: SessionRow) -> None:
        self._desk, self._row = desk, row
        with ui.element("li").classes("em-item") as self.root:
            attributes(self.root, data_testid=f"sessions-row-{row.session}")
            with ui.element("div").classes("em-row em-line"):
                self._box = ui.checkbox(value=True, on_change=self._take).props("dense")
                attributes(self._box, data_testid=f"sessions-take-{row.session}")
                self._title = ui.label("").classes("em-grow").tooltip(row.session)
                self._length = ui.label("").classes("em-mono")
                self._more = button("⋯", self._open, f"sessions-more-{row.session}")
            with ui.element("div").classes("em-row em-small"):
                self._facts = ui.label("").classes("em-dim em-facts")
                self._quality = ui.label("")

    def show(self, one: _Shown) -> None:
        """Change what changed."""
        self._row = row = one.row
        self._box.set_value(one.is_taken and not row.problem)
        self._box.set_enabled(not row.problem)
        attributes(self._box, aria_label=f"Train on {row.title}")
        attributes(self._more, aria_label=f"More about {row.title}")
        self._title.set_text(row.title)
        self._length.set_text(row.length)
        self._facts.set_text(row.problem or row.facts)
        attributes(self._facts, title=row.problem or row.facts)
        words, tone = ("✕ cannot be opened", "warn") if row.problem else one.quality
        self._quality.set_text(words)
        set_tone(self._quality, tone)

    def _take(self, event: Any) -> None:
        if not self._row.problem:
            self._desk.selection.set_session(self._row.session, is_taken=event.value)

    async def _open(self) -> None:
        await show_details(self._desk, self._row)


class _Undo:
    """What is in the trash can come back, the last one first."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        with ui.element("div").classes("em-row em-undo") as self._box:
            self._words = ui.label("").classes("em-grow em-small")
            self._words.props('data-testid="sessions-undo-words"')
            button("Undo", self._undo, "sessions-undo")
            button("Dismiss", self._forget, "sessions-undo-dismiss")
        self._refresh()
        ui.timer(PERIOD_S, self._refresh)

    def _refresh(self) -> None:
        deleted = self._deleted
        self._box.set_visibility(bool(deleted))
        self._words.set_text(trash_words(deleted))

    async def _undo(self) -> None:
        desk, deleted = self._desk, self._deleted
        if not deleted:
            return
        session = deleted[-1]
        request = recorder_pb2.SessionRequest(session=session)
        await desk.do(
            "sessions",
            f"restore {session}",
            lambda: desk.client.call("recorder", "Recorder.RestoreSession", request),
        )
        desk.polls.hurry("sessions")

    def _forget(self) -> None:
        self._desk.dismissed.add(self._trashed)
        self._refresh()

    @property
    def _deleted(self) -> list[str]:
        """As the recorder has them: who deleted them, and whether we ran then, is all the same."""
        return self._desk.dismissed.leave_out(self._trashed)

    @property
    def _trashed(self) -> list[str]:
        listed = self._desk.polls.get("sessions").value
        return [] if listed is None else list(listed.trashed)
