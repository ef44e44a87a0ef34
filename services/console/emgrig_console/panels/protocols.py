"""Record by a protocol: cues, hold times and repetitions from a text."""

from emgrig.config import parse_protocol
from emgrig.errors import EmgRigError
from nicegui import events, ui

from emgrig_console.desk import Desk
from emgrig_console.recording_flow import why_no_protocol

__all__ = ["build_protocol"]

MOST_BYTES = 65_536
FIRST_PROTOCOL = """take = "rest-fist"
cues = ["Fist"]
hold_s = 4.0
repetitions = 5
rest = "Rest"
rest_s = 3.0
"""


def build_protocol(desk: Desk) -> None:
    """Make the part of the panel."""
    frame = ui.expansion("Protocol").classes("em-full").props("dense")
    with frame.props('data-testid="recording-protocol"'):
        words = "Cues, hold times and repetitions as TOML; docs/recording.md says what is sensible."
        ui.label(words).classes("em-small em-dim")
        text = ui.textarea("Protocol", value=FIRST_PROTOCOL).classes("em-full em-mono")
        text.props('outlined dense autogrow data-testid="recording-protocol-text"')
        _build_upload(desk, text)
        run = ui.button("Record the protocol", on_click=lambda: _run(desk, text.value))
        run.props('no-caps outline data-testid="recording-protocol-run"')
        why_not = ui.label("").classes("em-small em-dim")
        why_not.props('data-testid="recording-protocol-why"')

        def refresh() -> None:
            recording, is_running = desk.polls.get("recording"), desk.protocol.is_running
            why_not.set_text(why_no_protocol(recording, is_protocol_running=is_running))
            run.set_enabled(not why_not.text)

        ui.timer(0.5, refresh)


def _build_upload(desk: Desk, text: ui.textarea) -> None:
    async def take_file(event: events.UploadEventArguments) -> None:
        # The browser looks too; a program that is none does not.
        if event.file.size() > MOST_BYTES:
            desk.notices.add(
                "recording",
                f"could not take the protocol: expected at most {MOST_BYTES} bytes, got "
                f"{event.file.size()}; choose the TOML file of a protocol",
            )
            return
        text.set_value((await event.file.read()).decode("utf-8", "replace"))

    ui.upload(label="Take from a file", auto_upload=True, on_upload=take_file).props(
        f'accept=".toml" flat dense max-file-size={MOST_BYTES}'
    ).classes("em-full")


async def _run(desk: Desk, text: str) -> None:
    try:
        plan = parse_protocol(text.encode(), "protocol")
    except EmgRigError as error:
        desk.notices.add("recording", f"could not run the protocol: {error}")
        return
    await desk.do("recording", "run the protocol", lambda: desk.protocol.start(plan))
