"""Cue, record, stop: by hand."""

from typing import Any, Literal

from emgrig.control import discard_take, start_take, stop_take
from nicegui import events, ui

from emgrig_console.desk import Desk
from emgrig_console.job_view import JobView
from emgrig_console.next_step import Step
from emgrig_console.panels.protocols import build_protocol
from emgrig_console.parts import (
    accent,
    ask,
    attributes,
    button,
    is_dialog_open,
    on_beat,
    panel_notices,
    shortcut,
)
from emgrig_console.recording_flow import FIRST_TAKE, allowed, cue, next_take_name, palette

__all__ = ["build"]

MOST_SHORTCUTS = 9
PROPOSED = "em-proposed-take"
LEAVE = "Do not wait"
NO_HAND = "No hand to cue: start virtual-hand or the VHI."
NO_BRIDGE = "The vhi-bridge does not answer: look at Processes."
# A key pressed on a button that was just clicked is a command; one typed into a field is text.
TYPING: list[Literal["input", "select", "button", "textarea"]] = ["input", "select", "textarea"]


def build(desk: Desk) -> None:
    """Make the panel."""
    panel_notices(desk, "recording")
    _Palette(desk)
    _Take(desk)
    build_protocol(desk)
    JobView(desk, desk.protocol, "recording")
    JobView(desk, desk.finish, "recording-finish", LEAVE)


class _Palette:
    """The gestures of the hand; keys 1 to 9 cue the first ones."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._buttons = desk, dict[str, ui.button]()
        self._names, self._others = [""], [""]
        box = ui.element("div").classes("em-palette")
        self._box = attributes(box, role="group", aria_label="Gestures to cue")
        # A line that is always there: a hand that goes moves nothing below.
        with ui.element("div").classes("em-more em-room em-small em-dim"):
            self._empty = ui.label("")
            with ui.element("details") as self._more:
                attributes(self._more, data_testid="recording-others")
                with ui.element("summary"):
                    self._count = ui.label("").classes("em-inline")
                self._other_words = ui.label("")
        ui.keyboard(on_key=self._on_key, repeating=False, ignore=TYPING)
        self._refresh()
        on_beat(self._refresh)

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
        name = self._names[number - 1]
        if self._buttons[name].enabled:
            await self._cue(name)
        else:
            self._desk.notices.add("recording", f"could not cue {name}: {self._empty.text}")

    async def _cue(self, name: str) -> None:
        client = self._desk.client
        await self._desk.do("recording", f"cue {name}", lambda: cue(client, name))


class _Take:
    """Record, stop, discard."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._next_focus: ui.button | None = None
        self._name = ui.input("Take name", value=desk.take_name, on_change=self._keep_name)
        self._name.props('dense outlined maxlength=80 data-testid="recording-take"')
        self._name.classes("em-full").props(f'aria-describedby="{PROPOSED}"')
        # A label of its own: any change of the field itself from here would take the place of what
        # is typed and still on its way.
        self._proposed = ui.label("").classes("em-dim em-small em-room")
        self._proposed.props(f'id="{PROPOSED}" data-testid="recording-proposed"')
        with ui.element("div").classes("em-row"):
            self._record = ui.button("Record", on_click=self._click_record)
            self._record.props('no-caps unelevated data-testid="recording-record"')
            self._stop = ui.button("Stop", on_click=self._click_stop)
            self._stop.props('no-caps unelevated color=negative data-testid="recording-stop"')
            for made in (self._record, self._stop):
                shortcut(made, "R")
            self._discard = button("Discard", self._throw_away, "recording-discard")
        self._words = ui.label("").classes("em-small em-room em-above")
        self._words.props('data-testid="recording-words"')
        self._news = ui.label("").classes("em-read").props('role="status"')
        ui.keyboard(on_key=self._on_key, repeating=False, ignore=TYPING)
        self._refresh()
        on_beat(self._refresh)

    def _refresh(self) -> None:
        desk = self._desk
        now = allowed(
            desk.polls.get("recording"),
            is_protocol_running=desk.protocol.is_running,
            is_stopping=desk.finish.is_running,
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
        self._follow_focus()

    def _follow_focus(self) -> None:
        """Take the keyboard from the button that was clicked to the one in its place."""
        wanted = self._next_focus
        if wanted is not None and wanted.visible and wanted.enabled:
            self._next_focus = None
            element = f"getHtmlElement({wanted.id})"
            # Whoever is somewhere else by now stays there.
            ui.run_javascript(f"if (document.activeElement === document.body) {element}.focus()")

    async def _click_record(self) -> None:
        self._next_focus = self._stop
        await self._start()

    def _click_stop(self) -> None:
        self._next_focus = self._record
        self._end()

    def _follow_name(self) -> None:
        """Show what another page typed, and what an empty field stands for."""
        desk = self._desk
        sessions = desk.polls.get("sessions").value
        if not desk.next_take and sessions is not None:
            newest = next(iter(sessions.sessions), None)
            desk.next_take = FIRST_TAKE if newest is None else next_take_name(newest.take_name)
        is_proposed = bool(desk.next_take) and not desk.take_name
        self._proposed.set_text(f"Without a name: {desk.next_take}" if is_proposed else "")
        if self._name.value != desk.take_name:
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
        else:
            self._desk.notices.add("recording", f"R does nothing now: {self._words.text}")

    async def _start(self) -> None:
        client, name = self._desk.client, self._name.value or self._desk.next_take
        await self._desk.do("recording", "start the recording", lambda: start_take(client, name))
        self._desk.polls.hurry("recording")

    def _end(self) -> None:
        desk, limit_s = self._desk, self._desk.settings.finish_deadline_s

        def finish() -> None:
            try:
                stop_take(desk.client, limit_s)
            finally:
                desk.polls.hurry("recording", "sessions")

        take = getattr(desk.polls.get("recording").value, "take_name", "")
        title = f"Making the session file of {take or 'the take'}"
        desk.start_finish(title, finish)
        if take:
            desk.next_take = next_take_name(take)
        # What was typed meanwhile is the name of the next one already.
        if desk.take_name == take:
            desk.take_name = ""
        self._follow_name()

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
