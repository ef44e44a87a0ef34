"""Choosing the EMG source: a dialog of what is on the network."""

from typing import Any

from emgrig.control import acquirer_pb2, choose_source
from nicegui import ui

from emgrig_console.desk import Desk
from emgrig_console.stream_view import visible_words

__all__ = ["SourceChooser"]

LIST_DEADLINE_S = 5.0


class SourceChooser:
    """The button that opens the dialog, with why it cannot when it cannot."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        with ui.element("div").classes("em-row"):
            self._button = ui.button("Choose source", on_click=self._open)
            self._button.props('flat dense no-caps data-testid="streams-choose"')
            self._why = ui.label("").classes("em-small em-dim")

    def refresh(self, why_not: str) -> None:
        """Follow what is possible now."""
        self._button.set_enabled(not why_not)
        self._why.set_text(why_not)

    async def _open(self) -> None:
        client = self._desk.client
        request = acquirer_pb2.ListSourcesRequest()
        found = await self._desk.do(
            "streams",
            "look for LSL streams",
            lambda: client.call("emg-acquirer", "Acquirer.ListSources", request, LIST_DEADLINE_S),
        )
        if found is None:
            return
        with ui.dialog(value=True) as dialog, ui.card().classes("em-dialog"):
            ui.label("EMG source").classes("em-title")
            ui.label(
                "What is chosen here is read from now on, also after a restart. The change is a "
                "gap in the signal."
            ).classes("em-small")
            if not found.sources:
                ui.label("No LSL stream of numbers is on the network. Start the amplifier's.")
            with ui.element("ul").classes("em-list").props('aria-label="LSL streams"'):
                for source in found.sources:
                    self._draw(source, dialog)
            with ui.element("div").classes("em-row"):
                ui.button("As in rig.toml", on_click=lambda: self._choose(dialog)).props(
                    'flat no-caps data-testid="streams-forget"'
                )
                ui.button("Close", on_click=dialog.close).props("flat no-caps")
        dialog.on("hide", dialog.delete)

    def _draw(self, source: Any, dialog: ui.dialog) -> None:
        criteria = {
            "name": source.name,
            "type": source.type,
            "source_id": source.source_id,
            "host": source.host,
        }
        with ui.element("li").classes("em-row"):
            ui.label(visible_words(source)).classes("em-grow em-small")
            use = ui.button("Use", on_click=lambda: self._choose(dialog, **criteria))
            use.props(f'flat dense no-caps data-testid="streams-use-{source.name}"')
            use.set_enabled(not source.connected)

    async def _choose(self, dialog: ui.dialog, **criteria: str) -> None:
        dialog.close()
        request = acquirer_pb2.ChooseSourceRequest(**criteria)
        client = self._desk.client
        await self._desk.do("streams", "choose the source", lambda: choose_source(client, request))
        self._desk.polls.hurry("source")
