"""The output filter, tuned while the hand moves."""

import time
from collections.abc import Awaitable
from functools import partial
from typing import Any

from emgrig.control import hand_pb2
from nicegui import events, ui

from emgrig_console.desk import Desk
from emgrig_console.filtering import DEFAULTS, PARAMETERS, delay_words, old_words
from emgrig_console.parts import attributes, button, panel_notices

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
        self._is_following, self._is_sending, self._sent_at = True, False, 0.0
        self._wanted: dict[str, Any] = {}
        self._empty = ui.label("").classes("em-empty")
        self._kind = ui.select(KINDS, value="one_euro", label="Filter", on_change=self._choose)
        self._kind.classes("em-full").props('dense outlined data-testid="filter-kind"')
        self._sliders = {key: self._slider(key) for key in PARAMETERS}
        with ui.element("div").classes("em-row em-line"):
            self._delay = ui.label("").classes("em-small em-grow-words")
            self._delay.props('data-testid="filter-delay"')
            self._reset = button("Reset", lambda: self._send(**DEFAULTS), "filter-reset")
        self._refresh()
        ui.timer(PERIOD_S, self._refresh)

    def _slider(self, key: str) -> tuple[ui.element, ui.label, ui.slider]:
        known = PARAMETERS[key]
        with ui.element("div").classes("em-slider") as box:
            words = ui.label("").classes("em-small")
            slider = ui.slider(min=known.low, max=known.high, step=known.step, value=known.low)
            slider.props("dense")
            attributes(slider, aria_label=known.words, data_testid=f"filter-{known.slug}")
            slider.on_value_change(lambda event: self._slide(key, event))
        return box, words, slider

    # Whether it is a person who changes it is decided here and now: a coroutine runs later.
    def _choose(self, event: events.ValueChangeEventArguments[Any]) -> Awaitable[None] | None:
        return None if self._is_following else self._send(kind=event.value)

    def _slide(
        self, key: str, event: events.ValueChangeEventArguments[Any]
    ) -> Awaitable[None] | None:
        return None if self._is_following else self._send(**{key: event.value})

    def _refresh(self) -> None:
        polled = self._desk.polls.get("hand")
        self._empty.set_visibility(not polled.is_live)
        # What is hidden says nothing: its age alone would be a change of the page twice a second.
        self._empty.set_text("" if polled.is_live else old_words(polled))
        self._delay.set_visibility(polled.is_live)
        for control in (
            self._kind,
            self._reset,
            *(slider for _, _, slider in self._sliders.values()),
        ):
            control.set_enabled(polled.is_live)
        # An answer from before the last change would turn it back.
        is_old = polled.age_s > time.monotonic() - self._sent_at
        if not polled.is_live or self._is_sending or is_old:
            return
        poses = self._desk.board.newest("pose/hand")
        current, rate_hz = polled.value.filter, 0.0 if poses is None else poses.rate_hz
        self._delay.set_text(delay_words(current, rate_hz))
        now = (current.kind, *(getattr(current, key) for key in PARAMETERS))
        if now != self._shown:
            self._shown = now
            self._follow(current)

    def _follow(self, current: Any) -> None:
        """Show what the bridge has, without telling it so."""
        self._is_following = True
        self._kind.set_value(current.kind)
        for key, (box, words, slider) in self._sliders.items():
            value = getattr(current, key)
            box.set_visibility(PARAMETERS[key].kind == current.kind)
            words.set_text(_words(key, value))
            slider.set_value(value)
        self._is_following = False

    def _send(self, **values: Any) -> Awaitable[None] | None:
        self._wanted |= values
        if self._is_sending:
            return None
        self._is_sending = True
        return self._send_wanted()

    async def _send_wanted(self) -> None:
        """Send until nothing newer is wanted: one at a time, so that the last one wins."""
        client = self._desk.client
        while self._wanted:
            kind = {"kind": self._kind.value}
            request, self._wanted = hand_pb2.OutputFilter(**(kind | _typed(self._wanted))), {}
            await self._desk.do(
                "filter",
                "change the filter",
                partial(client.call, "vhi-bridge", "Hand.SetFilter", request),
            )
        # Where it was refused, what the bridge has is shown again.
        self._is_sending, self._shown, self._sent_at = False, None, time.monotonic()
        self._desk.polls.hurry("hand")


def _words(key: str, value: float) -> str:
    return f"{PARAMETERS[key].words}: {value:g} {PARAMETERS[key].unit}".strip()


def _typed(values: dict[str, Any]) -> dict[str, Any]:
    return {key: int(value) if key == "window" else value for key, value in values.items()}
