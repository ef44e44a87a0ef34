"""The header: is it running, is it recording, is the hand safe, how old is what one sees."""

from emgrig.control import hand_pb2
from nicegui import ui
from nicegui.events import KeyEventArguments

from emgrig_console.desk import Desk
from emgrig_console.summary import summarise

__all__ = ["build"]

PERIOD_S = 0.25


def build(desk: Desk) -> None:
    """Make the header."""
    with ui.element("div").classes("em-brand"):
        ui.label("emgrig").classes("em-wordmark").props('role="heading" aria-level="1"')
        ui.label(desk.rig.name).classes("em-dim").props('data-testid="header-rig"')
    state = _words("state").classes("em-state").props('role="status"')
    clock, sample, latency, hand = (_words(n) for n in ("clock", "sample", "latency", "hand"))
    ui.element("div").classes("em-spacer")
    _build_buttons(desk)

    def refresh() -> None:
        polls = desk.polls
        others = [name for name in desk.wanted_processes if name != "console"]
        now = summarise(
            desk.board, others, recording=polls.get("recording"), hand=polls.get("hand")
        )
        _say(state, now.state, now.tone)
        _say(clock, now.recording, "danger" if now.is_recording else "")
        _say(sample, now.sample, "stale" if now.is_sample_old else "")
        _say(latency, now.latency, "")
        _say(hand, now.hand, "warn" if now.is_output_off else "")

    refresh()
    ui.timer(PERIOD_S, refresh)


def _build_buttons(desk: Desk) -> None:
    dark = ui.dark_mode(value=True)
    theme = ui.button("Light / dark", on_click=dark.toggle).props("flat dense no-caps")
    theme.props('data-testid="header-theme"')
    resume = ui.button("Let the hand move", on_click=lambda: _set_output(desk, is_on=True))
    resume.props('outline dense no-caps data-testid="header-resume"')
    rest = ui.button("Rest  Esc", on_click=lambda: _set_output(desk, is_on=False))
    rest.classes("em-rest").props("no-caps unelevated color=negative")
    rest.props('data-testid="header-rest" aria-label="Bring the hand to rest (Esc)"')

    async def on_key(event: KeyEventArguments) -> None:
        if event.action.keydown and event.key.escape:
            await _set_output(desk, is_on=False)

    # Esc is Rest from anywhere, from inside a text field too.
    ui.keyboard(on_key=on_key, ignore=[], repeating=False)

    def refresh() -> None:
        hand = desk.polls.get("hand").value
        resume.set_visibility(hand is not None and not hand.output_enabled)

    refresh()
    ui.timer(PERIOD_S, refresh)


async def _set_output(desk: Desk, *, is_on: bool) -> None:
    request = hand_pb2.SetOutputRequest(enabled=is_on)
    action = "let the hand move" if is_on else "bring the hand to rest"
    await desk.do(
        "header", action, lambda: desk.client.call("vhi-bridge", "Hand.SetOutput", request)
    )
    desk.polls.hurry("hand")


def _words(name: str) -> ui.label:
    return ui.label("").classes("em-mono").props(f'data-testid="header-{name}"')


def _say(label: ui.label, words: str, tone: str) -> None:
    if label.text != words:
        label.set_text(words)
    label.classes(remove="em-ok em-warn em-danger em-stale")
    if tone:
        label.classes(f"em-{tone}")
