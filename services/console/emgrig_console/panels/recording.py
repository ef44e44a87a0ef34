"""Cue, record, stop: by hand."""

from typing import Any, Literal

from emgrig.control import discard_take, start_take, stop_take
from nicegui import events, ui

from emgrig_console.desk import Desk
from emgrig_console.job_view import JobView
from emgrig_console.jobs import NamedJob
from emgrig_console.next_step import Step
from emgrig_console.panels.protocols import build_protocol
from emgrig_console.parts import (
    accent,
    ask,
    attributes,
    button,
    is_dialog_open,
    panel_notices,
    shortcut,
)
from emgrig_console.recording_flow import FIRST_TAKE, allowed, cue, next_take_name, palette

__all__ = ["build"]

PERIOD_S = 0.5
MOST_SHORTCUTS = 9
NO_HAND = "No hand yet, so nothing to cue. Start virtual-hand or the VHI."
NO_BRIDGE = "The vhi-bridge does not answer, so nothing to cue: look at Processes."
# A key pressed on a button that was just clicked is a command; one typed into a field is text.
TYPING: list[Literal["input", "select", "button", "textarea"]] = ["input", "select", "textarea"]


def build(desk: Desk) -> None:
    """Make the panel."""
    panel_notices(desk, "recording")
    _Palette(desk)
    _Take(desk)
    build_protocol(desk)
    JobView(desk, NamedJob(desk.jobs, "protocol"), "recording")
    JobView(desk, NamedJob(desk.jobs, "finish"), "recording-finish")


class _Palette:
    """The gestures of the hand; keys 1 to 9 cue the first ones."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._buttons = desk, dict[str, ui.button]()
        self._names, self._others = [""], [""]
        self._empty = ui.label("").classes("em-empty")
        box = ui.element("div").classes("em-palette")
        self._box = attributes(box, role="group", aria_label="Gestures to cue")
        with ui.element("details").classes("em-more em-small em-dim") as self._more:
            attributes(self._more, data_testid="recording-others")
            with ui.element("summary"):
                self._count = ui.label("").classes("em-inline")
            self._other_words = ui.label("")
        ui.keyboard(on_key=self._on_key, repeating=False, ignore=TYPING)
        self._refresh()
        ui.timer(PERIOD_S, self._refresh)

    def _refresh(self) -> None:
        hand = self._desk.polls.get("hand")
        names, others = palette(hand, self._desk.rig.classes)
        if (names, others) != (self._names, self._others):
            self._names, self._others = names, others
            self._draw()
        is_there = hand.is_live and hand.value.connected
        self._empty.set_text(NO_HAND if hand.is_live else NO_BRIDGE)
        self._empty.set_visibility(not is_there)
        now = self._desk.board.cue
        for name, made in self._buttons.items():
            made.set_enabled(is_there)
            is_now = is_there and now is not None and now.name == name
            attributes(made, aria_pressed="true" if is_now else "false")

    def _draw(self) -> None:
        self._box.clear()
        self._buttons.clear()
        with self._box:
            for k, name in enumerate(self._names, start=1):
                made = ui.button(name, on_click=lambda name=name: self._cue(name))
                made.classes("em-cue").props("flat dense no-caps")
                self._buttons[name] = attributes(made, data_testid=f"recording-cue-{name}")
                if k <= MOST_SHORTCUTS:
                    shortcut(made, f"{k}")
        self._more.set_visibility(bool(self._others))
        self._count.set_text(f"{len(self._others)} more movements of this hand")
        self._other_words.set_text(
            f"{', '.join(self._others)}. They are no class of this rig, so they cannot label a "
            "recording: add them to classes in rig.toml, [rig]."
        )

    async def _on_key(self, event: events.KeyEventArguments) -> None:
        number = event.key.number or 0
        if not _is_command(event) or not 0 < number <= len(self._names):
            return
        if self._buttons[self._names[number - 1]].enabled:
            await self._cue(self._names[number - 1])

    async def _cue(self, name: str) -> None:
        client = self._desk.client
        await self._desk.do("recording", f"cue {name}", lambda: cue(client, name))


class _Take:
    """Record, stop, discard."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._name = ui.input("Take name", on_change=self._keep_name).classes("em-full")
        self._name.props('dense outlined maxlength=80 data-testid="recording-take"')
        with ui.element("div").classes("em-row"):
            self._record = ui.button("Record", on_click=self._start)
            self._record.props('no-caps unelevated data-testid="recording-record"')
            self._stop = ui.button("Stop", on_click=self._end)
            self._stop.props('no-caps unelevated color=negative data-testid="recording-stop"')
            for made in (self._record, self._stop):
                shortcut(made, "R")
            self._discard = button("Discard", self._throw_away, "recording-discard")
        self._words = ui.label("").classes("em-mono em-small em-words")
        self._words.props('data-testid="recording-words"')
        self._news = ui.label("").classes("em-read").props('role="status"')
        ui.keyboard(on_key=self._on_key, repeating=False, ignore=TYPING)
        self._refresh()
        ui.timer(PERIOD_S, self._refresh)

    def _refresh(self) -> None:
        desk = self._desk
        now = allowed(
            desk.polls.get("recording"),
            is_protocol_running=desk.jobs.is_running("protocol"),
            is_stopping=desk.jobs.is_running("finish"),
        )
        self._record.set_visibility(not now.can_stop)
        self._record.set_enabled(now.can_record)
        accent(self._record, is_on=now.can_record and desk.next_step is Step.RECORD)
        self._stop.set_visibility(now.can_stop)
        self._discard.set_visibility(now.can_stop)
        self._words.set_text(now.words)
        if self._news.text != now.news:
            self._news.set_text(now.news)
        self._follow_name()

    def _follow_name(self) -> None:
        desk = self._desk
        sessions = desk.polls.get("sessions").value
        if desk.take_name is None and sessions is not None:
            newest = next(iter(sessions.sessions), None)
            desk.take_name = FIRST_TAKE if newest is None else next_take_name(newest.take_name)
        if desk.take_name is not None and self._name.value != desk.take_name:
            self._name.set_value(desk.take_name)

    def _keep_name(self, event: events.ValueChangeEventArguments[Any]) -> None:
        self._desk.take_name = event.value or ""

    async def _on_key(self, event: events.KeyEventArguments) -> None:
        if not _is_command(event) or event.key.name.lower() != "r":
            return
        if self._stop.visible:
            self._end()
        elif self._record.enabled:
            await self._start()

    async def _start(self) -> None:
        client, name = self._desk.client, self._name.value or ""
        await self._desk.do("recording", "start the recording", lambda: start_take(client, name))
        self._desk.polls.hurry("recording")

    def _end(self) -> None:
        desk, limit_s = self._desk, self._desk.settings.finish_deadline_s

        def finish(report: object, cancelled: object) -> str:
            try:
                return str(stop_take(desk.client, limit_s).session)
            finally:
                desk.polls.hurry("recording", "sessions")

        take = getattr(desk.polls.get("recording").value, "take_name", "")
        title = f"Making the session file of {take or 'the take'}"
        desk.start_job("recording", "finish", title, finish, can_cancel=False)
        # What was typed meanwhile is the name of the next one already.
        if take and desk.take_name == take:
            desk.take_name = next_take_name(take)

    async def _throw_away(self) -> None:
        words = "Throw this recording away? It cannot be brought back."
        if not await ask(words, "Discard", "recording-discard-yes"):
            return
        client = self._desk.client
        await self._desk.do(
            "recording",
            "discard the recording",
            lambda: discard_take(client),
        )
        self._desk.polls.hurry("recording")


def _is_command(event: events.KeyEventArguments) -> bool:
    """Whether a key is meant for the page and not for a field, the browser or a dialog."""
    has_modifier = event.modifiers.ctrl or event.modifiers.alt or event.modifiers.meta
    return bool(event.action.keydown) and not has_modifier and not is_dialog_open()
