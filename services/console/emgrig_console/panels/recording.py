"""Cue, record, stop: by hand or by a protocol."""

from typing import Literal

from emgrig.config import parse_protocol
from emgrig.control import recorder_pb2
from emgrig.errors import EmgRigError
from nicegui import events, ui

from emgrig_console.desk import Desk
from emgrig_console.job_view import JobView
from emgrig_console.parts import accent, ask, panel_notices
from emgrig_console.recording_flow import (
    MOST_SHORTCUTS,
    allowed,
    cue,
    palette,
    record_protocol,
    start,
    stop,
)

__all__ = ["build"]

PERIOD_S = 0.5
# A key pressed on a button that was just clicked is a command; one typed into a field is text.
TYPING: list[Literal["input", "select", "button", "textarea"]] = ["input", "select", "textarea"]
NO_CLASS = "not a class of this rig; add it to classes in rig.toml, [rig]"
FIRST_PROTOCOL = """take = "rest-fist"
cues = ["Fist"]
hold_s = 4.0
repetitions = 5
rest = "Rest"
rest_s = 3.0
"""


def build(desk: Desk) -> None:
    """Make the panel."""
    panel_notices(desk, "recording")
    _Palette(desk)
    _Take(desk)
    with (
        ui.expansion("Protocol").classes("em-full").props('dense data-testid="recording-protocol"')
    ):
        _build_protocol(desk)
    JobView(desk, "protocol", "recording")


class _Palette:
    """The gestures of the hand; keys 1 to 9 cue the first ones."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._names, self._buttons = desk, [""], dict[str, ui.button]()
        self._classes = desk.rig.classes
        self._empty = ui.label("No hand yet, so nothing to cue. Start virtual-hand or the VHI.")
        self._empty.classes("em-empty")
        self._box = (
            ui.element("div")
            .classes("em-palette")
            .props('role="group" aria-label="Gestures to cue"')
        )
        self._others = ui.label(f"Greyed: {NO_CLASS}.").classes("em-dim em-small")
        ui.keyboard(on_key=self._on_key, repeating=False, ignore=TYPING)
        self._refresh()
        ui.timer(PERIOD_S, self._refresh)

    def _refresh(self) -> None:
        hand = self._desk.polls.get("hand")
        names = palette(hand, self._desk.rig.classes)
        if names != self._names:
            self._names = names
            self._draw()
        is_there = hand.value is not None and hand.value.connected
        self._empty.set_visibility(not is_there)
        now = self._desk.board.cue
        for name, button in self._buttons.items():
            button.set_enabled(is_there and name in self._classes)
            is_now = now is not None and now.name == name
            button.props(f"aria-pressed={'true' if is_now else 'false'}")

    def _draw(self) -> None:
        self._box.clear()
        self._buttons.clear()
        with self._box:
            for k, name in enumerate(self._names, start=1):
                words = f"{name}  {k}" if k <= MOST_SHORTCUTS else name
                button = ui.button(words, on_click=lambda name=name: self._cue(name))
                button.classes("em-cue").props("flat dense no-caps")
                button.props(f'data-testid="recording-cue-{name}"')
                if name not in self._classes:
                    button.props(f'title="{NO_CLASS}"')
                self._buttons[name] = button
        others = len(set(self._names) - set(self._classes))
        self._others.set_visibility(others > 0)

    async def _on_key(self, event: events.KeyEventArguments) -> None:
        number = event.key.number
        has_modifier = event.modifiers.ctrl or event.modifiers.alt or event.modifiers.meta
        if not event.action.keydown or not number or has_modifier or number > len(self._names):
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
        self._name = (
            ui.input("Take name")
            .classes("em-full")
            .props('dense outlined maxlength=80 data-testid="recording-take"')
        )
        with ui.element("div").classes("em-row"):
            self._record = ui.button("Record  R", on_click=self._start)
            self._record.props('no-caps unelevated data-testid="recording-record"')
            self._stop = ui.button("Stop  R", on_click=self._end)
            self._stop.props('no-caps unelevated color=negative data-testid="recording-stop"')
            self._discard = ui.button("Discard", on_click=self._throw_away)
            self._discard.props('flat no-caps data-testid="recording-discard"')
        self._words = (
            ui.label("")
            .classes("em-mono em-small")
            .props('data-testid="recording-words" role="status"')
        )
        ui.keyboard(on_key=self._on_key, repeating=False, ignore=TYPING)
        self._refresh()
        ui.timer(PERIOD_S, self._refresh)

    def _refresh(self) -> None:
        job = self._desk.jobs.get("protocol")
        is_running = job is not None and job.is_running
        now = allowed(self._desk.polls.get("recording"), is_protocol_running=is_running)
        self._record.set_visibility(not now.can_stop)
        self._record.set_enabled(now.can_record)
        accent(self._record, is_on=now.can_record)
        self._stop.set_visibility(now.can_stop)
        self._discard.set_visibility(now.can_stop)
        self._words.set_text(now.why_not or now.words)

    async def _on_key(self, event: events.KeyEventArguments) -> None:
        has_modifier = event.modifiers.ctrl or event.modifiers.alt or event.modifiers.meta
        if not event.action.keydown or event.key.name.lower() != "r" or has_modifier:
            return
        if self._stop.visible:
            await self._end()
        elif self._record.enabled:
            await self._start()

    async def _start(self) -> None:
        client, name = self._desk.client, self._name.value
        await self._desk.do("recording", "start the recording", lambda: start(client, name))
        self._desk.polls.hurry("recording")

    async def _end(self) -> None:
        client, limit_s = self._desk.client, self._desk.settings.finish_deadline_s
        await self._desk.do("recording", "stop the recording", lambda: stop(client, limit_s))
        self._desk.polls.hurry("recording", "sessions")

    async def _throw_away(self) -> None:
        words = "Throw this recording away? It cannot be brought back."
        if not await ask(words, "Discard", "recording-discard-yes"):
            return
        request = recorder_pb2.DiscardRecordingRequest()
        client = self._desk.client
        await self._desk.do(
            "recording",
            "discard the recording",
            lambda: client.call("recorder", "Recorder.Discard", request),
        )
        self._desk.polls.hurry("recording")


def _build_protocol(desk: Desk) -> None:
    ui.label("Cues, hold times and repetitions as TOML; docs/recording.md says what is sensible.")
    text = ui.textarea("Protocol", value=FIRST_PROTOCOL).classes("em-full em-mono")
    text.props('outlined dense autogrow data-testid="recording-protocol-text"')

    async def take_file(event: events.UploadEventArguments) -> None:
        text.set_value((await event.file.read()).decode("utf-8", "replace"))

    ui.upload(label="Take from a file", auto_upload=True, on_upload=take_file).props(
        'accept=".toml" flat dense max-file-size=65536'
    ).classes("em-full")

    def run() -> None:
        try:
            plan = parse_protocol(text.value.encode(), "protocol")
        except EmgRigError as error:
            desk.notices.add("recording", f"could not run the protocol: {error}")
            return
        limit_s = desk.settings.finish_deadline_s
        desk.start_job(
            "recording",
            "protocol",
            f"Protocol {plan.take}".strip(),
            lambda report, cancelled: record_protocol(
                desk.client, plan, limit_s, report, cancelled
            ),
        )

    ui.button("Record the protocol", on_click=run).props(
        'no-caps outline data-testid="recording-protocol-run"'
    )
