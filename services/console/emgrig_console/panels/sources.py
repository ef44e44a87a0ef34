"""Choosing the EMG source: a dialog of what is on the network."""

from collections.abc import Sequence
from typing import Any

from emgrig.control import acquirer_pb2, choose_source
from nicegui import ui

from emgrig_console.desk import Desk
from emgrig_console.parts import attributes, button, dialog
from emgrig_console.stream_view import visible_words

__all__ = ["SourceChooser"]

LIST_DEADLINE_S = 5.0


class SourceChooser:
    """The button that opens the dialog, with why it cannot when it cannot."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        with ui.element("div").classes("em-row"):
            self._button = button("Choose source", self._open, "streams-choose")
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
        self._show(found.sources)

    def _show(self, sources: Sequence[Any]) -> None:
        with dialog("EMG source") as shown:
            ui.label(
                "What is chosen here is read from now on, also after a restart. The change is a "
                "gap in the signal."
            ).classes("em-small")
            if not sources:
                ui.label("No LSL stream of numbers is on the network. Start the amplifier's.")
            with attributes(ui.element("ul").classes("em-list"), aria_label="LSL streams"):
                for source in sources:
                    self._draw(source, shown)
            with ui.element("div").classes("em-row"):
                button("As in rig.toml", lambda: self._choose(shown), "streams-forget")
                button("Close", shown.close, "streams-close")

    def _draw(self, source: Any, shown: ui.dialog) -> None:
        criteria = {
            "name": source.name,
            "type": source.type,
            "source_id": source.source_id,
            "host": source.host,
        }
        with ui.element("li").classes("em-row"):
            ui.label(visible_words(source)).classes("em-grow em-small")
            use = button(
                "Use",
                lambda: self._choose(shown, **criteria),
                f"streams-use-{source.name}",
                f"Use {source.name} from {source.host}",
            )
            use.set_enabled(not source.connected)

    async def _choose(self, shown: ui.dialog, **criteria: str) -> None:
        shown.close()
        request = acquirer_pb2.ChooseSourceRequest(**criteria)
        client = self._desk.client
        await self._desk.do("streams", "choose the source", lambda: choose_source(client, request))
        self._desk.polls.hurry("source")
