"""The output filter, tuned while the hand moves."""

from typing import Any

from emgrig.control import hand_pb2
from nicegui import ui

from emgrig_console.desk import Desk
from emgrig_console.filtering import DEFAULTS, PARAMETERS, delay_words
from emgrig_console.parts import panel_notices

__all__ = ["build"]

PERIOD_S = 0.5
KINDS = {"one_euro": "one-euro", "gaussian": "gaussian", "identity": "none (identity)"}


def build(desk: Desk) -> None:
    """Make the panel."""
    panel_notices(desk, "filter")
    _Filter(desk)


class _Filter:
    """Follows what the bridge says, so that two pages show the same."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._shown: object = None
        self._empty = ui.label("The bridge does not answer: look at Processes.")
        self._empty.classes("em-empty")
        self._kind = ui.select(KINDS, value="one_euro", label="Filter").classes("em-full")
        self._kind.props('dense outlined data-testid="filter-kind"')
        self._kind.on_value_change(lambda event: self._send(kind=event.value))
        self._sliders = {key: self._slider(key) for key in PARAMETERS}
        self._delay = ui.label("").classes("em-mono em-small").props('data-testid="filter-delay"')
        reset = ui.button("Reset", on_click=lambda: self._send(**DEFAULTS))
        reset.props('flat dense no-caps data-testid="filter-reset"')
        self._is_following = False
        self._refresh()
        ui.timer(PERIOD_S, self._refresh)

    def _slider(self, key: str) -> tuple[ui.element, ui.label, ui.slider]:
        known = PARAMETERS[key]
        with ui.element("div") as box:
            words = ui.label("").classes("em-small")
            slider = ui.slider(min=known.low, max=known.high, step=known.step, value=known.low)
            slider.props(f'dense aria-label="{known.words}" data-testid="filter-{known.slug}"')
            slider.on("change", lambda: self._send(**{key: slider.value}))
        return box, words, slider

    def _refresh(self) -> None:
        polled = self._desk.polls.get("hand")
        status: Any = polled.value
        self._empty.set_visibility(status is None or polled.age_s > 2.5)
        if status is None:
            return
        current = status.filter
        now = (current.kind, *(getattr(current, key) for key in PARAMETERS))
        if now == self._shown:
            return
        self._shown = now
        self._is_following = True
        self._kind.set_value(current.kind)
        for key, (box, words, slider) in self._sliders.items():
            value = getattr(current, key)
            box.set_visibility(PARAMETERS[key].kind == current.kind)
            words.set_text(f"{PARAMETERS[key].words}: {value:g} {PARAMETERS[key].unit}".strip())
            slider.set_value(value)
        self._delay.set_text(delay_words(current))
        self._is_following = False

    async def _send(self, **values: Any) -> None:
        if self._is_following:
            return
        request = hand_pb2.OutputFilter(**({"kind": self._kind.value} | _typed(values)))
        client = self._desk.client
        await self._desk.do(
            "filter",
            "change the filter",
            lambda: client.call("vhi-bridge", "Hand.SetFilter", request),
        )
        self._desk.polls.hurry("hand")


def _typed(values: dict[str, Any]) -> dict[str, Any]:
    return {key: int(value) if key == "window" else value for key, value in values.items()}
