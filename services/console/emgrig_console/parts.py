"""What every panel is made of."""

from collections.abc import Iterator
from contextlib import contextmanager

from nicegui import ui

from emgrig_console.desk import Desk

__all__ = ["accent", "ask", "panel", "panel_notices"]


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


def panel_notices(desk: Desk, name: str) -> None:
    """Show what went wrong in a panel until it is dismissed."""
    shown: list[tuple[int, int]] = []
    box = ui.element("div").props(f'role="alert" data-testid="notices-{name}"')

    def refresh() -> None:
        notices = desk.notices.of(name)
        now = [(notice.number, notice.count) for notice in notices]
        if now == shown:
            return
        shown[:] = now
        box.clear()
        with box:
            for notice in notices:
                _notice(desk, notice.number, notice.text, notice.count)

    ui.timer(0.5, refresh)


def _notice(desk: Desk, number: int, text: str, count: int) -> None:
    with ui.element("div").classes("em-notice"):
        ui.label(f"! {text}" + (f" ({count} times)" if count > 1 else ""))
        ui.button("Dismiss", on_click=lambda: desk.notices.dismiss(number)).props(
            "flat dense no-caps"
        )


def accent(button: ui.button, *, is_on: bool) -> None:
    """Mark what can be done next; the other buttons stay plain."""
    if is_on:
        button.classes("em-accent")
    else:
        button.classes(remove="em-accent")


async def ask(words: str, yes: str, testid: str) -> bool:
    """Ask a person before something that cannot be undone.

    Args:
        words: The question.
        yes: What is done.
        testid: Of that button.
    """
    with ui.dialog() as dialog, ui.card().classes("em-dialog"):
        ui.label(words)
        with ui.element("div").classes("em-row"):
            ui.button("Keep", on_click=lambda: dialog.submit(False)).props("flat no-caps autofocus")
            ui.button(yes, on_click=lambda: dialog.submit(True)).props(
                f'no-caps unelevated color=negative data-testid="{testid}"'
            )
    try:
        return bool(await dialog)
    finally:
        dialog.delete()
