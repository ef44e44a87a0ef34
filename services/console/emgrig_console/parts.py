"""What every panel is made of."""

import asyncio
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from nicegui import Client, ui

from emgrig_console.desk import Desk

__all__ = [
    "Rows",
    "accent",
    "ask",
    "attributes",
    "button",
    "dialog",
    "is_dialog_open",
    "on_beat",
    "panel",
    "panel_notices",
    "set_tone",
    "shortcut",
]

BEAT_S = 0.5
_beats: WeakKeyDictionary[Client, asyncio.Event] = WeakKeyDictionary()

MOST_NOTICES = 5
"""At once; the older ones come back as these are dismissed."""
TONES = "em-ok em-warn em-danger em-stale"


def attributes[Element: ui.element](element: Element, **values: str | bool) -> Element:
    """Set HTML attributes and Quasar props as they are: a name from outside is data, not syntax.

    Args:
        element: Whose.
        values: By name, ``_`` for ``-``.
    """
    for name, value in values.items():
        key = name.replace("_", "-")
        if element.props.get(key) != value:
            element.props[key] = value
    return element


def button(words: str, work: Callable[..., object], testid: str, label: str = "") -> ui.button:
    """Make a plain button.

    Args:
        words: On it.
        work: What it does.
        testid: Its name for tests.
        label: What it says to those who are read to, where the words alone are not enough.
    """
    made = ui.button(words, on_click=work).props("flat dense no-caps")
    attributes(made, data_testid=testid)
    return attributes(made, aria_label=label) if label else made


def shortcut(made: ui.button, key: str) -> None:
    """Show the key that does the same."""
    with made:
        ui.html(key, sanitize=False, tag="kbd")


@contextmanager
def panel(name: str, title: str, *, is_wide: bool = False) -> Iterator[ui.element]:
    """Open the frame of a panel.

    Args:
        name: Its name in ids and notices.
        title: For people.
        is_wide: Whether it takes all columns of the stage.
    """
    with (
        ui.element("section")
        .classes("em-panel em-wide" if is_wide else "em-panel")
        .props(
            f'id="panel-{name}" aria-labelledby="title-{name}" data-testid="panel-{name}"'
        ) as frame
    ):
        ui.label(title).classes("em-title").props(
            f'id="title-{name}" role="heading" aria-level="2"'
        )
        yield frame


def on_beat(refresh: Callable[[], None], n_beats: int = 1) -> None:
    """Refresh a panel at every n-th beat of its page, at one moment with its other panels.

    Their changes travel in one message, for which the browser lays out its page once: that takes
    it longer than a frame of the signal.
    """
    page = ui.context.client
    beat = _beats.get(page)
    if beat is None:
        beat = _beats[page] = asyncio.Event()
        ui.timer(BEAT_S, partial(_give, beat), immediate=False)

    async def follow() -> None:
        for _ in range(n_beats):
            await beat.wait()
        refresh()

    ui.timer(0, follow)


def _give(beat: asyncio.Event) -> None:
    """Let go all who wait now, and nobody who comes later."""
    beat.set()
    beat.clear()


def panel_notices(desk: Desk, name: str) -> None:
    """Show what went wrong in a panel until it is dismissed."""
    shown: list[tuple[int, int]] = []
    box = ui.element("div").props(f'role="alert" data-testid="notices-{name}"')

    def refresh() -> None:
        every = desk.notices.of(name)
        notices = every[-MOST_NOTICES:]
        now = [(notice.number, notice.count) for notice in every]
        if now == shown:
            return
        shown[:] = now
        box.clear()
        with box:
            if len(every) > len(notices):
                ui.label(f"{len(every) - len(notices)} older: dismiss these to see them.")
            for notice in notices:
                _notice(desk, notice.number, notice.text, notice.count)

    ui.timer(0.5, refresh)


def _notice(desk: Desk, number: int, text: str, count: int) -> None:
    with ui.element("div").classes("em-notice"):
        times = f" ({count} times)" if count > 1 else ""
        ui.label(f"▲ {text}{times}").classes("em-grow-words")
        dismiss = ui.button("Dismiss", on_click=lambda: desk.notices.dismiss(number))
        dismiss.props("flat dense no-caps")


def accent(made: ui.button, *, is_on: bool) -> None:
    """Mark what can be done next; the other buttons stay plain."""
    made.classes(add="em-accent" if is_on else "", remove="" if is_on else "em-accent")


def set_tone(label: ui.label, tone: str) -> None:
    """Colour words; the words say the same."""
    wanted = f"em-{tone}" if tone else ""
    if wanted not in label.classes or not wanted:
        label.classes(remove=TONES, add=wanted)


@contextmanager
def dialog(title: str) -> Iterator[ui.dialog]:
    """Open a dialog with a title; it is gone when it is closed.

    It belongs to the page, so that it stays whatever becomes of the button that opened it.
    """
    with ui.context.client.layout:
        shown = ui.dialog(value=True)
    attributes(shown, aria_label=title).on("hide", shown.delete)
    with shown, ui.card().classes("em-dialog"):
        ui.label(title).classes("em-heading")
        yield shown


def is_dialog_open() -> bool:
    """Whether a dialog of this page covers it: keys are for the dialog then."""
    elements = ui.context.client.elements.values()
    return any(isinstance(one, ui.dialog) and one.value for one in elements)


async def ask(words: str, yes: str, testid: str) -> bool:
    """Ask a person before something that cannot be undone.

    Args:
        words: The question.
        yes: What is done.
        testid: Of that button.
    """
    with dialog(words) as question, ui.element("div").classes("em-row"):
        ui.button("Keep", on_click=lambda: question.submit(False)).props("flat no-caps autofocus")
        sure = ui.button(yes, on_click=lambda: question.submit(True))
        sure.props(f'no-caps unelevated color=negative data-testid="{testid}"')
    return bool(await question)


class Row(Protocol):
    """One element of a list."""

    @property
    def root(self) -> ui.element:
        """What is moved and deleted."""

    def show(self, value: Any) -> None:
        """Change what changed."""


class Rows[Value, Made: Row]:
    """The elements of a list, changed in place: focus, menus and what is typed there stay.

    Args:
        box: Where they stand.
        make: Makes the one for a value.
        key: Tells values apart.
    """

    def __init__(
        self, box: ui.element, make: Callable[[Value], Made], key: Callable[[Value], Hashable]
    ) -> None:
        self._box, self._make, self._key = box, make, key
        self._rows: dict[Hashable, Made] = {}

    def of(self, key: Hashable) -> Made:
        """Return the element of a key that is shown."""
        return self._rows[key]

    def show(self, values: list[Value]) -> None:
        """Show these, in this order."""
        wanted = {self._key(value): value for value in values}
        for gone in [key for key in self._rows if key not in wanted]:
            self._rows.pop(gone).root.delete()
        for key, value in wanted.items():
            if key not in self._rows:
                with self._box:
                    self._rows[key] = self._make(value)
            self._rows[key].show(value)
        self._order(list(wanted))

    def _order(self, wanted: list[Hashable]) -> None:
        if list(self._rows) != wanted:
            for place, key in enumerate(wanted):
                self._rows[key].root.move(self._box, place)
            self._rows = {key: self._rows[key] for key in wanted}
