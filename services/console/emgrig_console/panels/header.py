"""The header: is it running, is it recording, is the hand safe, how old is what one sees."""

from emgrig.control import hand_pb2
from nicegui import ui
from nicegui.events import KeyEventArguments

from emgrig_console.desk import Desk
from emgrig_console.parts import button, on_beat, panel_notices, set_tone, shortcut
from emgrig_console.summary import summarise

__all__ = ["build"]

THEME_COOKIE = "emgrig-theme"
KEEP_S = 365 * 24 * 3600
LOGOUT = (
    '<form method="post" action="/logout"><button type="submit" class="em-chip" '
    'data-testid="header-logout">Log out</button></form>'
)


def build(desk: Desk) -> None:
    """Make the header."""
    with ui.element("div").classes("em-brand"):
        ui.label("emgrig").classes("em-wordmark").props('role="heading" aria-level="1"')
        ui.label(desk.rig.name).classes("em-dim").props('data-testid="header-rig"')
    with ui.element("div").classes("em-header-words"):
        _build_words(desk)
    _build_theme()
    if desk.settings.token_file is not None:
        ui.html(LOGOUT, sanitize=False)
    _build_buttons(desk)
    with ui.element("div").classes("em-header-notices"):
        panel_notices(desk, "header")


def _build_words(desk: Desk) -> None:
    state = _words("state").classes("em-state").props('role="status"')
    clock, sample, latency, hand = (_words(n) for n in ("clock", "sample", "latency", "hand"))

    def refresh() -> None:
        polls = desk.polls
        others = [name for name in desk.wanted_processes if name != "console"]
        asked = {name: polls.get(name) for name in ("programs", "recording", "hand")}
        now = summarise(desk.board, others, **asked)
        _say(state, now.state, now.tone)
        _say(clock, now.recording, "danger" if now.is_recording else "")
        _say(sample, now.sample, "stale" if now.is_sample_old else "")
        _say(latency, now.latency, "")
        _say(hand, now.hand, "warn" if now.is_output_off else "")

    refresh()
    on_beat(refresh)


def _build_theme() -> None:
    request = ui.context.client.request
    dark = ui.dark_mode(value=request.cookies.get(THEME_COOKIE) != "light")

    def toggle() -> None:
        dark.toggle()
        theme = "dark" if dark.value else "light"
        rest = f"path=/; max-age={KEEP_S}; samesite=strict"
        ui.run_javascript(f"document.cookie = '{THEME_COOKIE}={theme}; {rest}'")

    button("Light / dark", toggle, "header-theme")


def _build_buttons(desk: Desk) -> None:
    resume = ui.button("Let the hand move", on_click=lambda: _set_output(desk, is_on=True))
    resume.props('outline dense no-caps data-testid="header-resume"')
    rest = ui.button("Rest", on_click=lambda: _set_output(desk, is_on=False))
    rest.classes("em-rest").props("no-caps unelevated color=negative")
    rest.props('data-testid="header-rest" aria-label="Bring the hand to rest (Esc)"')
    shortcut(rest, "Esc")

    async def on_key(event: KeyEventArguments) -> None:
        if event.action.keydown and event.key.escape:
            await _set_output(desk, is_on=False)

    # Esc is Rest from anywhere, from inside a text field too.
    ui.keyboard(on_key=on_key, ignore=[], repeating=False)

    def refresh() -> None:
        hand = desk.polls.get("hand")
        resume.set_visibility(hand.is_live and not hand.value.output_enabled)

    refresh()
    on_beat(refresh)


async def _set_output(desk: Desk, *, is_on: bool) -> None:
    request = hand_pb2.SetOutputRequest(enabled=is_on)
    action = "let the hand move" if is_on else "bring the hand to rest"
    await desk.do(
        "header",
        action,
        lambda: desk.client.call("vhi-bridge", "Hand.SetOutput", request),
        is_urgent=True,
    )
    desk.polls.hurry("hand")


def _words(name: str) -> ui.label:
    return ui.label("").classes("em-mono").props(f'data-testid="header-{name}"')


def _say(label: ui.label, words: str, tone: str) -> None:
    if label.text != words:
        label.set_text(words)
    set_tone(label, tone)
